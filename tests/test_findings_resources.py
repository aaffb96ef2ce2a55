"""An id or ARN of an event becomes exactly one resource, or nothing: never a guess."""

from __future__ import annotations

import re

import pytest

from chalicelib.errors import InvalidCatalogue, MalformedEvent
from chalicelib.findings import parse
from chalicelib.findings.resources import ASFF_TYPES, from_rule, named, of_arn, unique
from chalicelib.model import Resource, Rule, Severity

HERE = {"account": "111122223333", "region": "eu-west-1"}

# What the event says -> (id, account, region) of the resource.
NAMED = {
    "a long-term key": (
        "AWS::IAM::AccessKey",
        "AKIAIOSFODNN7EXAMPLE",
        ("AKIAIOSFODNN7EXAMPLE", "111122223333", "us-east-1"),
    ),
    "a key as Security Hub writes it": (
        "AWS::IAM::AccessKey",
        "AWS::IAM::AccessKey:AKIAIOSFODNN7EXAMPLE",
        ("AKIAIOSFODNN7EXAMPLE", "111122223333", "us-east-1"),
    ),
    "a user by name": ("AWS::IAM::User", "alice", ("alice", "111122223333", "us-east-1")),
    "a user by ARN of another account": (
        "AWS::IAM::User",
        "arn:aws:iam::444455556666:user/staff/alice",
        ("alice", "444455556666", "us-east-1"),
    ),
    "a user whose path is made to be missed": (
        "AWS::IAM::User",
        "arn:aws:iam::444455556666:user/*%'/alice",
        ("alice", "444455556666", "us-east-1"),
    ),
    "a role by ARN with a path": (
        "AWS::IAM::Role",
        "arn:aws:iam::444455556666:role/service-role/deploy",
        ("deploy", "444455556666", "us-east-1"),
    ),
    "a role in China": (
        "AWS::IAM::Role",
        "arn:aws-cn:iam::444455556666:role/deploy",
        ("deploy", "444455556666", "cn-north-1"),
    ),
    "a session by ARN": (
        "AWS::STS::AssumedRole",
        "arn:aws:sts::444455556666:assumed-role/deploy/i-0123456789abcdef0",
        ("deploy/i-0123456789abcdef0", "444455556666", "us-east-1"),
    ),
    "a session by role and name": ("AWS::STS::AssumedRole", "deploy/ci", ("deploy/ci", "111122223333", "us-east-1")),
    "an instance by id": (
        "AWS::EC2::Instance",
        "i-0123456789abcdef0",
        ("i-0123456789abcdef0", "111122223333", "eu-west-1"),
    ),
    "an instance by ARN of another region": (
        "AWS::EC2::Instance",
        "arn:aws:ec2:us-east-2:444455556666:instance/i-0123456789abcdef0",
        ("i-0123456789abcdef0", "444455556666", "us-east-2"),
    ),
    "an old short id": ("AWS::EC2::SecurityGroup", "sg-903004f8", ("sg-903004f8", "111122223333", "eu-west-1")),
    "a bucket's ARN, which names neither account nor region": (
        "AWS::S3::Bucket",
        "arn:aws:s3:::example.com-logs",
        ("example.com-logs", "111122223333", "eu-west-1"),
    ),
    "a trail by ARN": (
        "AWS::CloudTrail::Trail",
        "arn:aws:cloudtrail:us-east-1:444455556666:trail/main",
        ("main", "444455556666", "us-east-1"),
    ),
    "a detector by ARN": (
        "AWS::GuardDuty::Detector",
        "arn:aws:guardduty:us-east-1:444455556666:detector/12abc34d567e8fa901bc2d34e56789f0",
        ("12abc34d567e8fa901bc2d34e56789f0", "444455556666", "us-east-1"),
    ),
    "a database by ARN": (
        "AWS::RDS::DBInstance",
        "arn:aws:rds:eu-west-1:111122223333:db:orders",
        ("orders", "111122223333", "eu-west-1"),
    ),
    "an automatic snapshot": (
        "AWS::RDS::DBSnapshot",
        "arn:aws:rds:eu-west-1:111122223333:snapshot:rds:orders-2026-01-01",
        ("rds:orders-2026-01-01", "111122223333", "eu-west-1"),
    ),
    "a function by ARN with a version": (
        "AWS::Lambda::Function",
        "arn:aws:lambda:eu-west-1:111122223333:function:orders:$LATEST",
        ("orders", "111122223333", "eu-west-1"),
    ),
    "a function by partial ARN": (
        "AWS::Lambda::Function",
        "444455556666:function:orders",
        ("orders", "444455556666", "eu-west-1"),
    ),
    "a queue by its URL": (
        "AWS::SQS::Queue",
        "https://sqs.us-west-2.amazonaws.com/444455556666/jobs",
        ("jobs", "444455556666", "us-west-2"),
    ),
    "a cluster by name": ("AWS::EKS::Cluster", "prod", ("prod", "111122223333", "eu-west-1")),
    "a KMS key by ARN": (
        "AWS::KMS::Key",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ("1234abcd-12ab-34cd-56ef-1234567890ab", "111122223333", "eu-west-1"),
    ),
    "a topic, whose API takes the ARN": (
        "AWS::SNS::Topic",
        "alerts",
        ("arn:aws:sns:eu-west-1:111122223333:alerts", "111122223333", "eu-west-1"),
    ),
    "an account as Security Hub writes it": (
        "AWS::Account",
        "AWS::::Account:444455556666",
        ("444455556666", "444455556666", "eu-west-1"),
    ),
    "an account by its number": ("AWS::Account", "444455556666", ("444455556666", "444455556666", "eu-west-1")),
    "a type that no table knows keeps its id": (
        "AWS::Glue::Job",
        "nightly",
        ("nightly", "111122223333", "eu-west-1"),
    ),
}

