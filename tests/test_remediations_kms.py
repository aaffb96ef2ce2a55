"""A KMS key is saved from deletion, enabled, and taken back from other accounts; other keys and grants stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.errors import Gone
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read
from lab.scenes.kms_key import schedule_deletion
from remediations.kms import cancel_deletion, enable_key, remove_foreign_grants
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

KEY = Resource("AWS::KMS::Key", "1234abcd-12ab-34cd-56ef-1234567890ab", ACCOUNT, REGION)
OUTSIDER = "888877776666"
EXPORT = {
    "grantee": f"arn:aws:iam::{OUTSIDER}:role/reader",
    "retiring": f"arn:aws:iam::{ACCOUNT}:role/keeper",
    "constraints": {"EncryptionContextSubset": {"purpose": "export"}},
    "name": "export",
    "operations": ["Decrypt", "DescribeKey"],
}
WRITER = {"grantee": f"arn:aws:iam::{OUTSIDER}:role/writer", "operations": ["GenerateDataKey"]}


def states(aws: Aws) -> list[str]:
    """Return the states of every other key and of ours, which comes last."""
    kms = aws.client("kms")
    ids = sorted((key["KeyId"] for key in kms.list_keys()["Keys"]), key=lambda id_: id_ == KEY.id)
    return [kms.describe_key(KeyId=id_)["KeyMetadata"]["KeyState"] for id_ in ids]


def grants(aws: Aws, key: str) -> list[Any]:
    found = [remove_foreign_grants.recorded(grant) for grant in aws.client("kms").list_grants(KeyId=key)["Grants"]]
    return sorted(found, key=str)


def other_key(aws: Aws) -> str:
    return next(key["KeyId"] for key in aws.client("kms").list_keys()["Keys"] if key["KeyId"] != KEY.id)


def test_a_cancelled_deletion_leaves_the_key_disabled_and_undo_gives_it_thirty_days(aws: Aws) -> None:
    make(aws, KEY)
    schedule_deletion(aws.boto, KEY)
    assert states(aws) == ["Enabled", "PendingDeletion"]
    change = apply(aws, cancel_deletion.remediation, KEY)
    assert states(aws) == ["Enabled", "Disabled"]
    aws.calls.clear()
    undo(aws, cancel_deletion.remediation, KEY, change)
    assert aws.calls[0] == ("ScheduleKeyDeletion", {"KeyId": KEY.id, "PendingWindowInDays": 30})
    assert states(aws) == ["Enabled", "PendingDeletion"]


@pytest.mark.parametrize(
    ("state", "deletion"),
    [
        ("PendingDeletion", "scheduled"),
        ("PendingReplicaDeletion", "scheduled"),
        ("Enabled", "none"),
        ("Disabled", "none"),
        ("PendingImport", "none"),
    ],
)
def test_what_waits_for_its_deletion(aws: Aws, state: str, deletion: str) -> None:
    ok = type("Http", (), {"status_code": 200})()
    told = {"KeyMetadata": {"KeyState": state}, "ResponseMetadata": {}}
    aws.client("kms").meta.events.register("before-call.kms.DescribeKey", lambda **_: (ok, told))
    assert read(cancel_deletion.remediation, aws, KEY) == {"deletion": deletion}


def test_a_key_is_saved_and_then_enabled_and_undone_in_reverse(aws: Aws) -> None:
    make(aws, KEY)
    schedule_deletion(aws.boto, KEY)
    with pytest.raises(ClientError, match="KMSInvalidStateException"):
        apply(aws, enable_key.remediation, KEY)
    saved = apply(aws, cancel_deletion.remediation, KEY)
    enabled = apply(aws, enable_key.remediation, KEY)
    assert states(aws) == ["Enabled", "Enabled"]
    assert read(cancel_deletion.remediation, aws, KEY) == saved[1]
    undo(aws, enable_key.remediation, KEY, enabled)
    assert states(aws) == ["Enabled", "Disabled"]
    undo(aws, cancel_deletion.remediation, KEY, saved)
    assert states(aws) == ["Enabled", "PendingDeletion"]


def test_grants_to_another_account_go_and_those_to_ours_and_to_services_stay(aws: Aws) -> None:
    make(aws, KEY)
    before, neighbour = grants(aws, KEY.id), grants(aws, other_key(aws))
    change = apply(aws, remove_foreign_grants.remediation, KEY)
    assert change == ([EXPORT, WRITER], [])
    assert grants(aws, KEY.id) == [grant for grant in before if OUTSIDER not in grant["grantee"]]
    undo(aws, remove_foreign_grants.remediation, KEY, change)
    assert grants(aws, KEY.id) == before
    assert grants(aws, other_key(aws)) == neighbour


def test_two_like_grants_are_two(aws: Aws) -> None:
    make(aws, KEY)
    again = {"GranteePrincipal": WRITER["grantee"], "Operations": WRITER["operations"]}
    aws.client("kms").create_grant(KeyId=KEY.id, **again)
    change = apply(aws, remove_foreign_grants.remediation, KEY)
    assert change[0] == [EXPORT, WRITER, WRITER]
    undo(aws, remove_foreign_grants.remediation, KEY, change)


def test_a_grant_that_is_revoked_already_is_no_error(aws: Aws) -> None:
    make(aws, KEY)
    remove_foreign_grants.revoke(aws.client("kms"), KEY.id, "0" * 64)


def test_grants_to_accounts_that_are_known_to_be_ours_stay(aws: Aws) -> None:
    make(aws, KEY)
    told = replace(KEY, details={"organization_accounts": f"111122223333 {OUTSIDER}"})
    assert not plan(remove_foreign_grants.remediation, aws, told).needed


@pytest.mark.parametrize(
    ("module", "operation"),
    [(cancel_deletion, "DescribeKey"), (enable_key, "DescribeKey"), (remove_foreign_grants, "ListGrants")],
    ids=["deletion", "enabled", "grants"],
)
def test_a_key_that_does_not_exist_is_gone(aws: Aws, module: Any, operation: str) -> None:
    missing = type("Http", (), {"status_code": 400})()
    told = {"Error": {"Code": "NotFoundException", "Message": "Key does not exist"}, "ResponseMetadata": {}}
    aws.client("kms").meta.events.register(f"before-call.kms.{operation}", lambda **_: (missing, told))
    with pytest.raises(Gone):
        read(module.remediation, aws, KEY)


@pytest.mark.parametrize("module", [cancel_deletion, enable_key, remove_foreign_grants], ids=lambda m: m.__name__)
def test_undo_needs_a_confirmation(module: Any) -> None:
    assert module.remediation.confirm_undo
