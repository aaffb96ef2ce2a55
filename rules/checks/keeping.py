"""Checks that found data that is not encrypted, not backed up, or easily deleted."""

from chalicelib.model import Mode, Severity
from remediations.dynamodb.enable_point_in_time_recovery import remediation as enable_point_in_time_recovery
from remediations.dynamodb.restore_deletion_protection import remediation as protect_table
from remediations.ec2.enable_ebs_encryption_by_default import remediation as encrypt_volumes_by_default
from remediations.kms.cancel_deletion import remediation as cancel_deletion
from remediations.logs.restore_retention import remediation as restore_retention
from remediations.rds.restore_cluster_deletion_protection import remediation as protect_cluster
from remediations.rds.restore_deletion_protection import remediation as protect_database
from remediations.s3.enable_versioning import remediation as enable_versioning
from rules.checks.check import ACCOUNT, Check
from rules.controls import Controls

ENCRYPTION: Controls = {
    "cis-aws": ("2.2.1", "2.3.1"),
    "pci-dss": ("3.5.1",),
    "soc2": ("CC6.1",),
    "hipaa": ("164.312(a)(2)(iv)",),
    "gdpr": ("32",),
}
RECOVERY: Controls = {"soc2": ("A1.2",), "hipaa": ("164.308(a)(7)(ii)(A)",), "gdpr": ("32",)}

KEEPING_CHECKS = (
    Check(
        name="storage_unencrypted",
        title="Stored data is not encrypted",
        severity=Severity.MEDIUM,
        types=("AWS::S3::Bucket", "AWS::RDS::DBInstance", "AWS::EC2::Volume"),
        config=(
            "s3-bucket-server-side-encryption-enabled",
            "s3-default-encryption-kms",
            "rds-storage-encrypted",
            "encrypted-volumes",
        ),
        controls=("S3.4", "S3.17", "RDS.3", "EC2.3", "PCI.S3.4"),
        cis_1_4=("2.1.1", "2.3.1"),
        attack=("T1530",),
        frameworks=ENCRYPTION,
        look_at=(
            "A database or a volume cannot be encrypted where it is: copy a snapshot of it encrypted, restore that, and"
            " delete the old one. S3 encrypts every new object by itself; a KMS key of your own is the owner's choice."
        ),
    ),
    Check(
        name="encryption_not_default",
        title="New EBS volumes are not encrypted by default",
        severity=Severity.LOW,
        types=(ACCOUNT,),
        config=("ec2-ebs-encryption-by-default",),
        controls=("EC2.7",),
        cis_1_4=("2.2.1",),
        respond=(encrypt_volumes_by_default,),
        attack=("T1530",),
        frameworks=ENCRYPTION,
        look_at=(
            "Before you approve, check that roles which launch instances, Auto Scaling's among them, may use the"
            " region's default key. If it was on before, somebody may want disks to copy out of the account."
        ),
    ),
    Check(
        name="not_backed_up",
        title="Volume or database is in no backup plan",
        severity=Severity.LOW,
        types=("AWS::EC2::Volume", "AWS::RDS::DBInstance"),
        config=("ebs-in-backup-plan", "ebs-resources-protected-by-backup-plan", "rds-in-backup-plan"),
        controls=("EC2.28", "RDS.26"),
        attack=("T1485", "T1490"),
        frameworks=RECOVERY,
        look_at=(
            "Which plan it belongs to depends on how much its owner may lose: add it by the plan's tag. Taken out of a"
            " plan recently, look who did that: backups go before data is destroyed."
        ),
    ),
    Check(
        name="deletion_unprotected",
        title="Database or table can be deleted by one call",
        severity=Severity.LOW,
        types=("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DynamoDB::Table"),
        config=(
            "rds-instance-deletion-protection-enabled",
            "rds-cluster-deletion-protection-enabled",
            "dynamodb-table-deletion-protection-enabled",
        ),
        controls=("RDS.8", "RDS.7", "DynamoDB.6"),
        respond=(protect_database, protect_cluster, protect_table),
        attack=("T1485",),
        frameworks=RECOVERY,
        look_at=(
            "Approve for data that must outlive a mistake; pipelines that delete it, of test environments above all,"
            " then fail until this is undone. Taken off in production recently, look who did that and what is next."
        ),
    ),
    Check(
        name="recovery_off",
        title="Table or bucket keeps no earlier state",
        severity=Severity.LOW,
        types=("AWS::DynamoDB::Table", "AWS::S3::Bucket"),
        config=("dynamodb-pitr-enabled", "s3-bucket-versioning-enabled"),
        controls=("DynamoDB.2", "S3.14"),
        respond=(enable_point_in_time_recovery, enable_versioning),
        attack=("T1485", "T1490"),
        frameworks=RECOVERY,
        look_at=(
            "Approve where the data could not be made again; it costs storage for every earlier state. Look whether it"
            " was on before: who destroys or locks data takes that off first."
        ),
    ),
    Check(
        name="key_deletion_scheduled",
        title="KMS key is scheduled for deletion",
        severity=Severity.HIGH,
        types=("AWS::KMS::Key",),
        config=("kms-cmk-not-scheduled-for-deletion",),
        controls=("KMS.3",),
        respond=(cancel_deletion,),
        mode=Mode.ENFORCE,
        attack=("T1485", "T1486"),
        frameworks=RECOVERY,
        look_at=(
            "Find ScheduleKeyDeletion in CloudTrail and ask who called it. The key is kept but disabled: enable it when"
            " something needs it. If it was meant, undo this: the waiting time starts anew."
        ),
    ),
    Check(
        name="logs_expire_early",
        title="Log group keeps its events too briefly",
        severity=Severity.LOW,
        types=("AWS::Logs::LogGroup",),
        config=("cw-loggroup-retention-period-check",),
        controls=("CloudWatch.16",),
        respond=(restore_retention,),
        attack=("T1562.008",),
        frameworks={"pci-dss": ("10.5.1",), "soc2": ("CC7.2",), "hipaa": ("164.316(b)(2)(i)",)},
        look_at=(
            "What has expired is gone. Approve for logs that an investigation would need; leave those of debugging as"
            " they are. Shortened recently, look who wanted it forgotten."
        ),
    ),
    Check(
        name="instance_type_not_approved",
        title="EC2 instance is of a type that is not approved",
        severity=Severity.LOW,
        types=("AWS::EC2::Instance",),
        config=("desired-instance-type",),
        attack=("T1496",),
        frameworks={"soc2": ("CC6.8",)},
        look_at=(
            "Ask the owner, who pays for it. Large or GPU instances that nobody ordered, in a region that you do not"
            " use, are how stolen credentials are turned into money: then isolate it and look who launched it."
        ),
    ),
)
