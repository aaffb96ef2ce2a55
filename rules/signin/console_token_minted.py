"""A program turned credentials into a console sign-in link, as attackers do with stolen keys; people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="signin.console_token_minted",
    title="Console sign-in token was made by a program",
    pattern={
        "source": ["aws.signin"],
        "detail-type": [
            "AWS API Call via CloudTrail",
            "AWS Console Sign In via CloudTrail",
            "AWS Console Signin via CloudTrail",
        ],
        "detail": {
            "eventName": ["GetSigninToken"],
            "errorCode": [{"exists": False}],
            # The IAM Identity Center portal is a Jersey client and asks for one at every sign-in.
            "userAgent": [{"anything-but": {"prefix": "Jersey/"}}],
        },
    },
    severity=Severity.LOW,
    attack=("T1550.001",),
    controls={"soc2": ("CC6.1", "CC7.2")},
    look_at=(
        "See whether the principal's own tools do this (a federation broker, aws-vault, Leapp). If not, its credentials"
        " are in other hands: deny the session, and look at what the console session did."
    ),
    ask_actor=True,
)
