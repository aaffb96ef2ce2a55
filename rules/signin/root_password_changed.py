"""Root's password or e-mail address was changed: that is how an account is taken over, so people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="signin.root_password_changed",
    title="Root password was changed or recovered",
    pattern={
        "source": ["aws.signin"],
        "detail-type": ["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"],
        "detail": {
            "userIdentity": {"type": ["Root"]},
            "$or": [
                {"eventName": ["PasswordUpdated"], "responseElements": {"PasswordUpdated": ["Success"]}},
                {
                    "eventName": ["PasswordRecoveryRequested"],
                    "responseElements": {"PasswordRecoveryRequested": ["Success"]},
                },
                {
                    "eventName": ["PasswordRecoveryCompleted"],
                    "responseElements": {"PasswordRecoveryCompleted": ["Success"]},
                },
                {"eventName": ["EmailUpdated"], "responseElements": {"EmailUpdated": ["Success"]}},
            ],
        },
    },
    severity=Severity.CRITICAL,
    attack=("T1098", "T1078.004"),
    controls={"cis-aws": ("1.7", "4.3"), "pci-dss": ("8.3.1", "10.2.1.5"), "soc2": ("CC6.1", "CC7.2")},
    look_at=(
        "Call the holders of the root credentials now. If it was none of them, the account is being taken over: secure"
        " the mailbox, recover the password yourself, reset MFA, and open a case with AWS Support."
    ),
    ask_actor=True,
)
