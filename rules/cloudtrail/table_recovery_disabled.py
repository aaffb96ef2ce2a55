"""Somebody turned a table's point-in-time recovery off, and deleted its continuous backups with it: turn it on."""

from chalicelib.model import Rule, Severity
from remediations.dynamodb.enable_point_in_time_recovery import remediation as enable_point_in_time_recovery
from rules.controls import DATA_LOSS

rule = Rule(
    id="cloudtrail.table_recovery_disabled",
    title="Point-in-time recovery of a DynamoDB table was turned off",
    pattern={
        "source": ["aws.dynamodb"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["UpdateContinuousBackups"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": [False]}},
        },
    },
    resources={"AWS::DynamoDB::Table": "detail.requestParameters.tableName"},
    respond=(enable_point_in_time_recovery,),
    severity=Severity.HIGH,
    attack=("T1490",),
    controls=DATA_LOSS,
    look_at=(
        "What could be restored until then is gone: take an on-demand backup of the table now if it holds what it"
        " should. Ask whoever did it, and look at what they changed or deleted around that time."
    ),
    ask_actor=True,
)
