"""Instances can be reached by the serial console, past every security group: ask, since it also repairs them."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ec2.disable_serial_console_access import remediation as disable_serial_console_access

rule = Rule(
    id="cloudtrail.serial_console_enabled",
    title="EC2 serial console was enabled",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["EnableSerialConsoleAccess"], "errorCode": [{"exists": False}]},
    },
    resources={"AWS::Account": "detail.recipientAccountId"},
    respond=(disable_serial_console_access,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1021.008", "T1562.007"),
    controls={"pci-dss": ("1.3.1", "7.2.1"), "soc2": ("CC6.1", "CC6.6")},
    look_at=(
        "Ask whoever enabled it which instance does not boot. If nobody repairs one, approve, and look in CloudTrail"
        " for SendSerialConsoleSSHPublicKey: that is somebody who went in."
    ),
)
