"""A database, table, warehouse or search domain was deleted and keeps no snapshot; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import DATA_LOSS

rule = Rule(
    id="cloudtrail.data_store_deleted",
    title="Data store was deleted",
    pattern={
        "source": ["aws.rds", "aws.redshift", "aws.dynamodb", "aws.es"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": ["DeleteDBInstance", "DeleteDBCluster"],
                    "requestParameters": {"skipFinalSnapshot": [True]},
                },
                {
                    "eventSource": ["redshift.amazonaws.com"],
                    "eventName": ["DeleteCluster"],
                    "requestParameters": {"skipFinalClusterSnapshot": [True]},
                },
                # Countermeasure's own table is another rule's.
                {
                    "eventName": ["DeleteTable"],
                    "requestParameters": {"tableName": [{"anything-but": {"wildcard": "*countermeasure*"}}]},
                },
                {
                    "eventSource": ["es.amazonaws.com"],
                    "eventName": ["DeleteDomain", "DeleteElasticsearchDomain"],
                },
            ],
        },
    },
    severity=Severity.HIGH,
    attack=("T1485",),
    controls=DATA_LOSS,
    look_at=(
        "Ask whoever deleted it. If nobody owns up: contain that principal first, then restore from automated backups"
        " (RDS, Redshift), point-in-time recovery (DynamoDB keeps a system backup for 35 days) or AWS Backup."
    ),
    ask_actor=True,
)
