"""Rules about what is opened, shared or destroyed: what they change comes back whole, and what is ours stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.catalogue import Catalogue
from chalicelib.model import Incident, Outcome
from lab.organization import Lab
from tests.deciding import approve, undo
from tests.replaying import EVENTS, event, played

OPENED = "cloudtrail.bucket_opened/fires.policy_for_everybody"
REPLICATED = "cloudtrail.bucket_replication_changed/fires.to_another_account"
AT_ONCE = [
    "cloudtrail.bucket_versioning_suspended/fires.suspended",
    "cloudtrail.security_group_opened/fires.ipv4",
    "cloudtrail.snapshot_made_public/fires.volume",
]

ASKING = (
    "account_public_access_unblocked",
    "bucket_objects_expire_soon",
    "bucket_opened",
    "bucket_replication_changed",
    "document_made_public",
    "ebs_encryption_default_disabled",
    "image_made_public",
    "imdsv2_made_optional",
    "public_sharing_unblocked",
    "serial_console_enabled",
)
ASKED = [
    f"{path.parent.name}/{path.stem}"
    for name in ASKING
    for path in sorted((EVENTS / f"cloudtrail.{name}").glob("fires.*.json"))[:1]
]


def outcomes(incident: Incident) -> list[Outcome]:
    return [change.outcome for change in incident.changes]


@pytest.mark.parametrize("name", AT_ONCE)
def test_what_nobody_relies_on_yet_is_contained_at_once_and_comes_back(
    lab: Lab, catalogue: Catalogue, name: str
) -> None:
    engine, incident, _ = played(lab, catalogue, event(name))
    assert outcomes(incident) == [Outcome.CONTAINED]
    assert outcomes(undo(engine, incident.id, confirm=True)) == [Outcome.UNDONE]


@pytest.mark.parametrize("name", ASKED)
def test_what_others_may_rely_on_waits_is_contained_when_approved_and_comes_back(
    lab: Lab, catalogue: Catalogue, name: str
) -> None:
    engine, incident, _ = played(lab, catalogue, event(name))
    assert set(outcomes(incident)) == {Outcome.AWAITING}
    assert set(outcomes(approve(engine, incident.id))) == {Outcome.CONTAINED}
    assert set(outcomes(undo(engine, incident.id, confirm=True))) == {Outcome.UNDONE}


def test_a_buckets_block_is_lifted_before_what_it_would_refuse_is_given_back(
    lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, incident, what = played(lab, catalogue, event(OPENED))
    refuse_what_is_public(monkeypatch)
    s3 = lab.boto(what["account"], what["region"]).client("s3")
    bucket = what["detail"]["requestParameters"]["bucketName"]

    def opening() -> tuple[Any, list[str]]:
        policy, grants = s3.get_bucket_policy(Bucket=bucket)["Policy"], s3.get_bucket_acl(Bucket=bucket)["Grants"]
        return json.loads(policy), sorted(json.dumps(grant, sort_keys=True) for grant in grants)

    before = opening()
    assert outcomes(approve(engine, incident.id)) == [Outcome.CONTAINED] * 3
    with pytest.raises(ClientError, match="AccessDenied"):  # as S3 itself does
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(before[0]))
    assert outcomes(undo(engine, incident.id, confirm=True)) == [Outcome.UNDONE] * 3
    assert opening() == before


def refuse_what_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have moto keep to Block Public Access, as S3 does; every policy that is put from now on is a public one."""
    from moto.s3.exceptions import AccessDeniedByLock
    from moto.s3.models import S3Backend

    real = S3Backend.put_bucket_policy

    def put(self: Any, bucket_name: str, policy: Any) -> None:
        block = self.get_bucket(bucket_name).public_access_block
        if block and str(block.block_public_policy).lower() == "true":
            raise AccessDeniedByLock
        real(self, bucket_name, policy)

    monkeypatch.setattr(S3Backend, "put_bucket_policy", put)


def test_replication_to_an_account_of_the_organization_asks_nobody(lab: Lab, catalogue: Catalogue) -> None:
    lab.join("888800001111")  # whom the scene's bucket is replicated to
    _, incident, _ = played(lab, catalogue, event(REPLICATED))
    assert outcomes(incident) == [Outcome.COMPLIANT]


def test_replication_to_a_stranger_waits_for_people(lab: Lab, catalogue: Catalogue) -> None:
    engine, incident, what = played(lab, catalogue, event(REPLICATED))
    assert outcomes(incident) == [Outcome.AWAITING]
    approve(engine, incident.id)
    s3: Any = lab.boto(what["account"], what["region"]).client("s3")
    rules = s3.get_bucket_replication(Bucket=what["detail"]["requestParameters"]["bucketName"])
    became = {rule["ID"]: rule["Status"] for rule in rules["ReplicationConfiguration"]["Rules"]}
    assert became == {"own": "Enabled", "outside": "Disabled"}
