"""The functions as they are deployed: what they count, log and trace, how they beat, and what they load to start."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from chalice.app import CloudWatchEventConfig

import app
from chalicelib.catalogue import Catalogue
from chalicelib.directory import Members
from chalicelib.errors import CountermeasureError
from chalicelib.ledger import HOLD_SECONDS
from chalicelib.model import Mode
from chalicelib.patterns import SOURCES
from chalicelib.replayed import lowered
from lab.organization import TABLE, Lab
from lab.stage import prepare
from tests.functions import Deployed, forget, write
from tests.replaying import event, told

ROOT = Path(app.__file__).parent
CONFIG = json.loads((ROOT / ".chalice" / "config.json").read_text())
FUNCTIONS = {*SOURCES, "heartbeat", "upkeep", "daily", "decide"}
EVERY_RULE = {"upkeep", "daily", "decide"}
"""The functions that any rule may concern."""
TRAIL = "cloudtrail.trail_logging_stopped/fires.by_name"
SCHEDULED = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "222222222222",
    "time": "2026-08-01T12:00:00Z",
    "region": "us-east-1",
    "resources": ["arn:aws:events:us-east-1:222222222222:rule/countermeasure-dev-heartbeat"],
    "detail": {},
}


def staged(lab: Lab, catalogue: Catalogue, name: str = TRAIL, **changes: Any) -> dict[str, Any]:
    """Return an event as it is true of the resources that were made for it, in an account of the organization."""
    stage = prepare(lab, catalogue, event(name, **changes))
    assert (stage.made != (), stage.missing) == (True, {})
    return dict(stage.event)


def counted(written: str) -> dict[str, list[float]]:
    """Return the metrics of the last line of standard output that has any (CloudWatch embedded metric format)."""
    line = [told for told in map(json.loads, written.splitlines()) if "_aws" in told][-1]
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Countermeasure", [["service"]])
    assert line["service"] == "countermeasure"
    return {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]}


class TestMetrics:
    def test_what_was_contained_is_counted_with_the_seconds_since_the_source_saw_it(
        self, deployed: Deployed, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
    ) -> None:
        seen = (datetime.now(UTC) - timedelta(seconds=90)).strftime("%Y-%m-%dT%H:%M:%SZ")
        deployed.invoke("cloudtrail", staged(deployed.lab, catalogue, detail__eventTime=seen))
        found = counted(capsys.readouterr().out)
        [seconds] = found.pop("SecondsToContainment")
        assert 90 <= seconds < 180
        assert {name: sum(values) for name, values in found.items()} == {"Findings": 1, "Contained": 1}

    def test_a_redelivery_is_not_counted_again(
        self, deployed: Deployed, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
    ) -> None:
        what = staged(deployed.lab, catalogue)
        deployed.invoke("cloudtrail", what)
        capsys.readouterr()
        forget()
        deployed.invoke("cloudtrail", what)
        assert counted(capsys.readouterr().out) == {"Findings": [0]}

    def test_a_clock_that_is_behind_gives_no_negative_time(
        self, deployed: Deployed, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ahead = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        deployed.invoke("cloudtrail", staged(deployed.lab, catalogue, detail__eventTime=ahead))
        assert counted(capsys.readouterr().out)["SecondsToContainment"] == [0]

    @pytest.mark.parametrize(("mode", "metric"), [(Mode.OBSERVE, "Observed"), (Mode.APPROVE, "Awaiting")])
    def test_what_was_only_shown_is_counted_as_that(
        self, deployed: Deployed, catalogue: Catalogue, capsys: pytest.CaptureFixture[str], mode: Mode, metric: str
    ) -> None:
        deployed.invoke("cloudtrail", lowered(staged(deployed.lab, catalogue), mode))
        assert counted(capsys.readouterr().out) == {"Findings": [0, 1], metric: [1]}

    def test_an_old_event_that_is_replayed_says_nothing_about_the_time_to_containment(
        self, deployed: Deployed, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
    ) -> None:
        deployed.invoke("cloudtrail", lowered(staged(deployed.lab, catalogue), Mode.ENFORCE))
        assert counted(capsys.readouterr().out) == {"Findings": [0, 1], "Contained": [1]}

    def test_a_failed_response_is_counted_although_the_invocation_fails(
        self, deployed: Deployed, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
    ) -> None:
        what = staged(deployed.lab, catalogue)
        trails = deployed.lab.boto("111122223333", "eu-central-1").client("cloudtrail")
        app.engine("cloudtrail").hands.accounts.sts.meta.events.register(
            "before-call.sts.AssumeRole", refuse := _refusing()
        )
        try:
            with pytest.raises(CountermeasureError, match=r"1 responses failed: cloudtrail\.start_logging on"):
                deployed.invoke("cloudtrail", what)
        finally:
            deployed.lab.hub("sts").meta.events.unregister("before-call.sts.AssumeRole", refuse)
        assert counted(capsys.readouterr().out) == {"Findings": [0, 1], "Failed": [1]}
        assert trails.get_trail_status(Name=what["detail"]["requestParameters"]["name"])["IsLogging"] is False

    def test_a_notice_that_no_one_took_is_counted_and_fails_nothing(
        self, deployed: Deployed, catalogue: Catalogue, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        write(deployed.lab, tmp_path / "organization.toml", "arn:aws:sns:us-east-1:222222222222:gone")
        deployed.invoke("cloudtrail", staged(deployed.lab, catalogue))
        found = counted(capsys.readouterr().out)
        assert (found["NoticesFailed"], found["Contained"]) == ([1], [1])

    def test_an_event_that_says_nothing_about_security_is_counted_as_none(
        self, deployed: Deployed, capsys: pytest.CaptureFixture[str]
    ) -> None:
        deployed.invoke("config", SCHEDULED)
        assert counted(capsys.readouterr().out) == {"Findings": [0]}


def _refusing() -> Callable[..., Any]:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "AssumeRole")

    return refuse


class TestWhereNoticesGo:
    def test_where_the_file_names_no_topic_it_is_the_one_that_was_deployed(
        self, deployed: Deployed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        write(deployed.lab, tmp_path / "organization.toml", topic="")
        monkeypatch.setenv("TOPIC_ARN", deployed.lab.organization.channels.topic)
        deployed.invoke("signin", event("signin.root_login/fires.without_mfa"))
        assert len(told(deployed.lab)) == 1

    def test_the_files_topic_comes_before_the_deployed_one(
        self, deployed: Deployed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TOPIC_ARN", "arn:aws:sns:us-east-1:222222222222:other")
        deployed.invoke("signin", event("signin.root_login/fires.without_mfa"))
        assert len(told(deployed.lab)) == 1


class TestLog:
    def test_a_line_names_the_event_that_it_is_about(self, deployed: Deployed) -> None:
        what = event("signin.root_login/fires.without_mfa")
        [incident] = deployed.invoke("signin", what)
        [line] = deployed.log()
        kept = {key: line[key] for key in ("level", "message", "service", "correlation_id", "incident")}
        assert kept == {
            "level": "INFO",
            "message": "answered",
            "service": "countermeasure",
            "correlation_id": what["id"],
            "incident": incident,
        }
        assert {"function_request_id", "cold_start", "timestamp"} <= set(line)

    def test_an_event_whose_id_is_no_text_is_answered_and_logged_without_it(self, deployed: Deployed) -> None:
        deep: Any = []
        for _ in range(2_000):
            deep = [deep]
        [incident] = deployed.invoke("signin", event("signin.root_login/fires.without_mfa", id=deep))
        [line] = deployed.log()
        assert (line["message"], line["incident"], line.get("correlation_id")) == ("answered", incident, None)


class TestEngine:
    def test_accounts_that_the_file_leaves_to_aws_organizations_are_looked_up(
        self, deployed: Deployed, tmp_path: Path
    ) -> None:
        write(deployed.lab, tmp_path / "organization.toml", environment='ous = ["ou-abcd-11111111"]')
        assert isinstance(app.engine("health").organization.accounts, Members)

    def test_nobody_is_asked_where_the_file_names_every_account(self, deployed: Deployed) -> None:
        assert app.engine("health").organization.accounts == deployed.lab.organization.accounts


STARTED = """
import gc, json, sys
sys.path.insert(0, sys.argv[1])
import app
assert gc.isenabled() and gc.get_freeze_count()
patterns = {source.name: getattr(source, "event_pattern", None) for source in app.app.event_sources}
print(json.dumps([sorted(sys.modules), patterns, app.traced is not None]))
"""


def started(function: str, **environment: str) -> tuple[set[str], dict[str, Any], bool]:
    """Start a function as Lambda does; return what it has imported, its patterns, and whether it traces its calls."""
    given = {
        "AWS_LAMBDA_FUNCTION_NAME": f"countermeasure-dev-{function}",
        "_HANDLER": f"app.{function}",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LEDGER_TABLE": TABLE,
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-I", "-c", STARTED, str(ROOT)],
        env=given, cwd="/", capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    modules, patterns, traced = json.loads(done.stdout)
    return set(modules), patterns, traced


class TestColdStart:
    @pytest.mark.parametrize("function", sorted(FUNCTIONS))
    def test_a_function_loads_the_rules_of_its_source_and_their_remediations_and_no_other(
        self, catalogue: Catalogue, function: str
    ) -> None:
        modules, patterns, traced = started(function)
        rules = {name for name in modules if name.startswith("rules.")} - {"rules.controls"}
        every = function in EVERY_RULE
        own = {id_: rule for id_, rule in catalogue.rules.items() if every or id_.startswith(f"{function}.")}
        # Beside the sources, there is what their rules share: tables and names.
        assert {name.split(".")[1] for name in rules} & set(SOURCES) == {id_.split(".")[0] for id_ in own}
        in_tables = {rule.id for name in rules for rule in getattr(importlib.import_module(name), "rules", ())}
        assert {f"rules.{id_}" for id_ in set(own) - in_tables} <= rules
        assert set(own) & in_tables == in_tables
        answering = {remediation.id for rule in own.values() for remediation in rule.respond}
        # The tables of checks serve two sources: one of them may have no rule of a row.
        checks = [check for name in rules for check in getattr(importlib.import_module(name), "CHECKS", ())]
        answering |= {remediation.id for check in checks for remediation in check.respond}
        used = set(catalogue.remediations) if every else answering
        loaded = {name.removeprefix("remediations.") for name in modules if name.startswith("remediations.")}
        # A remediation may be made of another, and those of Lambda are imported together.
        made_of = [
            ROOT / "remediations" / "lambdas.py",
            *(ROOT / f"remediations/{i.replace('.', '/')}.py" for i in used),
        ]
        texts = [path.read_text() for path in made_of]
        named = {
            id_: (f"remediations.{id_}", f"remediations.{' import '.join(id_.split('.'))}\n")
            for id_ in catalogue.remediations
        }
        lent = {id_ for text in texts for id_, names in named.items() if any(name in text for name in names)}
        assert used <= loaded & set(catalogue.remediations) <= used | lent
        services = {id_.split(".")[0] for id_ in catalogue.remediations}  # beside them, there is what they share
        assert {name.split(".")[0] for name in loaded} & services == {id_.split(".")[0] for id_ in used}
        top = {name.split(".")[0] for name in modules}
        assert "chalicelib.slackapp" not in modules
        assert top & {"slack_sdk", "aws_xray_sdk", "moto", "pytest", "cli", "lab", "infrastructure", "typer"} == set()
        assert {json.dumps(pattern) for name, pattern in patterns.items() if name in SOURCES} == {
            '{"source": ["deployed"]}'
        }
        assert traced is False

    def test_the_endpoint_loads_what_answers_slack_and_no_rule(self) -> None:
        modules, _, _ = started("slack", _HANDLER="app.app")
        assert {"chalicelib.slackapp.endpoint", "slack_sdk.signature"} <= modules
        assert {name for name in modules if name.startswith(("rules", "remediations"))} == set()

    def test_at_home_the_same_functions_have_their_patterns(self) -> None:
        named = {source.name for source in app.app.event_sources if isinstance(source, CloudWatchEventConfig)}
        assert named == set(SOURCES)
        assert set(app.app.handler_map) == {*FUNCTIONS, "slack"}


class TestTracing:
    @pytest.mark.skipif(not importlib.util.find_spec("aws_xray_sdk"), reason="the X-Ray SDK is not installed")
    def test_in_lambda_the_calls_are_traced_where_a_layer_brings_the_sdk(self) -> None:
        modules, _, traced = started("health", LAMBDA_TASK_ROOT="/var/task", POWERTOOLS_SERVICE_NAME="health")
        assert traced is True
        assert {"aws_xray_sdk.core", "aws_xray_sdk.ext.botocore"} <= modules
        assert "slack_sdk" not in modules


class TestConfiguration:
    @pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
    def test_every_function_of_a_stage_has_a_policy_of_its_own_and_its_name(self, stage: str) -> None:
        given = CONFIG["stages"][stage]["lambda_functions"]
        names = {**{function: function for function in FUNCTIONS}, "api_handler": "slack"}
        assert given == {
            chalices: {
                "iam_policy_file": f"policy-{ours}-{stage}.json",
                "environment_variables": {"POWERTOOLS_SERVICE_NAME": ours},
                **({"lambda_timeout": 900} if ours == "daily" else {}),
            }
            for chalices, ours in names.items()
        }
        assert CONFIG["stages"][stage]["environment_variables"]["STAGE"] == stage
        assert CONFIG["autogen_policy"] is False

    def test_no_function_outlives_its_hold_on_the_ledger_and_the_daily_look_holds_nothing(self) -> None:
        assert CONFIG["lambda_timeout"] < HOLD_SECONDS
        functions = [each["lambda_functions"] for each in CONFIG["stages"].values()]
        longer = {name for each in functions for name, its in each.items() if "lambda_timeout" in its}
        assert longer == {"daily"}

    @pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
    def test_logs_are_kept_for_a_number_of_days_that_cloudwatch_knows(self, stage: str) -> None:
        # CloudWatch Logs API reference, "PutRetentionPolicy": retentionInDays.
        assert CONFIG["stages"][stage]["log_retention_in_days"] in {30, 60, 90, 120, 150, 180, 365, 400, 731, 2557}
