"""Checks that found storage, databases and snapshots open to everybody."""

from chalicelib.model import Mode, Severity
from remediations.ec2.block_public_ami_and_snapshot_sharing import remediation as block_public_sharing
from remediations.rds.make_cluster_snapshot_private import remediation as make_cluster_snapshot_private
from remediations.rds.make_private import remediation as make_database_private
from remediations.rds.make_snapshot_private import remediation as make_snapshot_private
from remediations.redshift.make_private import remediation as make_warehouse_private
from remediations.s3.block_public_access import remediation as block_public_access
from remediations.s3.block_public_access_account import remediation as block_public_access_account
from rules.checks.check import ACCOUNT, Check
from rules.controls import BREACH, PUBLIC_STORAGE

PUBLIC_CHECKS = (
    Check(
        name="bucket_public",
        title="S3 bucket allows public access",
        severity=Severity.HIGH,
        types=("AWS::S3::Bucket",),
        config=("s3-bucket-public", "s3-bucket-level-public-access-prohibited"),
        controls=("S3.2", "S3.3", "S3.8", "CloudTrail.6", "PCI.S3.1", "PCI.S3.2"),
        cis_1_2=("2.3",),
        cis_1_4=("2.1.5.2", "3.3"),
        respond=(block_public_access,),
        mode=Mode.ENFORCE,
        attack=("T1530",),
        frameworks=PUBLIC_STORAGE,
        look_at=(
            "Ask the owner what the bucket is for. If it is a website on purpose, undo this, protect the bucket by its"
            " tag, and plan to serve it through CloudFront."
        ),
    ),
    Check(
        name="account_public_access_unblocked",
        title="S3 Block Public Access is off for the account",
        severity=Severity.MEDIUM,
        types=(ACCOUNT,),
        config=("s3-account-level-public-access-blocks",),
        controls=("S3.1", "PCI.S3.6"),
        cis_1_4=("2.1.5.1",),
        respond=(block_public_access_account,),
        attack=("T1530", "T1562.001"),
        frameworks=PUBLIC_STORAGE,
        look_at=(
            "List the buckets that are public today, in all regions, and ask their owners: approving this closes every"
            " one of them at once. Was it on before, look in CloudTrail for who took it off."
        ),
    ),
    Check(
        name="database_public",
        title="Database instance has a public endpoint",
        severity=Severity.HIGH,
        types=("AWS::RDS::DBInstance",),
        config=("rds-instance-public-access-check",),
        controls=("RDS.2", "PCI.RDS.2"),
        respond=(make_database_private,),
        attack=("T1190",),
        frameworks=PUBLIC_STORAGE,
        look_at=(
            "See who connects from outside the VPC (flow logs, the database's own log) before you approve. Then look at"
            " its security groups, and change its password if anybody unknown has logged in."
        ),
    ),
    Check(
        name="warehouse_public",
        title="Redshift cluster has a public endpoint",
        severity=Severity.HIGH,
        types=("AWS::Redshift::Cluster",),
        config=("redshift-cluster-public-access-check",),
        controls=("Redshift.1", "PCI.Redshift.1"),
        respond=(make_warehouse_private,),
        attack=("T1190",),
        frameworks=PUBLIC_STORAGE,
        look_at=(
            "Ask which BI tools and partners connect from outside before you approve: they lose the cluster. Then look"
            " at its security groups, and at its connection log for addresses that nobody knows."
        ),
    ),
    Check(
        name="database_snapshot_public",
        title="Database snapshot is public",
        severity=Severity.HIGH,
        types=("AWS::RDS::DBSnapshot", "AWS::RDS::DBClusterSnapshot"),
        config=("rds-snapshots-public-prohibited",),
        controls=("RDS.1", "PCI.RDS.1"),
        respond=(make_snapshot_private, make_cluster_snapshot_private),
        mode=Mode.ENFORCE,
        attack=("T1537",),
        frameworks={**PUBLIC_STORAGE, **BREACH},
        look_at=(
            "Find in CloudTrail who shared it and since when. Whoever copied it meanwhile keeps the copy and leaves no"
            " trace in your account: count the data in it, and every password, as out."
        ),
    ),
    Check(
        name="volume_snapshot_public",
        title="EBS snapshots can be shared with everybody",
        severity=Severity.HIGH,
        types=(ACCOUNT,),
        config=("ebs-snapshot-public-restorable-check", "ebs-snapshot-block-public-access"),
        controls=("EC2.1", "EC2.182", "PCI.EC2.1"),
        respond=(block_public_sharing,),
        attack=("T1537",),
        frameworks={**PUBLIC_STORAGE, **BREACH},
        look_at=(
            "The check names the account, not the snapshot: list those that everybody can restore (describe-snapshots"
            " --restorable-by-user-ids all --owner-ids self). If images are published here on purpose, do not approve;"
            " make those snapshots private one by one."
        ),
    ),
)
