"""Root signed in to the console; IAM cannot contain root, so people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="signin.root_login",
    title="Root signed in to the console",
    pattern={
        "source": ["aws.signin"],
        "detail-type": ["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"],
        "detail": {
            "eventName": ["ConsoleLogin"],
            "userIdentity": {"type": ["Root"]},
            "responseElements": {"ConsoleLogin": ["Success"]},
        },
    },
    severity=Severity.HIGH,
    attack=("T1078.004",),
    controls={
        "cis-aws": ("1.7", "4.3"),
        "pci-dss": ("10.2.1.2",),
        "soc2": ("CC6.1", "CC7.2"),
        "hipaa": ("164.308(a)(1)(ii)(D)",),
        "gdpr": ("32",),
    },
    look_at=(
        "Call the holders of the root credentials: was it one of them, from this address? Root cannot be contained"
        " through IAM. If it was a stranger: recover the password by e-mail, reset MFA, delete root's access keys, and"
        " in a member account deny root with a service control policy from the management account."
    ),
)
