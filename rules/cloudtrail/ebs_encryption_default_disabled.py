"""New volumes of a region are no longer encrypted unless asked for: ask before it is switched on again."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ec2.enable_ebs_encryption_by_default import remediation as enable_ebs_encryption_by_default

rule = Rule(
    id="cloudtrail.ebs_encryption_default_disabled",
    title="EBS encryption by default was disabled",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["DisableEbsEncryptionByDefault"], "errorCode": [{"exists": False}]},
    },
    resources={"AWS::Account": "detail.recipientAccountId"},
    respond=(enable_ebs_encryption_by_default,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1562.001", "T1486"),
    controls={
        "cis-aws": ("2.2.1",),
        "pci-dss": ("3.5.1.2", "10.7.2"),
        "soc2": ("CC6.1",),
        "hipaa": ("164.312(a)(2)(iv)",),
        "gdpr": ("32",),
    },
    look_at=(
        "Approve unless a change asked for it. Then find the unencrypted volumes and snapshots that were made since: an"
        " unencrypted snapshot can be shared with anybody, which is what this is often done for."
    ),
)
