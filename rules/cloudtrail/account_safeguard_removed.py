"""A setting that protects a whole account or region was switched off; nothing of ours restores it: people are told."""

from chalicelib.model import Rule, Severity

rule = Rule(
    id="cloudtrail.account_safeguard_removed",
    title="An account-wide safeguard was switched off",
    pattern={
        "source": ["aws.ec2", "aws.rbin", "aws.ssm"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["ModifyEbsDefaultKmsKeyId", "DisableAllowedImagesSettings"]},
                {"eventName": ["CreateVpcBlockPublicAccessExclusion"]},
                # The recycle bin for snapshots and images: its retention rules, and the locks on them.
                {"eventSource": ["rbin.amazonaws.com"], "eventName": ["DeleteRule", "UnlockRule"]},
                {
                    "eventName": ["ModifyVpcBlockPublicAccessOptions"],
                    "requestParameters": {
                        "ModifyVpcBlockPublicAccessOptionsRequest": {"InternetGatewayBlockMode": ["off"]}
                    },
                },
                {
                    "eventName": ["ModifyInstanceMetadataDefaults"],
                    "requestParameters": {
                        "ModifyInstanceMetadataDefaultsRequest": {"HttpTokens": ["optional", "no-preference"]}
                    },
                },
                {
                    "eventName": ["EnableSnapshotBlockPublicAccess"],
                    "requestParameters": {"EnableSnapshotBlockPublicAccessRequest": {"State": ["block-new-sharing"]}},
                },
                {
                    "eventName": ["UpdateServiceSetting"],
                    "requestParameters": {
                        "settingId": [{"suffix": "/ssm/documents/console/public-sharing-permission"}],
                        "settingValue": ["Enable"],
                    },
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls={"pci-dss": ("10.7.2",), "soc2": ("CC6.1", "CC7.2")},
    look_at=(
        "Switch it on again unless a change asked for it, then look for what it kept away: IMDSv1 instances, shared"
        " documents and snapshots, public subnets, volumes under a key that is not yours, deletions that are final."
    ),
)
