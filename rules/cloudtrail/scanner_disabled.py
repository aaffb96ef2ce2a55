"""Inspector, Detective, Security Lake or Audit Manager was switched off; what it collected is lost."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.scanner_disabled",
    title="Security scanner or its data was switched off",
    pattern={
        "source": ["aws.inspector2", "aws.detective", "aws.securitylake", "aws.auditmanager"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "DeleteAwsLogSource",
                "DeleteDataLake",
                "DeleteGraph",
                "DeleteSubscriber",
                "DeregisterAccount",
                "Disable",
            ],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls=SAFEGUARD,
    look_at=(
        "Ask whoever switched it off. Switch it on again unless it is being replaced: Inspector scans anew within"
        " hours, but the year of behaviour that Detective kept and the sources of a data lake start from nothing."
    ),
)
