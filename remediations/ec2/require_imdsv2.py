"""Require a session token of whoever asks an instance for its metadata (IMDSv2): a relayed request gets none."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session
from remediations.ec2.instances import described


def read(aws: Session, instance: Resource) -> Json:
    """Return `{"imdsv2": "optional" | "required"}`, or "off" when the instance serves no metadata at all."""
    options = described(aws, instance)["MetadataOptions"]
    return {"imdsv2": options["HttpTokens"] if options["HttpEndpoint"] == "enabled" else "off"}


def desired(now: Json, instance: Resource) -> Json:
    return {"imdsv2": "off" if now["imdsv2"] == "off" else "required"}


def write(aws: Session, instance: Resource, now: Json, then: Json) -> None:
    # What is not named stays: the hop limit, IPv6 and tags (EC2 API reference, ModifyInstanceMetadataOptions).
    if then["imdsv2"] == "off":
        change = {"HttpEndpoint": "disabled"}
    else:
        change = {"HttpTokens": then["imdsv2"], "HttpEndpoint": "enabled"}
    aws.client("ec2").modify_instance_metadata_options(InstanceId=instance.id, **change)


remediation = Remediation(
    id="ec2.require_imdsv2",
    title="Require IMDSv2 on an EC2 instance",
    resource_type="AWS::EC2::Instance",
    reads=("ec2:DescribeInstances",),
    writes=("ec2:ModifyInstanceMetadataOptions",),
    pin=("arn:{partition}:ec2:{region}:{account}:instance/{id}",),
    impact=(
        "Old software on the instance that asks without a token gets no more metadata, its role's credentials among"
        " it, and fails when those it has expire. The hop limit stays: where it is 1, containers behind a bridge get"
        " none either. Credentials that were already taken stay valid, and whoever runs commands on the instance can"
        " still ask with a token."
    ),
    read=read,
    desired=desired,
    write=write,
)
