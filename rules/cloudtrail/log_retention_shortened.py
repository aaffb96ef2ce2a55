"""A log group that by its name is for audits now forgets within weeks: ask, since keeping it for a year costs."""

from chalicelib.model import Mode, Rule, Severity
from remediations.logs.restore_retention import remediation as restore_retention
from rules.cloudtrail.audit_logs import AUDIT_LOGS

rule = Rule(
    id="cloudtrail.log_retention_shortened",
    title="Audit log was set to expire early",
    pattern={
        "source": ["aws.logs"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["PutRetentionPolicy"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"logGroupName": AUDIT_LOGS, "retentionInDays": [{"numeric": ["<", 90]}]},
        },
    },
    resources={"AWS::Logs::LogGroup": "detail.requestParameters.logGroupName"},
    respond=(restore_retention,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1562.008", "T1070"),
    controls={"cis-aws": ("4.5",), "pci-dss": ("10.3.2", "10.5.1"), "soc2": ("CC7.2",), "hipaa": ("164.312(c)(1)",)},
    look_at=(
        "Approve unless the group holds no audit logs or they are kept elsewhere as well: CloudWatch Logs deletes"
        " what is older within 72 hours. If nobody meant it, contain that principal, and export what is there."
    ),
)
