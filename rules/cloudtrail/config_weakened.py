"""AWS Config records less or elsewhere, or lost rules; how it was your templates say, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import RECORDER

rule = Rule(
    id="cloudtrail.config_weakened",
    title="AWS Config was weakened",
    pattern={
        "source": ["aws.config"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": [
                        "DeleteAggregationAuthorization",
                        "DeleteConfigRule",
                        "DeleteConfigurationAggregator",
                        "DeleteConformancePack",
                        "DeleteEvaluationResults",
                        "DeleteOrganizationConfigRule",
                        "DeleteOrganizationConformancePack",
                        "DeleteRemediationConfiguration",
                        "DeleteRetentionConfiguration",
                        "DeleteServiceLinkedConfigurationRecorder",
                        "DisassociateResourceTypes",
                        "PutDeliveryChannel",
                        "PutRetentionConfiguration",
                    ]
                },
                {
                    "eventName": ["PutConfigurationRecorder"],
                    "requestParameters": {"configurationRecorder": {"recordingGroup": {"allSupported": [False]}}},
                },
                {
                    "eventName": ["PutConfigurationRecorder"],
                    "requestParameters": {
                        "configurationRecorder": {"recordingMode": {"recordingFrequency": ["DAILY"]}}
                    },
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls=RECORDER,
    look_at=(
        "Deploy rules, packs and the recorder's settings again from your templates if no change asked for it. See"
        " whether history still goes to your own bucket and covers all resource types, and what else the same"
        " principal did."
    ),
)
