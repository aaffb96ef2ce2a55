"""A permission set of Identity Center allows everything now, in every account that has it; people are told.

To revoke its sessions would help nobody: whoever is signed in to the portal has a new one at once. What helps is to
take the policy off, in the account that administers Identity Center.
"""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.administrator import ADMINISTRATOR_ACCESS, EVERYTHING
from rules.controls import PRIVILEGE

rule = Rule(
    id="cloudtrail.permission_set_made_administrator",
    title="Permission set was made an administrator's",
    pattern={
        "source": ["aws.sso"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": ["AttachManagedPolicyToPermissionSet"],
                    "requestParameters": {"managedPolicyArn": ADMINISTRATOR_ACCESS},
                },
                {
                    "eventName": ["PutInlinePolicyToPermissionSet"],
                    "requestParameters": {"inlinePolicy": EVERYTHING},
                },
                {"eventName": ["DeletePermissionsBoundaryFromPermissionSet"]},
            ],
        },
    },
    severity=Severity.HIGH,
    attack=("T1098.003",),
    controls=PRIVILEGE,
    look_at=(
        "Ask whoever did it. If nobody knows: take the policy off or put the boundary back, provision the permission"
        " set again, see who is assigned to it in which accounts, and disable the one who did it."
    ),
    ask_actor=True,
)
