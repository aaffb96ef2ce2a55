"""Data of a database was shared or exported; whether to a friend nobody can tell from the call, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import BREACH, INTRUSION_SEEN

rule = Rule(
    id="cloudtrail.database_copied_out",
    title="Data of a database was shared or exported",
    pattern={
        "source": ["aws.dynamodb", "aws.rds", "aws.redshift"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["AuthorizeDataShare", "AuthorizeSnapshotAccess", "ExportTableToPointInTime"]},
                # A role by which statements in the database write elsewhere.
                {
                    "eventName": ["AddRoleToDBCluster", "AddRoleToDBInstance"],
                    "requestParameters": {"featureName": ["Lambda", "S3_INTEGRATION", "s3Export"]},
                },
                {"eventName": ["StartExportTask"], "eventSource": ["rds.amazonaws.com"]},
                {
                    "eventName": ["ModifyDBClusterSnapshotAttribute", "ModifyDBSnapshotAttribute"],
                    "requestParameters": {
                        "attributeName": ["restore"],
                        "valuesToAdd": [{"anything-but": ["all"]}],
                    },
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1537", "T1530"),
    controls={**INTRUSION_SEEN, **BREACH},
    look_at=(
        "See whose the account, bucket or role is that the request names. If it is not yours: end the sharing or the"
        " export, contain the principal, and count the data as out. An encrypted snapshot is of use to others only"
        " with its KMS key: look at the key's policy and grants."
    ),
    ask_actor=True,
)
