"""Security Hub was switched off, or findings were hidden in it; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.security_hub_disabled_or_evaded",
    title="Security Hub was disabled or findings were hidden",
    pattern={
        "source": ["aws.securityhub"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [
                        "DisableSecurityHub",
                        "DisableSecurityHubV2",
                        "BatchDisableStandards",
                        "DisableImportFindingsForProduct",
                        "DisableOrganizationAdminAccount",
                        "DisassociateFromAdministratorAccount",
                        "DisassociateFromMasterAccount",
                        "DisassociateMembers",
                        "DeleteMembers",
                        "DeleteFindingAggregator",
                        "DeleteActionTarget",
                        "DeleteInsight",
                        "UpdateInsight",
                        "UpdateFindings",
                    ]
                },
                {
                    "eventName": ["BatchUpdateFindings"],
                    "requestParameters": {"Workflow": {"Status": ["SUPPRESSED"]}},
                },
                {
                    "eventName": ["UpdateStandardsControl"],
                    "requestParameters": {"ControlStatus": ["DISABLED"]},
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls={"cis-aws": ("4.16",), **SAFEGUARD},
    look_at=(
        "Ask whoever did it. If nobody owns up: enable Security Hub and its standards again, set the hidden findings"
        " back to NEW, and read exactly those: they say what somebody did not want to be seen."
    ),
)
