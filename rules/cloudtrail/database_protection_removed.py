"""Somebody took the deletion protection off a database or table, as whoever wants to destroy it must: put it on."""

from chalicelib.model import Rule, Severity
from remediations.dynamodb.restore_deletion_protection import remediation as protect_table
from remediations.rds.restore_cluster_deletion_protection import remediation as protect_cluster
from remediations.rds.restore_deletion_protection import remediation as protect_database
from rules.controls import DATA_LOSS

rule = Rule(
    id="cloudtrail.database_protection_removed",
    title="Deletion protection of a database was removed",
    pattern={
        "source": ["aws.rds", "aws.dynamodb"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": ["ModifyDBInstance", "ModifyDBCluster"],
                    "requestParameters": {"deletionProtection": [False]},
                },
                {"eventName": ["UpdateTable"], "requestParameters": {"deletionProtectionEnabled": [False]}},
            ],
        },
    },
    resources={
        "AWS::RDS::DBInstance": "detail.requestParameters.dBInstanceIdentifier",
        "AWS::RDS::DBCluster": "detail.requestParameters.dBClusterIdentifier",
        "AWS::DynamoDB::Table": "detail.requestParameters.tableName",
    },
    respond=(protect_database, protect_cluster, protect_table),
    severity=Severity.MEDIUM,
    attack=("T1485", "T1562.001"),
    controls=DATA_LOSS,
    look_at=(
        "Ask whoever took it off. If it is to be deleted, undo this. If nobody owns up: contain that principal, and"
        " look for deleted snapshots and backups, which protection does not cover."
    ),
    ask_actor=True,
)
