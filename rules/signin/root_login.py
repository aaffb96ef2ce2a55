"""Root signed in to the console; IAM cannot contain root, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import ROOT_USE
from rules.signin.console import login

rule = Rule(
    id="signin.root_login",
    title="Root signed in to the console",
    pattern=login({"type": ["Root"]}, "Success"),
    severity=Severity.HIGH,
    attack=("T1078.001", "T1078.004"),
    controls={**ROOT_USE, "gdpr": ("32",)},
    look_at=(
        "Call the holders of the root credentials: was it one of them, from this address? Root cannot be contained"
        " through IAM. If it was a stranger: recover the password by e-mail, reset MFA, delete root's access keys, and"
        " in a member account deny root with a service control policy from the management account."
    ),
    ask_actor=True,
)
