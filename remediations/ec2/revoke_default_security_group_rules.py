"""Take every rule off a VPC's default security group, so that what names no group of its own reaches nothing."""

from __future__ import annotations

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.quarantine_security_group import desired, write
from remediations.ec2.rules import rules_of


def read(aws: Session, group: Resource) -> Json:
    """Return `{"ingress": [record, ...], "egress": [record, ...]}` (see `rules.flat`) of a default group only."""
    found = aws.client("ec2").describe_security_groups(GroupIds=[group.id])["SecurityGroups"][0]
    if found["GroupName"] != "default":
        raise Unsupported(f"{group.id} is not the default group of its VPC: ec2.quarantine_security_group empties any")
    return rules_of(found)


remediation = Remediation(
    id="ec2.revoke_default_security_group_rules",
    title="Take every rule off a default security group",
    resource_type="AWS::EC2::SecurityGroup",
    reads=("ec2:DescribeSecurityGroups",),
    writes=(
        "ec2:RevokeSecurityGroupIngress",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:AuthorizeSecurityGroupEgress",
    ),
    pin=("arn:{partition}:ec2:{region}:{account}:security-group/{id}",),
    impact=(
        "Everything that was started in the VPC without a group of its own can open no new connection, in or out, and"
        " its members no longer reach each other; look first what is in it. Connections that are already open may"
        " continue, and other groups of the same interface still allow what they allow. Undo gives the rules back with"
        " their descriptions, but under new rule ids and without the tags of single rules."
    ),
    read=read,
    desired=desired,
    write=write,
)
