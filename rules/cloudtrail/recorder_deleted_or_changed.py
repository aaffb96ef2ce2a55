"""AWS Config lost its recorder, its delivery channel or a rule, or was told to record less; people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import RECORDER

rule = Rule(
    id="cloudtrail.recorder_deleted_or_changed",
    title="AWS Config was deleted or changed",
    pattern={
        "source": ["aws.config"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": [
                "DeleteConfigurationRecorder",
                "DeleteDeliveryChannel",
                "PutConfigurationRecorder",
                "PutDeliveryChannel",
                "DeleteConfigRule",
                "DeleteOrganizationConfigRule",
                "DeleteConformancePack",
                "DeleteOrganizationConformancePack",
                "DeleteConfigurationAggregator",
                "DeleteRetentionConfiguration",
            ],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1562.001",),
    controls=RECORDER,
    look_at=(
        "What was deleted cannot be undone, only made again from your templates: recorder, then delivery channel, then"
        " rules. See whether the history still goes to your own bucket and covers all resource types."
    ),
)
