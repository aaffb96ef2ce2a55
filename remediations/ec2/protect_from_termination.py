"""Keep an instance and its volumes from being terminated, so that the evidence on them stays."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.instances import described

PROTECTED = {"termination": "denied", "shutdown": "stop"}


def read(aws: Session, instance: Resource) -> Json:
    """Return whether termination is "allowed", what a shutdown from within does, and what becomes of each EBS volume.

    A Spot instance has its volumes only: EC2 protects none from termination (EC2 API reference,
    ModifyInstanceAttribute). Without an EBS root an instance can only be terminated, never stopped.
    """
    found = described(aws, instance)
    volumes = {each["DeviceName"]: each["Ebs"] for each in found["BlockDeviceMappings"] if "Ebs" in each}
    state: Json = {
        "volumes": {device: "deleted" if ebs["DeleteOnTermination"] else "kept" for device, ebs in volumes.items()}
    }
    if found.get("InstanceLifecycle") != "spot":
        denied = attribute(aws, instance, "disableApiTermination", "DisableApiTermination")
        state["termination"] = "denied" if denied else "allowed"
        if found["RootDeviceType"] == "ebs":
            behaviour = "InstanceInitiatedShutdownBehavior"
            state["shutdown"] = attribute(aws, instance, "instanceInitiatedShutdownBehavior", behaviour)
    return state


def attribute(aws: Session, instance: Resource, name: str, key: str) -> Json:
    """Return an attribute that DescribeInstances does not tell: asked for by one name, answered under another."""
    return aws.client("ec2").describe_instance_attribute(InstanceId=instance.id, Attribute=name)[key]["Value"]


def desired(now: Json, instance: Resource) -> Json:
    protected = {name: value for name, value in PROTECTED.items() if name in now}
    return {**protected, "volumes": dict.fromkeys(now["volumes"], "kept")}


def write(aws: Session, instance: Resource, now: Json, then: Json) -> None:
    """EC2 takes one attribute a call."""
    ec2 = aws.client("ec2")
    volumes = {device: to for device, to in then["volumes"].items() if now["volumes"].get(device, to) != to}
    if then.get("termination") != now.get("termination"):
        denied = then["termination"] == "denied"
        ec2.modify_instance_attribute(InstanceId=instance.id, DisableApiTermination={"Value": denied})
    if then.get("shutdown") != now.get("shutdown"):
        ec2.modify_instance_attribute(
            InstanceId=instance.id, Attribute="instanceInitiatedShutdownBehavior", Value=then["shutdown"]
        )
    if volumes:
        mappings = [{"DeviceName": d, "Ebs": {"DeleteOnTermination": to == "deleted"}} for d, to in volumes.items()]
        ec2.modify_instance_attribute(InstanceId=instance.id, BlockDeviceMappings=mappings)


remediation = Remediation(
    id="ec2.protect_from_termination",
    title="Protect an EC2 instance from termination",
    resource_type="AWS::EC2::Instance",
    reads=("ec2:DescribeInstances", "ec2:DescribeInstanceAttribute"),
    writes=("ec2:ModifyInstanceAttribute",),
    pin=(
        "arn:{partition}:ec2:{region}:{account}:instance/{id}",
        "arn:{partition}:ec2:{region}:{account}:volume/*",
    ),
    impact=(
        "Nobody can terminate the instance through the API until this is undone; a shutdown from within stops it, and"
        " its EBS volumes outlive it. It goes on running and talking. Its Auto Scaling group may still terminate it,"
        " and so may AWS where the hardware fails. A Spot instance keeps its volumes, but can still be terminated or"
        " interrupted. Instance store volumes and memory are lost when it stops."
    ),
    read=read,
    desired=desired,
    write=write,
)
