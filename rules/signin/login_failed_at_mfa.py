"""Somebody failed a console sign-in at a user who has MFA: perhaps with the right password in hand; people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="signin.login_failed_at_mfa",
    title="Console sign-in failed at MFA",
    pattern={
        "source": ["aws.signin"],
        "detail-type": ["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"],
        "detail": {
            "eventName": ["ConsoleLogin"],
            "userIdentity": {"type": ["IAMUser"]},
            "responseElements": {"ConsoleLogin": ["Failure"]},
            "additionalEventData": {"MFAUsed": [{"equals-ignore-case": "yes"}]},
        },
    },
    severity=Severity.LOW,
    attack=("T1110", "T1621"),
    controls={"cis-aws": ("4.6",), "pci-dss": ("10.2.1.4",), "soc2": ("CC7.2",)},
    look_at=(
        "Once is a typing error. Several in a row or a strange address: ask the user, and have the password changed,"
        " since somebody may know it already."
    ),
)
