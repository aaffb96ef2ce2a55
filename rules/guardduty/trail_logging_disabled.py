"""GuardDuty, which does not depend on the trail, saw one stopped or deleted: start it again."""

from chalicelib.model import Rule, Severity
from remediations.cloudtrail.start_logging import remediation as start_logging
from rules.controls import AUDIT_TRAIL

rule = Rule(
    id="guardduty.trail_logging_disabled",
    title="CloudTrail logging was disabled",
    pattern={
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": [{"prefix": "Stealth:IAMUser/CloudTrailLoggingDisabled"}]},
    },
    resources={
        "AWS::CloudTrail::Trail": ('detail.service.action.awsApiCallAction.affectedResources."AWS::CloudTrail::Trail"')
    },
    respond=(start_logging,),
    severity=Severity.HIGH,
    attack=("T1562.008",),
    controls=AUDIT_TRAIL,
    look_at=(
        "Check in every region that the trails log and deliver. Then contain whoever did it: what they did after that"
        " is seen only in GuardDuty, flow logs and the services' own logs."
    ),
)
