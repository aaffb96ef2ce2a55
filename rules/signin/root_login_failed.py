"""Somebody tried to sign in as root and failed; people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="signin.root_login_failed",
    title="Root sign-in failed",
    pattern={
        "source": ["aws.signin"],
        "detail-type": ["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"],
        "detail": {
            "eventName": ["ConsoleLogin"],
            "userIdentity": {"type": ["Root"]},
            "responseElements": {"ConsoleLogin": ["Failure"]},
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1110",),
    controls={"cis-aws": ("4.6",), "pci-dss": ("10.2.1.4",), "soc2": ("CC7.2",)},
    look_at=(
        "Ask the holders of the root credentials. A stranger already knows the root e-mail address: make sure that MFA"
        " is on and that the mailbox itself is safe."
    ),
)
