"""What the benchmark says can be trusted: what is not fixed is not counted, and a promise that fails is shown."""

import json
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from bench import bare_lambda, case, judging, judging_time, matching, notices, replayed_candidate
from bench.calls import Made, before, named, noted, twice
from bench.case import fresh
from bench.cases import CASES
from bench.cold import Cold
from bench.report import Part, Promise, markdown, shown
from bench.warm import AWS, Answered
from bench.warm_runs import Warm
from chalicelib.pattern import Index

# moto says of an error of its own that SQS has no such shape.
pytestmark = pytest.mark.filterwarnings("ignore:Exception.QueueDoesNotExist:UserWarning")

ROOT = Path(__file__).parents[1]


@pytest.fixture
def simulated(monkeypatch):
    """An AWS of its own, and clients that have known no other."""
    for name, value in AWS.items():
        monkeypatch.setenv(name, value)
    caches = (case.client, bare_lambda.client, replayed_candidate._client)
    with mock_aws():
        for cache in caches:
            cache.cache_clear()
        yield
    for cache in caches:
        cache.cache_clear()


def answer_bare(name, state, monkeypatch):
    monkeypatch.setenv("TOPIC", state.get("topic", ""))
    monkeypatch.setenv("ISOLATION_GROUP", state.get("iso", ""))
    bare_lambda.handler(fresh(CASES[name].event(state), 1), None)


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_fixed_once_it_is_answered_until_it_is_broken_again(name, simulated, monkeypatch):
    chosen, state = CASES[name], CASES[name].make()
    chosen.spoil(state)
    assert not chosen.fixed(state)
    answer_bare(name, state, monkeypatch)
    assert chosen.fixed(state)
    chosen.spoil(state)
    assert not chosen.fixed(state)


def close_everything(state):
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    case.client("ec2").revoke_security_group_ingress(GroupId=state["sg"], IpPermissions=[https])


def open_the_isolation_group(state):
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "192.0.2.0/24"}]}
    case.client("ec2").authorize_security_group_ingress(GroupId=state["iso"], IpPermissions=[https])


def keep_a_group(state):
    groups = [state["iso"], *state["groups"].split()[1:]]
    case.client("ec2").modify_network_interface_attribute(NetworkInterfaceId=state["eni"], Groups=groups)


def switch_the_other_key_off(state):
    case.client("iam").update_access_key(UserName="dev", AccessKeyId=state["other"], Status="Inactive")


def tell_again(state):
    case.client("sns").publish(TopicArn=state["topic"], Message="again")


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("sg_open", close_everything),
        ("gd_ec2", open_the_isolation_group),
        ("gd_ec2_2sg", keep_a_group),
        ("gd_key", switch_the_other_key_off),
        ("root_login", tell_again),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_a_case_is_not_fixed_when_more_or_less_was_done_than_asked_for(name, harm, simulated, monkeypatch):
    state = CASES[name].make()
    CASES[name].spoil(state)
    answer_bare(name, state, monkeypatch)
    harm(state)
    assert not CASES[name].fixed(state)


@pytest.mark.parametrize("name", CASES)
def test_two_events_of_a_case_are_two_findings(name, simulated):
    state = CASES[name].make()
    first, second = (fresh(CASES[name].event(state), serial) for serial in (1, 2))
    assert first["id"] != second["id"]
    assert first["detail"] != second["detail"]


def test_calls_are_noted_with_what_they_asked_and_how_they_ended(simulated):
    with noted() as journal:
        sqs = boto3.client("sqs", region_name="us-east-1")
        sqs.list_queues()
        journal.on = True
        sqs.create_queue(QueueName="one")
        with pytest.raises(ClientError):
            sqs.get_queue_url(QueueName="two")
    assert [(made.name, made.region, made.parameters, made.error) for made in journal.calls] == [
        ("sqs:CreateQueue", "us-east-1", {"QueueName": "one"}, ""),
        ("sqs:GetQueueUrl", "us-east-1", {"QueueName": "two"}, "AWS.SimpleQueueService.NonExistentQueue"),
    ]
    assert all(made.cpu > 0 for made in journal.calls)


def made(service, operation, error="", **parameters):
    return Made(service, "us-east-1", operation, parameters, error, 1)


