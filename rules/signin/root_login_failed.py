"""Somebody tried to sign in as root and failed; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import FAILED_LOGIN
from rules.signin.console import login

rule = Rule(
    id="signin.root_login_failed",
    title="Root sign-in failed",
    pattern=login({"type": ["Root"]}, "Failure"),
    severity=Severity.MEDIUM,
    attack=("T1110",),
    controls=FAILED_LOGIN,
    look_at=(
        "Ask the holders of the root credentials. A stranger already knows the root e-mail address: make sure that MFA"
        " is on and that the mailbox itself is safe."
    ),
    ask_actor=True,
)
