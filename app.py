"""The Lambda functions: one handler per source of events. They compose, and decide nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from chalice.app import Chalice, CloudWatchEvent

from chalicelib import organization, wiring
from chalicelib.catalogue import collect, load
from chalicelib.engine import Engine
from chalicelib.errors import CountermeasureError, NotSecurityEvent
from chalicelib.model import Incident, Outcome, Rule
from chalicelib.notify import Targets
from chalicelib.notify.secrets import text_secret
from chalicelib.patterns import merged

app = Chalice(app_name="countermeasure")
logger = Logger(service="countermeasure")

ORGANIZATION = Path(__file__).parent / "organization.toml"


def heard(source: str) -> dict[str, Any]:
    """Return the EventBridge pattern of one function. A deployed function needs none: its rule is in place."""
    deployed = "AWS_LAMBDA_FUNCTION_NAME" in os.environ
    return {"source": ["deployed"]} if deployed else merged(collect(f"rules.{source}", "rule", Rule).values())


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


def answer(source: str, event: Mapping[str, Any]) -> list[str]:
    """Answer one event and return the ids of its incidents.

    Raises what makes Lambda deliver the event again, and keep it at last: MalformedEvent, Busy, a failed response.
    """
    try:
        incidents = engine(source).handle(event)
    except NotSecurityEvent as error:
        logger.warning("not answered", extra={"reason": str(error), "event_id": event.get("id")})
        return []
    for incident in incidents:
        outcomes = {change.id: change.outcome.value for change in incident.changes}
        logger.info("answered", extra={"incident": incident.id, "outcomes": outcomes})
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
    ours = organization.read(ORGANIZATION)
    clients = cache(boto3.client)
    channels = ours.channels
    return wiring.engine(
        load(sources=(source,)),
        ours,
        wiring.Surroundings(hub=clients),
        table=os.environ["LEDGER_TABLE"],
        targets=Targets(
            sns=lambda: clients("sns"),
            topic_arn=channels.topic,
            slack_reference=channels.slack_secret,
            channel=channels.slack_channel,
        ),
        external_id=text_secret(ours.external_id) if ours.external_id else "",
    )
