"""Whom AWS writes to or calls about an account was changed: warnings may go elsewhere now; people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.account_contact_changed",
    title="Contacts of an account were changed",
    pattern={
        "source": ["aws.account"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["PutAlternateContact", "DeleteAlternateContact", "PutContactInformation"],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1098", "T1562"),
    controls={"cis-aws": ("1.1", "1.2"), "soc2": ("CC2.3", "CC7.2")},
    look_at=(
        "See who AWS would write to now, above all the SECURITY contact: warnings about exposed keys go there. Put your"
        " own back unless a change asked for it, and ask AWS Support what was sent meanwhile."
    ),
    ask_actor=True,
)
