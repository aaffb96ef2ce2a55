"""An instance runs another script as root when it next starts; the call does not show it, so people are told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="cloudtrail.startup_script_changed",
    title="Startup script of an EC2 instance was changed",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["ModifyInstanceAttribute"],
            "errorCode": [{"exists": False}],
            "requestParameters": {
                "$or": [
                    {"attribute": ["userData"]},
                    {"userData": [{"exists": True}]},
                    {"userData": {"value": [{"exists": True}]}},
                ]
            },
        },
    },
    severity=Severity.HIGH,
    attack=("T1059", "T1037", "T1098"),
    controls=INTRUSION_SEEN,
    look_at=(
        "The instance was stopped for this and may run by now: ask whoever did it, and read the script"
        " (DescribeInstanceAttribute, userData). If it is not theirs, snapshot and isolate the instance, and revoke its"
        " role's sessions."
    ),
    ask_actor=True,
)
