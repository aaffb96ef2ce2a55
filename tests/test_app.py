"""The Lambda functions: importable anywhere, one per source, each answering its own events as it is deployed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from chalice.app import CloudWatchEventConfig

import app
from chalicelib import functions
from chalicelib.catalogue import Catalogue
from chalicelib.errors import CountermeasureError, InvalidOrganization, MalformedEvent
from chalicelib.model import Outcome
from chalicelib.pattern import compile_pattern
from chalicelib.patterns import SOURCES
from chalicelib.wiring import new_token, utc_now
from lab.organization import HUB, Lab
from lab.stage import prepare
from tests.functions import Deployed, write
from tests.replaying import EVENTS, event, told

ROOT = Path(app.__file__).parent
TRAIL = "cloudtrail.trail_logging_stopped/fires.by_name"
MINING = "guardduty.ec2_mining_cryptocurrency/fires.connection_to_a_pool"
PATTERNS: dict[str, Any] = {
    source.name: source.event_pattern for source in app.app.event_sources if isinstance(source, CloudWatchEventConfig)
}
FIRES = {str(path.relative_to(EVENTS)).removesuffix(".json"): path for path in sorted(EVENTS.rglob("fires.*.json"))}

FRESH = """
import json, socket, sys
def refuse(*_): raise OSError("no network")
socket.socket.connect = socket.getaddrinfo = refuse
sys.path.insert(0, sys.argv[1])
import {module}
print(json.dumps(sorted({{name.split(".")[0] for name in sys.modules}})))
"""


def imported(module: str, **environment: str) -> set[str]:
    """Import a module where there are no credentials, no region and no network; return what else is imported then."""
    command = [sys.executable, "-I", "-c", FRESH.format(module=module), str(ROOT)]
    done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return set(json.loads(done.stdout))


class TestImport:
    @pytest.mark.parametrize("environment", [{}, {"AWS_LAMBDA_FUNCTION_NAME": "countermeasure-guardduty"}])
    def test_the_app_needs_no_credentials_no_region_and_no_network_and_nothing_that_is_not_shipped(
        self, environment: dict[str, str]
    ) -> None:
        names = imported("app", **environment)
        assert {"app", "chalicelib", "chalice", "boto3"} <= names
        assert names & {"cli", "lab", "moto", "typer", "rich", "pytest", "tests"} == set()

    def test_the_engine_knows_no_rule_and_no_remediation(self) -> None:
        names = imported("chalicelib.wiring, chalicelib.decisions")
        assert names & {"rules", "remediations", "app", "cli", "lab"} == set()

    def test_a_deployed_function_imports_no_rules_before_its_first_event(self) -> None:
        names = imported("app", AWS_LAMBDA_FUNCTION_NAME="countermeasure-guardduty")
        assert names & {"rules", "remediations"} == set()


class TestHandlers:
    def test_there_is_one_handler_per_source_and_those_beside_them(self) -> None:
        assert sorted(PATTERNS) == sorted(SOURCES)
        assert sorted(app.app.handler_map) == sorted([*SOURCES, "heartbeat", "upkeep", "daily", "decide", "slack"])
        assert {path: list(methods) for path, methods in app.app.routes.items()} == {"/slack": ["POST"]}
        assert {path.parent.name.split(".")[0] for path in FIRES.values()} == set(SOURCES)

    @pytest.mark.parametrize("name", FIRES)
    def test_an_event_that_fires_a_rule_reaches_the_function_that_has_the_rule(self, name: str) -> None:
        pattern = compile_pattern(PATTERNS[name.partition(".")[0]])
        assert pattern.matches(json.loads(FIRES[name].read_text()))

    def test_a_deployed_function_computes_no_pattern(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "countermeasure-guardduty")
        assert app.heard("guardduty") == {"source": ["deployed"]}


def staged(lab: Lab, catalogue: Catalogue, name: str, **changes: Any) -> Any:
    """Return an event as it is true of the resources that were made for it, in an account of the organization."""
    stage = prepare(lab, catalogue, event(name, **changes))
    assert (stage.made != (), stage.missing) == (True, {})
    return stage.event


EXAMPLES = {name.split(".")[0]: name for name in reversed(FIRES)}
"""One event of each source."""


class TestAnswers:
    @pytest.mark.parametrize("source", SOURCES)
    def test_every_function_answers_an_event_of_its_source_and_tells(
        self, deployed: Deployed, catalogue: Catalogue, source: str
    ) -> None:
        [incident] = deployed.invoke(source, prepare(deployed.lab, catalogue, event(EXAMPLES[source])).event)
        assert [line["incident"] for line in deployed.log()] == [incident]
        assert len(told(deployed.lab)) == 1
        assert app.engine(source).ledger.load(incident).id == incident

    def test_an_event_is_contained_in_the_members_account_and_the_log_says_what_became_of_it(
        self, deployed: Deployed, catalogue: Catalogue
    ) -> None:
        what = staged(deployed.lab, catalogue, TRAIL, detail__recipientAccountId="111122223333")
        [incident] = deployed.invoke("cloudtrail", what)
        [change] = app.engine("cloudtrail").ledger.load(incident).changes
        assert (change.outcome, change.resource.account) == (Outcome.CONTAINED, "111122223333")
        trails = deployed.lab.boto("111122223333", change.resource.region).client("cloudtrail")
        assert trails.get_trail_status(Name=change.resource.id)["IsLogging"] is True
        [line] = deployed.log()
        assert {key: line[key] for key in ("level", "message", "service", "incident", "outcomes")} == {
            "level": "INFO",
            "message": "answered",
            "service": "countermeasure",
            "incident": incident,
            "outcomes": {change.id: "contained"},
        }

    def test_the_same_event_again_is_the_same_incident_and_is_told_once(self, deployed: Deployed) -> None:
        what = event(EXAMPLES["signin"])
        first = deployed.invoke("signin", what)
        app.engine.cache_clear()  # another Lambda environment, with nothing in memory
        assert deployed.invoke("signin", what) == first
        assert len(told(deployed.lab)) == 1

    def test_an_event_that_fires_nothing_has_no_incident(self, deployed: Deployed) -> None:
        assert deployed.invoke("cloudtrail", event("cloudtrail.trail_logging_stopped/ignores.started")) == []
        assert (deployed.log(), told(deployed.lab)) == ([], [])

    def test_an_event_that_says_nothing_about_security_is_logged_and_not_delivered_again(
        self, deployed: Deployed
    ) -> None:
        what = event(MINING, id="e-1", source="aws.s3", **{"detail-type": "Object Created"})
        assert deployed.invoke("guardduty", what) == []
        [line] = deployed.log()
        assert {key: line[key] for key in ("level", "message", "reason", "correlation_id")} == {
            "level": "WARNING",
            "message": "not answered",
            "reason": "not a security event: aws.s3 Object Created",
            "correlation_id": "e-1",
        }

    def test_a_malformed_event_is_raised_so_that_it_is_kept(self, deployed: Deployed) -> None:
        with pytest.raises(MalformedEvent):
            deployed.invoke("guardduty", event(MINING, detail={}))

    def test_a_failed_response_is_raised_after_everything_else_was_done_and_told(
        self, deployed: Deployed, catalogue: Catalogue
    ) -> None:
        what = staged(deployed.lab, catalogue, MINING, detail__accountId="111122223333")
        region = what["detail"]["region"]
        ec2 = app.engine("guardduty").hands.accounts.clients.get("ec2", region)

        def refuse(**_: Any) -> None:
            answer = {"Error": {"Code": "UnauthorizedOperation", "Message": "no"}}
            raise ClientError(answer, "CreateSnapshots")

        ec2.meta.events.register("before-call.ec2.CreateSnapshots", refuse)
        with pytest.raises(CountermeasureError) as caught:
            deployed.invoke("guardduty", what)
        [line] = deployed.log()
        changes = app.engine("guardduty").ledger.load(line["incident"]).changes
        became = {change.remediation: change.outcome.value for change in changes}
        [instance] = {change.resource.id for change in changes if change.resource.type == "AWS::EC2::Instance"}
        assert str(caught.value) == (
            f"1 responses failed: ec2.snapshot_volumes on 111122223333/{region}/AWS::EC2::Instance/{instance}: "
            "UnauthorizedOperation from CreateSnapshots: no"
        )
        assert (became.pop("ec2.snapshot_volumes"), set(became.values())) == ("failed", {"contained"})
        assert sorted(line["outcomes"].values()) == sorted(["failed", *became.values()])
        assert len(told(deployed.lab)) == 1


class TestEngine:
    def test_an_engine_is_made_once_per_function_with_the_rules_of_its_source_alone(self, deployed: Deployed) -> None:
        engine = app.engine("health")
        assert engine is app.engine("health")
        assert {rule.split(".")[0] for rule in engine.catalogue.rules} == {"health"}
        assert engine.hands.accounts.external_id == ""

    def test_the_hub_is_the_account_that_the_function_runs_in(self, deployed: Deployed) -> None:
        assert app.engine("health").hands.accounts.sts.get_caller_identity()["Account"] == HUB

    @pytest.mark.parametrize("store", ["ssm:/countermeasure/external-id", "secretsmanager:external-id"])
    def test_the_external_id_is_read_from_where_it_is_kept(
        self, deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
    ) -> None:
        hub = deployed.lab.hub
        hub("ssm").put_parameter(Name="/countermeasure/external-id", Value="EXAMPLE-external-id", Type="SecureString")
        hub("secretsmanager").create_secret(Name="external-id", SecretString="EXAMPLE-external-id")
        path = write(deployed.lab, tmp_path / "with-id.toml", more=f'external_id = "{store}"')
        monkeypatch.setattr(functions, "ORGANIZATION", path)
        assert app.engine("health").hands.accounts.external_id == "EXAMPLE-external-id"

    def test_an_external_id_that_is_not_there_stops_the_function_with_its_name(
        self, deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = write(deployed.lab, tmp_path / "with-id.toml", more='external_id = "ssm:/nothing/there"')
        monkeypatch.setattr(functions, "ORGANIZATION", path)
        with pytest.raises(CountermeasureError, match="ssm:/nothing/there could not be read"):
            deployed.invoke("signin", event(EXAMPLES["signin"]))
        assert told(deployed.lab) == []

    def test_an_organization_that_is_not_valid_stops_the_function_with_its_reason(
        self, deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(functions, "ORGANIZATION", write(deployed.lab, tmp_path / "bad.toml", more="mode = 'off'"))
        with pytest.raises(InvalidOrganization, match=r"organization\.mode: unknown key"):
            deployed.invoke("signin", event(EXAMPLES["signin"]))


class TestWiring:
    def test_the_time_is_in_utc_and_no_two_attempts_have_one_name(self) -> None:
        assert str(utc_now().tzinfo) == "UTC"
        assert len({new_token() for _ in range(100)}) == 100
