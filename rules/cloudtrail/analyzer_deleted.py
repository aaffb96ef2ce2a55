"""Somebody deleted an analyzer of IAM Access Analyzer: make one again where the region has none left."""

from chalicelib.model import Rule, Severity
from remediations.accessanalyzer.recreate import remediation as recreate
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.analyzer_deleted",
    title="Access analyzer was deleted",
    pattern={
        "source": ["aws.access-analyzer"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["DeleteAnalyzer"], "errorCode": [{"exists": False}]},
    },
    resources={"AWS::Account": "detail.recipientAccountId || account"},
    respond=(recreate,),
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls={"cis-aws": ("1.20",), **SAFEGUARD},
    look_at=(
        "Look through what the new analyzer finds: access from outside that was given meanwhile is among it. Archive"
        " rules, and analyzers of the organization or of unused access, have to be made again from your templates."
    ),
)
