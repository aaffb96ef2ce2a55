"""Dead letters as people read them, send them again and take them away: nothing acts on a terminal, nothing is lost."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from typer.testing import CliRunner, Result

from chalicelib.catalogue import Catalogue
from cli import deployed as deployment_of
from cli import letters
from cli.main import app
from infrastructure.names import DECIDE, FUNCTIONS, named
from lab.organization import HUB, Lab
from tests.deployment import REGION, STAGE, Deployment, With, refused
from tests.functions import beat
from tests.replaying import NOW, event
from tests.test_remote import TRAIL, Functions, functions, real

pytestmark = pytest.mark.filterwarnings("ignore:Exception.QueueDoesNotExist")  # moto's own doubt about its error code

GAVE_UP = {"requestId": "r-1", "condition": "RetriesExhausted", "approximateInvokeCount": 3}
HOSTILE = "\x1b[2J\x1b]0;owned\x07\u202e\u2066name\u200b\r\nforged line"


@pytest.fixture
def deployment(lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Deployment:
    made = Deployment(lab, catalogue)
    made.instead["lambda"] = Functions(lab, catalogue)
    monkeypatch.setattr(letters, "WAIT_SECONDS", 0)
    monkeypatch.setattr(deployment_of, "deployed", lambda stage, region: made.deployed)
    for function in FUNCTIONS:
        made.aws("sqs").create_queue(QueueName=named(STAGE, function))
    return made


def put(deployment: Deployment, body: object, function: str = "cloudtrail", **told: str) -> str:
    """Put a message on a function's queue; return its id."""
    sqs = deployment.aws("sqs")
    url = sqs.get_queue_url(QueueName=named(STAGE, function))["QueueUrl"]
    text = body if isinstance(body, str) else json.dumps(body)
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in told.items()}
    return str(sqs.send_message(QueueUrl=url, MessageBody=text, MessageAttributes=attributes)["MessageId"])


def given_up(what: object, why: str = "1 responses failed") -> dict[str, Any]:
    """Return what Lambda writes of an event that it gave up."""
    return {"requestContext": GAVE_UP, "requestPayload": what, "responsePayload": {"errorMessage": why}}


def run(*arguments: str, say: str = "") -> Result:
    return CliRunner().invoke(app, ["deadletters", *arguments, "--stage", STAGE], input=say)


