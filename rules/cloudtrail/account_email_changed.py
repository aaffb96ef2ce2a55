"""The e-mail address of an account's root was changed: its password is recovered there; people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.account_email_changed",
    title="Root e-mail address of an account was changed",
    pattern={
        "source": ["aws.account"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["StartPrimaryEmailUpdate", "AcceptPrimaryEmailUpdate"],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.CRITICAL,
    attack=("T1098", "T1531"),
    controls={"cis-aws": ("1.7", "4.3"), "pci-dss": ("10.2.1.5",), "soc2": ("CC6.1", "CC7.2")},
    look_at=(
        "Call those who run the organization now. If it was none of them: start the change back to your address before"
        " it is accepted, contain the principal in the management account, and open a case with AWS Support."
    ),
    ask_actor=True,
)
