"""A database no longer tells who did what in it; what streamed to whom AWS does not remember, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.database_audit_stopped",
    title="Audit log of a database was stopped",
    pattern={
        "source": ["aws.rds", "aws.redshift"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["StopActivityStream"], "eventSource": ["rds.amazonaws.com"]},
                {"eventName": ["DisableLogging"], "eventSource": ["redshift.amazonaws.com"]},
                {
                    "eventName": ["ModifyDBCluster", "ModifyDBInstance"],
                    "requestParameters": {"cloudwatchLogsExportConfiguration": {"disableLogTypes": [{"exists": True}]}},
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.008",),
    controls={**SAFEGUARD, "hipaa": ("164.312(b)",)},
    look_at=(
        "Ask whoever stopped it, and start it again with the same destination and log types. Until then the database's"
        " own logs are all there is: save them before they rotate, and look at who signed in."
    ),
    ask_actor=True,
)
