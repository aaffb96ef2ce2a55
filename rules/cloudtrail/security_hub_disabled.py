"""Somebody disabled Security Hub in a region: enable it again, so that findings arrive."""

from chalicelib.model import Rule, Severity
from remediations.securityhub.enable import remediation as enable
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.security_hub_disabled",
    title="Security Hub was disabled",
    pattern={
        "source": ["aws.securityhub"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["DisableSecurityHub"], "errorCode": [{"exists": False}]},
    },
    resources={"AWS::Account": "detail.recipientAccountId || account"},
    respond=(enable,),
    severity=Severity.HIGH,
    attack=("T1562.001",),
    controls={"cis-aws": ("4.16",), **SAFEGUARD},
    look_at=(
        "Enable the standards that you had, and have the administrator account take this one in again: AWS took both"
        " away. If nobody meant it, contain that principal, check other regions, and read the findings of GuardDuty"
        " itself for the time between."
    ),
)
