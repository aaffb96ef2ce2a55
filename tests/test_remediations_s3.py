"""Blocking public access touches one bucket's four settings and nothing else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib import reconcile
from chalicelib.errors import Gone
from chalicelib.model import Resource
from lab.scenes.s3_bucket import scene
from remediations.s3.block_public_access import remediation

ON = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
BUCKET = Resource("AWS::S3::Bucket", "quarterly-reports", "123456789012", "eu-central-1")


@dataclass(frozen=True, slots=True)
class Aws:
    account: str = "123456789012"
    region: str = "eu-central-1"
    partition: str = "aws"
    incident: str = "inc-1"
    now: datetime = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)

    def client(self, service: str) -> object:
        return boto3.client(service, region_name=self.region)


@pytest.fixture
def boto(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    with mock_aws():
        yield boto3.Session(region_name="eu-central-1")


def settings(boto, name):
    return boto.client("s3").get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]


def test_a_bucket_without_any_configuration_reads_as_null_and_gets_all_four_settings(boto):
    assert scene.make(boto, BUCKET) == BUCKET.id
    plan = reconcile.plan(remediation, Aws(), BUCKET)
    assert plan == reconcile.Plan(before=None, after=ON)
    reconcile.write(remediation, Aws(), BUCKET, plan.before, plan.after)
    assert settings(boto, BUCKET.id) == ON
    assert not reconcile.plan(remediation, Aws(), BUCKET).needed


def test_undo_of_null_deletes_the_configuration_again(boto):
    scene.make(boto, BUCKET)
    reconcile.write(remediation, Aws(), BUCKET, None, ON)
    reconcile.write(remediation, Aws(), BUCKET, ON, None)
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        settings(boto, BUCKET.id)


def test_undo_gives_back_exactly_the_settings_that_were_there(boto):
    scene.make(boto, BUCKET)
    half = ON | {"BlockPublicPolicy": False}
    boto.client("s3").put_public_access_block(Bucket=BUCKET.id, PublicAccessBlockConfiguration=half)
    plan = reconcile.plan(remediation, Aws(), BUCKET)
    assert plan == reconcile.Plan(before=half, after=ON)
    reconcile.write(remediation, Aws(), BUCKET, plan.before, plan.after)
    reconcile.write(remediation, Aws(), BUCKET, plan.after, plan.before)
    assert settings(boto, BUCKET.id) == half


def test_the_public_policy_and_acl_stay_as_they_are(boto):
    scene.make(boto, BUCKET)
    s3 = boto.client("s3")
    before = json.loads(s3.get_bucket_policy(Bucket=BUCKET.id)["Policy"]), s3.get_bucket_acl(Bucket=BUCKET.id)["Grants"]
    reconcile.write(remediation, Aws(), BUCKET, None, ON)
    after = json.loads(s3.get_bucket_policy(Bucket=BUCKET.id)["Policy"]), s3.get_bucket_acl(Bucket=BUCKET.id)["Grants"]
    assert before == after


def test_the_owner_is_named_in_every_call_so_that_no_strangers_bucket_is_touched(boto):
    scene.make(boto, BUCKET)
    seen = []
    aws = Aws()
    s3 = boto3.client("s3", region_name="eu-central-1")
    s3.meta.events.register("provide-client-params.s3", lambda params, model, **_: seen.append((model.name, params)))
    watched = type("Watched", (), {"client": lambda self, service: s3})()
    for now, then in ((None, ON), (ON, None)):
        remediation.write(watched, BUCKET, now, then)
    remediation.read(watched, BUCKET)
    assert [(name, params["ExpectedBucketOwner"]) for name, params in seen] == [
        ("PutPublicAccessBlock", aws.account),
        ("DeletePublicAccessBlock", aws.account),
        ("GetPublicAccessBlock", aws.account),
    ]


def test_a_deleted_bucket_is_gone(boto):
    with pytest.raises(Gone, match="quarterly-reports does not exist any more"):
        reconcile.plan(remediation, Aws(), BUCKET)


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        pytest.param("quarterly-reports", "quarterly-reports", id="the event's own name"),
        pytest.param("EXAMPLE_Bucket", "example-bucket", id="a name S3 does not allow any more"),
        pytest.param("...", "xxx", id="nothing usable"),
    ],
)
def test_the_scene_makes_a_public_bucket_and_makes_it_once(boto, asked, made):
    resource = Resource("AWS::S3::Bucket", asked, "123456789012", "eu-central-1")
    assert [scene.make(boto, resource), scene.make(boto, resource)] == [made, made]
    buckets = {bucket["Name"] for bucket in boto.client("s3").list_buckets()["Buckets"]}
    assert buckets == {made, f"{made}-neighbour"}
    assert settings(boto, f"{made}-neighbour") == ON
