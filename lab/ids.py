"""Give EC2 resources in moto the ids that an event names: moto makes up random ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from moto.ec2.models import (
    amis,
    elastic_block_store,
    elastic_network_interfaces,
    instances,
    security_groups,
    subnets,
    vpcs,
)

MAKERS: dict[str, tuple[ModuleType, str]] = {
    "AWS::EC2::Image": (amis, "random_ami_id"),
    "AWS::EC2::Instance": (instances, "random_instance_id"),
    "AWS::EC2::NetworkInterface": (elastic_network_interfaces, "random_eni_id"),
    "AWS::EC2::SecurityGroup": (security_groups, "random_security_group_id"),
    "AWS::EC2::Snapshot": (elastic_block_store, "random_snapshot_id"),
    "AWS::EC2::Subnet": (subnets, "random_subnet_id"),
    "AWS::EC2::Volume": (elastic_block_store, "random_volume_id"),
    "AWS::EC2::VPC": (vpcs, "random_vpc_id"),
}
"""Where moto makes up the id of each type, and with what. EC2 takes any text for an id, and so does moto."""


@contextmanager
def next_id(resource_type: str, resource_id: str) -> Iterator[None]:
    """Give the next resource of this type that is made within the block this id; those after it get random ones."""
    module, name = MAKERS[resource_type]
    made_up = getattr(module, name)
    waiting = [resource_id]
    setattr(module, name, lambda: waiting.pop() if waiting else made_up())
    try:
        yield
    finally:
        setattr(module, name, made_up)
