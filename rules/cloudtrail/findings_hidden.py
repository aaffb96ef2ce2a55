"""Findings were suppressed, archived or filtered away, so that nobody sees them; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.findings_hidden",
    title="Security findings were hidden",
    pattern={
        "source": ["aws.securityhub", "aws.guardduty", "aws.macie2", "aws.access-analyzer", "aws.inspector2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventSource": ["securityhub.amazonaws.com"],
                    "eventName": ["DeleteInsight", "UpdateFindings", "UpdateInsight"],
                },
                {
                    "eventSource": ["securityhub.amazonaws.com"],
                    "eventName": ["BatchUpdateFindings"],
                    "requestParameters": {"Workflow": {"Status": ["SUPPRESSED"]}},
                },
                {"eventName": ["BatchUpdateFindingsV2"], "requestParameters": {"StatusId": [3]}},
                {
                    "eventName": ["CreateAutomationRuleV2", "UpdateAutomationRuleV2"],
                    "requestParameters": {"Actions": {"FindingFieldsUpdate": {"StatusId": [3]}}},
                },
                {
                    "eventName": ["CreateAutomationRule", "BatchUpdateAutomationRules"],
                    "requestParameters": {
                        "$or": [
                            {"Actions": {"FindingFieldsUpdate": {"Workflow": {"Status": ["SUPPRESSED"]}}}},
                            {
                                "UpdateAutomationRulesRequestItems": {
                                    "Actions": {"FindingFieldsUpdate": {"Workflow": {"Status": ["SUPPRESSED"]}}}
                                }
                            },
                        ]
                    },
                },
                {"eventName": ["ApplyArchiveRule", "ArchiveFindings", "CreateArchiveRule", "UpdateArchiveRule"]},
                {
                    "eventSource": ["access-analyzer.amazonaws.com"],
                    "eventName": ["UpdateFindings"],
                    "requestParameters": {"status": ["ARCHIVED"]},
                },
                {
                    "eventName": ["CreateFilter", "UpdateFilter", "CreateFindingsFilter", "UpdateFindingsFilter"],
                    "requestParameters": {"action": ["ARCHIVE", "SUPPRESS"]},
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls={"cis-aws": ("4.16",), **SAFEGUARD},
    look_at=(
        "Ask whoever did it. If nobody owns up: delete the filter or rule, set the hidden findings back to NEW or"
        " active, and read exactly those: they say what somebody did not want to be seen."
    ),
)
