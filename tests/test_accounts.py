"""The ways into accounts: one client signs for everyone, scoped credentials, and every call written down."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
)
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts import Accounts, Clients, ScopedSession, describe, home_region
from chalicelib.catalogue import load
from chalicelib.errors import AccessRefused
from chalicelib.model import Call, Remediation, Resource
from chalicelib.scope import pins, policy
from lab.organization import EXTERNAL_ID, Lab

MEMBER, OTHER, HUB = "111122223333", "444455556666", "222222222222"
REGION = "eu-central-1"
NOON = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
REMEDIATIONS = load().remediations
KEY = REMEDIATIONS["iam.disable_access_key"]
BUCKET = REMEDIATIONS["s3.block_public_access"]
CLIENTS = Clients()


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def ways_into(lab: Lab, clock: Clock | None = None, **changes: Any) -> Accounts:
    return replace(Accounts(lab.hub("sts"), clock or Clock(), EXTERNAL_ID, clients=CLIENTS), **changes)


def session(lab: Lab, account: str = MEMBER, region: str = REGION) -> ScopedSession:
    return ScopedSession(account, region, "aws", "inc-1", NOON, lab.administrator(account), CLIENTS)


@contextmanager
def assumed(lab: Lab) -> Iterator[list[dict[str, Any]]]:
    """Collect the parameters of every AssumeRole of the hub."""
    asked: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        asked.append(dict(params))

    events = lab.hub("sts").meta.events
    events.register("provide-client-params.sts.AssumeRole", note, unique_id="assumed")
    try:
        yield asked
    finally:
        events.unregister("provide-client-params.sts.AssumeRole", unique_id="assumed")


def who(aws: ScopedSession) -> str:
    return str(aws.client("sts").get_caller_identity()["Account"])


class TestOneClientForAll:
    def test_two_threads_on_one_shared_client_each_act_in_their_own_account(self, lab: Lab) -> None:
        together = threading.Barrier(2, timeout=30)
        clients: set[int] = set()

        def alternate(accounts: tuple[str, str]) -> list[tuple[str, str]]:
            answers = []
            for number in range(100):
                account = accounts[number % 2]
                with session(lab, account) as aws:
                    clients.add(id(aws.client("sts")))
                    together.wait()
                    answers.append((account, who(aws)))
            return answers

        for account in (MEMBER, OTHER):
            lab.administrator(account)
        with ThreadPoolExecutor(2) as pool:
            answers = [answer for each in pool.map(alternate, [(MEMBER, OTHER), (OTHER, MEMBER)]) for answer in each]
        assert len(answers) == 200
        assert [answer for answer in answers if answer[0] != answer[1]] == []
        assert len(clients) == 1

    def test_a_client_is_made_once_per_service_and_region_however_many_ask_at_once(self, lab: Lab) -> None:
        clients = Clients()
        with ThreadPoolExecutor(4) as pool:
            asked = list(pool.map(lambda _: clients.get("sts", REGION), range(8)))
        assert len({id(client) for client in asked}) == 1
        assert clients.get("sts", "us-east-1") is not asked[0]

    def test_a_session_within_another_acts_in_its_own_account_and_then_the_outer_one_goes_on(self, lab: Lab) -> None:
        with session(lab) as outer:
            with session(lab, OTHER) as inner:
                assert who(inner) == OTHER
            assert who(outer) == MEMBER

    def test_no_client_is_given_outside_of_with(self, lab: Lab) -> None:
        aws = session(lab)
        with pytest.raises(RuntimeError, match=f"the session for {MEMBER} is not entered: use it inside `with`"):
            aws.client("sts")
        with aws:
            assert who(aws) == MEMBER
        with pytest.raises(RuntimeError, match="is not entered"):
            aws.client("sts")

    def test_a_session_that_another_was_entered_within_gives_no_client(self, lab: Lab) -> None:
        with session(lab) as outer, session(lab, OTHER), pytest.raises(RuntimeError, match="is not entered"):
            outer.client("sts")

    def test_a_client_that_outlives_its_session_signs_as_nobody(self, lab: Lab) -> None:
        with session(lab) as aws:
            client = aws.client("sts")
        with pytest.raises(RuntimeError, match="no session is entered"):
            client.get_caller_identity()

    def test_leaving_a_session_that_was_not_entered_changes_nothing(self, lab: Lab) -> None:
        with session(lab) as aws:
            session(lab, OTHER).__exit__(None, None, None)
            assert who(aws) == MEMBER


class TestCredentials:
    def test_many_plans_in_one_account_take_one_assume_role_that_can_only_read(self, lab: Lab) -> None:
        accounts = ways_into(lab)
        with assumed(lab) as asked:
            opened = [accounts.reading(MEMBER, REGION, f"inc-{number}", [KEY, BUCKET]) for number in range(20)]
        assert {aws.credentials for aws in opened} == {opened[0].credentials}
        assert [aws.incident for aws in opened] == [f"inc-{number}" for number in range(20)]
        assert asked == [
            {
                "RoleArn": f"arn:aws:iam::{MEMBER}:role/countermeasure-responder",
                "RoleSessionName": "countermeasure-plan",
                "DurationSeconds": 900,
                "SourceIdentity": "countermeasure",
                "Policy": policy({*KEY.reads, *BUCKET.reads}, {}),
                "ExternalId": EXTERNAL_ID,
            }
        ]

    def test_a_write_session_is_named_by_its_incident_and_serves_no_other(self, lab: Lab) -> None:
        accounts = ways_into(lab, external_id="", role="responder")
        bucket = Resource("AWS::S3::Bucket", "shop", MEMBER, REGION)
        with assumed(lab) as asked:
            for incident in ("inc-1", "inc-2", "inc-1"):
                accounts.writing(MEMBER, REGION, incident, [(BUCKET, bucket)])
        writes = {action: ["arn:aws:s3:::shop"] for action in BUCKET.writes}
        assert asked == [
            {
                "RoleArn": f"arn:aws:iam::{MEMBER}:role/responder",
                "RoleSessionName": incident,
                "DurationSeconds": 900,
                "SourceIdentity": "countermeasure",
                "Policy": policy(BUCKET.reads, writes),
            }
            for incident in ("inc-1", "inc-2")
        ]

    def test_a_session_acts_as_the_responder_under_the_name_it_was_opened_by(self, lab: Lab) -> None:
        accounts = ways_into(lab)
        bucket = Resource("AWS::S3::Bucket", "shop", OTHER, REGION)
        with accounts.writing(OTHER, REGION, "inc-7", [(BUCKET, bucket)]) as aws:
            arn = aws.client("sts").get_caller_identity()["Arn"]
        assert arn == f"arn:aws:sts::{OTHER}:assumed-role/countermeasure-responder/inc-7"
        assert (aws.account, aws.region, aws.partition, aws.incident, aws.now) == (OTHER, REGION, "aws", "inc-7", NOON)

    @pytest.mark.parametrize(("seconds", "renewed"), [(0, False), (839, False), (840, False), (841, True), (900, True)])
    def test_credentials_are_kept_until_a_minute_before_they_expire(
        self, lab: Lab, seconds: int, renewed: bool
    ) -> None:
        clock = Clock()
        accounts = ways_into(lab, clock)
        first = accounts.reading(MEMBER, REGION, "inc-1", [KEY])
        clock.now += timedelta(seconds=seconds)
        second = accounts.reading(MEMBER, REGION, "inc-1", [KEY])
        assert (second.credentials != first.credentials) is renewed
        assert (first.now, second.now) == (NOON, clock.now)

    def test_renewing_one_accounts_credentials_leaves_those_that_are_still_good(self, lab: Lab) -> None:
        clock = Clock()
        accounts = ways_into(lab, clock)
        accounts.reading(MEMBER, REGION, "inc-1", [KEY])
        clock.now += timedelta(seconds=600)
        other = accounts.reading(OTHER, REGION, "inc-1", [KEY])
        clock.now += timedelta(seconds=300)
        with assumed(lab) as asked:
            accounts.reading(MEMBER, REGION, "inc-1", [KEY])
            kept = accounts.reading(OTHER, REGION, "inc-1", [KEY])
        assert [call["RoleArn"].split(":")[4] for call in asked] == [MEMBER]
        assert kept.credentials == other.credentials

    @pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
    def test_the_role_is_of_the_organizations_partition(self, lab: Lab, partition: str) -> None:
        accounts = ways_into(lab, partition=partition)
        with assumed(lab) as asked:
            aws = accounts.reading(MEMBER, home_region(partition), "inc-1", [KEY])
        assert aws.partition == partition
        assert [call["RoleArn"] for call in asked] == [
            f"arn:{partition}:iam::{MEMBER}:role/countermeasure-responder",
        ]

    def test_a_refused_role_is_named_with_its_account_and_what_to_check(self, lab: Lab) -> None:
        accounts = ways_into(lab)
        with Stubber(accounts.sts) as stub:
            stub.add_client_error("assume_role", "AccessDenied", "not authorized to perform: sts:AssumeRole")
            with pytest.raises(AccessRefused) as caught:
                accounts.reading(MEMBER, REGION, "inc-1", [KEY])
        assert str(caught.value) == (
            f"arn:aws:iam::{MEMBER}:role/countermeasure-responder could not be assumed: AccessDenied from AssumeRole: "
            "not authorized to perform: sts:AssumeRole. Check that the member template is deployed there, "
            "and that its external id and organization id are this hub's."
        )
        assert isinstance(caught.value.__cause__, ClientError)

    def test_an_sts_that_cannot_be_reached_is_a_refusal_too_and_is_tried_anew_the_next_time(self, lab: Lab) -> None:
        accounts = ways_into(lab)

        def fail(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://sts.example.com")

        accounts.sts.meta.events.register("before-call.sts.AssumeRole", fail, unique_id="down")
        try:
            with pytest.raises(AccessRefused) as caught:
                accounts.writing(MEMBER, REGION, "inc-1", [])
        finally:
            accounts.sts.meta.events.unregister("before-call.sts.AssumeRole", unique_id="down")
        assert str(caught.value).startswith(
            f"arn:aws:iam::{MEMBER}:role/countermeasure-responder could not be assumed: EndpointConnectionError: "
            'Could not connect to the endpoint URL: "https://sts.example.com". Check that '
        )
        with accounts.reading(MEMBER, REGION, "inc-1", [KEY]) as aws:
            assert who(aws) == MEMBER


def statement(actions: list[str], *resources: str) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": list(resources) if resources else "*"}


POLICIES: dict[str, tuple[set[str], dict[str, set[str]], list[dict[str, object]]]] = {
    "reads alone": ({"s3:GetB", "s3:GetA"}, {}, [statement(["s3:GetA", "s3:GetB"])]),
    "writes, each on its own": (
        {"s3:Get"},
        {"s3:PutA": {"arn:aws:s3:::a"}, "s3:PutB": {"arn:aws:s3:::b"}},
        [statement(["s3:Get"]), statement(["s3:PutA"], "arn:aws:s3:::a"), statement(["s3:PutB"], "arn:aws:s3:::b")],
    ),
    "writes on the same resources share": (
        {"s3:Get"},
        {"s3:PutB": {"arn:aws:s3:::b", "arn:aws:s3:::a"}, "s3:PutA": {"arn:aws:s3:::a", "arn:aws:s3:::b"}},
        [statement(["s3:Get"]), statement(["s3:PutA", "s3:PutB"], "arn:aws:s3:::a", "arn:aws:s3:::b")],
    ),
    "a write that IAM cannot pin": (
        {"ec2:Describe"},
        {"ec2:Create": {"*", "arn:aws:ec2:eu-central-1:111122223333:instance/i-1"}},
        [statement(["ec2:Describe"]), statement(["ec2:Create"], "*")],
    ),
    "writes without reads": (set(), {"s3:PutA": {"arn:aws:s3:::a"}}, [statement(["s3:PutA"], "arn:aws:s3:::a")]),
    "nothing": (set(), {}, []),
}


class TestSessionPolicy:
    @pytest.mark.parametrize(("reads", "writes", "statements"), POLICIES.values(), ids=POLICIES)
    def test_a_policy_of(
        self, reads: set[str], writes: dict[str, set[str]], statements: list[dict[str, object]]
    ) -> None:
        assert json.loads(policy(reads, writes)) == {"Version": "2012-10-17", "Statement": statements}

    @pytest.mark.parametrize("remediation", REMEDIATIONS.values(), ids=REMEDIATIONS)
    def test_a_plan_may_do_nothing_that_writes(self, lab: Lab, remediation: Remediation) -> None:
        with assumed(lab) as asked:
            ways_into(lab).reading(MEMBER, REGION, "inc-1", [remediation])
        [allowed] = json.loads(asked[0]["Policy"])["Statement"]
        assert allowed == statement(sorted(remediation.reads))
        assert set(allowed["Action"]) & (set(remediation.writes) - set(remediation.reads)) == set()

    def test_writes_on_two_resources_are_pinned_to_these_two(self, lab: Lab) -> None:
        names = ("shop", "backup")
        units = [(BUCKET, Resource("AWS::S3::Bucket", name, MEMBER, REGION)) for name in names]
        with assumed(lab) as asked:
            ways_into(lab).writing(MEMBER, REGION, "inc-1", iter(units))
        assert json.loads(asked[0]["Policy"])["Statement"] == [
            statement(sorted(BUCKET.reads)),
            statement(sorted(BUCKET.writes), "arn:aws:s3:::backup", "arn:aws:s3:::shop"),
        ]

    def test_a_pin_may_name_every_part_of_a_resource(self) -> None:
        template = "arn:{partition}:x:{region}:{account}:{id}|{role}|{session}"
        resource = Resource("AWS::STS::AssumedRole", "web/i-0abc", MEMBER, "cn-north-1", "aws-cn")
        assert pins(replace(KEY, pin=(template, "{id}")), resource) == (
            f"arn:aws-cn:x:cn-north-1:{MEMBER}:web/i-0abc|web|i-0abc",
            "web/i-0abc",
        )

    def test_a_remediation_without_a_pin_writes_where_iam_has_no_resource(self) -> None:
        assert pins(replace(KEY, pin=()), Resource("AWS::S3::Bucket", "shop", MEMBER, REGION)) == ("*",)

    @pytest.mark.parametrize(
        ("id_", "pinned"),
        {
            "*": "${*}",
            "?": "${?}",
            "shop*": "shop${*}",
            "${aws:username}": "${$}{aws:username}",
            "${*}": "${$}{${*}}",
            "$": "${$}",
            "{account}": "{account}",
            "shop": "shop",
        }.items(),
    )
    def test_a_hostile_id_is_read_letter_by_letter(self, id_: str, pinned: str) -> None:
        resource = Resource("AWS::S3::Bucket", id_, MEMBER, REGION)
        assert pins(BUCKET, resource) == (f"arn:aws:s3:::{pinned}",)

    @given(
        st.text(st.sampled_from("*?${}ab/:"), max_size=12) | st.just("${aws:username}"),
        st.text(st.sampled_from("*?${}ab/:"), max_size=12),
    )
    def test_a_pin_lets_in_its_own_resource_and_no_other(self, id_: str, other: str) -> None:
        [pin] = pins(BUCKET, Resource("AWS::S3::Bucket", id_, MEMBER, REGION))
        assert lets_in(pin, f"arn:aws:s3:::{id_}")
        assert lets_in(pin, f"arn:aws:s3:::{other}") is (id_ == other)


def lets_in(pattern: str, arn: str) -> bool:
    """Tell whether IAM's wildcards match (IAM user guide, "IAM policy elements: Variables and tags"). No variables."""
    parts = re.findall(r"\$\{[*?$]\}|\$\{|.", pattern, re.DOTALL)
    assert "${" not in parts, f"a policy variable in {pattern}"
    wild = {"*": ".*", "?": "."}
    return bool(re.fullmatch("".join(wild.get(p) or re.escape(p[2] if len(p) > 1 else p) for p in parts), arn, re.S))


