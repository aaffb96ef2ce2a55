"""A domain or its DNS zone was unlocked, handed over or deleted: whoever holds it is you, so people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.domain_changed",
    title="Domain or DNS zone was unlocked, handed over or deleted",
    pattern={
        "source": ["aws.route53", "aws.route53domains"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "DeleteDomain",
                "DeleteHostedZone",
                "DisableDomainAutoRenew",
                "DisableDomainTransferLock",
                "DisableHostedZoneDNSSEC",
                "DisassociateDelegationSignerFromDomain",
                "RetrieveDomainAuthCode",
                "TransferDomain",
                "TransferDomainToAnotherAwsAccount",
                "UpdateDomainContact",
                "UpdateDomainNameservers",
            ],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.HIGH,
    attack=("T1584.001", "T1565.002"),
    controls={"pci-dss": ("10.2.1.2", "12.10.5"), "soc2": ("CC6.1", "CC7.2")},
    look_at=(
        "Ask whoever did it now: a transfer can be cancelled for a few days only. Lock the domain again, put back its"
        " name servers and contacts, and contain the principal; if it is gone already, call AWS Support."
    ),
    ask_actor=True,
)
