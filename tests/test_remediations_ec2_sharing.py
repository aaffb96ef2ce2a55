"""What was shared with everybody is so no longer; whom it was shared with by name keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Gone
from chalicelib.model import Remediation, Resource
from chalicelib.reconcile import read
from remediations.ec2 import make_image_private, make_snapshot_private
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

SNAPSHOT = Resource("AWS::EC2::Snapshot", "snap-0123456789abcdef0", ACCOUNT, REGION)
IMAGE = Resource("AWS::EC2::Image", "ami-0123456789abcdef0", ACCOUNT, REGION)
PARTNER = {"UserId": "111122223333"}
EVERYBODY = {"Group": "all"}
PRIVATE = {make_snapshot_private.remediation: SNAPSHOT, make_image_private.remediation: IMAGE}

every = pytest.mark.parametrize(("remediation", "resource"), PRIVATE.items(), ids=lambda each: each.id)


@pytest.fixture
def ec2(aws: Aws) -> Any:
    return aws.boto.client("ec2")


def shared_with(ec2: Any) -> dict[str, list[dict[str, str]]]:
    """Return whom every snapshot and image of the account is shared with."""
    found = {}
    for snapshot in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]:
        id_ = snapshot["SnapshotId"]
        asked = ec2.describe_snapshot_attribute(SnapshotId=id_, Attribute="createVolumePermission")
        found[id_] = asked["CreateVolumePermissions"]
    for image in ec2.describe_images(Owners=["self"])["Images"]:
        id_ = image["ImageId"]
        asked = ec2.describe_image_attribute(ImageId=id_, Attribute="launchPermission")
        found[id_] = asked["LaunchPermissions"]
    return found


@every
def test_everybody_loses_it_and_who_is_named_keeps_it_and_undo_shares_it_again(
    aws: Aws, ec2: Any, remediation: Remediation, resource: Resource
) -> None:
    make(aws, SNAPSHOT, IMAGE)
    before = shared_with(ec2)
    assert sorted(before[resource.id], key=str) == sorted([EVERYBODY, PARTNER], key=str)
    change = apply(aws, remediation, resource)
    assert change == ({"public": True}, {"public": False})
    assert shared_with(ec2) == {**before, resource.id: [PARTNER]}
    undo(aws, remediation, resource, change)
    assert shared_with(ec2).keys() == before.keys()
    assert {id_: sorted(who, key=str) for id_, who in shared_with(ec2).items()} == {
        id_: sorted(who, key=str) for id_, who in before.items()
    }


@every
def test_a_neighbour_that_is_shared_by_name_needs_nothing(
    aws: Aws, ec2: Any, remediation: Remediation, resource: Resource
) -> None:
    make(aws, resource)
    [neighbour] = [id_ for id_, who in shared_with(ec2).items() if who == [PARTNER]]
    assert read(remediation, aws, Resource(resource.type, neighbour, ACCOUNT, REGION)) == {"public": False}


@every
def test_to_share_it_again_needs_a_confirmation(remediation: Remediation, resource: Resource) -> None:
    assert remediation.confirm_undo.endswith("with everybody again.")


@every
def test_what_does_not_exist_is_gone(aws: Aws, remediation: Remediation, resource: Resource) -> None:
    with pytest.raises(Gone):
        read(remediation, aws, resource)


def test_a_deregistered_image_is_gone(aws: Aws, ec2: Any) -> None:
    make(aws, IMAGE)
    ec2.deregister_image(ImageId=IMAGE.id)
    with pytest.raises(Gone, match="is deregistered"):
        read(make_image_private.remediation, aws, IMAGE)
