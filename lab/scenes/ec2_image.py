"""A machine image that is shared with everybody and with a partner, beside one for the partner alone."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.model import Resource
from lab import moto_fixes
from lab.ids import next_id
from lab.network import LINUX, have_subnet
from lab.scene import Scene

PARTNER = "111122223333"
NEIGHBOUR = "shared-with-partner"


def make(boto: boto3.Session, image: Resource) -> str:
    moto_fixes.apply()
    ec2: Any = boto.client("ec2")
    if ec2.describe_images(Filters=[{"Name": "image-id", "Values": [image.id]}])["Images"]:
        return image.id
    _, subnet = have_subnet(ec2)
    source = ec2.run_instances(ImageId=LINUX, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]["InstanceId"]
    with next_id(image.type, image.id):
        ec2.create_image(InstanceId=source, Name=f"golden-{image.id}")
    share(ec2, image.id, {"Group": "all"}, {"UserId": PARTNER})
    if not ec2.describe_images(Filters=[{"Name": "name", "Values": [NEIGHBOUR]}])["Images"]:
        share(ec2, ec2.create_image(InstanceId=source, Name=NEIGHBOUR)["ImageId"], {"UserId": PARTNER})
    return image.id


def share(ec2: Any, image_id: str, *who: dict[str, str]) -> None:
    ec2.modify_image_attribute(ImageId=image_id, LaunchPermission={"Add": list(who)})


# Everybody has it or not: there is no third state, so nobody can drift it into one.
scene = Scene(resource_type="AWS::EC2::Image", example="ami-0123456789abcdef0", make=make)
