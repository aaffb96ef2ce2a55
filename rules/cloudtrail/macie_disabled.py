"""Somebody disabled or paused Macie: have it watch the buckets again."""

from chalicelib.model import Rule, Severity
from remediations.macie.enable import remediation as enable
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.macie_disabled",
    title="Macie was disabled or paused",
    pattern={
        "source": ["aws.macie2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["DisableMacie"]},
                {"eventName": ["UpdateMacieSession"], "requestParameters": {"status": ["PAUSED"]}},
            ],
        },
    },
    resources={"AWS::Account": "detail.recipientAccountId || account"},
    respond=(enable,),
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls=SAFEGUARD,
    look_at=(
        "Ask whoever did it, and look at what the same principal read from S3 around that time. Where it was"
        " disabled, jobs, lists and members are gone: set them again from your templates, and have the administrator"
        " account take this one in."
    ),
)
