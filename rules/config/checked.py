"""AWS Config's side of the checks: a resource does not comply with one of the rules that are answered."""

from chalicelib.model import Rule
from rules.checks import CHECKS
from rules.checks.check import ACCOUNT, Check
from rules.config.named import noncompliant


def answered(check: Check) -> Rule:
    """Return the rule on what Config tells of a check."""
    return Rule(
        id=f"config.{check.name}",
        title=check.title,
        # Config has several types for what is the account's: the names say enough.
        pattern=noncompliant(() if check.of_account else check.types, *check.config),
        respond=check.respond,
        mode=check.mode,
        severity=check.severity,
        attack=check.attack,
        controls=check.frameworks,
        resources={ACCOUNT: "detail.awsAccountId"} if check.acts_on_account else {},
        look_at=check.look_at,
    )


rules = tuple(answered(check) for check in CHECKS if check.config)