NOTHING = {
    "a temporary key cannot be disabled": ("AWS::IAM::AccessKey", "ASIAIOSFODNN7EXAMPLE"),
    "an empty id": ("AWS::EC2::Instance", ""),
    "no text": ("AWS::EC2::Instance", {"id": "i-0123456789abcdef0"}),
    "a list": ("AWS::EC2::Instance", ["i-0123456789abcdef0"]),
    "a number": ("AWS::Account", 111122223333),
    "an id of another type": ("AWS::EC2::Instance", "sg-0123456789abcdef0"),
    "an ARN of another type": ("AWS::IAM::Role", "arn:aws:iam::111122223333:user/alice"),
    "an ARN of another service": (
        "AWS::EC2::Instance",
        "arn:aws:rds:eu-west-1:111122223333:instance/i-0123456789abcdef0",
    ),
    "root is no user": ("AWS::IAM::User", "arn:aws:iam::111122223333:root"),
    "a wildcard": ("AWS::S3::Bucket", "logs-*"),
    "a policy variable": ("AWS::IAM::User", "${aws:username}"),
    "a wildcard at the end of an ARN": ("AWS::IAM::Role", "arn:aws:iam::111122223333:role/*"),
    "a wildcard in an ARN of an unknown type": ("AWS::Glue::Job", "arn:aws:glue:eu-west-1:111122223333:job/*"),
    "markup": ("AWS::S3::Bucket", "<!channel>"),
    "white space": ("AWS::IAM::Role", "deploy role"),
    "a new line at the end": ("AWS::IAM::Role", "deploy\n"),
    "a NUL": ("AWS::IAM::Role", "deploy\0"),
    "letters that only look Latin": ("AWS::IAM::Role", "dерloy"),
    "digits of another script": ("AWS::Account", "１１１１２２２２３３３３"),
    "an id that is too long": ("AWS::S3::Bucket", "a" * 257),
    "an ARN that is too long": ("AWS::IAM::Role", "arn:aws:iam::111122223333:role/" + "a/" * 2000 + "b"),
    "a path where a plain name must be": ("AWS::IAM::Role", "service-role/deploy"),
    "a path out of a bucket": ("AWS::S3::Bucket", "../../etc/passwd"),
    "a placeholder of a sample finding": ("AWS::IAM::AccessKey", "GeneratedFindingAccessKeyId"),
    "an alias is no key": ("AWS::KMS::Key", "alias/orders"),
    "a type that is none": ("EC2 Instance", "i-0123456789abcdef0"),
    "a partition that is none": ("AWS::IAM::Role", "arn:aws-evil:iam::111122223333:role/deploy"),
}


@pytest.mark.parametrize("case", NAMED.values(), ids=NAMED.keys())
def test_what_the_event_says_names_one_resource(case: tuple[str, str, tuple[str, str, str]]) -> None:
    type_, raw, (identity, account, region) = case
    partition = "aws-cn" if ":aws-cn:" in raw or region.startswith("cn-") else "aws"
    assert named(type_, raw, **HERE) == Resource(type_, identity, account, region, partition)


@pytest.mark.parametrize("case", NOTHING.values(), ids=NOTHING.keys())
def test_what_is_no_usable_id_names_nothing(case: tuple[str, object]) -> None:
    assert named(case[0], case[1], **HERE) is None


@pytest.mark.parametrize(
    ("account", "region"),
    [("12345", "eu-west-1"), ("", "eu-west-1"), ("111122223333", "evil.example.com"), ("111122223333", "")],
)
def test_without_a_real_account_and_region_there_is_no_resource(account: str, region: str) -> None:
    assert named("AWS::EC2::Instance", "i-0123456789abcdef0", account=account, region=region) is None


def test_an_arn_alone_tells_its_type_only_when_it_can() -> None:
    assert of_arn("arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-0123456789abcdef0", **HERE) == Resource(
        "AWS::EC2::Snapshot", "snap-0123456789abcdef0", "111122223333", "eu-west-1"
    )
    assert of_arn("arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/main", **HERE) is None
    assert of_arn("i-0123456789abcdef0", **HERE) is None


