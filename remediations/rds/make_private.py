"""Take the public address off a database instance, so that its name leads to a private one only."""

from __future__ import annotations

from chalicelib.model import Remediation, Resource, Session, State


def read(aws: Session, instance: Resource) -> State:
    """Return `{"public": bool}`."""
    [found] = aws.client("rds").describe_db_instances(DBInstanceIdentifier=instance.id)["DBInstances"]
    return {"public": found["PubliclyAccessible"]}


def desired(now: State, instance: Resource) -> State:
    return {"public": False}


def write(aws: Session, instance: Resource, now: State, then: State) -> None:
    # Without ApplyImmediately: this setting changes at once anyway, and others that wait for the maintenance window,
    # which may restart the database, go on waiting (RDS API reference, ModifyDBInstance).
    aws.client("rds").modify_db_instance(DBInstanceIdentifier=instance.id, PubliclyAccessible=then["public"])


remediation = Remediation(
    id="rds.make_private",
    title="Make a public database instance private",
    resource_type="AWS::RDS::DBInstance",
    reads=("rds:DescribeDBInstances",),
    writes=("rds:ModifyDBInstance",),
    pin=("arn:{partition}:rds:{region}:{account}:db:{id}",),
    impact=(
        "Clients outside the VPC and what is connected to it can connect no more, office and on-premises ones without"
        " VPN among them, and lose their open connections. The database goes on without a restart. Its security groups,"
        " its subnets and its users stay, so whoever is inside the VPC still gets as far; the password may be known."
        " RDS refuses while the instance is being changed or backed up: then it is tried again."
    ),
    read=read,
    desired=desired,
    write=write,
)
