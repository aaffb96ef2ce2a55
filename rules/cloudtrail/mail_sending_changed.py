"""Who may send mail as you was changed, as thieves of keys do to send theirs by the thousand; people are told."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.by_hand import BY_HAND
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="cloudtrail.mail_sending_changed",
    title="Mail sending by SES was changed",
    pattern={
        "source": ["aws.ses"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "CreateEmailIdentity",
                "CreateEmailIdentityPolicy",
                "DeleteEmailIdentity",
                "DeleteIdentity",
                "PutAccountDetails",
                "PutAccountSendingAttributes",
                "PutIdentityPolicy",
                "UpdateAccountSendingEnabled",
                "UpdateEmailIdentityPolicy",
                "VerifyDomainIdentity",
                "VerifyEmailIdentity",
            ],
            "errorCode": [{"exists": False}],
            "userIdentity": BY_HAND,
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1496.004", "T1566"),
    controls=INTRUSION_SEEN,
    look_at=(
        "If nobody of yours set up mail, run UpdateAccountSendingEnabled with false in this region, remove strange"
        " identities, and disable the access key: whoever has it will use it for more than mail."
    ),
    ask_actor=True,
)