def test_a_call_with_the_same_parameters_is_made_twice_and_one_with_others_is_not():
    calls = named([made("ec2", "A", x=1), made("ec2", "A", x=2), made("ec2", "B"), made("ec2", "A", x=1)])
    assert twice(calls) == ["ec2:A"]
    assert twice([list(call) for call in calls]) == ["ec2:A"]  # as JSON gives them back


def test_what_comes_before_containment_ends_at_the_last_call_that_may_contain():
    calls = named([made("ec2", "Read"), made("ec2", "Move", to="a"), made("ec2", "Move", to="b"), made("sns", "Tell")])
    assert [name for name, _ in before(calls, frozenset({"ec2:Move"}))] == ["ec2:Read", "ec2:Move"]


def replay(calls, tmp_path):
    source = tmp_path / "recorded.calls"
    source.write_bytes(pickle.dumps(calls))
    handler = replayed_candidate.Replay(source)
    handler.ready()
    handler({}, None)


def test_calls_are_replayed_as_they_were_made(simulated, tmp_path):
    missing = "AWS.SimpleQueueService.NonExistentQueue"
    recorded = [made("sqs", "CreateQueue", QueueName="one"), made("sqs", "GetQueueUrl", missing, QueueName="two")]
    with noted() as journal:
        journal.on = True
        replay(recorded, tmp_path)
    assert named(journal.calls) == named(recorded)


@pytest.mark.parametrize("recorded", [made("sqs", "GetQueueUrl", QueueName="one"), made("sqs", "ListQueues", "Denied")])
def test_a_replay_that_ends_otherwise_compares_nothing(recorded, simulated, tmp_path):
    with pytest.raises(RuntimeError, match="ended with"):
        replay([recorded], tmp_path)


def test_a_warm_process_answers_an_event_per_line(tmp_path):
    command = [sys.executable, "-m", "bench.warm", "bare_candidate", "sg_open", "--work", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, input="\n\n", capture_output=True, text=True, check=True)
    built, *events = map(json.loads, done.stdout.splitlines())
    assert built["files"] == 1
    answered = [Answered(**event) for event in events]
    assert [(each.fixed, each.error, [name for name, _ in each.calls]) for each in answered] == [
        (True, "", ["ec2:DescribeSecurityGroups", "ec2:RevokeSecurityGroupIngress"])
    ] * 2
    assert all(each.cpu > 0 for each in answered)


READ, MOVE = ["ec2:DescribeInstances", "1"], ["ec2:ModifyNetworkInterfaceAttribute", "2"]


def event(cpu, **more):
    return Answered(
        **{"cpu": cpu, "wall": cpu, "beyond": 0.0, "fixed": True, "error": "", "calls": [READ, MOVE], **more}
    )


def warm(custodian=100.0, ours=70.0, bare=60.0, beyond=0.0, size=3_000_000, **more):
    """Return what the candidates did in the case of a mining instance, with events that take so long."""
    built = {"zip_bytes": size, "unzipped_bytes": size, "files": 1}
    cpus = {judging.CUSTODIAN: custodian, judging.BARE: 20.0, judging.REPLAYED: bare}
    each = {name: Warm(built, event(cpu), [event(cpu, beyond=beyond)]) for name, cpu in cpus.items()}
    own = event(ours, **more)
    return {"gd_ec2": {**each, judging.OURS: Warm(built, own, [own])}}


def cold(ours=900.0, megabytes=70.0):
    totals = {judging.CUSTODIAN: (1000.0, 75.0), judging.BARE: (500.0, 50.0), judging.OURS: (ours, megabytes)}
    return {
        "gd_ec2": {
            name: Cold(name, "gd_ec2", [400.0], [1.0], [total], [100.0], [memory], fixed=1)
            for name, (total, memory) in totals.items()
        }
    }


def held(part):
    return [promise.held for promise in part.promises]


