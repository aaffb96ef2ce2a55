"""A person chose the custom action "Quarantine" in Security Hub: contain what the finding is about."""

from chalicelib.model import Rule, Severity
from remediations.ec2.isolate_instance import remediation as isolate_instance
from remediations.ec2.quarantine_security_group import remediation as quarantine_security_group
from remediations.iam.deny_user import remediation as deny_user
from remediations.iam.disable_access_key import remediation as disable_access_key
from remediations.s3.block_public_access import remediation as block_public_access
from rules.controls import INCIDENT

rule = Rule(
    id="securityhub.quarantine_requested",
    title="Quarantine was requested in Security Hub",
    pattern={
        "source": ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Custom Action"],
        "detail": {"actionName": [{"equals-ignore-case": "quarantine"}]},
    },
    respond=(
        isolate_instance,
        quarantine_security_group,
        block_public_access,
        disable_access_key,
        deny_user,
    ),
    severity=Severity.HIGH,
    controls=INCIDENT,
    look_at=(
        "A colleague asked for this: talk to them about what comes next. Resources of the finding that are not listed"
        " below were not touched."
    ),
)
