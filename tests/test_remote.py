"""Replaying through the deployed functions: who is called with what, who is asked before, what waits and goes again."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner, Result

from chalicelib.catalogue import Catalogue
from chalicelib.errors import CountermeasureError
from chalicelib.model import Mode
from cli import deployed as deployment_of
from cli.archive import list_archives, replay_archive
from cli.deadletters import list_letters, replay_letters
from cli.main import app
from cli.remote import Wishes
from infrastructure.names import named
from lab.organization import HUB, Lab
from lab.stage import prepare
from tests.deployment import REGION, STAGE, Deployment, refused
from tests.replaying import event

pytestmark = pytest.mark.filterwarnings("ignore:Exception.QueueDoesNotExist")  # moto's own doubt about its error code
TRAIL = "cloudtrail.trail_logging_stopped/fires.by_name"
NOW = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


class Functions:
    """Lambda, as far as functions are called: each runs the engine on what it is sent, or answers as it is told."""

    def __init__(self, lab: Lab, catalogue: Catalogue) -> None:
        self.lab, self.catalogue = lab, catalogue
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answer: Mapping[str, Any] | None = None

    def invoke(self, FunctionName: str, Payload: bytes) -> Mapping[str, Any]:  # noqa: N803 - boto3's names
        told = json.loads(Payload)
        self.calls.append((FunctionName, told))
        if self.answer is not None:
            return self.answer
        incidents = self.lab.engine(self.catalogue).handle(told)
        return {"Payload": io.BytesIO(json.dumps([incident.id for incident in incidents]).encode())}


@pytest.fixture
def deployment(lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Deployment:
    made = Deployment(lab, catalogue)
    made.instead["lambda"] = Functions(lab, catalogue)
    monkeypatch.setattr(deployment_of, "deployed", lambda stage, region: made.deployed)
    return made


def functions(deployment: Deployment) -> Functions:
    found: Functions = deployment.instead["lambda"]
    return found


def run(*arguments: str, say: str = "") -> Result:
    return CliRunner().invoke(app, list(arguments), input=say)


def written(folder: Path, what: object, name: str = "event.json") -> str:
    (folder / name).write_text(what if isinstance(what, str) else json.dumps(what))
    return str(folder / name)


def real(deployment: Deployment, name: str = TRAIL) -> dict[str, Any]:
    return dict(prepare(deployment.lab, deployment.catalogue, event(name)).event)


def logging(deployment: Deployment, what: Mapping[str, Any]) -> bool:
    client = deployment.lab.boto(what["account"], what["region"]).client("cloudtrail")
    return bool(client.get_trail_status(Name=what["detail"]["requestParameters"]["name"])["IsLogging"])


class TestReplay:
    def test_the_function_of_the_source_is_called_with_the_event_and_observes(
        self, deployment: Deployment, tmp_path: Path
    ) -> None:
        what = real(deployment)
        result = run("replay", "--to", STAGE, written(tmp_path, what))
        assert result.exit_code == 0, result.output
        expected = {**what, "countermeasure": {"ceiling": "observe"}}
        assert functions(deployment).calls == [("countermeasure-dev-cloudtrail", expected)]
        assert result.stdout.startswith(f"{tmp_path}/event.json  cloudtrail, no further than observe: inc-")
        assert not logging(deployment, what)

    @pytest.mark.parametrize("say", ["y\n", None], ids=["who says yes", "--yes"])
    def test_to_enforce_somebody_must_say_so(self, deployment: Deployment, tmp_path: Path, say: str | None) -> None:
        what = real(deployment)
        yes = ["--yes"] if say is None else []
        result = run("replay", "--to", STAGE, "--mode", "enforce", *yes, written(tmp_path, what), say=say or "")
        assert result.exit_code == 0, result.output
        assert logging(deployment, what)
        asked = f"Send 1 events about {what['account']} to dev in {HUB} us-east-1, to change resources"
        assert (asked in result.stderr) is (say is not None)

    @pytest.mark.parametrize("say", ["n\n", "", "\n"], ids=["no", "nothing", "the default"])
    def test_who_does_not_say_yes_sends_nothing(self, deployment: Deployment, tmp_path: Path, say: str) -> None:
        result = run("replay", "--to", STAGE, "--mode", "enforce", written(tmp_path, real(deployment)), say=say)
        assert result.exit_code == 1
        assert functions(deployment).calls == []

    def test_what_a_file_says_of_its_own_ceiling_does_not_count(self, deployment: Deployment, tmp_path: Path) -> None:
        path = written(tmp_path, {**real(deployment), "countermeasure": {"ceiling": "enforce"}})
        assert run("replay", "--to", STAGE, path).exit_code == 0
        assert functions(deployment).calls[0][1]["countermeasure"] == {"ceiling": "observe"}

    def test_events_on_standard_input_cannot_be_asked_about(self, deployment: Deployment) -> None:
        result = run("replay", "--to", STAGE, "--mode", "enforce", "-", say=json.dumps(event(TRAIL)))
        assert isinstance(result.exception, CountermeasureError)
        assert str(result.exception).endswith("add --yes to enforce")
        assert functions(deployment).calls == []

    def test_what_no_function_hears_is_not_sent_and_bad_input_is_exit_code_2(
        self, deployment: Deployment, tmp_path: Path
    ) -> None:
        bad = written(tmp_path, "{", "bad.json")
        other = written(tmp_path, {**event(TRAIL), "source": "aws.s3", "detail-type": "Object Created"}, "other.json")
        result = run("replay", "--to", STAGE, bad, other)
        assert result.stdout == f"{other}  not sent: not a security event: aws.s3 Object Created\n"
        assert result.stderr.startswith(f"{bad}: malformed: is not JSON")
        assert (result.exit_code, functions(deployment).calls) == (2, [])

    FAILED: ClassVar[dict[str, tuple[Mapping[str, Any], str]]] = {
        "the function": (
            {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "1 responses failed: no role"}')},
            "1 responses failed: no role",
        ),
        "without a reason": (
            {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"")},
            "the function failed and does not say why: see its log",
        ),
        "with another answer": (
            {"Payload": io.BytesIO(b'{"ok": true}')},
            "the function answers unlike this version of countermeasure: deploy it anew",
        ),
    }

    @pytest.mark.parametrize(("answer", "why"), FAILED.values(), ids=FAILED)
    def test_a_function_that_fails_is_exit_code_1_and_says_why(
        self, deployment: Deployment, tmp_path: Path, answer: Mapping[str, Any], why: str
    ) -> None:
        functions(deployment).answer = answer
        path = written(tmp_path, event(TRAIL))
        result = run("replay", "--to", STAGE, path, "--json")
        told = {"event": path, "function": "cloudtrail", "incidents": [], "problem": why}
        assert (json.loads(result.stdout), result.exit_code) == (told, 1)

    def test_a_function_that_may_not_be_called_says_who_may(
        self, deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(**_: Any) -> None:
            raise refused("AccessDeniedException", "Invoke")

        monkeypatch.setattr(functions(deployment), "invoke", refuse)
        path = written(tmp_path, event(TRAIL))
        result = run("replay", "--to", STAGE, path)
        why = "AccessDeniedException from Invoke: refused; work in the role countermeasure-dev-operator of the hub"
        assert (result.stderr, result.exit_code) == (f"{path}: failed: {why}\n", 1)

    @pytest.mark.parametrize("option", ["--undo", "--keep"])
    def test_what_only_the_embedded_aws_can_do_is_refused(
        self, deployment: Deployment, tmp_path: Path, option: str
    ) -> None:
        result = run("replay", "--to", STAGE, option, written(tmp_path, event(TRAIL)))
        assert (result.exit_code, functions(deployment).calls) == (2, [])


class TestDeadLetters:
    def put(self, deployment: Deployment, body: object, **attributes: str) -> None:
        sqs = deployment.aws("sqs")
        url = sqs.create_queue(QueueName=named(STAGE, "cloudtrail"))["QueueUrl"]
        told = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        sqs.send_message(
            QueueUrl=url, MessageBody=body if isinstance(body, str) else json.dumps(body), MessageAttributes=told
        )

    def waiting(self, deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
        capsys.readouterr()
        assert list_letters(deployment.deployed, "cloudtrail", Wishes(as_json=True)) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    FORMS: ClassVar[dict[str, tuple[object, dict[str, str], str]]] = {
        "of EventBridge": (
            {"source": "x"},
            {"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "not allowed"},
            "NO_PERMISSIONS: not allowed",
        ),
        "of Lambda": (
            {"source": "x"},
            {"ErrorCode": "200", "ErrorMessage": "1 responses failed"},
            "200: 1 responses failed",
        ),
        "of an on-failure destination": (
            {
                "requestContext": {"condition": "RetriesExhausted"},
                "requestPayload": {"source": "x"},
                "responsePayload": {"errorMessage": "1 responses failed"},
            },
            {},
            "1 responses failed",
        ),
        "of an event that came too late": (
            {"requestContext": {"condition": "EventAgeExceeded"}, "requestPayload": {"source": "x"}},
            {},
            "EventAgeExceeded",
        ),
        "without a reason": ({"source": "x"}, {}, "no reason given"),
    }

    @pytest.mark.parametrize(("body", "attributes", "why"), FORMS.values(), ids=FORMS)
    def test_what_waits_is_listed_with_its_reason_and_stays(
        self,
        deployment: Deployment,
        capsys: pytest.CaptureFixture[str],
        body: object,
        attributes: dict[str, str],
        why: str,
    ) -> None:
        self.put(deployment, body, **attributes)
        for _ in range(2):
            [letter] = self.waiting(deployment, capsys)
            assert (letter["function"], letter["event"], letter["why"]) == ("cloudtrail", {"source": "x"}, why)

    def test_a_letter_that_is_answered_is_taken_off_its_queue(
        self, deployment: Deployment, capsys: pytest.CaptureFixture[str]
    ) -> None:
        what = real(deployment)
        self.put(deployment, what)
        assert replay_letters(deployment.deployed, "cloudtrail", Wishes(Mode.ENFORCE, yes=True)) == 0
        assert logging(deployment, what)
        assert self.waiting(deployment, capsys) == []

    def test_a_letter_that_is_only_observed_stays(
        self, deployment: Deployment, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.put(deployment, real(deployment))
        assert replay_letters(deployment.deployed, "cloudtrail", Wishes()) == 0
        assert functions(deployment).calls[0][1]["countermeasure"] == {"ceiling": "observe"}
        assert len(self.waiting(deployment, capsys)) == 1

    def test_a_letter_that_fails_again_stays(self, deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
        self.put(deployment, event(TRAIL))
        functions(deployment).answer = {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")}
        assert replay_letters(deployment.deployed, "cloudtrail", Wishes(Mode.APPROVE)) == 1
        assert len(self.waiting(deployment, capsys)) == 1

    def test_a_letter_that_holds_no_event_is_listed_never_sent_and_stays(
        self, deployment: Deployment, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.put(deployment, "not JSON")
        assert replay_letters(deployment.deployed, "cloudtrail", Wishes(Mode.APPROVE)) == 1
        assert functions(deployment).calls == []
        assert [letter["event"] for letter in self.waiting(deployment, capsys)] == [None]

    def test_who_says_no_leaves_everything_where_others_see_it(
        self, deployment: Deployment, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.put(deployment, event(TRAIL))
        result = run(
            "deadletters", "--stage", STAGE, "--function", "cloudtrail", "--replay", "--mode", "enforce", say="n\n"
        )
        assert (result.exit_code, functions(deployment).calls) == (1, [])
        assert len(self.waiting(deployment, capsys)) == 1

    def test_nothing_waits_where_there_is_no_queue(self, deployment: Deployment) -> None:
        result = run("deadletters", "--stage", STAGE)
        assert (result.stdout, result.exit_code) == ("No event waits.\n", 0)

    def test_a_function_that_is_none_is_named_with_those_that_are(self, deployment: Deployment) -> None:
        result = run("deadletters", "--stage", STAGE, "--function", "mail")
        assert result.stderr.startswith("countermeasure: there is no function 'mail'; use one of guardduty, ")
        assert result.exit_code == 2


class TestArchive:
    BUS = f"arn:aws:events:{REGION}:{HUB}:event-bus/default"

    def made(self, deployment: Deployment) -> Any:
        events = deployment.aws("events")
        events.create_archive(ArchiveName="all", EventSourceArn=self.BUS, RetentionDays=30)
        for name in ("guardduty", "config"):
            deployment.rule(name)
        events.put_rule(Name="countermeasure-prod-config", EventPattern='{"source": ["aws.config"]}')
        return events

    @pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.APPROVE, Mode.ENFORCE])
    def test_a_replay_goes_to_the_rules_of_the_stage_alone_and_its_name_says_how_far(
        self, deployment: Deployment, mode: Mode
    ) -> None:
        events = self.made(deployment)
        wishes = Wishes(mode, yes=True)
        code = replay_archive(
            deployment.deployed, "all", "2026-08-01T10:00", "2026-08-01T13:00+02:00", wishes, lambda: NOW
        )
        assert code == 0
        told = events.describe_replay(ReplayName=f"countermeasure-{mode.name.lower()}-20260801T120000Z")
        assert (told["EventStartTime"].isoformat(), told["EventEndTime"].isoformat()) == (
            "2026-08-01T10:00:00+00:00",
            "2026-08-01T11:00:00+00:00",
        )
        rules = [f"arn:aws:events:{REGION}:{HUB}:rule/countermeasure-dev-{name}" for name in ("config", "guardduty")]
        assert told["Destination"]["Arn"] == self.BUS
        assert sorted(told["Destination"]["FilterArns"]) == rules

    def test_who_is_asked_before_enforcing_and_says_no_starts_nothing(self, deployment: Deployment) -> None:
        events = self.made(deployment)
        times = ["--since", "2026-08-01T10:00", "--until", "2026-08-01T11:00"]
        result = run("archive", "--stage", STAGE, "--replay", "all", *times, "--mode", "enforce", say="n\n")
        assert "Replay all from 2026-08-01 10:00 to 2026-08-01 11:00 UTC through dev, to change" in result.stderr
        assert (result.exit_code, events.list_replays()["Replays"]) == (1, [])

    BAD: ClassVar[dict[str, tuple[str, str, str, str]]] = {
        "no archive": ("none", "2026-08-01", "2026-08-02", "there is no archive 'none': list them without --replay"),
        "no time": ("all", "", "2026-08-02", "--since '' is no ISO 8601 time, such as 2026-08-01T12:00"),
        "words": ("all", "2026-08-01", "now", "--until 'now' is no ISO 8601 time, such as 2026-08-01T12:00"),
        "backwards": ("all", "2026-08-02", "2026-08-01", "--until 2026-08-01 is not after --since 2026-08-02"),
    }

    @pytest.mark.parametrize(("archive", "since", "until", "problem"), BAD.values(), ids=BAD)
    def test_what_cannot_be_replayed_is_refused(
        self, deployment: Deployment, archive: str, since: str, until: str, problem: str
    ) -> None:
        self.made(deployment)
        with pytest.raises(CountermeasureError) as caught:
            replay_archive(deployment.deployed, archive, since, until, Wishes(), lambda: NOW)
        assert str(caught.value) == problem

    def test_a_stage_without_rules_replays_nothing(self, deployment: Deployment) -> None:
        deployment.aws("events").create_archive(ArchiveName="all", EventSourceArn=self.BUS)
        with pytest.raises(CountermeasureError) as caught:
            replay_archive(deployment.deployed, "all", "2026-08-01", "2026-08-02", Wishes(), lambda: NOW)
        assert str(caught.value).startswith("no rule of the stage dev is on ")

    def test_archives_and_our_replays_are_listed(
        self, deployment: Deployment, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert list_archives(deployment.deployed, Wishes()) == 0
        assert capsys.readouterr().out.startswith("No archive is there")
        self.made(deployment)
        replay_archive(deployment.deployed, "all", "2026-08-01", "2026-08-02", Wishes(), lambda: NOW)
        capsys.readouterr()
        assert list_archives(deployment.deployed, Wishes()) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "all  ENABLED  0 events, kept 30 days"
        assert lines[1].startswith("  replay countermeasure-observe-20260801T120000Z  ")


class TestDeployed:
    def test_without_a_region_it_is_said_what_to_give(self, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        result = run("doctor", "--stage", STAGE)
        assert str(result.exception).startswith("no region is named: give --region")

    def test_a_wrong_organization_is_named(self, lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.chdir(tmp_path)
        result = run("deadletters", "--stage", STAGE, "--region", REGION)
        assert str(result.exception).startswith("organization.toml: cannot be read")
