"""A user got a new access key: whose key it is only people know, so that its maker is asked, and on-call is told.

A key that somebody makes for another user is a way to come back as that user: it can be disabled, if people approve.
Who makes a key for themselves only answers for it. An event pattern cannot compare the two names, the path to the key
can. Root's own keys have a rule of their own.
"""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.disable_access_key import remediation as disable_access_key
from rules.controls import NEW_CREDENTIAL

rule = Rule(
    id="cloudtrail.access_key_created",
    title="Access key was created for a user",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["CreateAccessKey"],
            "errorCode": [{"exists": False}],
            "$or": [
                {"userIdentity": {"type": [{"anything-but": ["Root"]}]}},
                {"requestParameters": {"userName": [{"exists": True}]}},
            ],
        },
    },
    resources={
        "AWS::IAM::AccessKey": (
            "detail.responseElements.accessKey.userName != detail.userIdentity.userName"
            " && detail.responseElements.accessKey.accessKeyId"
        )
    },
    respond=(disable_access_key,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1098.001",),
    controls={**NEW_CREDENTIAL, "cis-aws": ("1.11",)},
    look_at=(
        "Ask whoever made the key, and the user that it belongs to. If neither knows: approve or disable it, then"
        " contain the one who made it. Nothing to approve below means that the user made it for itself."
    ),
    ask_actor=True,
)
