"""The account's password policy was deleted or weakened: bring it to CIS values, if people agree.

They are asked because people with old passwords must change them at their next sign-in.
"""

from chalicelib.model import Json, Mode, Rule, Severity
from remediations.iam.set_password_policy import remediation as set_password_policy


def _unless(*strong: Json) -> list[Json]:
    """Return what a parameter is when it is weak: these values, or left out, which is AWS's own weak default."""
    return [*strong, {"exists": False}]


rule = Rule(
    id="cloudtrail.password_policy_weakened",
    title="Password policy of the account was weakened",
    pattern={
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["DeleteAccountPasswordPolicy"]},
                {
                    "eventName": ["UpdateAccountPasswordPolicy"],
                    "requestParameters": {
                        "$or": [
                            {"minimumPasswordLength": _unless({"numeric": ["<", 14]})},
                            {"passwordReusePrevention": _unless({"numeric": ["<", 24]})},
                            {"maxPasswordAge": _unless({"numeric": [">", 90]}, 0)},
                            {"requireLowercaseCharacters": _unless(False)},
                            {"requireUppercaseCharacters": _unless(False)},
                            {"requireNumbers": _unless(False)},
                            {"requireSymbols": _unless(False)},
                        ]
                    },
                },
            ],
        },
    },
    resources={"AWS::Account": "detail.recipientAccountId || account"},
    respond=(set_password_policy,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1556",),
    controls={
        "cis-aws": ("1.8", "1.9"),
        "pci-dss": ("8.3.6", "8.3.7"),
        "soc2": ("CC6.1",),
        "hipaa": ("164.308(a)(5)(ii)(D)",),
    },
    look_at=(
        "Ask whoever changed it. If no change asked for it: approve, and look at the passwords that were set since then"
        " (password_last_changed in the credential report)."
    ),
)
