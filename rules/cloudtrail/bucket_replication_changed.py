"""A bucket's objects are copied to another bucket: where that is nobody's of ours, ask before it is stopped."""

from chalicelib.model import Mode, Rule, Severity
from remediations.s3.remove_foreign_replication import remediation as remove_foreign_replication

rule = Rule(
    id="cloudtrail.bucket_replication_changed",
    title="Replication of an S3 bucket was set up or changed",
    pattern={
        "source": ["aws.s3"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["PutBucketReplication", "PutReplicationConfiguration"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"ReplicationConfiguration": {"Rule": {"Status": ["Enabled"]}}},
        },
    },
    resources={"AWS::S3::Bucket": "detail.requestParameters.bucketName"},
    respond=(remove_foreign_replication,),
    mode=Mode.APPROVE,
    only_if_wrong=True,
    severity=Severity.MEDIUM,
    attack=("T1537", "T1020"),
    controls={"cis-aws": ("4.8",), "pci-dss": ("7.2.1",), "soc2": ("CC6.1", "CC6.7"), "gdpr": ("32", "33")},
    look_at=(
        "Nothing to change below means that every copy stays with an account of yours. Otherwise ask whose the other"
        " account is; if nobody knows, approve, and count what was written since as out."
    ),
)
