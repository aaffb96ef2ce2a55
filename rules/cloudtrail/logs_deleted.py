"""Logs that are for audits were deleted or no longer go where somebody looks; nothing brings them back."""

from chalicelib.model import Rule, Severity
from rules.cloudtrail.audit_logs import AUDIT_LOGS

rule = Rule(
    id="cloudtrail.logs_deleted",
    title="Audit logs were deleted or cut off",
    pattern={
        "source": ["aws.logs", "aws.route53resolver"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [
                        "DeleteLogGroup",
                        "DeleteLogStream",
                        "DeleteMetricFilter",
                        "DeleteSubscriptionFilter",
                    ],
                    "requestParameters": {"logGroupName": AUDIT_LOGS},
                },
                {"eventName": ["DeleteAccountPolicy", "DeleteDataProtectionPolicy", "DeleteDestination"]},
                {"eventName": ["DeleteResolverQueryLogConfig"]},
            ],
        },
    },
    severity=Severity.HIGH,
    attack=("T1562.008", "T1070"),
    controls={"cis-aws": ("4.5",), "pci-dss": ("10.3.2", "10.7.2"), "soc2": ("CC7.2",), "hipaa": ("164.312(b)",)},
    look_at=(
        "Deleted events are gone: look for copies in S3 or your log store. Make the group, filter or destination"
        " again from your templates, so that what logs there goes on, and contain that principal if nobody meant it."
    ),
)
