"""Somebody failed a console sign-in at a user who has MFA: perhaps with the right password in hand; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import FAILED_LOGIN
from rules.signin.console import login

rule = Rule(
    id="signin.login_failed_at_mfa",
    title="Console sign-in failed at MFA",
    pattern=login(
        {"type": ["IAMUser"]},
        "Failure",
        additionalEventData={"MFAUsed": [{"equals-ignore-case": "yes"}]},
    ),
    severity=Severity.LOW,
    attack=("T1110", "T1621"),
    controls=FAILED_LOGIN,
    look_at=(
        "Once is a typing error. Several in a row or a strange address: ask the user, and have the password changed,"
        " since somebody may know it already."
    ),
    ask_actor=True,
)