class TestCalls:
    def test_a_call_is_recorded_with_its_parameters_and_the_request_id_of_aws(self, lab: Lab) -> None:
        with session(lab, region="us-east-1") as aws:
            iam = aws.client("iam")
            made = iam.create_user(UserName="ann", Tags=[{"Key": "team", "Value": "shop"}])
            listed = iam.list_access_keys(UserName="ann")
        assert aws.calls == [
            Call(
                "iam:CreateUser",
                {"UserName": "ann", "Tags": [{"Key": "team", "Value": "shop"}]},
                made["ResponseMetadata"]["RequestId"],
            ),
            Call("iam:ListAccessKeys", {"UserName": "ann"}, listed["ResponseMetadata"]["RequestId"]),
        ]
        assert all(call.request_id for call in aws.calls)

    def test_a_failed_call_is_recorded_with_the_error_code(self, lab: Lab) -> None:
        with session(lab, region="us-east-1") as aws, pytest.raises(ClientError) as caught:
            aws.client("iam").delete_user(UserName="nobody")
        request_id = caught.value.response["ResponseMetadata"]["RequestId"]
        assert aws.calls == [Call("iam:DeleteUser", {"UserName": "nobody"}, request_id, "NoSuchEntity")]

    @pytest.mark.parametrize(
        ("service", "operation", "parameters", "recorded"),
        [
            ("iam", "list_users", {}, Call("iam:ListUsers", {}, "", "ConnectTimeoutError")),
            (
                "config",
                "start_configuration_recorder",
                {"ConfigurationRecorderName": "default"},
                Call(
                    "config:StartConfigurationRecorder",
                    {"ConfigurationRecorderName": "default"},
                    "",
                    "ConnectTimeoutError",
                ),
            ),
        ],
    )
    def test_a_call_that_aws_never_answered_is_recorded_under_its_name_and_with_why(
        self,
        lab: Lab,
        monkeypatch: pytest.MonkeyPatch,
        service: str,
        operation: str,
        parameters: dict[str, str],
        recorded: Call,
    ) -> None:
        def fail(**_: Any) -> None:
            raise ConnectTimeoutError(endpoint_url="https://aws.example.com")

        monkeypatch.setattr("time.sleep", lambda _: None)  # botocore's waits between its attempts
        clients = Clients()
        clients.get(service, "us-east-1").meta.events.register("before-send", fail)
        with replace(session(lab, region="us-east-1"), clients=clients) as aws, pytest.raises(ConnectTimeoutError):
            getattr(aws.client(service), operation)(**parameters)
        assert aws.calls == [recorded]

    def test_a_call_that_was_never_made_is_not_recorded(self, lab: Lab) -> None:
        with session(lab, region="us-east-1") as aws, pytest.raises(ParamValidationError):
            aws.client("iam").delete_user()
        assert aws.calls == []

    def test_secrets_in_parameters_are_withheld_at_any_depth(self, lab: Lab) -> None:
        clients = Clients()
        container = {"name": "web", "environment": [], "dockerLabels": {"dbPassword": "EXAMPLE", "team": "shop"}}
        with replace(session(lab), clients=clients) as aws, Stubber(aws.client("ecs")) as stub:
            stub.add_response("register_task_definition", {})
            aws.client("ecs").register_task_definition(family="web", containerDefinitions=(container,))
        shown = {"name": "web", "environment": [], "dockerLabels": {"dbPassword": "(withheld)", "team": "shop"}}
        assert aws.calls == [
            Call("ecs:RegisterTaskDefinition", {"family": "web", "containerDefinitions": [shown]}),
        ]

    def test_a_password_that_is_sent_is_not_recorded(self, lab: Lab) -> None:
        with session(lab, region="us-east-1") as aws:
            aws.client("iam").create_user(UserName="ann")
            aws.client("iam").create_login_profile(UserName="ann", Password="EXAMPLE-password")
        assert aws.calls[-1].parameters == {"UserName": "ann", "Password": "(withheld)"}

    def test_each_session_records_its_own_calls_and_no_others(self, lab: Lab) -> None:
        with session(lab) as one:
            who(one)
            with session(lab, OTHER) as other:
                who(other)
            who(one)
        assert ([call.operation for call in one.calls], [call.operation for call in other.calls]) == (
            ["sts:GetCallerIdentity"] * 2,
            ["sts:GetCallerIdentity"],
        )


