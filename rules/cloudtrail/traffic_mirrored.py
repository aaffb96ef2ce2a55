"""Every packet of an interface is copied to another host, as eavesdroppers do; deleting the session ends it: told."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="cloudtrail.traffic_mirrored",
    title="Network traffic is mirrored to another host",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["CreateTrafficMirrorSession", "ModifyTrafficMirrorSession", "CreateTrafficMirrorTarget"],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.HIGH,
    attack=("T1020.001", "T1040"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Unless it is your own network monitoring, run DeleteTrafficMirrorSession and contain whoever made it. What"
        " passed in the clear meanwhile, passwords and tokens too, counts as read: change them."
    ),
    ask_actor=True,
)
