"""Stop sharing a machine image with everybody."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.errors import Gone
from chalicelib.model import Remediation, Resource, Session, State


def read(aws: Session, image: Resource) -> State:
    """Return `{"public": bool}`: whether everybody may launch it. Raises Gone for a deregistered image."""
    try:
        answer = aws.client("ec2").describe_image_attribute(ImageId=image.id, Attribute="launchPermission")
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidAMIID.Unavailable":
            raise Gone(f"{image.key} is deregistered") from error
        raise
    return {"public": any(each.get("Group") == "all" for each in answer["LaunchPermissions"])}


def desired(now: State, image: Resource) -> State:
    return {"public": False}


def write(aws: Session, image: Resource, now: State, then: State) -> None:
    change = {"Add" if then["public"] else "Remove": [{"Group": "all"}]}
    aws.client("ec2").modify_image_attribute(ImageId=image.id, LaunchPermission=change)


remediation = Remediation(
    id="ec2.make_image_private",
    title="Make a public machine image private",
    resource_type="AWS::EC2::Image",
    reads=("ec2:DescribeImageAttribute",),
    writes=("ec2:ModifyImageAttribute",),
    pin=("arn:{partition}:ec2:{region}::image/{id}",),
    impact=(
        "Accounts that were not named can launch the image no more; whoever launched or copied it keeps that, and with"
        " it all data and secrets in it. Accounts, organizations and units that it is shared with by name keep it, and"
        " its snapshots' own permissions stay: look at those too."
    ),
    confirm_undo="Undo shares the whole image with everybody again.",
    read=read,
    desired=desired,
    write=write,
)
