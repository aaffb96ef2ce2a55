"""A policy that others use was made to allow more, or a user joined the administrators; people are told.

What hangs on a managed policy or on a group only its owners know; AWS keeps the versions of a policy, so that the
former one is a click away. A new version counts only when it is made the default one and allows everything, going
back to another version always: which version allows what, the event does not say.
"""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.administrator import EVERYTHING
from rules.controls import PRIVILEGE

rule = Rule(
    id="cloudtrail.privileges_raised",
    title="Privileges may have been raised",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["SetDefaultPolicyVersion"]},
                {
                    "eventName": ["CreatePolicyVersion"],
                    "requestParameters": {"setAsDefault": [True], "policyDocument": EVERYTHING},
                },
                {
                    "eventName": ["AddUserToGroup"],
                    "requestParameters": {"groupName": [{"wildcard": "*dmin*"}, {"wildcard": "*DMIN*"}]},
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1098.003", "T1098"),
    controls=PRIVILEGE,
    look_at=(
        "Ask whoever did it. If nobody owns up: make the former version of the policy the default again, or take the"
        " user out of the group, and contain both the one who did it and the one who gained."
    ),
    ask_actor=True,
)
