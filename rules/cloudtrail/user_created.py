"""There is a new IAM user: by itself it may do nothing, and what it is given has rules of its own; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import NEW_CREDENTIAL

rule = Rule(
    id="cloudtrail.user_created",
    title="IAM user was created",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["CreateUser"], "errorCode": [{"exists": False}]},
    },
    severity=Severity.LOW,
    attack=("T1136.003",),
    controls=NEW_CREDENTIAL,
    look_at=(
        "People sign in through a provider, programs use roles: ask whoever made it what the user is for. If nobody"
        " knows, delete it with its keys and policies, and contain the one who made it."
    ),
    ask_actor=True,
)
