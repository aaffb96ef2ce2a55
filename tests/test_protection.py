"""What only AWS knows of a resource: its tags, and which role or user it really is; looked at as it is planned."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import protection
from chalicelib.catalogue import Catalogue
from chalicelib.model import Ceiling, Mode, Outcome, Resource
from chalicelib.organization import Protected
from chalicelib.tags import ceiling, read
from lab.organization import Lab
from lab.stage import prepare
from tests.aws import ACCOUNT, REGION, Aws, make
from tests.replaying import event

TAGS = {"criticality": "*", "countermeasure": "protected"}
INSTANCE = Resource("AWS::EC2::Instance", "i-0123456789abcdef0", ACCOUNT, REGION)
GROUP = Resource("AWS::EC2::SecurityGroup", "sg-0123456789abcdef0", ACCOUNT, REGION)
BUCKET = Resource("AWS::S3::Bucket", "logs-of-ours", ACCOUNT, REGION)
ROLE = Resource("AWS::IAM::Role", "admin", ACCOUNT, "us-east-1")
SESSION = Resource("AWS::STS::AssumedRole", "admin/jane", ACCOUNT, "us-east-1")
USER = Resource("AWS::IAM::User", "alice", ACCOUNT, "us-east-1")
KEY = Resource("AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", ACCOUNT, "us-east-1", details={"user": "somebody-else"})
RECORDER = Resource("AWS::Config::ConfigurationRecorder", "default", ACCOUNT, REGION)


def tag(aws: Aws, resource: Resource, tags: dict[str, str]) -> None:
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    match resource.type:
        case "AWS::S3::Bucket":
            aws.client("s3").put_bucket_tagging(Bucket=resource.id, Tagging={"TagSet": listed})
        case "AWS::IAM::Role" | "AWS::STS::AssumedRole":
            aws.client("iam").tag_role(RoleName=resource.id.partition("/")[0], Tags=listed)
        case "AWS::IAM::User":
            aws.client("iam").tag_user(UserName=resource.id, Tags=listed)
        case "AWS::IAM::AccessKey":
            owner = aws.client("iam").get_access_key_last_used(AccessKeyId=resource.id)["UserName"]
            aws.client("iam").tag_user(UserName=owner, Tags=listed)
        case _:
            aws.client("ec2").create_tags(Resources=[resource.id], Tags=listed)


TAGGED = {each.type: each for each in (INSTANCE, GROUP, BUCKET, ROLE, SESSION, USER, KEY)}


@pytest.mark.parametrize("resource", TAGGED.values(), ids=TAGGED)
def test_a_tag_that_protects_is_found_wherever_aws_keeps_it(aws: Aws, resource: Resource) -> None:
    make(aws, resource)
    assert ceiling(aws, resource, TAGS) is None
    tag(aws, resource, {"team": "shop", "criticality": "high"})
    assert ceiling(aws, resource, TAGS) == Ceiling(
        "protected tag", Mode.OBSERVE, f"{resource.id} is protected by its tag criticality = high"
    )


OTHERS = {
    "another key": {"Criticality": "high"},
    "another value": {"countermeasure": "welcome"},
    "a value of another case": {"countermeasure": "Protected"},
}


@pytest.mark.parametrize("tags", OTHERS.values(), ids=OTHERS)
def test_another_tag_protects_nothing(aws: Aws, tags: dict[str, str]) -> None:
    make(aws, USER)
    tag(aws, USER, tags)
    assert ceiling(aws, USER, TAGS) is None


def test_of_a_type_without_tags_nothing_is_asked(aws: Aws) -> None:
    assert ceiling(aws, RECORDER, TAGS) is None
    assert aws.made() == []


def test_only_what_is_configured_is_asked(aws: Aws) -> None:
    by_name = Protected(("arn:aws:iam::*:role/break-glass",))
    assert protection.ceilings(aws, ROLE, Protected()) == protection.ceilings(aws, ROLE, by_name) == ()
    assert aws.made() == []


@pytest.mark.parametrize("resource", TAGGED.values(), ids=TAGGED)
def test_what_is_asked_is_exactly_what_it_says_that_it_takes(aws: Aws, resource: Resource) -> None:
    make(aws, resource)
    aws.made()
    asked: set[str] = set()
    services = ("iam", "s3", "resourcegroupstaggingapi")
    prefix = dict(zip(services, ("iam", "s3", "tag"), strict=True))
    for service in services:
        note = lambda model, **_: asked.add(f"{prefix[model.service_model.service_name]}:{model.name}")  # noqa: E731
        aws.client(service).meta.events.register("before-parameter-build", note, unique_id="asked")
    everything = Protected((f"arn:aws:iam::{ACCOUNT}:user/ops/*", "arn:aws:iam::*:role/ops/*"), TAGS)
    assert protection.ceilings(aws, resource, everything) == ()
    for service in services:
        aws.client(service).meta.events.unregister("before-parameter-build", unique_id="asked")
    assert asked == set(protection.reads(resource.type, everything))


def _role(aws: Aws) -> Resource:
    iam = aws.client("iam")
    iam.create_role(RoleName="admin", Path="/ops/", AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    return ROLE


def _session(aws: Aws) -> Resource:
    _role(aws)
    return SESSION


def _user(aws: Aws) -> Resource:
    aws.client("iam").create_user(UserName="alice", Path="/ops/")
    return USER


def _key(aws: Aws) -> Resource:
    _user(aws)
    made = aws.client("iam").create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    return replace(KEY, id=made)


OWNERS: dict[str, tuple[Callable[[Aws], Resource], Protected, str]] = {
    "a role by its path": (_role, Protected(("arn:aws:iam::*:role/ops/*",)), "arn:aws:iam::*:role/ops/*"),
    "a session by its role's path": (_session, Protected(("arn:aws:iam::*:role/ops/*",)), "arn:aws:iam::*:role/ops/*"),
    "a user by a star that reaches into its path": (
        _user,
        Protected(("arn:aws:iam::*:user/op*",)),
        "arn:aws:iam::*:user/op*",
    ),
    "a user by its path, as a resource": (
        _user,
        Protected(resources=("arn:aws:iam::*:user/ops/*",)),
        "arn:aws:iam::*:user/ops/*",
    ),
    "a key by the name of the user whose it really is": (
        _key,
        Protected(("arn:aws:iam::*:user/alice",)),
        "arn:aws:iam::*:user/alice",
    ),
    "a key by its user, as a resource": (_key, Protected(resources=("ali*",)), "ali*"),
    "a role of another path": (_role, Protected(("arn:aws:iam::*:role/dev/*",)), ""),
    "a user where roles are protected": (_user, Protected(("arn:aws:iam::*:role/ops/*",)), ""),
    "a key of another user": (_key, Protected(("arn:aws:iam::*:user/somebody-else",)), ""),
}


@pytest.mark.parametrize(("made", "protected", "by"), OWNERS.values(), ids=OWNERS)
def test_it_is_aws_that_says_whose_a_resource_is(
    aws: Aws, made: Callable[[Aws], Resource], protected: Protected, by: str
) -> None:
    resource = made(aws)
    kind = "role/ops/admin" if resource.id.startswith("admin") else "user/ops/alice"
    expected = Ceiling("protected", Mode.OBSERVE, f"arn:aws:iam::{ACCOUNT}:{kind} is protected by {by}")
    assert protection.ceilings(aws, resource, protected) == ((expected,) if by else ())


def test_what_cannot_be_looked_at_lowers_to_approve_and_says_why(aws: Aws) -> None:
    both = Protected(("arn:aws:iam::*:role/ops/*",), TAGS)
    said = protection.ceilings(aws, ROLE, both)
    missing = "NoSuchEntity from ListRoleTags: Role admin not found"
    assert [each.mode for each in said] == [Mode.APPROVE, Mode.APPROVE]
    assert said[0].reason == f"could not be evaluated whether a tag protects it: {missing}"
    assert said[1].reason.startswith("could not be evaluated whether its path or owner protects it: NoSuchEntity")


def test_a_bucket_without_tags_has_none_and_another_error_comes_through(aws: Aws) -> None:
    make(aws, BUCKET)
    assert read(aws, BUCKET) == {}
    with pytest.raises(ClientError, match="NoSuchBucket"):
        read(aws, replace(BUCKET, id="another-of-ours"))


class TestTheEngine:
    def answered(self, lab: Lab, catalogue: Catalogue, protected: Protected, tags: dict[str, str]) -> Any:
        lab.organization = replace(lab.organization, protected=protected)
        stage = prepare(lab, catalogue, event("config.bucket_public/fires.block_missing"))
        [bucket] = [each for each in stage.made if each.type == "AWS::S3::Bucket"]
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        s3 = lab.boto(bucket.account, bucket.region).client("s3")
        s3.put_bucket_tagging(Bucket=bucket.id, Tagging={"TagSet": listed})
        scopes: list[str] = []
        sts = lab.hub("sts")
        note = lambda params, **_: scopes.append(params["Policy"])  # noqa: E731
        sts.meta.events.register("before-parameter-build.sts.AssumeRole", note, unique_id="noted")
        [incident] = lab.engine(catalogue).handle(stage.event)
        sts.meta.events.unregister("before-parameter-build.sts.AssumeRole", unique_id="noted")
        return incident.changes[0], [json.loads(scope)["Statement"][0]["Action"] for scope in scopes]

    def test_what_is_tagged_is_planned_and_shown_and_not_changed(self, lab: Lab, catalogue: Catalogue) -> None:
        change, _ = self.answered(lab, catalogue, Protected(tags=TAGS), {"criticality": "high"})
        assert (change.outcome, change.mode) == (Outcome.OBSERVED, Mode.OBSERVE)
        assert change.ceilings == (
            Ceiling("protected tag", Mode.OBSERVE, f"{change.resource.id} is protected by its tag criticality = high"),
        )

    def test_what_is_not_tagged_is_changed(self, lab: Lab, catalogue: Catalogue) -> None:
        change, _ = self.answered(lab, catalogue, Protected(tags=TAGS), {"team": "shop"})
        assert (change.outcome, change.ceilings) == (Outcome.CONTAINED, ())

    def test_looking_takes_no_session_of_its_own_and_only_reading(self, lab: Lab, catalogue: Catalogue) -> None:
        _, tagged = self.answered(lab, catalogue, Protected(tags=TAGS), {"team": "shop"})
        lab.reset()
        _, plain = self.answered(lab, catalogue, Protected(), {"team": "shop"})
        assert plain[0] == ["s3:GetBucketPublicAccessBlock"]
        assert tagged == [["s3:GetBucketPublicAccessBlock", "s3:GetBucketTagging"], *plain[1:]]
