"""Stop an instance, so that nothing on it runs."""

from __future__ import annotations

from chalicelib.errors import Busy, Unsupported
from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.instances import described

STATES = {"pending": "running", "running": "running", "stopping": "stopping", "stopped": "stopped"}


def read(aws: Session, instance: Resource) -> Json:
    """Return `{"state": "running" | "stopping" | "stopped"}`: a stopping instance still runs for a while."""
    found = described(aws, instance)
    if found["RootDeviceType"] != "ebs":
        raise Unsupported(
            f"{instance.id} has its root on an instance store: EC2 can terminate it, but not stop it; isolate it"
        )
    return {"state": STATES[found["State"]["Name"]]}


def desired(now: Json, instance: Resource) -> Json:
    return {"state": "stopped"}


def write(aws: Session, instance: Resource, now: Json, then: Json) -> None:
    ec2 = aws.client("ec2")
    if then["state"] != "running":
        ec2.stop_instances(InstanceIds=[instance.id])
    elif now["state"] == "stopping":
        raise Busy(f"{instance.id} is still stopping, and EC2 cannot call that back: try again in a minute")
    else:
        ec2.start_instances(InstanceIds=[instance.id])


remediation = Remediation(
    id="ec2.stop_instance",
    title="Stop an EC2 instance",
    resource_type="AWS::EC2::Instance",
    reads=("ec2:DescribeInstances",),
    writes=("ec2:StopInstances", "ec2:StartInstances"),
    pin=("arn:{partition}:ec2:{region}:{account}:instance/{id}",),
    impact=(
        "Everything on the instance ends. Its memory, its instance store volumes and a public address that is no"
        " Elastic IP are lost, with the evidence in them; EBS volumes stay. An Auto Scaling group takes a stopped"
        " instance for broken and terminates it: take it out of the group first. AWS refuses where stop protection is"
        " on, and for a one-time Spot instance. Undo needs free capacity, and leave to use the key of encrypted"
        " volumes."
    ),
    confirm_undo="Undo starts again whatever is on the instance's disks, malware too.",
    read=read,
    desired=desired,
    write=write,
)
