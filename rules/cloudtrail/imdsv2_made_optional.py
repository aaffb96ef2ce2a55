"""An instance gives out its role's credentials without a token again: ask, since old software on it may need that."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ec2.require_imdsv2 import remediation as require_imdsv2

rule = Rule(
    id="cloudtrail.imdsv2_made_optional",
    title="IMDSv2 is no longer required on an EC2 instance",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["ModifyInstanceMetadataOptions"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"ModifyInstanceMetadataOptionsRequest": {"HttpTokens": ["optional"]}},
        },
    },
    resources={"AWS::EC2::Instance": "detail.requestParameters.ModifyInstanceMetadataOptionsRequest.InstanceId"},
    respond=(require_imdsv2,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1552.005", "T1562.001"),
    controls={"cis-aws": ("5.6",), "pci-dss": ("2.2.6",), "soc2": ("CC6.1",)},
    look_at=(
        "Ask whoever changed it which program needs it; approve if none does. On a host that serves the web, a forged"
        " request is now enough to get the role's credentials: look at what the role did since."
    ),
    ask_actor=True,
)
