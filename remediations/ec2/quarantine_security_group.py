"""Take every rule off a security group, so that it allows nothing in either direction."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.rules import change_egress, change_ingress, rules_of


def read(aws: Session, group: Resource) -> Json:
    """Return `{"ingress": [record, ...], "egress": [record, ...]}` (see `rules.flat`)."""
    found = aws.client("ec2").describe_security_groups(GroupIds=[group.id])["SecurityGroups"][0]
    return rules_of(found)


def desired(now: Json, group: Resource) -> Json:
    return {"ingress": [], "egress": []}


def write(aws: Session, group: Resource, now: Json, then: Json) -> None:
    ec2 = aws.client("ec2")
    change_ingress(ec2, group.id, now["ingress"], then["ingress"])
    change_egress(ec2, group.id, now["egress"], then["egress"])


remediation = Remediation(
    id="ec2.quarantine_security_group",
    title="Take every rule off a security group",
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
        "Every resource that uses the group loses all that the group allowed, in and out, healthy ones too. What other"
        " groups on the same interface allow stays allowed. Connections that are already open may continue. Undo gives"
        " the rules back with their descriptions, but under new rule ids and without the tags of single rules."
    ),
    read=read,
    desired=desired,
    write=write,
)
