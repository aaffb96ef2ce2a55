"""Security Hub was told to check less or to take fewer findings in; people know what was meant, and are told."""

from chalicelib.model import Rule, Severity
from rules.controls import SAFEGUARD

rule = Rule(
    id="cloudtrail.security_hub_weakened",
    title="Security Hub was weakened",
    pattern={
        "source": ["aws.securityhub"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [
                        "BatchDisableStandards",
                        "DeleteActionTarget",
                        "DeleteAggregatorV2",
                        "DeleteConfigurationPolicy",
                        "DeleteConnectorV2",
                        "DeleteFindingAggregator",
                        "DisableImportFindingsForProduct",
                        "DisableSecurityHubFeatureV2",
                        "DisableSecurityHubV2",
                        "StartConfigurationPolicyDisassociation",
                        "UpdateSecurityControl",
                    ]
                },
                {
                    "eventName": ["UpdateStandardsControl"],
                    "requestParameters": {"ControlStatus": ["DISABLED"]},
                },
                {
                    "eventName": ["BatchUpdateStandardsControlAssociations"],
                    "requestParameters": {"StandardsControlAssociationUpdates": {"AssociationStatus": ["DISABLED"]}},
                },
                {"eventName": ["UpdateOrganizationConfiguration"], "requestParameters": {"AutoEnable": [False]}},
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls={"cis-aws": ("4.16",), **SAFEGUARD},
    look_at=(
        "Ask whoever did it. If no change asked for it, enable the standard, control or product again, and look at"
        " what it would have told: findings of a control that is off are archived within days."
    ),
)
