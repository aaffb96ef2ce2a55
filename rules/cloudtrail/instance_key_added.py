"""Somebody brought a key of their own to log in to instances with; people are told.

Keys pushed by EC2 Instance Connect (SendSSHPublicKey) are how people log in where it is used, and are left out.
"""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="cloudtrail.instance_key_added",
    title="Key to log in to instances was brought in",
    pattern={
        "source": ["aws.ec2", "aws.ec2-instance-connect"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["ImportKeyPair", "SendSerialConsoleSSHPublicKey"],
            "errorCode": [{"exists": False}],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1098.004", "T1021.004"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Ask whose key it is. A strange key pair: delete it, and look for instances launched with it. A serial console"
        " session: disable the console, and treat the instance as compromised."
    ),
    ask_actor=True,
)
