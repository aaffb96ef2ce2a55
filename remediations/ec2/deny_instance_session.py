"""Deny the session in which an instance uses its role, and leave the role's other instances alone."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.instances import described
from remediations.iam import deny_role_session

NONE: Json = {"session": "none"}


def read(aws: Session, instance: Resource) -> Json:
    """Return what `iam.deny_role_session` says of the session; `{"session": "none"}` for an instance without a role."""
    session = session_of(aws, instance)
    return deny_role_session.read(aws, session) if session else NONE


def session_of(aws: Session, instance: Resource) -> Resource | None:
    """Return the session of the role in the instance's profile, whose name is the instance's id.

    A profile need not be called as its role is: IAM is asked (IAM User Guide, "Using instance profiles").
    """
    profile = described(aws, instance).get("IamInstanceProfile")
    if not profile:
        return None
    name = profile["Arn"].rpartition("/")[2]
    roles = aws.client("iam").get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
    if not roles:
        return None
    id_ = f"{roles[0]['RoleName']}/{instance.id}"  # a profile has one role at most
    return Resource("AWS::STS::AssumedRole", id_, instance.account, instance.region, instance.partition)


def desired(now: Json, instance: Resource) -> Json:
    return now if now == NONE else {"session": "denied"}


def write(aws: Session, instance: Resource, now: Json, then: Json) -> None:
    if session := session_of(aws, instance):
        deny_role_session.write(aws, session, now, then)


remediation = Remediation(
    id="ec2.deny_instance_session",
    title="Deny an EC2 instance its role",
    resource_type="AWS::EC2::Instance",
    reads=("ec2:DescribeInstances", "iam:GetInstanceProfile", "iam:GetRole", "iam:GetRolePolicy"),
    writes=("iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    pin=("arn:{partition}:iam::{account}:role/*",),
    impact=(
        "The credentials that the instance got of its role, and gets from now on, open nothing any more, wherever they"
        " were taken; Systems Manager loses the instance with them. Other instances of the role go on. Sessions of"
        " other roles that were assumed from it go on too, and so does what it has made."
    ),
    read=read,
    desired=desired,
    write=write,
)