class TestAlias:
    def test_an_accounts_alias_is_looked_up_once_with_that_permission_alone(self, lab: Lab) -> None:
        lab.boto(MEMBER, "us-east-1").client("iam").create_account_alias(AccountAlias="shop-sandbox")
        accounts = ways_into(lab)
        with assumed(lab) as asked:
            assert [accounts.alias(MEMBER) for _ in range(3)] == ["shop-sandbox"] * 3
        [call] = asked
        assert json.loads(call["Policy"])["Statement"] == [statement(["iam:ListAccountAliases"])]
        assert call["RoleSessionName"] == "countermeasure-plan"

    def test_an_account_without_an_alias_has_an_empty_one_and_is_not_asked_again(self, lab: Lab) -> None:
        accounts = ways_into(lab)
        assert accounts.alias(OTHER) == ""
        lab.boto(OTHER, "us-east-1").client("iam").create_account_alias(AccountAlias="later")
        assert accounts.alias(OTHER) == ""

    def test_a_refused_alias_is_asked_for_again(self, lab: Lab) -> None:
        lab.boto(MEMBER, "us-east-1").client("iam").create_account_alias(AccountAlias="shop-sandbox")
        accounts = ways_into(lab)
        with Stubber(accounts.sts) as stub:
            stub.add_client_error("assume_role", "AccessDenied", "no")
            with pytest.raises(AccessRefused, match=f"arn:aws:iam::{MEMBER}:role/countermeasure-responder"):
                accounts.alias(MEMBER)
        assert accounts.alias(MEMBER) == "shop-sandbox"


@pytest.mark.parametrize(
    ("partition", "region"),
    [("aws", "us-east-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")],
)
def test_a_partition_keeps_its_global_services_in(partition: str, region: str) -> None:
    assert home_region(partition) == region


ERRORS: dict[str, tuple[Exception, str]] = {
    "an answer": (
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "StopLogging"),
        "AccessDenied from StopLogging: no",
    ),
    "an answer that says nothing": (ClientError({}, "StopLogging"), "? from StopLogging: "),
    "an endless answer": (
        ClientError({"Error": {"Code": "X", "Message": "y" * 9000}}, "StopLogging"),
        "X from StopLogging: " + "y" * 480,
    ),
    "no answer": (BotoCoreError(), "BotoCoreError: An unspecified error occurred"),
    "an endless error": (ValueError("z" * 9000), "ValueError: " + "z" * 488),
}


@pytest.mark.parametrize(("error", "line"), ERRORS.values(), ids=ERRORS)
def test_an_error_is_one_bounded_line(error: Exception, line: str) -> None:
    assert describe(error) == line
