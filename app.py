"""The Lambda functions: one handler per source of events, and a heartbeat. They compose, and decide nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit
from chalice.app import Chalice, CloudWatchEvent, ConvertToMiddleware, Rate

from chalicelib import catalogue, observing, organization, wiring
from chalicelib.engine import Engine
from chalicelib.errors import CountermeasureError, NotSecurityEvent
from chalicelib.heartbeat import beat
from chalicelib.ledger import Ledger
from chalicelib.model import Incident, Outcome, Rule
from chalicelib.notify import Targets
from chalicelib.notify.secrets import text_secret
from chalicelib.organization import Organization
from chalicelib.patterns import SOURCES, merged
from chalicelib.table import Table

ORGANIZATION = Path(__file__).parent / "organization.toml"

app = Chalice(app_name="countermeasure")
SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "countermeasure")
logger = Logger(service=SERVICE)
metrics = Metrics(namespace=observing.NAMESPACE, service=SERVICE)

app.register_middleware(ConvertToMiddleware(logger.inject_lambda_context(correlation_id_path="id", clear_state=True)))
app.register_middleware(ConvertToMiddleware(metrics.log_metrics))
if traced := observing.traced():
    app.register_middleware(ConvertToMiddleware(traced))


def heard(source: str) -> dict[str, Any]:
    """Return the EventBridge pattern of one function. A deployed function needs none: its rule is in place."""
    deployed = "AWS_LAMBDA_FUNCTION_NAME" in os.environ
    return {"source": ["deployed"]} if deployed else merged(catalogue.collect(f"rules.{source}", "rule", Rule).values())


@app.on_cw_event(heard("guardduty"))
def guardduty(event: CloudWatchEvent) -> list[str]:
    """Answer GuardDuty findings."""
    return answer("guardduty", event.to_dict())


@app.on_cw_event(heard("securityhub"))
def securityhub(event: CloudWatchEvent) -> list[str]:
    """Answer Security Hub findings, imported or sent by a custom action."""
    return answer("securityhub", event.to_dict())


@app.on_cw_event(heard("config"))
def config(event: CloudWatchEvent) -> list[str]:
    """Answer Config rules that found a resource not compliant."""
    return answer("config", event.to_dict())


@app.on_cw_event(heard("cloudtrail"))
def cloudtrail(event: CloudWatchEvent) -> list[str]:
    """Answer API calls that CloudTrail recorded."""
    return answer("cloudtrail", event.to_dict())


@app.on_cw_event(heard("signin"))
def signin(event: CloudWatchEvent) -> list[str]:
    """Answer console sign-ins."""
    return answer("signin", event.to_dict())


@app.on_cw_event(heard("health"))
def health(event: CloudWatchEvent) -> list[str]:
    """Answer AWS Health events about exposed credentials."""
    return answer("health", event.to_dict())


@app.on_cw_event(heard("accessanalyzer"))
def accessanalyzer(event: CloudWatchEvent) -> list[str]:
    """Answer IAM Access Analyzer findings of access from outside."""
    return answer("accessanalyzer", event.to_dict())


@app.schedule(Rate(5, unit=Rate.MINUTES))
def heartbeat(event: CloudWatchEvent) -> None:
    """Show that events arrive, functions run and the ledger keeps what it is given."""
    metrics.add_metric("Heartbeat", MetricUnit.Count, 0)  # a beat that fails is told apart from none
    beat(Ledger(table(), wiring.utc_now), wiring.utc_now(), event.account, event.region)
    metrics.add_metric("Heartbeat", MetricUnit.Count, 1)


def answer(source: str, event: Mapping[str, Any]) -> list[str]:
    """Answer one event and return the ids of its incidents.

    Raises what makes Lambda deliver the event again, and keep it at last: MalformedEvent, Busy, a failed response.
    """
    metrics.add_metric("Findings", MetricUnit.Count, 0)  # an event that fires no rule is counted as none
    try:
        incidents = engine(source).handle(event)
    except NotSecurityEvent as error:
        logger.warning("not answered", extra={"reason": str(error), "event_id": event.get("id")})
        return []
    for incident in incidents:
        outcomes = {change.id: change.outcome.value for change in incident.changes}
        logger.info("answered", extra={"incident": incident.id, "outcomes": outcomes})
    observing.count(metrics, event, incidents, wiring.utc_now())
    refuse_failures(incidents)
    return [incident.id for incident in incidents]


def refuse_failures(incidents: tuple[Incident, ...]) -> None:
    """Raise CountermeasureError when a response failed, so that the event is delivered again."""
    failed = [change for incident in incidents for change in incident.changes if change.outcome is Outcome.FAILED]
    if failed:
        said = "; ".join(f"{change.remediation} on {change.resource.key}: {change.reason}" for change in failed)
        raise CountermeasureError(f"{len(failed)} responses failed: {said}")


@cache
def engine(source: str) -> Engine:
    """Return the engine of one function, with the rules of its source alone; made once, at the first event."""
    ours = accounts_known(organization.read(ORGANIZATION))
    made = wiring.engine(
        loaded(source),
        ours,
        wiring.Surroundings(hub=client),
        table=os.environ["LEDGER_TABLE"],
        targets=Targets(
            sns=lambda: client("sns"),
            topic_arn=ours.channels.topic or os.environ.get("TOPIC_ARN", ""),
            slack_reference=ours.channels.slack_secret,
            channel=ours.channels.slack_channel,
        ),
        external_id=text_secret(ours.external_id) if ours.external_id else "",
    )
    return replace(made, teller=replace(made.teller, deliver=observing.counting(made.teller.deliver, metrics)))


def accounts_known(ours: Organization) -> Organization:
    """Return the organization with the accounts that only AWS Organizations knows, if the file leaves any to it."""
    if not ours.asks_aws:
        return ours
    from chalicelib.directory import joined  # noqa: PLC0415 (cold start)

    return joined(ours, client("organizations"), table(), wiring.utc_now)


def table() -> Table:
    """Return the ledger's table."""
    return Table(client("dynamodb"), os.environ["LEDGER_TABLE"])


@cache
def loaded(source: str) -> catalogue.Catalogue:
    """Return the rules of one source with their remediations."""
    return catalogue.load(sources=(source,))


@cache
def client(service: str) -> Any:
    """Return the hub's own client of a service, made once."""
    return boto3.client(service)


def prepare(handler: str) -> None:
    """Do before the first event what every event needs: Lambda gives a starting function more of a processor."""
    source = handler.rpartition(".")[2]
    if source in SOURCES:
        loaded(source)
    for service in ("sts", "dynamodb", "sns") if source in SOURCES else ("dynamodb",):
        client(service)


if "_HANDLER" in os.environ and "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    prepare(os.environ["_HANDLER"])
