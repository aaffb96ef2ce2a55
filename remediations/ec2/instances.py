"""An instance as EC2 describes it, for the remediations that act on one."""

from __future__ import annotations

from chalicelib.errors import Gone
from chalicelib.model import Json, Resource, Session


def described(aws: Session, instance: Resource) -> Json:
    """Return what DescribeInstances says of the instance. Raises Gone when it is terminated, or about to be."""
    reservations = aws.client("ec2").describe_instances(InstanceIds=[instance.id])["Reservations"]
    found = [each for reservation in reservations for each in reservation["Instances"]]
    state = found[0]["State"]["Name"] if found else "not there any more"
    if state in ("shutting-down", "terminated", "not there any more"):
        raise Gone(f"{instance.key} is {state}")
    return found[0]
