"""The Lambda functions: one handler per source of events, Slack's endpoint, and the schedules. They decide nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import BotoCoreError, ClientError
from chalice.app import Chalice, CloudWatchEvent, ConvertToMiddleware, Rate, Response

from chalicelib import catalogue, observing, wiring
from chalicelib.accounts import describe
from chalicelib.aws import client
from chalicelib.errors import CountermeasureError, NotSecurityEvent
from chalicelib.functions import endpoint, engine, metrics, prepare, within_time
from chalicelib.model import Incident, Outcome, Rule
from chalicelib.patterns import HEARTBEAT
from chalicelib.patterns import heard as heard_by

app = Chalice(app_name="countermeasure")
logger = Logger(service=os.environ.get("POWERTOOLS_SERVICE_NAME", "countermeasure"))

EVENT_ID = "[id][?type(@) == 'string'] | [0]"
"""The id of an event, which stands on every line about it; what is no text is none."""

app.register_middleware(
    ConvertToMiddleware(logger.inject_lambda_context(correlation_id_path=EVENT_ID, clear_state=True))
)
app.register_middleware(ConvertToMiddleware(metrics.log_metrics))
app.register_middleware(within_time)
if traced := observing.traced():
    app.register_middleware(ConvertToMiddleware(traced))


def heard(source: str) -> dict[str, Any]:
    """Return what one function hears, as one pattern. A deployed function needs none: its rules are in place."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        return {"source": ["deployed"]}
    first, *others = heard_by(catalogue.collect(f"rules.{source}", "rule", Rule).values())
    return {"$or": [first, *others]} if others else first


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
    """Send an event of our own the way of the real ones: each function of a source says that it arrived."""
    from chalicelib.heartbeat import send  # noqa: PLC0415 (cold start)

    metrics.add_metric("HeartbeatsSent", MetricUnit.Count, 0)  # one that the bus refuses is told apart from none
    send(client("events"))
    metrics.add_metric("HeartbeatsSent", MetricUnit.Count, 1)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def upkeep(event: CloudWatchEvent) -> None:
    """Look again at what is due: approvals that end, notices that did not arrive, changes not yet seen to hold."""
    from chalicelib.upkeep import tend  # noqa: PLC0415 (cold start)

    metrics.add_metric("Tended", MetricUnit.Count, 0)  # a minute in which nothing was due is counted as none
    metrics.add_metric("Tended", MetricUnit.Count, tend(engine()))


@app.schedule(Rate(1, unit=Rate.DAYS))
def daily(event: CloudWatchEvent) -> None:
    """Enter every account of the organization, and tell of those that cannot be entered or forward nothing.

    Then digest what was sealed on each day that is over, also where an account could not be looked at.
    """
    from chalicelib.daily import digest, look  # noqa: PLC0415 (cold start)

    context: Any = event.context
    try:
        broken = look(engine(), event.region, context.get_remaining_time_in_millis)
    finally:
        digest(engine(), client)
    for each in broken:
        logger.warning("account is broken", extra={"broken": each.account, "reason": each.why})
    metrics.add_metric("BrokenAccounts", MetricUnit.Count, len(broken))


@app.route("/slack", methods=["POST"], content_types=["application/x-www-form-urlencoded"])
def slack() -> Response:
    """Answer what people click in Slack; a decision is handed over to `decide`, as Slack waits three seconds."""
    request = app.current_request
    assert request
    answered = endpoint().answer(request)
    metrics.add_metric(answered.counted, MetricUnit.Count, 1)
    said = {"status": answered.status, "counted": answered.counted, "why": answered.why}
    if click := answered.click:
        said |= {"action": click.action, "incident": click.incident, "user": click.user}
    logger.info("Slack answered", extra=said)
    return Response(answered.body or "", {"Content-Type": "application/json"}, answered.status)


@app.lambda_function(name="decide")
def decide(event: Any, context: Any) -> None:
    """Carry out what a person decided in Slack, and tell that person what came of it."""
    from chalicelib.decisions import decide as decided  # noqa: PLC0415 (cold start)
    from chalicelib.slackapp.deciding import carry_out, of_event, telling  # noqa: PLC0415 (cold start)

    metrics.add_metric("Decisions", MetricUnit.Count, 0)  # one that fails is told apart from none
    decision, response_url = of_event(event)
    done = carry_out(decision, lambda asked: decided(engine(), asked), telling(response_url, logger))
    metrics.add_metric("Decisions" if done else "DecisionsRefused", MetricUnit.Count, 1)
    logger.info("decided", extra={"incident": decision.incident, "action": decision.action.value, "done": done})


def answer(source: str, event: Mapping[str, Any]) -> list[str]:
    """Answer one event and return the ids of its incidents; a heartbeat has none.

    Raises what makes Lambda deliver the event again, and keep it at last: MalformedEvent, Busy, a failed response.
    """
    if event.get("source") == HEARTBEAT:
        beat(source, event)
        return []
    metrics.add_metric("Findings", MetricUnit.Count, 0)  # an event that fires no rule is counted as none
    try:
        incidents = engine(source).handle(event)
    except NotSecurityEvent as error:
        logger.warning("not answered", extra={"reason": str(error)})
        return []
    for incident in incidents:
        outcomes = {change.id: change.outcome.value for change in incident.changes}
        logger.info("answered", extra={"incident": incident.id, "outcomes": outcomes})
    observing.count(metrics, event, incidents, wiring.utc_now())
    refuse_failures(incidents)
    return [incident.id for incident in incidents]


def beat(source: str, event: Mapping[str, Any]) -> None:
    """Take a heartbeat the way of a finding, and count it where that is open to the end.

    One that did not arrive is not delivered again: the next is on its way, and an alarm says that three did not.
    """
    from chalicelib.heartbeat import arrived  # noqa: PLC0415 (cold start)

    metrics.add_metric("Heartbeat", MetricUnit.Count, 0)  # a beat that fails is told apart from none
    try:
        arrived(engine(source), source, event)
    except (CountermeasureError, BotoCoreError, ClientError) as error:
        logger.error("the heartbeat did not arrive", extra={"reason": describe(error)})
        return
    metrics.add_metric("Heartbeat", MetricUnit.Count, 1)


def refuse_failures(incidents: tuple[Incident, ...]) -> None:
    """Raise CountermeasureError when a response failed, so that the event is delivered again."""
    failed = [change for incident in incidents for change in incident.changes if change.outcome is Outcome.FAILED]
    if failed:
        said = "; ".join(f"{change.remediation} on {change.resource.key}: {change.reason}" for change in failed)
        raise CountermeasureError(f"{len(failed)} responses failed: {said}")


if "_HANDLER" in os.environ and "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    prepare(os.environ["_HANDLER"])
