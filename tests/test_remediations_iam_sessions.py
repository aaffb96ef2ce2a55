"""What is special about the sessions of roles that a leaked key began: which are found, and which are left alone."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Unsupported
from chalicelib.model import Resource
from chalicelib.reconcile import plan, read, write
from lab.fakes import cloudtrail
from lab.scenes.iam_access_key import OTHERS, ROLE, begin, sessions
from remediations.iam import deny_role_session
from remediations.iam.deny_sessions_of_key import remediation
from remediations.iam.traces import PAGES, key_given, parsed, session_begun, signer, since
from tests.aws import ACCOUNT, NOW, Aws, apply, make, opened, undo

KEY = Resource("AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", ACCOUNT, "us-east-1", details={"user": "alice"})
SECOND = "ASIAI44QH8DHBEXAMPLE"
THIRD = "ASIAIOSFODNN7EXAMPL3"
FOURTH = "ASIAIOSFODNN7EXAMPL4"
FIRST, OTHER = (f"{ROLE}/{name}" for name in sessions(KEY.id))
FOREIGN = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}


@pytest.fixture
def aws() -> Iterator[Aws]:
    with time_machine.travel(NOW, tick=False), opened("us-east-1") as aws:
        cloudtrail.apply()
        yield aws


def denials(aws: Aws, role: str = ROLE) -> dict[str, str]:
    """Return the sessions that the role's policies deny: the names, and each one's `aws:userid`."""
    iam = aws.client("iam")
    found = {}
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        [statement] = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]
        if name.startswith("countermeasure-deny-"):
            found[name.removeprefix("countermeasure-deny-")] = statement["Condition"]["StringEquals"]["aws:userid"]
    return found


def role_id(aws: Aws, role: str = ROLE) -> str:
    return str(aws.client("iam").get_role(RoleName=role)["Role"]["RoleId"])


def assumed(aws: Aws, key_id: str, name: str, *, account: str = ACCOUNT, role: str = ROLE, gives: str = "") -> None:
    """Have CloudTrail know of a session, whether there is such a role or not."""
    arn = f"arn:aws:sts::{account}:assumed-role/{role}/{name}"
    id_ = role_id(aws, role) if account == ACCOUNT and role == ROLE else "AROA0123456789EXAMPLE"
    cloudtrail.record_role_assumed(KEY, key_id, arn, f"{id_}:{name}", gives)


# Which sessions are cut


def test_the_keys_sessions_are_denied_by_what_denies_one_session_and_undo_takes_only_that(aws: Aws) -> None:
    make(aws, KEY)
    change = apply(aws, remediation, KEY)
    assert change == (
        {"sessions": {FIRST: "free", OTHER: "free"}},
        {"sessions": {FIRST: "denied", OTHER: "denied"}},
    )
    assert denials(aws) == {name: f"{role_id(aws)}:{name}" for name in sessions(KEY.id)}
    for name in (FIRST, OTHER):
        alone = Resource("AWS::STS::AssumedRole", name, ACCOUNT, "us-east-1")
        assert read(deny_role_session.remediation, aws, alone) == {"session": "denied"}
    undo(aws, remediation, KEY, change)
    assert denials(aws) == {}


def test_the_session_of_the_same_role_that_another_key_began_goes_on(aws: Aws) -> None:
    make(aws, KEY)
    history = aws.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "AssumeRole"}]
    )
    began = [json.loads(event["CloudTrailEvent"]) for event in history["Events"]]
    names = {call["requestParameters"]["roleSessionName"]: signer(call) == KEY.id for call in began}
    assert names == {**dict.fromkeys(sessions(KEY.id), True), OTHERS: False}
    apply(aws, remediation, KEY)
    assert OTHERS not in denials(aws)


def test_a_key_that_began_nothing_is_compliant(aws: Aws) -> None:
    cloudtrail.record(KEY, "ListBuckets", None)
    planned = plan(remediation, aws, KEY)
    assert (planned.needed, planned.before) == (False, {"sessions": {}})
    assert set(aws.made()) == {"LookupEvents"}


def test_sessions_on_every_page_and_of_keys_that_the_key_got_are_found(aws: Aws) -> None:
    make(aws, KEY)
    assumed(aws, KEY.id, "chained", gives=SECOND)
    assumed(aws, SECOND, "further", gives=THIRD)
    assumed(aws, THIRD, "furthest", gives=SECOND)
    token = {"eventName": "GetSessionToken", "responseElements": {"credentials": {"accessKeyId": FOURTH}}}
    cloudtrail.keep(KEY, {**CALL, "eventTime": "2025-03-01T12:00:00Z", **token})
    assumed(aws, FOURTH, "by-token")
    for _ in range(60):
        assumed(aws, KEY.id, "again")
    aws.made()
    found = read(remediation, aws, KEY)
    assert set(found) == {"sessions"}
    assert {*found["sessions"]} == {
        FIRST,
        OTHER,
        *(f"{ROLE}/{name}" for name in ("again", "by-token", "chained", "further", "furthest")),
    }
    assert aws.made().count("LookupEvents") == 6  # two of the key, one of each that it got: one is the scene's


def test_what_hides_behind_more_calls_than_are_read_is_said_and_the_newest_are_cut(aws: Aws) -> None:
    make(aws, KEY)
    for _ in range(PAGES * 50):
        cloudtrail.record_role_assumed(KEY, KEY.id, "", "")
    assumed(aws, KEY.id, "newest")
    aws.made()
    assert plan(remediation, aws, KEY).after == {
        "sessions": {f"{ROLE}/newest": "denied"},
        "traced": "the newest calls only",
    }
    assert aws.made().count("LookupEvents") == PAGES + 1


# Which are not cut


def test_a_session_in_another_account_is_told_of_and_not_cut_here(aws: Aws) -> None:
    make(aws, KEY)
    assumed(aws, KEY.id, "abroad", account="999988887777")
    before, after = apply(aws, remediation, KEY)
    assert before["beyond"] == after["beyond"] == [f"999988887777/{ROLE}/abroad"]
    assert "abroad" not in denials(aws)


@pytest.mark.parametrize(
    "role", ["AWSServiceRoleForSupport", "AWSReservedSSO_Admin_0123456789abcdef", "countermeasure-responder"]
)
def test_sessions_of_aws_own_roles_and_of_the_responder_are_left_alone(aws: Aws, role: str) -> None:
    begin(aws.boto, KEY, KEY.id, "kept", role=role)
    planned = plan(remediation, aws, KEY)
    assert (planned.needed, planned.after) == (False, {"sessions": {}, "beyond": [f"{ACCOUNT}/{role}/kept"]})


def test_a_role_that_is_gone_or_was_made_anew_under_its_name_has_no_session_to_cut(aws: Aws) -> None:
    make(aws, KEY)
    assumed(aws, KEY.id, "orphan", role="deleted")
    aws.client("iam").create_role(RoleName="anew", AssumeRolePolicyDocument=json.dumps(FOREIGN))
    assumed(aws, KEY.id, "before", role="anew")
    assert {*read(remediation, aws, KEY)["sessions"]} == {FIRST, OTHER}


CALL: Any = {
    "eventSource": "sts.amazonaws.com",
    "eventName": "AssumeRole",
    "userIdentity": {"accessKeyId": KEY.id},
    "responseElements": {
        "credentials": {"accessKeyId": SECOND},
        "assumedRoleUser": {
            "assumedRoleId": "AROA0123456789EXAMPLE:x1",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/x1",
        },
    },
}
HOSTILE: dict[str, dict[str, Any]] = {
    "it failed": {"errorCode": "AccessDenied"},
    "another service": {"eventSource": "sts.example.com"},
    "another call": {"eventName": "AssumeRoleWithSAML"},
    "no answer": {"responseElements": None},
    "an answer of text": {"responseElements": "HIDDEN_DUE_TO_SECURITY_REASONS"},
    "a wildcard": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/*", "assumedRoleId": "AROA0123456789EXAMPLE:*"},
    "a variable": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/${{aws:username}}/x1"},
    "a path out": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/../x1"},
    "a line more": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/x1\n"},
    "two names": {"assumedRoleId": "AROA0123456789EXAMPLE:y1"},
    "a user": {"arn": f"arn:aws:iam::{ACCOUNT}:user/x1", "assumedRoleId": "AIDA0123456789EXAMPLE:x1"},
    "a number": {"arn": 1, "assumedRoleId": ["AROA0123456789EXAMPLE:x1"]},
}


def hostile(changes: dict[str, Any]) -> Any:
    call = copy.deepcopy(CALL)
    for name, value in changes.items():
        (call if name in {*CALL, "errorCode"} else call["responseElements"]["assumedRoleUser"])[name] = value
    return call


def test_a_call_as_sts_answers_it_names_a_session_and_a_key() -> None:
    call = parsed(json.dumps(CALL))
    found = session_begun(call)
    assert found
    assert (signer(call), key_given(call), found.name) == (KEY.id, SECOND, f"{ROLE}/x1")


@pytest.mark.parametrize("changes", HOSTILE.values(), ids=HOSTILE)
def test_a_record_of_another_kind_or_shape_begins_nothing(aws: Aws, changes: dict[str, Any]) -> None:
    assert session_begun(parsed(json.dumps(hostile(changes)))) is None
    cloudtrail.keep(KEY, {"eventTime": "2025-03-01T12:00:00Z", **hostile(changes)})
    assert plan(remediation, aws, KEY).before == {"sessions": {}}


@given(st.one_of(st.text(), st.recursive(st.none() | st.text(), st.lists).map(json.dumps), st.just("[" * 100_000)))
def test_no_text_of_a_record_breaks_the_look_at_it(text: str) -> None:
    call = parsed(text)
    assert (signer(call), key_given(call), session_begun(call)) == ("", "", None)


def test_an_event_history_that_does_not_answer_fails_this_step_alone(aws: Aws) -> None:
    http = type("Http", (), {"status_code": 400})()
    answer = {"Error": {"Code": "AccessDeniedException", "Message": ""}, "ResponseMetadata": {}}
    aws.client("cloudtrail").meta.events.register("before-call.cloudtrail.LookupEvents", lambda **_: (http, answer))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        read(remediation, aws, KEY)


# From when on


@pytest.mark.parametrize(
    ("seen", "hours"),
    [
        ("2025-03-01T12:00:00Z", 12),
        ("2025-03-01T02:00:00Z", 22),
        ("2025-03-01T13:00:00+01:00", 12),
        ("9999-12-31T23:59:59-23:59", 12),
        ("0001-01-01T00:00:00Z", 12),
        ("yesterday", 12),
        ("", 12),
    ],
)
def test_it_looks_back_twelve_hours_from_when_the_key_was_seen(seen: str, hours: int) -> None:
    assert since(seen, NOW) == NOW - timedelta(hours=hours)


def test_what_was_denied_is_found_and_given_back_days_later(aws: Aws) -> None:
    key = replace(KEY, seen=NOW.isoformat())
    make(aws, key)
    change = apply(aws, remediation, key)
    later = replace(aws, now=NOW + timedelta(days=3))
    assert read(remediation, later, key) == change[1]
    undo(later, remediation, key, change)
    assert denials(aws) == {}


def test_a_session_that_began_before_is_over_and_left_alone(aws: Aws) -> None:
    make(aws, KEY)
    later = NOW + timedelta(hours=12, seconds=1)
    assert read(remediation, replace(aws, now=later), KEY) == {"sessions": {}}


# Beside others who deny


def alone(name: str) -> Resource:
    return Resource("AWS::STS::AssumedRole", name, ACCOUNT, "us-east-1")


def test_a_session_that_was_denied_before_stays_so_after_undo(aws: Aws) -> None:
    make(aws, KEY)
    apply(aws, deny_role_session.remediation, alone(FIRST))
    change = apply(aws, remediation, KEY)
    assert change[0] == {"sessions": {FIRST: "denied", OTHER: "free"}}
    assert len(denials(aws)) == 2
    undo(aws, remediation, KEY, change)
    assert [*denials(aws)] == [FIRST.partition("/")[2]]


def test_whoever_denies_one_of_the_sessions_after_it_has_nothing_to_do(aws: Aws) -> None:
    make(aws, KEY)
    apply(aws, remediation, KEY)
    assert not plan(deny_role_session.remediation, aws, alone(FIRST)).needed


def test_undo_puts_back_the_policy_that_had_a_denials_name(aws: Aws) -> None:
    make(aws, KEY)
    name = f"countermeasure-deny-{sessions(KEY.id)[0]}"
    aws.client("iam").put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=json.dumps(FOREIGN))
    change = apply(aws, remediation, KEY)
    assert change[0] == {"sessions": {FIRST: FOREIGN, OTHER: "free"}}
    undo(aws, remediation, KEY, change)
    found = aws.client("iam").get_role_policy(RoleName=ROLE, PolicyName=name)
    assert found["PolicyDocument"] == FOREIGN


@pytest.mark.parametrize(
    ("code", "raised"), [("AccessDenied", ClientError), ("LimitExceeded", Unsupported)], ids=["protected", "no room"]
)
def test_a_session_that_aws_refuses_to_cut_holds_back_no_other(aws: Aws, code: str, raised: type[Exception]) -> None:
    make(aws, KEY)
    begin(aws.boto, KEY, KEY.id, "first", role="break-glass")

    def refuse(params: Any, **_: Any) -> Any:
        if "break-glass" not in str(params["body"]):
            return None
        http = type("Http", (), {"status_code": 403})()
        return http, {"Error": {"Code": code, "Message": "not this role"}, "ResponseMetadata": {}}

    aws.client("iam").meta.events.register("before-call.iam.PutRolePolicy", refuse)
    planned = plan(remediation, aws, KEY)
    with pytest.raises(raised):
        write(remediation, aws, KEY, planned.before, planned.after)
    assert read(remediation, aws, KEY)["sessions"] == {"break-glass/first": "free", FIRST: "denied", OTHER: "denied"}