def ids(deployment: Deployment) -> list[str]:
    """Return the letters that everybody sees now."""
    result = run("list", "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line)["id"] for line in result.stdout.splitlines()]


class TestList:
    def test_what_waits_in_every_queue_is_listed_those_of_decisions_and_schedules_too(
        self, deployment: Deployment
    ) -> None:
        put_there = {function: put(deployment, given_up({"source": "x"}), function) for function in FUNCTIONS}
        lines = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
        assert {line["function"]: line["id"] for line in lines} == put_there

    def test_a_letter_of_eventbridge_and_one_of_lambda_say_who_gave_up_after_how_many_tries(
        self, deployment: Deployment
    ) -> None:
        rule = {"RULE_ARN": "arn:aws:events:us-east-1:222222222222:rule/x", "RETRY_ATTEMPTS": "60"}
        put(deployment, {"source": "x"}, "config", ERROR_CODE="NO_PERMISSIONS", **rule)
        put(deployment, given_up({"source": "x"}), "signin")
        told = [json.loads(line) for line in run("--json").stdout.splitlines()]
        assert [(each["by"], each["tries"], each["why"]) for each in told] == [
            ("EventBridge", 60, "NO_PERMISSIONS"),
            ("Lambda", 3, "1 responses failed"),
        ]

    def test_how_much_the_archives_hold_is_said_beside_it(self, deployment: Deployment) -> None:
        bus = f"arn:aws:events:{REGION}:{HUB}:event-bus/default"
        deployment.aws("events").create_archive(ArchiveName=named(STAGE, "config"), EventSourceArn=bus)
        assert run().stdout == (
            "No event waits.\n1 archives keep all events, 0 now: countermeasure archive --stage dev\n"
        )


class TestShow:
    def test_a_letter_is_shown_whole_and_stays(self, deployment: Deployment) -> None:
        what = real(deployment)
        id_ = put(deployment, given_up(what, "no role"))
        for _ in range(2):
            shown = run("show", id_).stdout
        lines = shown.splitlines()
        assert lines[0] == f"{id_} in the queue of cloudtrail"
        assert "  given up by Lambda, after 3 tries" in lines
        assert "  why     no role" in lines
        assert f"  replay  countermeasure deadletters replay {id_}" in lines
        assert json.loads(shown[shown.index("\n{") :]) == what
        assert ids(deployment) == [id_]

    def test_nothing_in_an_event_acts_on_a_terminal(self, deployment: Deployment) -> None:
        what = {**event(TRAIL), "detail-type": HOSTILE, "detail": {HOSTILE: [HOSTILE]}}
        by_lambda = put(deployment, given_up(what, HOSTILE))
        raw = put(deployment, f"not JSON {HOSTILE}", ERROR_MESSAGE=HOSTILE)
        for shown in (run("show", by_lambda, raw).stdout, run("list").stdout):
            assert all(character.isprintable() or character == "\n" for character in shown)
            assert [line for line in shown.splitlines() if line.startswith("forged line")] == []

    def test_a_letter_that_holds_no_event_is_shown_as_it_is(self, deployment: Deployment) -> None:
        id_ = put(deployment, "{broken")
        shown = run("show", id_).stdout
        assert shown.splitlines()[-1] == "  | {broken"
        assert "  replay  not an event" in shown.splitlines()
        assert json.loads(run("show", id_, "--json").stdout)["body"] == "{broken"

    def test_an_event_without_end_is_cut_where_the_whole_of_it_is_a_click_away(self, deployment: Deployment) -> None:
        id_ = put(deployment, {"source": "x", "detail": {"list": list(range(1000))}})
        assert run("show", id_).stdout.splitlines()[-1].endswith(" more lines: --json gives all of it")
        assert json.loads(run("show", id_, "--json").stdout)["event"]["detail"]["list"][-1] == 999

    @pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 50_000], ids=["brackets", "braces"])
    def test_what_is_nested_without_end_is_no_event(self, deployment: Deployment, deep: str) -> None:
        id_ = put(deployment, deep)
        assert run("show", id_).exit_code == 0
        assert ids(deployment) == [id_]

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("show",), "say which: countermeasure deadletters show ID"),
            (("show", "none"), "no letter none waits"),
            (("replay", "none"), "no letter none waits"),
            (("--discard", "none"), "no letter none waits"),
            (("--function", "mail"), "there is no function 'mail'; use one of guardduty, "),
        ],
        ids=["no id", "show", "replay", "discard", "function"],
    )
    def test_what_is_not_there_is_one_line_and_exit_code_2(
        self, deployment: Deployment, arguments: tuple[str, ...], said: str
    ) -> None:
        id_ = put(deployment, {"source": "x"})
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"countermeasure: {said}")
        assert result.stderr.count("\n") == 1
        assert ids(deployment) == [id_]


class TestReplay:
    def test_those_that_are_named_are_sent_and_taken_off_and_the_others_stay(self, deployment: Deployment) -> None:
        what = real(deployment)
        first, second = put(deployment, given_up(what)), put(deployment, event(TRAIL))
        result = run("replay", first, "--mode", "enforce", "--yes")
        assert result.exit_code == 0, result.output
        assert [name for name, _ in functions(deployment).calls] == ["countermeasure-dev-cloudtrail"]
        assert ids(deployment) == [second]

    def test_without_an_id_all_are(self, deployment: Deployment) -> None:
        for function in ("cloudtrail", "guardduty"):
            put(deployment, event(TRAIL), function)
        run("replay", "--mode", "approve")
        assert len(functions(deployment).calls) == 2
        assert ids(deployment) == []

    @pytest.mark.parametrize(
        ("function", "body", "why"),
        [
            (DECIDE, {"action": "approve"}, "a decision is not sent again: decide anew, in Slack or here"),
            ("health", given_up(beat(NOW)), "a heartbeat is not sent again: the next is on its way"),
            ("health", "not JSON", "not an event"),
        ],
        ids=["a decision", "a heartbeat", "no event"],
    )
    def test_what_cannot_be_sent_again_is_said_and_stays(
        self, deployment: Deployment, function: str, body: object, why: str
    ) -> None:
        id_ = put(deployment, body, function)
        result = run("replay", id_, "--mode", "approve", "--json")
        assert (json.loads(result.stdout)["problem"], result.exit_code) == (why, 1)
        assert (functions(deployment).calls, ids(deployment)) == ([], [id_])


