"""An account's password policy was weakened: ask, since a stricter one makes people change their passwords."""

from chalicelib.model import Mode, Rule, Severity
from remediations.iam.set_password_policy import remediation as set_password_policy
from rules.controls import SAFEGUARD

rule = Rule(
    id="guardduty.password_policy_weakened",
    title="Password policy of the account was weakened",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [{"prefix": "Stealth:IAMUser/PasswordPolicyChange"}]},
    },
    resources={"AWS::Account": "detail.accountId"},
    respond=(set_password_policy,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1556.009", "T1098"),
    controls={**SAFEGUARD, "cis-aws": ("1.8", "1.9"), "hipaa": ("164.308(a)(5)(ii)(D)",)},
    look_at=(
        "Ask whoever changed it. Approving brings it to the values of the CIS benchmark, not to what it was. Look"
        " for console passwords that were set since by the same principal: those may be an intruder's."
    ),
    ask_actor=True,
)
