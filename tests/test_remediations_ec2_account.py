"""EC2's account settings change in one region, each by itself, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Unsupported
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read, write
from remediations.ec2 import (
    block_public_ami_and_snapshot_sharing,
    disable_serial_console_access,
    enable_ebs_encryption_by_default,
)
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

HERE = Resource("AWS::Account", ACCOUNT, ACCOUNT, REGION)
sharing, console = block_public_ami_and_snapshot_sharing.remediation, disable_serial_console_access.remediation
encryption = enable_ebs_encryption_by_default.remediation
SHARED = {"images": "unblocked", "snapshots": "unblocked"}
BLOCKED = {"images": "block-new-sharing", "snapshots": "block-all-sharing"}


def settings(aws: Aws, region: str) -> tuple[Any, ...]:
    ec2: Any = aws.boto.client("ec2", region_name=region)
    return (
        ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"],
        ec2.get_serial_console_access_status()["SerialConsoleAccessEnabled"],
        ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"],
        ec2.get_snapshot_block_public_access_state()["State"],
    )


CHANGES: dict[str, tuple[Any, tuple[Any, Any], tuple[Any, ...]]] = {
    "encryption": (encryption, ({"enabled": False}, {"enabled": True}), (True, True, "unblocked", "unblocked")),
    "the console": (console, ({"allowed": True}, {"allowed": False}), (False, False, "unblocked", "unblocked")),
    "sharing": (sharing, (SHARED, BLOCKED), (False, True, *BLOCKED.values())),
}


@pytest.mark.parametrize(("remediation", "expected", "then"), CHANGES.values(), ids=CHANGES)
def test_one_setting_of_one_region_changes_and_undo_takes_it_back(
    aws: Aws, remediation: Any, expected: tuple[Any, Any], then: tuple[Any, ...]
) -> None:
    make(aws, HERE)
    elsewhere = settings(aws, "us-east-1")
    before = settings(aws, REGION)
    change = apply(aws, remediation, HERE)
    assert change == expected
    assert settings(aws, REGION) == then
    undo(aws, remediation, HERE, change)
    assert settings(aws, REGION) == before == (False, True, "unblocked", "unblocked")
    assert settings(aws, "us-east-1") == elsewhere


def test_a_block_of_new_sharing_becomes_one_of_all_and_comes_back(aws: Aws) -> None:
    make(aws, HERE)
    aws.client("ec2").enable_snapshot_block_public_access(State="block-new-sharing")
    change = apply(aws, sharing, HERE)
    assert change[0] == {"images": "unblocked", "snapshots": "block-new-sharing"}
    undo(aws, sharing, HERE, change)


@pytest.mark.parametrize("half", [{**SHARED, "images": BLOCKED["images"]}, {**BLOCKED, "images": "unblocked"}])
def test_what_was_left_half_done_is_taken_up_again_either_way(aws: Aws, half: Any) -> None:
    make(aws, HERE)
    for goal in (BLOCKED, SHARED):
        write(sharing, aws, HERE, read(sharing, aws, HERE), half)
        aws.calls.clear()
        write(sharing, aws, HERE, read(sharing, aws, HERE), goal)
        assert len([name for name in aws.made() if not name.startswith("Get")]) == 1
        assert read(sharing, aws, HERE) == goal


def managed(aws: Aws, operation: str, **answer: Any) -> None:
    """Have EC2 say that a policy of the organization rules this."""
    ok = type("Http", (), {"status_code": 200})()
    told = {"ManagedBy": "declarative-policy", "ResponseMetadata": {}, **answer}
    aws.client("ec2").meta.events.register(f"before-call.ec2.{operation}", lambda **_: (ok, told))


@pytest.mark.parametrize(
    ("remediation", "operation", "answer"),
    [
        (console, "GetSerialConsoleAccessStatus", {"SerialConsoleAccessEnabled": True}),
        (sharing, "GetImageBlockPublicAccessState", {"ImageBlockPublicAccessState": "unblocked"}),
        (sharing, "GetSnapshotBlockPublicAccessState", {"State": "block-new-sharing"}),
    ],
    ids=["the console", "images", "snapshots"],
)
def test_what_a_declarative_policy_leaves_open_is_unsupported(
    aws: Aws, remediation: Any, operation: str, answer: Any
) -> None:
    make(aws, HERE)
    managed(aws, operation, **answer)
    with pytest.raises(Unsupported, match="declarative policy of the organization"):
        read(remediation, aws, HERE)


def test_what_a_declarative_policy_closes_is_compliant(aws: Aws) -> None:
    make(aws, HERE)
    managed(aws, "GetSerialConsoleAccessStatus", SerialConsoleAccessEnabled=False)
    assert not plan(console, aws, HERE).needed