class TestDiscard:
    def test_it_is_shown_asked_about_and_gone(self, deployment: Deployment) -> None:
        id_, other = put(deployment, "{broken", "decide"), put(deployment, {"source": "x"})
        result = run("--discard", id_, say="y\n")
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith(f"{id_} in the queue of decide\n")
        assert f"Take {id_} off the queue of decide for good? [y/N]" in result.stderr
        assert result.stdout.endswith(f"Taken off the queue of decide: {id_}.\n")
        assert ids(deployment) == [other]

    @pytest.mark.parametrize("say", ["n\n", "", "\n"], ids=["no", "nothing", "the default"])
    def test_who_does_not_say_yes_takes_nothing_away(self, deployment: Deployment, say: str) -> None:
        id_ = put(deployment, "{broken")
        assert run("--discard", id_, say=say).exit_code == 1
        assert ids(deployment) == [id_]

    def test_of_an_event_that_could_be_sent_again_that_is_said(self, deployment: Deployment) -> None:
        id_ = put(deployment, event(TRAIL))
        assert "for good, although it could be sent again? [y/N]" in run("--discard", id_, say="n\n").stderr

    def test_a_program_says_yes_beforehand_and_gets_the_whole_letter(self, deployment: Deployment) -> None:
        id_ = put(deployment, "{broken")
        assert json.loads(run("--discard", id_, "--yes", "--json").stdout)["body"] == "{broken"
        assert ids(deployment) == []


def raising(error: Exception) -> Any:
    def call(*_: Any, **__: Any) -> Any:
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            refused("AccessDenied", "GetQueueUrl"),
            "AccessDenied from GetQueueUrl: refused; work in the role countermeasure-dev-operator of the hub",
        ),
        (refused("ExpiredToken", "GetQueueUrl"), "ExpiredToken from GetQueueUrl: refused; sign in again"),
        (NoCredentialsError(), "there are no AWS credentials; sign in to the hub, in the role"),
        (EndpointConnectionError(endpoint_url="https://sqs"), "EndpointConnectionError: Could not connect"),
    ],
    ids=["denied", "expired", "nobody", "no network"],
)
@pytest.mark.parametrize("what", [["list"], ["show", "x"], ["replay"], ["--discard", "x"]], ids=lambda what: what[0])
def test_what_aws_refuses_is_one_line(deployment: Deployment, error: Exception, said: str, what: list[str]) -> None:
    deployment.instead["sqs"] = With(None, get_queue_url=raising(error))
    result = run(*what)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"countermeasure: {said}")
    assert result.stderr.count("\n") == 1


def test_letters_that_were_read_before_an_error_are_shown_to_others_again(deployment: Deployment) -> None:
    id_ = put(deployment, event(TRAIL), "guardduty")
    sqs = deployment.aws("sqs")
    broken = refused("AccessDenied", "GetQueueUrl")

    def url(client: Any, QueueName: str) -> Any:  # noqa: N803 - boto3's name
        if QueueName.endswith("securityhub"):
            raise broken
        return client.get_queue_url(QueueName=QueueName)

    deployment.instead["sqs"] = With(sqs, get_queue_url=url)
    assert run("list").exit_code == 1
    del deployment.instead["sqs"]
    assert ids(deployment) == [id_]


def test_the_client_is_made_before_the_queues_are_read_side_by_side(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session of boto3 makes one client at a time (its guide, "Multithreading or multiprocessing with sessions")."""
    made_in: list[threading.Thread] = []
    ours = deployment.deployed

    def aws(service: str, region: str) -> Any:
        made_in.append(threading.current_thread())
        return deployment.aws(service, region)

    monkeypatch.setattr(deployment_of, "deployed", lambda stage, region: replace(ours, aws=aws))
    assert run("list").exit_code == 0
    assert made_in[0] is threading.main_thread()


@pytest.mark.parametrize("arguments", [[], ["--replay", "all", "--since", "2026-08-01", "--until", "2026-08-02"]])
def test_what_aws_refuses_of_an_archive_is_one_line(deployment: Deployment, arguments: list[str]) -> None:
    calls = dict.fromkeys(("list_archives", "describe_archive"), raising(refused("AccessDenied", "ListArchives")))
    deployment.instead["events"] = With(deployment.aws("events"), **calls)
    result = CliRunner().invoke(app, ["archive", "--stage", STAGE, *arguments])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "countermeasure: AccessDenied from ListArchives: refused; "
        "work in the role countermeasure-dev-operator of the hub\n"
    )


def test_a_function_that_fails_again_keeps_its_letter(deployment: Deployment) -> None:
    id_ = put(deployment, event(TRAIL))
    functions(deployment).answer = {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")}
    assert run("replay", id_, "--mode", "approve").exit_code == 1
    assert ids(deployment) == [id_]
