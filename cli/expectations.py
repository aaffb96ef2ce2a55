"""What those who run accounts expect an automation to answer, as controls, and what happens when one is broken.

They are those of organizations that countermeasure was made for: their AWS Config rules, the guardrails of their
service control policies, which do not reach the management account, and what their auditors ask for.
"""

from __future__ import annotations

from dataclasses import dataclass

from cli.least_events import Event, called, noncompliant, signed_in

ELSEWHERE = "eu-south-2"
"""A region that an organization does not allow; which those are its organization.toml says."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One control. Broken, it is told by any of `types` (GuardDuty), `events`, and `calls` (`service:eventName`)."""

    control: str
    asked_by: str
    types: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    calls: tuple[str, ...] = ()
    reason: str = ""  # why nothing answers it; empty where something does


_GUARDDUTY, _CRITICAL, _CONFIG, _SCP = "GuardDuty", "critical findings", "AWS Config", "service control policy"
_NETWORK, _LOGS, _AUDIT = "compute and network", "retention", "quarterly audit"
_BUCKET, _GROUP, _DATABASE = "AWS::S3::Bucket", "AWS::EC2::SecurityGroup", "AWS::RDS::DBInstance"
_ACCOUNT = "AWS::::Account"

EXPECTATIONS = (
    Expectation("Unauthorised API calls", _GUARDDUTY, ("UnauthorizedAccess:IAMUser/MaliciousIPCaller",)),
    Expectation(
        "Cryptocurrency mining", _GUARDDUTY, ("CryptoCurrency:EC2/BitcoinTool.B", "CryptoCurrency:Lambda/BitcoinTool.B")
    ),
    Expectation("Reconnaissance: port scans", _GUARDDUTY, ("Recon:EC2/Portscan", "Recon:EC2/PortProbeUnprotectedPort")),
    Expectation(
        "Exfiltration: large uploads",
        _GUARDDUTY,
        ("Exfiltration:S3/AnomalousBehavior", "Trojan:EC2/DNSDataExfiltration"),
    ),
    Expectation(
        "S3 bucket made public",
        _CRITICAL,
        ("Policy:S3/BucketAnonymousAccessGranted",),
        (noncompliant("s3-bucket-public-read-prohibited", _BUCKET),),
        ("s3:PutBucketPolicy", "s3:PutBucketAcl", "s3:DeleteBucketPublicAccessBlock"),
    ),
    Expectation(
        "RDS with a public endpoint",
        _CRITICAL,
        events=(noncompliant("rds-instance-public-access-check", _DATABASE),),
        calls=("rds:ModifyDBInstance", "rds:CreateDBInstance"),
    ),
    Expectation(
        "Root account used",
        _CRITICAL,
        ("Policy:IAMUser/RootCredentialUsage",),
        (signed_in("Root"), called("s3", "DeleteBucketPolicy", "Root")),
    ),
    Expectation("S3 encryption", _CONFIG, events=(noncompliant("s3-bucket-server-side-encryption-enabled", _BUCKET),)),
    Expectation("RDS encryption", _CONFIG, events=(noncompliant("rds-storage-encrypted", _DATABASE),)),
    Expectation(
        "SSH restricted in security groups",
        _CONFIG,
        events=(noncompliant("restricted-ssh", _GROUP),),
        calls=("ec2:AuthorizeSecurityGroupIngress",),
    ),
    Expectation(
        "IAM password policy",
        _CONFIG,
        ("Stealth:IAMUser/PasswordPolicyChange",),
        (noncompliant("iam-password-policy", _ACCOUNT),),
        ("iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy"),
    ),
    Expectation("EBS volumes backed up", _CONFIG, events=(noncompliant("ebs-in-backup-plan", "AWS::EC2::Volume"),)),
    Expectation(
        "VPC flow logs on",
        _CONFIG,
        events=(noncompliant("vpc-flow-logs-enabled", "AWS::EC2::VPC"),),
        calls=("ec2:DeleteFlowLogs",),
    ),
    Expectation(
        "No public RDS snapshots",
        _CONFIG,
        events=(noncompliant("rds-snapshots-public-prohibited", "AWS::RDS::DBSnapshot"),),
        calls=("rds:ModifyDBSnapshotAttribute",),
    ),
    Expectation("CloudTrail on", _CONFIG, events=(noncompliant("cloudtrail-enabled", _ACCOUNT),)),
    Expectation("Root has MFA", _CONFIG, events=(noncompliant("root-account-mfa-enabled", _ACCOUNT),)),
    Expectation(
        "Instance types approved", _CONFIG, events=(noncompliant("desired-instance-type", "AWS::EC2::Instance"),)
    ),
    Expectation("Leaving the organization", _SCP, calls=("organizations:LeaveOrganization",)),
    Expectation(
        "CloudTrail stopped, deleted or changed",
        _SCP,
        ("Stealth:IAMUser/CloudTrailLoggingDisabled",),
        calls=(
            "cloudtrail:DeleteTrail",
            "cloudtrail:StopLogging",
            "cloudtrail:UpdateTrail",
            "cloudtrail:PutEventSelectors",
        ),
    ),
    Expectation(
        "AWS Config stopped or deleted",
        _SCP,
        calls=(
            "config:DeleteConfigurationRecorder",
            "config:DeleteDeliveryChannel",
            "config:StopConfigurationRecorder",
        ),
    ),
    Expectation(
        "GuardDuty deleted or left",
        _SCP,
        calls=(
            "guardduty:DeleteDetector",
            "guardduty:DisassociateFromMasterAccount",
            "guardduty:DisassociateFromAdministratorAccount",
        ),
    ),
    Expectation("Security Hub disabled", _SCP, calls=("securityhub:DisableSecurityHub",)),
    Expectation("Root does anything but set up the account", _SCP, events=(called("iam", "CreateUser", "Root"),)),
    Expectation(
        "Region lock",
        _SCP,
        events=(called("ec2", "RunInstances", awsRegion=ELSEWHERE),),
        calls=("account:EnableRegion",),
    ),
    Expectation(
        "IMDSv2 only",
        _NETWORK,
        events=(noncompliant("ec2-imdsv2-check", "AWS::EC2::Instance"),),
        calls=("ec2:ModifyInstanceMetadataOptions",),
    ),
    Expectation(
        "Network ACLs keep tiers apart",
        _NETWORK,
        events=(noncompliant("nacl-no-unrestricted-ssh-rdp", "AWS::EC2::NetworkAcl"),),
        calls=("ec2:CreateNetworkAclEntry", "ec2:ReplaceNetworkAclEntry"),
    ),
    Expectation(
        "Default security groups unused",
        _NETWORK,
        events=(noncompliant("vpc-default-security-group-closed", _GROUP),),
    ),
    Expectation(
        "EBS encryption by default",
        _NETWORK,
        events=(noncompliant("ec2-ebs-encryption-by-default", _ACCOUNT),),
        calls=("ec2:DisableEbsEncryptionByDefault",),
    ),
    Expectation("KMS keys kept", _NETWORK, calls=("kms:ScheduleKeyDeletion", "kms:DisableKey")),
    Expectation(
        "Multi-AZ", _NETWORK, reason="It is availability, and no one attacks by it: AWS Config tells the owner."
    ),
    Expectation("Backups kept", _NETWORK, calls=("backup:DeleteRecoveryPoint", "backup:DeleteBackupVault")),
    Expectation(
        "Logs kept as long as they must be",
        _LOGS,
        events=(noncompliant("cw-loggroup-retention-period-check", "AWS::Logs::LogGroup"),),
        calls=("logs:PutRetentionPolicy", "logs:DeleteLogGroup"),
    ),
    Expectation("Logs immutable in the archive", _LOGS, calls=("s3:PutBucketVersioning", "s3:PutBucketLifecycle")),
    Expectation(
        "IAM permissions: nobody becomes administrator",
        _AUDIT,
        calls=("iam:AttachUserPolicy", "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:CreatePolicyVersion"),
    ),
    Expectation(
        "Changes through pipelines only",
        _AUDIT,
        calls=("lambda:UpdateFunctionCode20150331v2", "ec2:CreateRoute", "ec2:RevokeSecurityGroupIngress"),
    ),
)
