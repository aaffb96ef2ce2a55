"""What GuardDuty tells of becomes a finding of the member account, with the resources that can be contained."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from chalicelib.errors import MalformedEvent
from chalicelib.findings import parse
from chalicelib.model import Actor, Finding, Resource, Severity, Standing

KEY = {
    "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
    "principalId": "AIDACKCEVSQ6C2EXAMPLE",
    "userName": "alice",
    "userType": "IAMUser",
}
EVENT: dict[str, Any] = {
    "version": "0",
    "id": "c8c4daa7-a20c-2f03-0070-b7393dd542ad",
    "detail-type": "GuardDuty Finding",
    "source": "aws.guardduty",
    "account": "999988887777",
    "time": "2026-01-02T04:00:00Z",
    "region": "eu-west-1",
    "resources": [],
    "detail": {
        "schemaVersion": "2.0",
        "accountId": "111122223333",
        "region": "eu-west-1",
        "partition": "aws",
        "id": "16afba5c5c43e07c9e3e5e2e544e95df",
        "arn": "arn:aws:guardduty:eu-west-1:111122223333:detector/12abc34d567e8fa901bc2d34e56789f0/finding/16af",
        "type": "UnauthorizedAccess:IAMUser/TorIPCaller",
        "title": "The API was invoked from a Tor exit node.",
        "description": "An API\nwas called\u202e from 198.51.100.7.",
        "severity": 5.0,
        "createdAt": "2026-01-02T03:10:00.000Z",
        "updatedAt": "2026-01-02T03:50:00.000Z",
        "resource": {"resourceType": "AccessKey", "accessKeyDetails": KEY},
        "service": {
            "serviceName": "guardduty",
            "archived": False,
            "count": 3,
            "eventFirstSeen": "2026-01-02T03:00:00Z",
            "eventLastSeen": "2026-01-02T03:45:00Z",
            "additionalInfo": {"value": '{"userAgent": "x \\"sample\\": true"}', "type": "default"},
            "action": {
                "actionType": "AWS_API_CALL",
                "awsApiCallAction": {
                    "api": "ListBuckets",
                    "userAgent": "aws-cli/2.0",
                    "remoteIpDetails": {"ipAddressV4": "198.51.100.7"},
                },
            },
        },
    },
}

USER = Resource("AWS::IAM::User", "alice", "111122223333", "us-east-1")
ACCESS_KEY = Resource("AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", "111122223333", "us-east-1")
ROLE = Resource("AWS::IAM::Role", "web", "111122223333", "us-east-1")
SESSION = Resource("AWS::STS::AssumedRole", "web/i-0123456789abcdef0", "111122223333", "us-east-1")


def regional(type_: str, identity: str) -> Resource:
    return Resource(type_, identity, "111122223333", "eu-west-1")


INSTANCE = regional("AWS::EC2::Instance", "i-0123456789abcdef0")
INSTANCE_DETAILS = {"instanceDetails": {"instanceId": "i-0123456789abcdef0"}}
SESSION_KEY = {
    "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
    "principalId": "AROADBQP57FF2AEXAMPLE:i-0123456789abcdef0",
    "userName": "web",
    "userType": "AssumedRole",
}
BUCKETS = {"s3BucketDetails": [{"name": "data-1"}, {"arn": "arn:aws:s3:::data-2"}, "not a bucket"]}
TASK = "arn:aws:ecs:eu-west-1:111122223333:task/jobs/0123456789abcdef0123456789abcdef"
EKS = {"eksClusterDetails": {"arn": "arn:aws:eks:eu-west-1:111122223333:cluster/prod", "name": "prod"}}


def variant(resource: object = None, **service: object) -> dict[str, Any]:
    event = copy.deepcopy(EVENT)
    if resource is not None:
        event["detail"]["resource"] = resource
    event["detail"]["service"].update(service)
    return event


def only(event: dict[str, Any]) -> Finding:
    (finding,) = parse(event)
    return finding


def test_a_finding_is_read_whole_and_belongs_to_the_member_account() -> None:
    assert only(EVENT) == Finding(
        id="16afba5c5c43e07c9e3e5e2e544e95df",
        revision="2026-01-02T03:50:00.000Z/3",
        source="guardduty",
        type="UnauthorizedAccess:IAMUser/TorIPCaller",
        title="The API was invoked from a Tor exit node.",
        description="An API was called from 198.51.100.7.",
        severity=Severity.MEDIUM,
        account="111122223333",
        region="eu-west-1",
        first_seen="2026-01-02T03:00:00Z",
        last_seen="2026-01-02T03:45:00Z",
        event=EVENT,
        count=3,
        resources=(ACCESS_KEY, USER),
        actor=Actor(
            type="IAMUser",
            name="alice",
            access_key_id="AKIAIOSFODNN7EXAMPLE",
            ip="198.51.100.7",
            user_agent="aws-cli/2.0",
        ),
    )
    assert only(EVENT).event is EVENT
    assert only(EVENT).resources[0].details == {"user": "alice"}
    assert only(EVENT).resources[0].seen == "2026-01-02T03:45:00Z"


RESOURCES = {
    "a session of GetSessionToken is contained at its user": (
        {"resourceType": "AccessKey", "accessKeyDetails": {**KEY, "accessKeyId": "ASIAIOSFODNN7EXAMPLE"}},
        (USER,),
    ),
    "a role's session, said AssumedRole": (
        {"resourceType": "AccessKey", "accessKeyDetails": SESSION_KEY},
        (SESSION, ROLE),
    ),
    "a role's session, said Role": (
        {"resourceType": "AccessKey", "accessKeyDetails": {**SESSION_KEY, "userType": "Role"}},
        (SESSION, ROLE),
    ),
    "a role whose session is not told": (
        {"resourceType": "AccessKey", "accessKeyDetails": {**SESSION_KEY, "principalId": "AROADBQP57FF2AEXAMPLE"}},
        (ROLE,),
    ),
    "root has nothing to act on": (
        {"resourceType": "AccessKey", "accessKeyDetails": {**KEY, "userName": "Root", "userType": "Root"}},
        (),
    ),
    "a federated user has nothing to act on": (
        {"resourceType": "AccessKey", "accessKeyDetails": {**KEY, "userType": "FederatedUser"}},
        (),
    ),
    "a key's finding that also carries an instance is about the key": (
        {"resourceType": "AccessKey", "accessKeyDetails": SESSION_KEY, **INSTANCE_DETAILS},
        (SESSION, ROLE),
    ),
    "an instance's finding that also carries a key is about the instance": (
        {"resourceType": "Instance", "accessKeyDetails": SESSION_KEY, **INSTANCE_DETAILS},
        (INSTANCE,),
    ),
    "buckets and who reached into them": (
        {"resourceType": "S3Bucket", "accessKeyDetails": KEY, **BUCKETS},
        (regional("AWS::S3::Bucket", "data-1"), regional("AWS::S3::Bucket", "data-2"), ACCESS_KEY, USER),
    ),
    "the bucket of an infected object": (
        {"resourceType": "S3Object", "s3BucketDetails": [{"name": "data-1", "s3ObjectDetails": [{"key": "x"}]}]},
        (regional("AWS::S3::Bucket", "data-1"),),
    ),
    "a cluster": ({"resourceType": "EKSCluster", **EKS}, (regional("AWS::EKS::Cluster", "prod"),)),
    "a cluster and the node that its workload runs on": (
        {"resourceType": "EKSCluster", **EKS, **INSTANCE_DETAILS},
        (regional("AWS::EKS::Cluster", "prod"), INSTANCE),
    ),
    "a task of an ECS cluster": (
        {"resourceType": "ECSCluster", "ecsClusterDetails": {"name": "jobs", "taskDetails": {"arn": TASK}}},
        (regional("AWS::ECS::Cluster", "jobs"), regional("AWS::ECS::Task", TASK)),
    ),
    "a cluster and the principal that called it": (
        {"resourceType": "EKSCluster", **EKS, "accessKeyDetails": SESSION_KEY},
        (regional("AWS::EKS::Cluster", "prod"), SESSION, ROLE),
    ),
    "a function and its session of its role": (
        {
            "resourceType": "Lambda",
            "lambdaDetails": {"functionName": "orders", "role": "arn:aws:iam::111122223333:role/service-role/lambda"},
        },
        (
            regional("AWS::Lambda::Function", "orders"),
            Resource("AWS::STS::AssumedRole", "lambda/orders", "111122223333", "us-east-1"),
        ),
    ),
    "an ECS cluster": (
        {"resourceType": "ECSCluster", "ecsClusterDetails": {"name": "jobs"}},
        (regional("AWS::ECS::Cluster", "jobs"),),
    ),
    "a container on an instance": ({"resourceType": "Container", **INSTANCE_DETAILS}, (INSTANCE,)),
    "a function": (
        {
            "resourceType": "Lambda",
            "lambdaDetails": {"functionArn": "arn:aws:lambda:eu-west-1:111122223333:function:orders:7"},
        },
        (regional("AWS::Lambda::Function", "orders"),),
    ),
    "a database": (
        {"resourceType": "RDSDBInstance", "rdsDbInstanceDetails": {"dbInstanceIdentifier": "orders"}},
        (regional("AWS::RDS::DBInstance", "orders"),),
    ),
    "a limitless database": (
        {
            "resourceType": "RDSLimitlessDB",
            "rdsLimitlessDbDetails": {"dbShardGroupIdentifier": "shards", "dbClusterIdentifier": "orders"},
        },
        (regional("AWS::RDS::DBShardGroup", "shards"), regional("AWS::RDS::DBCluster", "orders")),
    ),
    "a volume": (
        {
            "resourceType": "EBSVolume",
            "ebsVolumeDetails": {
                "scannedVolumeDetails": [
                    {"volumeArn": "arn:aws:ec2:eu-west-1:111122223333:volume/vol-0123456789abcdef0"}
                ]
            },
        },
        (regional("AWS::EC2::Volume", "vol-0123456789abcdef0"),),
    ),
    "a snapshot": (
        {
            "resourceType": "EBSSnapshot",
            "ebsSnapshotDetails": {"snapshotArn": "arn:aws:ec2:eu-west-1::snapshot/snap-0123456789abcdef0"},
        },
        (regional("AWS::EC2::Snapshot", "snap-0123456789abcdef0"),),
    ),
    "an image": (
        {
            "resourceType": "EC2AMI",
            "ec2ImageDetails": {"imageArn": "arn:aws:ec2:eu-west-1::image/ami-0123456789abcdef0"},
        },
        (regional("AWS::EC2::Image", "ami-0123456789abcdef0"),),
    ),
    "a recovery point": (
        {
            "resourceType": "S3RecoveryPoint",
            "recoveryPointDetails": {"recoveryPointArn": "arn:aws:backup:eu-west-1:111122223333:recovery-point:1EB3"},
        },
        (regional("AWS::Backup::RecoveryPoint", "arn:aws:backup:eu-west-1:111122223333:recovery-point:1EB3"),),
    ),
    "a type of resource that is not known": ({"resourceType": "Spaceship", **INSTANCE_DETAILS}, ()),
    "no resource at all": ({}, ()),
}


@pytest.mark.parametrize("case", RESOURCES.values(), ids=RESOURCES.keys())
def test_the_resource_type_says_what_the_finding_is_about(case: tuple[object, tuple[Resource, ...]]) -> None:
    assert only(variant(case[0])).resources == case[1]


def test_a_session_carries_the_unique_id_of_its_role() -> None:
    session, role = only(variant({"resourceType": "AccessKey", "accessKeyDetails": SESSION_KEY})).resources
    assert (session.details, role.details) == ({"role_id": "AROADBQP57FF2AEXAMPLE"}, {})


USER_ARN = "arn:aws:iam::111122223333:user/alice"
SESSION_ARN = "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0"
ROOT = {**KEY, "userName": "Root", "userType": "Root"}


def kubernetes(username: str, **more: object) -> dict[str, object]:
    user = {"kubernetesUserDetails": {"username": username}}
    return {"resourceType": "EKSCluster", **EKS, "kubernetesDetails": user, **more}


REACHED_INTO = {
    "a bucket by a user": ({"resourceType": "S3Bucket", "accessKeyDetails": KEY, **BUCKETS}, USER_ARN),
    "a bucket by a session": ({"resourceType": "S3Bucket", "accessKeyDetails": SESSION_KEY, **BUCKETS}, SESSION_ARN),
    "a bucket by root": ({"resourceType": "S3Bucket", "accessKeyDetails": ROOT, **BUCKETS}, None),
    "a bucket by a user whose name is a trap": (
        {"resourceType": "S3Bucket", "accessKeyDetails": {**KEY, "userName": "{0.__class__}"}, **BUCKETS},
        "arn:aws:iam::111122223333:user/{0.__class__}",
    ),
    "a bucket by nobody": ({"resourceType": "S3Bucket", **BUCKETS}, None),
    "a cluster by a principal's ARN": (kubernetes(SESSION_ARN), SESSION_ARN),
    "a cluster by a name that stands for a key's user": (kubernetes("admin", accessKeyDetails=KEY), USER_ARN),
    "a cluster by a service account": (kubernetes("system:serviceaccount:shop:default"), None),
}


@pytest.mark.parametrize(("resource", "principal"), REACHED_INTO.values(), ids=REACHED_INTO)
def test_what_was_reached_into_is_told_by_whom(resource: object, principal: str | None) -> None:
    assert only(variant(resource)).resources[0].details.get("principal") == principal


SUBNETS = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
ATTACKED = {
    "resourceType": "Instance",
    "instanceDetails": {"instanceId": INSTANCE.id, "networkInterfaces": [{"subnetId": each} for each in SUBNETS]},
}
REMOTE = {"remoteIpDetails": {"ipAddressV4": "198.51.100.7"}}
REMOTE_6 = {"remoteIpDetails": {"ipAddressV4": "", "ipAddressV6": "2001:db8::7"}}
ATTACKS: dict[str, tuple[object, str, list[str]]] = {
    "guessed at": (
        {"networkConnectionAction": {"connectionDirection": "INBOUND", **REMOTE}},
        "TARGET",
        ["198.51.100.7"],
    ),
    "guessed at over IPv6": (
        {"networkConnectionAction": {"connectionDirection": "INBOUND", **REMOTE_6}},
        "TARGET",
        ["2001:db8::7"],
    ),
    "reached in an unknown direction": (
        {"networkConnectionAction": {"connectionDirection": "UNKNOWN", **REMOTE}},
        "TARGET",
        ["198.51.100.7"],
    ),
    "probed": ({"portProbeAction": {"portProbeDetails": [REMOTE]}}, "TARGET", ["198.51.100.7"]),
    "attacks others": ({"networkConnectionAction": {"connectionDirection": "INBOUND", **REMOTE}}, "ACTOR", []),
    "talks to others": ({"networkConnectionAction": {"connectionDirection": "OUTBOUND", **REMOTE}}, "TARGET", []),
    "asks for a name": ({"dnsRequestAction": {"domain": "example.com"}}, "TARGET", []),
}


@pytest.mark.parametrize(("action", "role", "told"), ATTACKS.values(), ids=ATTACKS)
def test_the_subnets_of_an_instance_that_is_attacked_from_outside_are_told_with_the_address(
    action: object, role: str, told: list[str]
) -> None:
    found = only(variant(ATTACKED, action=action, resourceRole=role)).resources
    subnets = tuple(regional("AWS::EC2::Subnet", each) for each in SUBNETS) if told else ()
    assert found == (INSTANCE, *subnets)
    assert [each.details for each in found[1:]] == [{"ip": ip} for ip in told for _ in SUBNETS]


def test_an_attack_sequence_names_every_actor_and_every_resource() -> None:
    sequence = {
        "actors": [
            {
                "id": "a1",
                "user": {
                    "name": "web",
                    "uid": "AROADBQP57FF2AEXAMPLE:i-0123456789abcdef0",
                    "type": "AssumedRole",
                    "credentialUid": "ASIAIOSFODNN7EXAMPLE",
                    "account": {"uid": "111122223333"},
                },
                "session": {
                    "uid": "s1",
                    "mfaStatus": "DISABLED",
                    "issuer": "arn:aws:iam::111122223333:role/web",
                },
            },
            {"id": "a2", "user": {"name": "alice", "uid": "AIDACKCEVSQ6C2EXAMPLE", "type": "IAMUser"}},
        ],
        "endpoints": [{"id": "e1", "ip": "203.0.113.9"}],
        "resources": [
            {
                "uid": "AKIAIOSFODNN7EXAMPLE",
                "resourceType": "ACCESS_KEY",
                "accountId": "111122223333",
                "data": {"accessKey": {"userName": "alice", "userType": "IAMUser"}},
            },
            {"uid": "arn:aws:s3:::data-1", "resourceType": "S3_BUCKET", "region": "us-west-2"},
            {"uid": "i-0123456789abcdef0", "resourceType": "EC2_INSTANCE", "accountId": "444455556666"},
            {"uid": "arn:aws:s3:::data-1/key", "resourceType": "S3_OBJECT"},
            {"uid": TASK, "resourceType": "ECS_TASK"},
            {"uid": "x", "resourceType": "KUBERNETES_WORKLOAD"},
        ],
    }
    finding = only(variant({"resourceType": "AttackSequence"}, detection={"sequence": sequence}, action=None))
    assert finding.resources == (
        SESSION,
        ROLE,
        USER,
        ACCESS_KEY,
        Resource("AWS::S3::Bucket", "data-1", "111122223333", "us-west-2"),
        Resource("AWS::EC2::Instance", "i-0123456789abcdef0", "444455556666", "eu-west-1"),
        regional("AWS::ECS::Task", TASK),
    )
    assert {found.type: found.details for found in finding.resources if "principal" in found.details} == {
        "AWS::S3::Bucket": {"principal": "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0"}
    }
    assert finding.actor == Actor(
        type="AssumedRole",
        name="web",
        account="111122223333",
        access_key_id="ASIAIOSFODNN7EXAMPLE",
        issuer_arn="arn:aws:iam::111122223333:role/web",
        ip="203.0.113.9",
        mfa="no",
    )


SAMPLE_IN_TEXT = json.dumps({"userAgent": {"fullUserAgent": "x"}, "sample": True})
STANDINGS = {
    "active": (variant(), Standing.ACTIVE),
    "archived": (variant(archived=True), Standing.ARCHIVED),
    "sample as a field": (variant(additionalInfo={"sample": True}), Standing.SAMPLE),
    "sample within a text": (variant(additionalInfo={"value": SAMPLE_IN_TEXT}), Standing.SAMPLE),
    "a sample that was archived": (variant(additionalInfo={"sample": True}, archived=True), Standing.SAMPLE),
    "the word sample somewhere within": (
        variant(additionalInfo={"value": json.dumps({"userAgent": {"sample": True}})}),
        Standing.ACTIVE,
    ),
    "a text nested too deeply": (variant(additionalInfo={"value": '["sample",' + "[" * 200_000}), Standing.ACTIVE),
}


@pytest.mark.parametrize("case", STANDINGS.values(), ids=STANDINGS.keys())
def test_only_a_live_finding_is_active(case: tuple[dict[str, Any], Standing]) -> None:
    assert only(case[0]).standing is case[1]


def test_a_title_that_begins_with_sample_is_a_sample() -> None:
    event = variant()
    event["detail"]["title"] = "[SAMPLE] Something"
    assert only(event).standing is Standing.SAMPLE


@pytest.mark.parametrize(
    ("score", "severity"),
    [
        (0.5, Severity.INFORMATIONAL),
        (1, Severity.LOW),
        (3.9, Severity.LOW),
        (4, Severity.MEDIUM),
        (6.9, Severity.MEDIUM),
        (7, Severity.HIGH),
        (8.9, Severity.HIGH),
        (9, Severity.CRITICAL),
        ("8", Severity.HIGH),
    ],
)
def test_severity_follows_guarddutys_scale(score: object, severity: Severity) -> None:
    event = variant()
    event["detail"]["severity"] = score
    assert only(event).severity is severity


def test_another_occurrence_changes_the_revision_and_not_the_id() -> None:
    first, again = only(variant()), only(variant(count=4))
    assert (first.id, first.revision) == (again.id, "2026-01-02T03:50:00.000Z/3")
    assert again.revision == "2026-01-02T03:50:00.000Z/4"


MALFORMED = {
    "accountId": (None, "detail.accountId is missing"),
    "id": ("", "detail.id is missing"),
    "type": ({"a": 1}, "detail.type is not text"),
    "severity": ("high", "detail.severity is missing or not a number"),
    "region": ("evil.example.com", "detail.region is not a region: 'evil.example.com'"),
}


@pytest.mark.parametrize("field", MALFORMED)
def test_what_guardduty_always_sends_must_be_there(field: str) -> None:
    event = variant()
    event["detail"][field], reason = MALFORMED[field]
    with pytest.raises(MalformedEvent) as raised:
        parse(event)
    assert str(raised.value) == reason


def test_the_account_of_the_envelope_is_never_taken_for_the_members() -> None:
    event = variant()
    event["detail"]["accountId"] = "1234"
    with pytest.raises(MalformedEvent, match="not an account id of 12 digits"):
        parse(event)


def test_an_actors_account_that_is_a_trap_is_no_more_than_text() -> None:
    user = {"name": "alice", "uid": "AIDA", "type": "IAMUser", "account": {"uid": "{boom}"}}
    sequence = {"actors": [{"user": user}], "resources": [{"uid": "data-1", "resourceType": "S3_BUCKET"}]}
    finding = only(variant({"resourceType": "AttackSequence"}, detection={"sequence": sequence}, action=None))
    assert [found.details for found in finding.resources] == [{"principal": "arn:aws:iam::{boom}:user/alice"}]