def test_one_resource_told_of_twice_is_kept_once_with_the_most_that_was_said() -> None:
    bare = Resource("AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", "111122223333", "us-east-1")
    told = Resource(
        "AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", "111122223333", "us-east-1", details={"user": "alice"}
    )
    (kept,) = unique([bare, None, told, bare])
    assert kept.details == {"user": "alice"}


def test_every_asff_type_maps_to_a_cloudformation_type() -> None:
    assert len(ASFF_TYPES) > 80
    wrong = [found for found in ASFF_TYPES.values() if not re.fullmatch(r"AWS::Account|AWS::\w+::\w+", found)]
    assert wrong == []


def event(**detail: object) -> dict[str, object]:
    return {
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "source": "aws.iam",
        "detail-type": "AWS API Call via CloudTrail",
        "account": "111122223333",
        "region": "us-east-1",
        "time": "2026-01-02T03:04:05Z",
        "detail": {
            "eventID": "e1",
            "eventName": "CreateAccessKey",
            "eventTime": "2026-01-02T03:04:05Z",
            "awsRegion": "us-east-1",
            "recipientAccountId": "111122223333",
            **detail,
        },
    }


def rule(**resources: str) -> Rule:
    named_ = {name.replace("_", "::"): path for name, path in resources.items()}
    return Rule("test.rule", "", {}, Severity.LOW, "", resources=named_)


def test_a_rule_says_where_the_resources_stand() -> None:
    (finding,) = parse(
        event(
            requestParameters={"userName": "alice", "names": ["a-bucket", "b-bucket", 7, None, "a-bucket"]},
            responseElements=None,
        )
    )
    found = from_rule(
        rule(
            AWS_IAM_User="detail.requestParameters.userName",
            AWS_S3_Bucket="detail.requestParameters.names",
            AWS_IAM_AccessKey="detail.responseElements.accessKey.accessKeyId",
        ),
        finding,
    )
    assert [(resource.type, resource.id, resource.seen) for resource in found] == [
        ("AWS::IAM::User", "alice", "2026-01-02T03:04:05Z"),
        ("AWS::S3::Bucket", "a-bucket", "2026-01-02T03:04:05Z"),
        ("AWS::S3::Bucket", "b-bucket", "2026-01-02T03:04:05Z"),
    ]


def test_the_caller_is_a_resource_with_what_the_event_says_of_it() -> None:
    (user,) = parse(event(userIdentity={"type": "IAMUser", "userName": "alice", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"}))
    (key,) = from_rule(rule(AWS_IAM_AccessKey="detail.userIdentity.accessKeyId"), user)
    assert (key.id, key.details) == ("AKIAIOSFODNN7EXAMPLE", {"user": "alice"})
    (session,) = parse(
        event(
            userIdentity={
                "type": "AssumedRole",
                "arn": "arn:aws:sts::111122223333:assumed-role/deploy/ci",
                "principalId": "AROADBQP57FF2AEXAMPLE:ci",
            }
        )
    )
    (found,) = from_rule(rule(AWS_STS_AssumedRole="detail.userIdentity.arn"), session)
    assert (found.id, found.details) == ("deploy/ci", {"role_id": "AROADBQP57FF2AEXAMPLE"})


@pytest.mark.parametrize(
    ("said", "details"),
    [
        (
            "arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fci%2Fdeploy",
            {"principal": "arn:aws:iam::111122223333:role/ci/deploy"},
        ),
        ("arn:aws:iam::111122223333:user/alice", {"principal": "arn:aws:iam::111122223333:user/alice"}),
        ("arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fa%0Ab", {}),
        ("deploy", {}),
        ("arn:aws:iam::111122223333:role/" + "a" * 2048, {}),
        (["arn:aws:iam::111122223333:role/deploy"], {}),
        (None, {}),
    ],
    ids=["as in a URL", "as it is", "with a line break", "a name", "too long", "a list", "nobody"],
)
def test_a_cluster_comes_with_the_principal_that_it_is_given_to(said: object, details: dict[str, str]) -> None:
    (finding,) = parse(event(requestParameters={"name": "production", "principalArn": said}))
    (cluster,) = from_rule(rule(AWS_EKS_Cluster="detail.requestParameters.name"), finding)
    assert (cluster.id, cluster.details) == ("production", details)


def test_a_path_that_meets_the_wrong_type_is_a_malformed_event() -> None:
    (finding,) = parse(event(requestParameters={"names": 7}))
    with pytest.raises(MalformedEvent, match="cannot be read from this event"):
        from_rule(rule(AWS_S3_Bucket="sort(detail.requestParameters.names)"), finding)


def test_a_path_that_is_no_jmespath_is_a_fault_of_the_catalogue() -> None:
    (finding,) = parse(event())
    with pytest.raises(InvalidCatalogue, match=r"test\.rule"):
        from_rule(rule(AWS_S3_Bucket="detail.[["), finding)
