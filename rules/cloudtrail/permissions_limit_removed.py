"""What held a user or role back was taken away: a permissions boundary, or AWS's quarantine of a leaked key.

People are told. Nothing puts it back by itself: the event does not say which boundary it was, and a boundary that is
guessed cuts off what works.
"""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.administrator import ADMINISTRATOR_ACCESS
from rules.controls import PRIVILEGE

rule = Rule(
    id="cloudtrail.permissions_limit_removed",
    title="Limit of a user's or role's permissions was removed",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["DeleteUserPermissionsBoundary", "DeleteRolePermissionsBoundary"]},
                {
                    "eventName": ["PutUserPermissionsBoundary", "PutRolePermissionsBoundary"],
                    "requestParameters": {"permissionsBoundary": ADMINISTRATOR_ACCESS},
                },
                {
                    "eventName": ["DetachUserPolicy"],
                    "requestParameters": {"policyArn": [{"wildcard": "*:policy/AWSCompromisedKeyQuarantine*"}]},
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1098", "T1548"),
    controls=PRIVILEGE,
    look_at=(
        "Ask whoever removed it. A quarantine was put there by AWS because a key is public: see that the key is gone"
        " first. A boundary that no change took away: put it back, and contain the one who removed it."
    ),
    ask_actor=True,
)
