"""Take the instance profile off an instance, so that it gets no new credentials of its role."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.instances import described


def read(aws: Session, instance: Resource) -> Json:
    """Return `{"profile": ARN or null}`; null also while EC2 is taking it off."""
    described(aws, instance)
    return {"profile": next((each["IamInstanceProfile"]["Arn"] for each in associations(aws, instance)), None)}


def associations(aws: Session, instance: Resource) -> list[Json]:
    """Return the profile's association with the instance: EC2 allows one, and shows the old one for a while."""
    filters = [
        {"Name": "instance-id", "Values": [instance.id]},
        {"Name": "state", "Values": ["associating", "associated"]},
    ]
    answer = aws.client("ec2").describe_iam_instance_profile_associations(Filters=filters)
    return list(answer["IamInstanceProfileAssociations"])


def desired(now: Json, instance: Resource) -> Json:
    return {"profile": None}


def write(aws: Session, instance: Resource, now: Json, then: Json) -> None:
    ec2 = aws.client("ec2")
    for each in associations(aws, instance):
        if each["IamInstanceProfile"]["Arn"] != then["profile"]:
            take_off(ec2, each["AssociationId"])
    if then["profile"] not in (None, now["profile"]):
        ec2.associate_iam_instance_profile(InstanceId=instance.id, IamInstanceProfile={"Arn": then["profile"]})


def take_off(ec2: Json, association: str) -> None:
    """Disassociate the profile; one that somebody has taken off is as it should be."""
    try:
        ec2.disassociate_iam_instance_profile(AssociationId=association)
    except ClientError as error:
        if error.response["Error"]["Code"] != "InvalidAssociationID.NotFound":
            raise


remediation = Remediation(
    id="ec2.replace_instance_profile",
    title="Take the instance profile off an EC2 instance",
    resource_type="AWS::EC2::Instance",
    reads=("ec2:DescribeInstances", "ec2:DescribeIamInstanceProfileAssociations"),
    writes=(
        "ec2:DisassociateIamInstanceProfile",
        "ec2:AssociateIamInstanceProfile",
        # Whoever associates a profile passes its role (EC2 User Guide, "Attach an IAM role to an instance").
        "iam:PassRole",
    ),
    pin=("arn:{partition}:ec2:{region}:{account}:instance/{id}", "arn:{partition}:iam::{account}:role/*"),
    impact=(
        "What runs on the instance gets no new credentials of its role; Systems Manager loses it too, unless default"
        " host management reaches it. Credentials that were issued already stay valid for up to six hours, wherever"
        " they were taken: deny the instance's session of the role as well. Other instances of the role go on."
    ),
    read=read,
    desired=desired,
    write=write,
)
