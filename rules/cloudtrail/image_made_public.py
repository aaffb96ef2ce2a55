"""A machine image was shared with everybody: ask, since a vendor publishes images and may say so of one again."""

from chalicelib.model import Mode, Rule, Severity
from remediations.ec2.make_image_private import remediation as make_image_private
from rules.controls import BREACH, SHARED_DISK

rule = Rule(
    id="cloudtrail.image_made_public",
    title="Machine image was made public",
    pattern={
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["ModifyImageAttribute"],
            "errorCode": [{"exists": False}],
            "requestParameters": {"launchPermission": {"add": {"items": {"group": ["all"]}}}},
        },
    },
    resources={"AWS::EC2::Image": "detail.requestParameters.imageId"},
    respond=(make_image_private,),
    mode=Mode.APPROVE,
    severity=Severity.HIGH,
    attack=("T1537",),
    controls={**SHARED_DISK, **BREACH},
    look_at=(
        "Approve unless your organization publishes this image. Whoever launched or copied it meanwhile keeps that and"
        " leaves no trace in your account: count keys, passwords and code in the image as out."
    ),
    ask_actor=True,
)
