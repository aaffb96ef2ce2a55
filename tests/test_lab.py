"""The embedded AWS: its accounts are apart, it has no network, and it leaves nothing behind."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.httpsession import URLLib3Session

from chalicelib.catalogue import Catalogue
from chalicelib.model import Mode, Outcome, Resource
from lab import scenes as package
from lab.organization import HUB, MEMBERS, Lab, embedded
from lab.stage import prepare, renamed, scenes
from tests.replaying import event

STORY = Path(__file__).parents[1] / "lab" / "story"
DEV, PROD = "444455556666", "777788889999"
PUBLIC_BUCKET = {
    "source": "aws.access-analyzer",
    "detail-type": "Access Analyzer Finding",
    "account": DEV,
    "region": "us-east-1",
    "time": "2026-01-12T10:00:00Z",
    "detail": {
        "id": "0a1b2c3d-0000-4000-8000-000000000001",
        "status": "ACTIVE",
        "resourceType": "AWS::S3::Bucket",
        "resource": "arn:aws:s3:::taken-example-bucket",
        "isPublic": True,
        "principal": {"AWS": "*"},
        "action": ["s3:GetObject"],
        "condition": {},
        "accountId": DEV,
        "region": "us-east-1",
        "createdAt": "2026-01-12T09:58:00Z",
        "analyzedAt": "2026-01-12T09:59:00Z",
        "updatedAt": "2026-01-12T09:59:00Z",
    },
}


def story(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((STORY / f"{name}.json").read_text())
    return loaded


def test_nothing_of_the_surroundings_leaks_in_or_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://localhost:4566")
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    before = dict(os.environ), URLLib3Session.send, botocore.session.create_loader
    with embedded() as lab:
        inside = set(os.environ)
        endpoint = lab.hub("s3").meta.endpoint_url
        lab.hub("s3").create_bucket(Bucket="example-bucket")
    assert not {"AWS_ENDPOINT_URL_S3", "AWS_PROFILE"} & inside
    assert endpoint == "https://s3.amazonaws.com"
    assert (dict(os.environ), URLLib3Session.send, botocore.session.create_loader) == before


def test_an_error_inside_leaves_nothing_behind_either() -> None:
    before = dict(os.environ)
    with pytest.raises(ZeroDivisionError), embedded():
        raise ZeroDivisionError
    assert dict(os.environ) == before


def test_what_is_not_simulated_is_refused_before_it_reaches_the_network(lab: Lab) -> None:
    client = boto3.client("s3", endpoint_url="https://storage.example.com", region_name="us-east-1")
    with pytest.raises(RuntimeError, match=r"the lab has no network, .* GET https://storage\.example\.com/"):
        client.list_buckets()


@pytest.mark.parametrize("account", [member.id for member in MEMBERS])
def test_every_account_is_its_own_and_lets_countermeasure_in(account: str, lab: Lab) -> None:
    session = lab.boto(account, "eu-west-1")
    assert session.client("sts").get_caller_identity()["Account"] == account
    assert [role["RoleName"] for role in session.client("iam").list_roles()["Roles"]] == ["countermeasure-responder"]


def test_a_bucket_of_one_account_is_not_another_ones(lab: Lab) -> None:
    lab.boto(DEV, "us-east-1").client("s3").create_bucket(Bucket="example-bucket")
    assert lab.boto(PROD, "us-east-1").client("s3").list_buckets()["Buckets"] == []


def test_an_account_that_only_an_event_names_becomes_a_member(lab: Lab) -> None:
    lab.join("123456789012")
    assert lab.organization.mode("123456789012") is Mode.ENFORCE
    assert lab.boto("123456789012", "us-east-1").client("sts").get_caller_identity()["Account"] == "123456789012"


def test_a_reset_forgets_resources_incidents_and_what_was_told(lab: Lab, catalogue: Catalogue) -> None:
    event = story("1-exposed-key")
    stage = prepare(lab, catalogue, event)
    lab.join("123456789012")
    [incident] = lab.engine(catalogue).handle(stage.event)
    lab.reset(Mode.OBSERVE)
    assert lab.boto(DEV, "us-east-1").client("iam").list_users()["Users"] == []
    assert (lab.told(), lab.slack.posted) == ([], [])
    assert lab.hub("dynamodb").scan(TableName="countermeasure")["Items"] == []
    assert set(lab.organization.accounts) == {member.id for member in MEMBERS}
    assert lab.organization.mode(incident.finding.account) is Mode.OBSERVE


def test_the_topic_and_slack_are_told_the_same(lab: Lab, catalogue: Catalogue) -> None:
    lab.engine(catalogue).handle(story("5-root-login"))
    [envelope], [message] = lab.told(), lab.slack.posted
    assert envelope["TopicArn"] == f"arn:aws:sns:us-east-1:{HUB}:countermeasure"
    headline = "Told: Root signed in to the console in prod, us-east-1"
    assert message["text"] == f"HIGH · {headline}"
    assert json.loads(envelope["Message"])["headline"] == headline
    assert lab.told() == []


def test_what_an_event_talks_of_is_made_in_its_account_under_its_id(lab: Lab, catalogue: Catalogue) -> None:
    event = story("1-exposed-key")
    stage = prepare(lab, catalogue, event)
    key = Resource("AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", DEV, "us-east-1")
    assert (stage.event, stage.made, dict(stage.mapped), dict(stage.missing)) == (event, (key,), {}, {})
    iam = lab.boto(DEV, "us-east-1").client("iam")
    owner = iam.get_access_key_last_used(AccessKeyId=key.id)["UserName"]
    assert {k["AccessKeyId"]: k["Status"] for k in iam.list_access_keys(UserName=owner)["AccessKeyMetadata"]}[
        key.id
    ] == "Active"


def test_the_stage_is_set_once_however_often_an_event_comes(lab: Lab, catalogue: Catalogue) -> None:
    first = prepare(lab, catalogue, story("4-opened-security-group"))
    again = prepare(lab, catalogue, story("4-opened-security-group"))
    assert first == again


def test_an_id_that_cannot_be_had_is_mapped_in_the_event_and_said(lab: Lab, catalogue: Catalogue) -> None:
    lab.boto(PROD, "us-east-1").client("s3").create_bucket(Bucket="taken-example-bucket")
    stage = prepare(lab, catalogue, PUBLIC_BUCKET)
    real = f"taken-example-bucket-{DEV}"
    assert stage.made == (Resource("AWS::S3::Bucket", real, DEV, "us-east-1"),)
    assert dict(stage.mapped) == {"taken-example-bucket": real}
    assert stage.event["detail"]["resource"] == f"arn:aws:s3:::{real}"
    [incident] = lab.engine(catalogue).handle(stage.event)
    assert [change.outcome for change in incident.changes] == [Outcome.CONTAINED]


def test_what_cannot_be_made_is_said_and_the_event_goes_on(lab: Lab, catalogue: Catalogue) -> None:
    for name in ("taken-example-bucket", f"taken-example-bucket-{DEV}"):
        lab.boto(PROD, "us-east-1").client("s3").create_bucket(Bucket=name)
    stage = prepare(lab, catalogue, PUBLIC_BUCKET)
    assert (stage.event, stage.made) == (PUBLIC_BUCKET, ())
    assert list(stage.missing) == [f"{DEV}/us-east-1/AWS::S3::Bucket/taken-example-bucket"]


@pytest.mark.parametrize(
    ("event", "ids", "expected"),
    [
        ({"detail": {"id": "i-1"}}, {}, {"detail": {"id": "i-1"}}),
        ({"detail": {"id": "i-1"}}, {"i-1": "i-9"}, {"detail": {"id": "i-9"}}),
        ({"detail": ["i-1", "i-12", "i-1-a", "vi-1"]}, {"i-1": "i-9"}, {"detail": ["i-9", "i-12", "i-1-a", "vi-1"]}),
        ({"resources": ["arn:aws:ec2:::instance/i-1"]}, {"i-1": "i-9"}, {"resources": ["arn:aws:ec2:::instance/i-9"]}),
        ({"detail": ["a", "b"]}, {"a": "b", "b": "a"}, {"detail": ["b", "a"]}),
        ({"source": "aws.ec2", "detail": "ec2"}, {"ec2": "x"}, {"source": "aws.ec2", "detail": "x"}),
        ({"detail": 'a"b'}, {'a"b': "c"}, {"detail": "c"}),
    ],
    ids=["nothing", "a value", "only whole ids", "within an ARN", "a swap", "never the source", "escaped"],
)
def test_an_event_names_what_really_exists(event: Any, ids: dict[str, str], expected: Any) -> None:
    assert renamed(event, ids) == expected


def test_every_scene_is_found_by_the_service_of_its_type() -> None:
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    made = [importlib.import_module(f"lab.scenes.{module}").scene for module in modules]
    services = {scene.resource_type.split("::")[1] for scene in made}
    found = {type_: scene for service in services for type_, scene in scenes(service).items()}
    assert len(found) == len(modules)
    assert {type_.split("::")[1] for type_ in found} == services


def test_no_region_of_a_hostile_event_brings_the_lab_down(lab: Lab, catalogue: Catalogue) -> None:
    event = story("4-opened-security-group")
    event["region"] = event["detail"]["awsRegion"] = "eu-north-99"
    assert len(lab.engine(catalogue).handle(prepare(lab, catalogue, event).event)) == 1


def test_an_account_that_an_event_names_without_a_resource_joins_too(lab: Lab, catalogue: Catalogue) -> None:
    prepare(lab, catalogue, event("signin.root_login/fires.with_mfa", detail__recipientAccountId="123456789012"))
    assert lab.organization.accounts["123456789012"].environment == "replayed"
