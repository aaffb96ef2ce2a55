"""What else is done to a bucket: policy, ACL, versioning, log, replication and lifecycle, each apart from the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import reconcile
from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Resource
from lab.scenes.s3_bucket import GROUPS, LIFECYCLE, without_policy
from remediations.s3 import deny_principal_on_bucket as deny
from remediations.s3.enable_versioning import remediation as versioning
from remediations.s3.remove_destructive_lifecycle import remediation as lifecycle
from remediations.s3.remove_foreign_replication import remediation as replication
from remediations.s3.remove_public_acl import remediation as acl
from remediations.s3.remove_public_policy_statements import remediation as public_policy
from remediations.s3.restore_logging import remediation as logging
from tests.aws import ACCOUNT, REGION, Aws, apply, make, undo

BUCKET = Resource("AWS::S3::Bucket", "quarterly-reports", ACCOUNT, REGION)
SESSION = "arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0"
TLS = {
    "Sid": "tls",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "arn:aws:s3:::quarterly-reports/*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
PUBLIC = {**TLS, "Sid": "anybody", "Effect": "Allow", "Action": "s3:GetObject"}
ROLE_S3 = {
    "Sid": "etl",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/etl"},
    "Action": "s3:*",
}
ROLE = {**ROLE_S3, "Resource": "arn:aws:s3:::quarterly-reports/*"}


def put_policy(aws: Aws, *statements: Any) -> None:
    document = {"Version": "2012-10-17", "Id": "reports", "Statement": list(statements)}
    aws.client("s3").put_bucket_policy(Bucket=BUCKET.id, Policy=json.dumps(document))


def policy(aws: Aws) -> Any:
    return json.loads(aws.client("s3").get_bucket_policy(Bucket=BUCKET.id)["Policy"])


def named(principal: str) -> Resource:
    return replace(BUCKET, details={"principal": principal})


@pytest.mark.parametrize(
    "remediation", [public_policy, acl, versioning, logging, replication, lifecycle, deny.remediation]
)
def test_a_deleted_bucket_is_gone(aws: Aws, remediation: Any) -> None:
    with pytest.raises(Gone, match="quarterly-reports does not exist any more"):
        reconcile.plan(remediation, aws, named(SESSION))


@pytest.mark.parametrize(
    "remediation", [public_policy, acl, versioning, logging, replication, lifecycle, deny.remediation]
)
def test_the_owner_is_named_wherever_a_bucket_is_so_that_no_strangers_is_touched(aws: Aws, remediation: Any) -> None:
    make(aws, BUCKET)
    undo(aws, remediation, named(SESSION), apply(aws, remediation, named(SESSION)))
    told = [params for _, params in aws.calls if "Bucket" in params and "ExpectedBucketOwner" not in params]
    mine = [params for _, params in aws.calls if "ExpectedBucketOwner" in params]
    assert told == []
    assert {params["ExpectedBucketOwner"] for params in mine} == {ACCOUNT}


def test_the_statements_beside_a_public_one_stay_and_it_comes_back_to_its_place(aws: Aws) -> None:
    make(aws, BUCKET)
    put_policy(aws, TLS, PUBLIC, ROLE)
    before = policy(aws)
    change = apply(aws, public_policy, BUCKET)
    assert policy(aws) == {**before, "Statement": [TLS, ROLE]}
    undo(aws, public_policy, BUCKET, change)
    assert policy(aws) == before


def test_only_grants_to_everybody_leave_the_acl(aws: Aws) -> None:
    make(aws, BUCKET)
    before = aws.client("s3").get_bucket_acl(Bucket=BUCKET.id)["Grants"]
    change = apply(aws, acl, BUCKET)
    after = aws.client("s3").get_bucket_acl(Bucket=BUCKET.id)["Grants"]
    groups = [grant for grant in before if grant["Grantee"].get("URI", "").startswith(f"{GROUPS}/global/")]
    assert after == [grant for grant in before if grant not in groups]
    assert change[0] == [
        {"group": f"{GROUPS}/global/AllUsers", "permission": "READ"},
        {"group": f"{GROUPS}/global/AuthenticatedUsers", "permission": "WRITE"},
    ]
    undo(aws, acl, BUCKET, change)


PRINCIPALS = {
    "session": (SESSION, ["arn:aws:iam::111122223333:role/web", "arn:aws:iam::111122223333:role/*/web"]),
    "role": ("arn:aws:iam::111122223333:role/ops/web", ["arn:aws:iam::111122223333:role/ops/web"]),
    "user": ("arn:aws:iam::111122223333:user/ops/alice", ["arn:aws:iam::111122223333:user/ops/alice"]),
    "federated user": (
        "arn:aws:sts::111122223333:federated-user/alice",
        ["arn:aws:sts::111122223333:federated-user/alice"],
    ),
    "user of a path that was not told, in GovCloud": (
        "arn:aws-us-gov:iam::111122223333:user/alice",
        ["arn:aws-us-gov:iam::111122223333:user/alice", "arn:aws-us-gov:iam::111122223333:user/*/alice"],
    ),
}


@pytest.mark.parametrize(("told", "denied"), PRINCIPALS.values(), ids=PRINCIPALS)
def test_a_principal_is_denied_by_what_it_is_known_by(told: str, denied: list[str]) -> None:
    assert deny.denial(named(told))["Condition"] == {"ArnLike": {"aws:PrincipalArn": denied}}


@pytest.mark.parametrize(
    "told",
    [
        pytest.param("", id="nobody"),
        pytest.param("*", id="everybody"),
        pytest.param("arn:aws:iam::111122223333:root", id="root"),
        pytest.param("arn:aws:iam::111122223333:user/*", id="wildcard"),
        pytest.param("arn:aws:iam::111122223333:user/a?ice", id="one letter"),
        pytest.param("arn:aws:iam::111122223333:user/${aws:username}", id="variable"),
        pytest.param("arn:aws:iam::*:user/alice", id="any account"),
        pytest.param("arn:aws:iam::111122223333:user/alice\n", id="line break"),
        pytest.param("signin.amazonaws.com", id="service"),
    ],
)
def test_who_cannot_be_denied_by_name_is_not_denied(aws: Aws, told: str) -> None:
    make(aws, BUCKET)
    with pytest.raises(Unsupported, match="the finding names no user or role"):
        reconcile.plan(deny.remediation, aws, named(told))


def test_two_principals_are_denied_and_let_in_again_apart_from_each_other(aws: Aws) -> None:
    make(aws, BUCKET)
    put_policy(aws, TLS, PUBLIC)
    before = policy(aws)
    alice, web = named("arn:aws:iam::111122223333:user/alice"), named(SESSION)
    first, second = apply(aws, deny.remediation, alice), apply(aws, deny.remediation, web)
    assert policy(aws)["Statement"] == [TLS, PUBLIC, deny.denial(alice), deny.denial(web)]
    undo(aws, deny.remediation, alice, first)
    assert policy(aws)["Statement"] == [TLS, PUBLIC, deny.denial(web)]
    undo(aws, deny.remediation, web, second)
    assert policy(aws) == before


def test_a_bucket_without_a_policy_has_none_again_after_undo(aws: Aws) -> None:
    make(aws, BUCKET)
    without_policy(aws.boto, BUCKET)
    undo(aws, deny.remediation, named(SESSION), apply(aws, deny.remediation, named(SESSION)))
    with pytest.raises(aws.client("s3").exceptions.ClientError, match="NoSuchBucketPolicy"):
        policy(aws)


def test_a_denial_that_comes_back_in_another_order_is_the_same_denial(aws: Aws) -> None:
    make(aws, BUCKET)
    wanted = deny.denial(named(SESSION))
    put_policy(aws, {**wanted, "Action": ["s3:*"], "Resource": wanted["Resource"][::-1]})
    assert not reconcile.plan(deny.remediation, aws, named(SESSION)).needed


def test_versioning_that_was_never_on_is_suspended_by_undo(aws: Aws) -> None:
    make(aws, BUCKET)
    undo(aws, versioning, BUCKET, apply(aws, versioning, BUCKET))
    assert aws.client("s3").get_bucket_versioning(Bucket=BUCKET.id)["Status"] == "Suspended"


def test_the_log_goes_where_config_saw_it_go_last(aws: Aws) -> None:
    make(aws, BUCKET)
    assert apply(aws, logging, BUCKET) == (
        {"target": None, "before": {"bucket": "quarterly-reports-neighbour", "prefix": "quarterly-reports/"}},
        {"target": {"bucket": "quarterly-reports-neighbour", "prefix": "quarterly-reports/"}},
    )


def test_a_log_that_config_never_saw_cannot_be_restored(aws: Aws) -> None:
    make(aws, BUCKET)
    with pytest.raises(Unsupported, match="AWS Config does not know where its log went"):
        reconcile.plan(logging, aws, replace(BUCKET, id="quarterly-reports-neighbour"))


def rules(aws: Aws) -> Any:
    return aws.client("s3").get_bucket_replication(Bucket=BUCKET.id)["ReplicationConfiguration"]["Rules"]


def test_replication_into_an_own_bucket_goes_on_as_it_was(aws: Aws) -> None:
    make(aws, BUCKET)
    own, outside = rules(aws)
    change = apply(aws, replication, BUCKET)
    assert rules(aws) == [own, {**outside, "Status": "Disabled"}]
    undo(aws, replication, BUCKET, change)
    assert rules(aws) == [own, outside]


@pytest.mark.parametrize(
    ("destination", "foreign"),
    [
        pytest.param({"Bucket": "arn:aws:s3:::own"}, False, id="own bucket"),
        pytest.param({"Bucket": "arn:aws:s3:::elsewhere"}, True, id="bucket that is not ours"),
        pytest.param({"Bucket": "arn:aws:s3:::own", "Account": "999900001111"}, True, id="other account"),
        pytest.param({"Bucket": "arn:aws:s3:::backup", "Account": "444455556666"}, False, id="known account"),
        pytest.param({"Bucket": "arn:aws:s3:::elsewhere", "Account": ACCOUNT}, True, id="account that it is not of"),
    ],
)
def test_a_rule_is_foreign_unless_its_bucket_is_known_to_be_ours(destination: dict[str, str], foreign: bool) -> None:
    from remediations.s3.remove_foreign_replication import is_foreign

    bucket = replace(BUCKET, details={"organization_accounts": "444455556666"})
    assert is_foreign({"Destination": destination}, bucket, {"own"}) is foreign


@pytest.mark.parametrize("remediation", [replication, lifecycle])
def test_a_bucket_without_any_rules_is_left_alone(aws: Aws, remediation: Any) -> None:
    make(aws, BUCKET)
    assert reconcile.plan(remediation, aws, replace(BUCKET, id="quarterly-reports-neighbour")) == reconcile.Plan({}, {})


def test_lifecycle_rules_that_give_people_time_go_on_as_they_were(aws: Aws) -> None:
    make(aws, BUCKET)
    found = lambda: aws.client("s3").get_bucket_lifecycle_configuration(Bucket=BUCKET.id)["Rules"]  # noqa: E731
    before = found()
    change = apply(aws, lifecycle, BUCKET)
    assert change == ({"gone-tomorrow": "Enabled"}, {"gone-tomorrow": "Disabled"})
    assert found() == [rule | {"Status": "Disabled"} if rule["ID"] == "gone-tomorrow" else rule for rule in before]
    undo(aws, lifecycle, BUCKET, change)
    assert found() == before
    assert [rule["ID"] for rule in before] == [rule["ID"] for rule in LIFECYCLE]


@pytest.mark.parametrize(
    ("rule", "destructive"),
    [
        pytest.param({"Expiration": {"Days": 1}}, True, id="after a day"),
        pytest.param({"Expiration": {"Days": 7}, "Filter": {"Prefix": "tmp/"}}, True, id="after a week, some"),
        pytest.param({"Expiration": {"Days": 8}}, False, id="later"),
        pytest.param({"Expiration": {"Date": "2030-01-01T00:00:00Z"}}, True, id="on a date"),
        pytest.param({"Expiration": {"ExpiredObjectDeleteMarker": True}}, False, id="leftover markers"),
        pytest.param({"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}, False, id="older versions"),
        pytest.param({"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}, False, id="moved"),
    ],
)
def test_a_rule_is_destructive_when_it_deletes_current_objects_within_a_week(
    rule: dict[str, Any], destructive: bool
) -> None:
    from remediations.s3.remove_destructive_lifecycle import is_destructive

    assert is_destructive(rule) is destructive


def test_what_is_said_of_transitions_is_said_again(aws: Aws) -> None:
    make(aws, BUCKET)
    apply(aws, lifecycle, BUCKET)
    [put] = [params for name, params in aws.calls if name == "PutBucketLifecycleConfiguration"]
    assert put["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