@pytest.mark.parametrize(
    ("part", "kept"),
    [
        (judging_time.warm_part(warm()), [True, True, True]),
        (judging_time.warm_part(warm(ours=100.0, bare=100.0)), [True, True, True]),
        (judging_time.warm_part(warm(ours=110.0, bare=100.0)), [False, False, True]),
        (judging_time.warm_part(warm(ours=110.0, bare=100.0, beyond=15.0)), [True, True, True]),
        (judging_time.warm_part(warm(ours=110.0, bare=100.0, beyond=5.0)), [False, False, True]),
        (judging_time.warm_part(warm(ours=70.0, bare=50.0)), [True, True, False]),
        (judging_time.cold_part(cold()), [True, True]),
        (judging_time.cold_part(cold(ours=1001.0)), [False, True]),
        (judging_time.cold_part(cold(megabytes=75.5)), [True, False]),
        (judging.fixed(warm(), cold()), [True]),
        (judging.fixed(warm(fixed=False), cold()), [False]),
        (judging.calls(warm()), [True]),
        (judging.calls(warm(calls=[READ, READ, MOVE])), [False]),
        (judging.calls(warm(calls=[READ, MOVE, READ])), [True]),
        (judging.package(warm()), [True]),
        (judging.package(warm(size=4_000_001)), [False]),
    ],
)
def test_a_promise_holds_up_to_its_limit_and_no_further(part, kept):
    assert held(part) == kept


def test_ratios_are_of_what_was_measured_at_the_same_moment():
    measured = warm()
    for name, cpus in {judging.OURS: (50, 500, 60), judging.CUSTODIAN: (100, 1000, 100)}.items():
        measured["gd_ec2"][name].events = [event(float(cpu)) for cpu in cpus]
    for name in (judging.REPLAYED, judging.BARE):
        measured["gd_ec2"][name].events = [event(40.0)] * 3
    assert judging_time.warm_part(measured).rows[0][6] == "0.50"


def test_the_first_event_is_shown_with_what_only_it_asks_for():
    measured = warm()
    secret = ["ssm:GetParameter", "3"]
    measured["gd_ec2"][judging.OURS] = replace_first(measured["gd_ec2"][judging.OURS], [secret, READ, MOVE])
    assert judging.calls(measured).rows[1][1:] == [
        "countermeasure",
        "2",
        "1",
        "ec2:DescribeInstances; first also ssm:GetParameter",
    ]


def replace_first(each, calls):
    return Warm(each.built, replace(each.first, calls=calls), each.events)


def test_a_danger_that_nobody_ended_is_said():
    measured = warm(calls=[READ])
    assert judging.calls(measured).rows[1][2:4] == ["never contained", "never contained"]


def test_a_broken_promise_is_shown_on_the_terminal_and_on_the_page():
    part = Part("Warm", "How warm.", ["Case", "ms"], [["one", "1.0"]], [Promise("It is fast.", False, "1.0 ms")])
    assert shown(part).splitlines()[1:] == ["Warm", "  Case   ms", "  one   1.0", "  BROKEN It is fast. 1.0 ms"]
    page = markdown([part], "on a machine")
    assert "Conditions: on a machine.\n" in page
    assert "| It is fast. | **broken** | 1.0 ms |" in page
    assert page.endswith("\n## Warm\n\nHow warm.\n\n| Case | ms |\n|---|---:|\n| one | 1.0 |\n")


@pytest.mark.parametrize("source", range(len(matching.SOURCES)), ids=[each.__name__ for each in matching.SOURCES])
def test_every_event_that_is_matched_fires_its_rule(source):
    entries = matching.rules(200)
    index = Index(entries)
    found = matching.cases(entries, source)
    assert len(found) == 50
    assert all(number in index.match(each) for each, number in found)


def test_notices_that_arrive_keep_every_promise_and_a_lost_or_doubled_one_breaks_its_own():
    figures = notices.run(seed=7, number=60)
    assert held(notices.judged(figures)) == [True, True, True]
    lost = next(iter(figures.in_slack))
    kept = {name: times for name, times in figures.in_slack.items() if name != lost}
    assert held(notices.judged(replace(figures, in_slack=kept, fallen_back={}))) == [False, True, True]
    assert held(notices.judged(replace(figures, in_slack={**figures.in_slack, lost: 2}))) == [True, False, True]
    both = replace(figures, fallen_back={lost: 1}, doubtful=frozenset())
    assert held(notices.judged(both))[2] is False
