"""Security Hub's side of the checks: a control that is answered failed, in whichever format and standard."""

from chalicelib.model import Rule
from rules.checks import CHECKS
from rules.checks.check import ACCOUNT, Check
from rules.securityhub.control import cis_1_2, cis_1_4, failed


def answered(check: Check) -> Rule:
    """Return the rule on what Security Hub tells of a check."""
    return Rule(
        id=f"securityhub.{check.name}",
        title=check.title,
        pattern=failed(*check.controls, generators=(*cis_1_2(*check.cis_1_2), *cis_1_4(*check.cis_1_4))),
        respond=check.respond,
        mode=check.mode,
        severity=check.severity,
        attack=check.attack,
        controls=check.frameworks,
        resources=(
            {ACCOUNT: "detail.findings[0].AwsAccountId || detail.findings[0].cloud.account.uid"}
            if check.acts_on_account
            else {}
        ),
        look_at=check.look_at,
    )


rules = tuple(answered(check) for check in CHECKS if check.controls)
