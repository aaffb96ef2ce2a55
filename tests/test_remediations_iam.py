"""What is special about the remediations of IAM, and about the scenes that they are tried on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto.core import set_initial_no_auth_action_count

from chalicelib.errors import Gone, Unsupported
from chalicelib.model import Remediation, Resource
from chalicelib.reconcile import read
from lab.scenes import iam_role
from lab.stage import scenes
from remediations.iam import deny_role_session, deny_user, disable_access_key, revoke_role_sessions
from tests.aws import ACCOUNT, NOW, Aws, apply, make, opened, round_trip, undo

KEY = Resource("AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", ACCOUNT, "us-east-1", details={"user": "alice"})
USER = Resource("AWS::IAM::User", "alice", ACCOUNT, "us-east-1")
ROLE = Resource("AWS::IAM::Role", "web", ACCOUNT, "us-east-1", seen="2025-03-01T11:00:00Z")
SESSION = Resource("AWS::STS::AssumedRole", "web/i-0123456789abcdef0", ACCOUNT, "us-east-1")
PEER = replace(SESSION, id="web/i-0fedcba9876543210")
DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}
CUT = {"aws:TokenIssueTime": "2025-03-01T12:00:00Z"}
FOREIGN = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::a%20b+c/*"}],
}

SCENES = {**scenes("IAM"), **scenes("STS")}
RESOURCES = {
    "AWS::IAM::AccessKey": KEY,
    "AWS::IAM::User": USER,
    "AWS::IAM::Role": ROLE,
    "AWS::STS::AssumedRole": SESSION,
}
REMEDIATIONS = [m.remediation for m in (disable_access_key, deny_user, revoke_role_sessions, deny_role_session)]
NEEDS = [(r, action) for r in REMEDIATIONS for action in r.reads + r.writes]


@pytest.fixture
def aws() -> Iterator[Aws]:
    with opened("us-east-1") as aws:
        yield aws


def policy_of(aws: Aws, role: str, name: str) -> Any:
    return aws.client("iam").get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]


def inline_policies(aws: Aws) -> dict[str, list[str]]:
    """Return the names of every user's and role's inline policies."""
    iam = aws.client("iam")
    users = [user["UserName"] for user in iam.list_users()["Users"]]
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    named = {name: iam.list_user_policies(UserName=name)["PolicyNames"] for name in users}
    return named | {name: iam.list_role_policies(RoleName=name)["PolicyNames"] for name in roles}


def key_statuses(aws: Aws) -> dict[str, dict[str, str]]:
    iam = aws.client("iam")
    return {
        user["UserName"]: {
            key["AccessKeyId"]: key["Status"]
            for key in iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]
        }
        for user in iam.list_users()["Users"]
    }


OK = type("Http", (), {"status_code": 200})()


def refuse_with(client: Any, operation: str, code: str) -> None:
    """Make AWS answer this error to the operation, where moto does not."""

    def refuse(**_: Any) -> Any:
        http = type("Http", (), {"status_code": 409})()
        return http, {"Error": {"Code": code, "Message": "Maximum policy size exceeded"}, "ResponseMetadata": {}}

    client.meta.events.register(f"before-call.iam.{operation}", refuse)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.id)
def test_the_declared_actions_are_enough(aws: Aws, remediation: Remediation) -> None:
    round_trip(aws, remediation, RESOURCES[remediation.resource_type], remediation.reads + remediation.writes)


@pytest.mark.parametrize(("remediation", "missing"), NEEDS, ids=[f"{r.id} without {a}" for r, a in NEEDS])
def test_no_declared_action_can_be_left_out(aws: Aws, remediation: Remediation, missing: str) -> None:
    granted = tuple(a for a in remediation.reads + remediation.writes if a != missing)
    with pytest.raises(ClientError) as refused:
        round_trip(aws, remediation, replace(RESOURCES[remediation.resource_type], details={}), granted)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert missing in str(refused.value)


# Disable an access key


@pytest.mark.parametrize("place", [0, 1], ids=["the first listed", "the second listed"])
def test_only_the_named_key_is_disabled_and_undo_enables_only_it(aws: Aws, place: int) -> None:
    make(aws, KEY)
    before = key_statuses(aws)
    assert [len(keys) for keys in before.values()] == [2, 1]
    key = replace(KEY, id=list(before["alice"])[place])
    change = apply(aws, disable_access_key.remediation, key)
    assert change == ("Active", "Inactive")
    assert key_statuses(aws) == {**before, "alice": {**before["alice"], key.id: "Inactive"}}
    undo(aws, disable_access_key.remediation, key, change)
    assert key_statuses(aws) == before


@pytest.mark.parametrize("claimed", [{"user": "alice-colleague"}, {"user": "nobody"}, {"user": "../*"}, {}])
def test_the_owner_is_whom_aws_names_whatever_the_event_says(aws: Aws, claimed: dict[str, str]) -> None:
    make(aws, KEY)
    apply(aws, disable_access_key.remediation, replace(KEY, details=claimed))
    assert key_statuses(aws)["alice"][KEY.id] == "Inactive"
    assert set(key_statuses(aws)["alice-colleague"].values()) == {"Active"}


def test_undoing_a_disabled_key_needs_a_confirmation() -> None:
    assert "advises against reactivating" in disable_access_key.remediation.confirm_undo


def test_a_key_of_nobody_in_iam_is_unsupported_and_says_that_root_must_act(aws: Aws) -> None:
    answer = {"AccessKeyLastUsed": {"Region": "N/A", "ServiceName": "N/A"}, "ResponseMetadata": {}}
    aws.client("iam").meta.events.register("before-call.iam.GetAccessKeyLastUsed", lambda **_: (OK, answer))
    with pytest.raises(Unsupported, match=r"AKIAIOSFODNN7EXAMPLE is no IAM user's key; .* only root can disable it"):
        read(disable_access_key.remediation, aws, KEY)


def test_a_temporary_key_is_unsupported_and_nothing_is_asked_of_aws(aws: Aws) -> None:
    with pytest.raises(Unsupported, match="is temporary and cannot be disabled"):
        read(disable_access_key.remediation, aws, replace(KEY, id="ASIAIOSFODNN7EXAMPLE"))


def test_a_key_that_was_deleted_is_gone(aws: Aws) -> None:
    make(aws, KEY)
    aws.client("iam").delete_access_key(UserName="alice", AccessKeyId=KEY.id)
    with pytest.raises(Gone):
        read(disable_access_key.remediation, aws, KEY)


def test_a_key_that_aws_still_knows_but_no_longer_lists_is_gone(aws: Aws) -> None:
    make(aws, KEY)
    answer = {"UserName": "alice-colleague", "ResponseMetadata": {}}
    aws.client("iam").meta.events.register("before-call.iam.GetAccessKeyLastUsed", lambda **_: (OK, answer))
    with pytest.raises(Gone, match="does not exist any more"):
        read(disable_access_key.remediation, aws, replace(KEY, details={}))


# Deny an IAM user


def test_a_denied_user_can_do_nothing_and_the_same_as_before_after_undo(aws: Aws) -> None:
    make(aws, USER)
    iam = aws.client("iam")
    iam.delete_access_key(UserName="alice", AccessKeyId=next(iter(key_statuses(aws)["alice"])))
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    alice = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")

    @set_initial_no_auth_action_count(0)
    def list_roles() -> None:
        alice.client("iam").list_roles()

    list_roles()
    change = apply(aws, deny_user.remediation, USER)
    with pytest.raises(ClientError, match="AccessDenied"):
        list_roles()
    undo(aws, deny_user.remediation, USER, change)
    list_roles()


def test_denying_a_user_adds_one_policy_and_undo_takes_only_that(aws: Aws) -> None:
    make(aws, USER)
    before = inline_policies(aws)
    change = apply(aws, deny_user.remediation, USER)
    assert change == (None, {"Version": "2012-10-17", "Statement": [DENY]})
    assert inline_policies(aws) == {**before, "alice": ["administrator", "countermeasure-deny"]}
    undo(aws, deny_user.remediation, USER, change)
    assert inline_policies(aws) == before


def test_undo_puts_back_the_policy_that_had_our_name(aws: Aws) -> None:
    make(aws, USER)
    aws.client("iam").put_user_policy(UserName="alice", PolicyName=deny_user.POLICY, PolicyDocument=json.dumps(FOREIGN))
    change = apply(aws, deny_user.remediation, USER)
    assert change[0] == FOREIGN
    undo(aws, deny_user.remediation, USER, change)
    assert read(deny_user.remediation, aws, USER) == FOREIGN


def test_undoing_twice_is_no_error(aws: Aws) -> None:
    make(aws, USER)
    change = apply(aws, deny_user.remediation, USER)
    undo(aws, deny_user.remediation, USER, change)
    undo(aws, deny_user.remediation, USER, change)


@pytest.mark.parametrize(
    ("remediation", "resource", "operation"),
    [
        (deny_user.remediation, USER, "PutUserPolicy"),
        (revoke_role_sessions.remediation, ROLE, "PutRolePolicy"),
        (deny_role_session.remediation, SESSION, "PutRolePolicy"),
    ],
    ids=["user", "role", "session"],
)
class TestInlinePolicies:
    def test_no_room_for_the_policy_is_unsupported_and_says_what_to_do(
        self, aws: Aws, remediation: Remediation, resource: Resource, operation: str
    ) -> None:
        make(aws, resource)
        refuse_with(aws.client("iam"), operation, "LimitExceeded")
        with pytest.raises(Unsupported, match=r"does not fit: .* move one of them into a managed policy"):
            apply(aws, remediation, resource)

    def test_any_other_refusal_comes_through(
        self, aws: Aws, remediation: Remediation, resource: Resource, operation: str
    ) -> None:
        make(aws, resource)
        refuse_with(aws.client("iam"), operation, "Throttling")
        with pytest.raises(ClientError, match="Throttling"):
            apply(aws, remediation, resource)

    def test_an_owner_that_does_not_exist_is_gone(
        self, aws: Aws, remediation: Remediation, resource: Resource, operation: str
    ) -> None:
        with pytest.raises(Gone):
            read(remediation, aws, resource)


@pytest.mark.parametrize("remediation", [revoke_role_sessions.remediation, deny_role_session.remediation])
@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("AWSServiceRoleForSupport", "contain the resource of the service"),
        ("AWSReservedSSO_Admin_0123456789abcdef", "disable the user there"),
    ],
)
def test_roles_that_aws_keeps_are_unsupported(aws: Aws, remediation: Remediation, name: str, instead: str) -> None:
    role = replace(ROLE, id=name)
    make(aws, role)
    asked = role if remediation.resource_type == role.type else replace(SESSION, id=f"{name}/alice@example.com")
    with pytest.raises(Unsupported, match=instead):
        read(remediation, aws, asked)


def test_a_role_that_only_borrows_such_a_name_is_contained(aws: Aws) -> None:
    name = "AWSReservedSSO_Admin_0123456789abcdef"
    trust = json.dumps(iam_role.trust(ROLE))
    aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    apply(aws, revoke_role_sessions.remediation, replace(ROLE, id=name))
    assert inline_policies(aws)[name] == ["countermeasure-revoke-sessions"]


# Revoke all sessions of a role


def test_sessions_issued_up_to_half_a_minute_from_now_are_denied(aws: Aws) -> None:
    make(aws, ROLE)
    assert apply(aws, revoke_role_sessions.remediation, ROLE) == (
        {"sessions": "allowed", "policy": None},
        {"sessions": "revoked"},
    )
    until = {"DateLessThan": {"aws:TokenIssueTime": "2025-03-01T12:00:30Z"}}
    assert policy_of(aws, "web", "countermeasure-revoke-sessions") == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": until}],
    }


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        ("2025-03-01T12:00:30Z", "revoked"),
        ("2025-03-01T13:00:30+01:00", "revoked"),
        ("2025-03-01T12:00:31Z", "allowed"),
        ("2025-03-01T12:00:31", "allowed"),
        ("", "revoked"),
        ("yesterday", "revoked"),
        ("0001-01-01T00:00:00+23:59", "revoked"),
        ("9999-12-31T23:59:59-23:59", "revoked"),
    ],
)
def test_a_revocation_counts_when_it_is_no_older_than_the_last_sight(aws: Aws, seen: str, state: str) -> None:
    make(aws, ROLE)
    apply(aws, revoke_role_sessions.remediation, ROLE)
    later = replace(aws, now=NOW + timedelta(hours=1))
    assert read(revoke_role_sessions.remediation, later, replace(ROLE, seen=seen))["sessions"] == state


@given(seen=st.one_of(st.text(), st.datetimes().map(str), st.datetimes(timezones=st.timezones()).map(str)))
def test_no_last_sight_breaks_the_look_at_a_revocation(seen: str) -> None:
    cut = revoke_role_sessions.revocation(NOW)
    assert revoke_role_sessions.is_revoked(cut, seen, NOW) in (True, False)


def test_a_session_seen_after_a_revocation_is_revoked_again_and_each_undo_goes_one_step_back(aws: Aws) -> None:
    make(aws, ROLE)
    first = apply(aws, revoke_role_sessions.remediation, ROLE)
    then = policy_of(aws, "web", revoke_role_sessions.POLICY)
    later, again = replace(aws, now=NOW + timedelta(hours=2)), replace(ROLE, seen="2025-03-01T13:30:00Z")
    second = apply(later, revoke_role_sessions.remediation, again)
    assert second == ({"sessions": "allowed", "policy": then}, {"sessions": "revoked"})
    undo(later, revoke_role_sessions.remediation, again, second)
    assert policy_of(aws, "web", revoke_role_sessions.POLICY) == then
    undo(later, revoke_role_sessions.remediation, ROLE, first)
    assert inline_policies(aws)["web"] == ["read-buckets"]


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ({**DENY, "Condition": {"DateLessThan": CUT}}, "revoked"),
        ([{**DENY, "Condition": {"DateLessThan": {"aws:TokenIssueTime": ["2025-03-01T12:00:00Z"]}}}], "revoked"),
        ({**DENY, "Action": "s3:*", "Condition": {"DateLessThan": CUT}}, "allowed"),
        ({**DENY, "Effect": "Allow", "Condition": {"DateLessThan": CUT}}, "allowed"),
        ({**DENY, "Condition": {"DateLessThan": CUT, "StringEquals": {"aws:userid": "AROAX:a"}}}, "allowed"),
        ({**DENY, "Condition": {"DateLessThan": {"aws:TokenIssueTime": "1740830400"}}}, "allowed"),
        ({**DENY, "Condition": {"DateGreaterThan": CUT}}, "allowed"),
        (DENY, "allowed"),
    ],
    ids=["alone", "in lists", "one service", "an allow", "one session", "epoch", "newer sessions", "no condition"],
)
def test_only_a_denial_of_everything_by_issue_time_alone_counts(aws: Aws, statement: Any, state: str) -> None:
    make(aws, ROLE)
    policy = {"Version": "2012-10-17", "Statement": statement}
    aws.client("iam").put_role_policy(
        RoleName="web", PolicyName=revoke_role_sessions.POLICY, PolicyDocument=json.dumps(policy)
    )
    found = read(revoke_role_sessions.remediation, aws, ROLE)
    assert found == ({"sessions": "revoked"} if state == "revoked" else {"sessions": "allowed", "policy": policy})


# Deny one session of a role


def denial(aws: Aws, session: Resource) -> Any:
    role_id = aws.client("iam").get_role(RoleName="web")["Role"]["RoleId"]
    user_id = f"{role_id}:{session.id.partition('/')[2]}"
    statement = {**DENY, "Condition": {"StringEquals": {"aws:userid": user_id}}}
    return {"Version": "2012-10-17", "Statement": [statement]}


ALLOWED = {"session": "allowed", "policy": None}


def test_one_session_is_denied_and_its_healthy_peer_is_not(aws: Aws) -> None:
    make(aws, ROLE, SESSION)
    assert apply(aws, deny_role_session.remediation, SESSION) == (ALLOWED, {"session": "denied"})
    name = "countermeasure-deny-i-0123456789abcdef0"
    assert inline_policies(aws)["web"] == ["read-buckets", name]
    assert policy_of(aws, "web", name) == denial(aws, SESSION)
    assert read(deny_role_session.remediation, aws, PEER) == ALLOWED


@pytest.mark.parametrize("first", [SESSION, PEER], ids=["in order", "in reverse"])
def test_undo_allows_one_session_again_and_leaves_the_other_denied(aws: Aws, first: Resource) -> None:
    make(aws, SESSION, PEER)
    last = PEER if first is SESSION else SESSION
    changes = {s.id: apply(aws, deny_role_session.remediation, s) for s in (SESSION, PEER)}
    undo(aws, deny_role_session.remediation, first, changes[first.id])
    assert read(deny_role_session.remediation, aws, last) == {"session": "denied"}
    undo(aws, deny_role_session.remediation, last, changes[last.id])
    assert inline_policies(aws)["web"] == ["read-buckets"]


def test_a_policy_of_that_name_that_denies_something_else_is_put_back_by_undo(aws: Aws) -> None:
    make(aws, SESSION)
    aws.client("iam").put_role_policy(
        RoleName="web", PolicyName="countermeasure-deny-i-0123456789abcdef0", PolicyDocument=json.dumps(FOREIGN)
    )
    change = apply(aws, deny_role_session.remediation, SESSION)
    assert change[0] == {"session": "allowed", "policy": FOREIGN}
    undo(aws, deny_role_session.remediation, SESSION, change)


@pytest.mark.parametrize("name", ["*", "????????", "${aws:userid}", '"],"Resource":"x', "a/b", "naïve\u2028", "x" * 65])
def test_what_cannot_be_a_session_name_is_refused(aws: Aws, name: str) -> None:
    make(aws, ROLE)
    with pytest.raises(Unsupported, match="names no session"):
        read(deny_role_session.remediation, aws, replace(SESSION, id=f"web/{name}"))


def test_an_id_without_a_session_is_unsupported(aws: Aws) -> None:
    make(aws, ROLE)
    with pytest.raises(Unsupported, match="web names no session: role-name/session-name is needed"):
        read(deny_role_session.remediation, aws, replace(SESSION, id="web"))


# The scenes


def test_a_scene_asked_for_again_leaves_what_was_done_since(aws: Aws) -> None:
    make(aws, *RESOURCES.values())
    for remediation in REMEDIATIONS:
        apply(aws, remediation, RESOURCES[remediation.resource_type])
    statuses, policies = key_statuses(aws), inline_policies(aws)
    make(aws, *RESOURCES.values())
    assert (key_statuses(aws), inline_policies(aws)) == (statuses, policies)


@pytest.mark.parametrize("order", [(KEY, USER), (USER, KEY)], ids=["key first", "user first"])
def test_a_key_and_its_user_of_one_event_are_one_user(aws: Aws, order: tuple[Resource, ...]) -> None:
    make(aws, *order)
    statuses = key_statuses(aws)
    assert sorted(statuses) == ["alice", "alice-colleague"]
    assert len(statuses["alice"]) == 2
    assert statuses["alice"][KEY.id] == "Active"


def test_more_keys_than_a_user_can_have_spread_over_users(aws: Aws) -> None:
    keys = [replace(KEY, id=f"AKIA{n}00000000EXAMPLE", details={}) for n in range(3)]
    make(aws, *keys)
    owners = {key: user for user, statuses in key_statuses(aws).items() for key in statuses}
    assert [owners[key.id] for key in keys] == ["app-deployer", "app-deployer", "app-deployer-2"]


@pytest.mark.parametrize(
    ("remediation", "resource"), [(deny_user.remediation, USER), (revoke_role_sessions.remediation, ROLE)]
)
def test_drift_is_neither_what_was_before_nor_what_is_after(
    aws: Aws, remediation: Remediation, resource: Resource
) -> None:
    make(aws, resource)
    change = apply(aws, remediation, resource)
    SCENES[resource.type].drift[remediation.id](aws.boto, resource)
    assert read(remediation, aws, resource) not in change


@pytest.mark.parametrize(
    ("partition", "region"), [("aws", "us-east-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
)
def test_every_partition_knows_the_ids_of_the_event(aws: Aws, partition: str, region: str) -> None:
    boto = boto3.Session("testing", "testing", region_name=region)
    told = replace(SESSION, details={"role_id": "AROA1234567890EXAMPLE"})
    for resource in (KEY, USER, ROLE, told):
        there = replace(resource, partition=partition, region=region)
        assert SCENES[resource.type].make(boto, there) == resource.id
    iam = boto.client("iam")
    assert iam.get_access_key_last_used(AccessKeyId=KEY.id)["UserName"] == "alice"
    assert iam.get_role(RoleName="web")["Role"]["RoleId"] == "AROA1234567890EXAMPLE"
