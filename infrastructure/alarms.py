"""The alarms: a function fails or is held up, events wait, containment is slow, nobody was told, silence, accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.patterns import SOURCES
from infrastructure.cloudformation import ref
from infrastructure.names import DAILY, DECIDE, ENDPOINT, FUNCTIONS, HEARTBEAT, UPKEEP, logical, named

NAMESPACE = "Countermeasure"
SLOW_SECONDS = 300
"""From the event's own time to containment: longer than two retries of Lambda mean that something is wrong."""

BEAT_SECONDS, MISSED = 300, 3
"""How often the heart beats, and how many times in a row a beat must not arrive for the alarm to go off."""

DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Alarm:
    """One kind of alarm: when `statistic` of the metric reaches `threshold` in a period of seconds, and what to do."""

    name: str
    namespace: str
    metric: str
    statistic: str
    threshold: int
    period: int
    description: str


ALARMS = (
    Alarm("Errors", "AWS/Lambda", "Errors", "Sum", 1, 300, "A response failed. Lambda tries again; look at the logs."),
    Alarm("Throttles", "AWS/Lambda", "Throttles", "Sum", 1, 300, "Events wait: raise the function's concurrency."),
    Alarm(
        "DeadLettersNotEmpty",
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        "Maximum",
        1,
        300,
        "Events were not answered: see why, mend it, and replay them from the queue.",
    ),
    Alarm("NoticesFailed", NAMESPACE, "NoticesFailed", "Sum", 1, 300, "A channel took no notice: check its secret."),
    Alarm(
        "SlowContainment",
        NAMESPACE,
        "SecondsToContainment",
        "p95",
        SLOW_SECONDS,
        900,
        "It took minutes from the event to containment: see which part of the trace is slow.",
    ),
)


NOT_OF = {
    HEARTBEAT: ("NoticesFailed", "SlowContainment"),
    UPKEEP: ("SlowContainment",),
    DAILY: ("SlowContainment",),
    DECIDE: ("SlowContainment",),
}
"""The alarms that a function has no metric of."""


def alarms(stage: str, topic: Any) -> dict[str, Any]:
    """Return the alarm resources of a stage, which tell `topic` when they go off and when they are over."""
    return dict(_alarms(stage, topic))


def _alarms(stage: str, topic: Any) -> Iterator[tuple[str, Any]]:
    for function in FUNCTIONS:
        for alarm in ALARMS:
            if alarm.name not in NOT_OF.get(function, ()):
                yield logical(function, alarm.name), _alarm(alarm, function, stage, topic)
    yield from _of_endpoint(stage, topic)
    for source in SOURCES:
        yield logical(source, "NoHeartbeat"), _resource(_silence(source, stage), topic)
    yield logical(DAILY, "BrokenAccounts"), _broken(stage, topic)


def _silence(source: str, stage: str) -> dict[str, Any]:
    """Return the alarm of a function to which no heartbeat came through, or in which none came to its end."""
    return {
        "AlarmName": f"{named(stage, source)}-NoHeartbeat",
        "AlarmDescription": "Nothing says that its events are still answered: run `countermeasure doctor`.",
        "Namespace": NAMESPACE,
        "MetricName": "Heartbeat",
        "Dimensions": [_dimension(NAMESPACE, source, stage)],
        "Statistic": "Sum",
        "ComparisonOperator": "LessThanThreshold",
        "Threshold": 1,
        "Period": BEAT_SECONDS,
        "EvaluationPeriods": MISSED,
        "TreatMissingData": "breaching",
    }


def _broken(stage: str, topic: Any) -> dict[str, Any]:
    """Return the alarm of the daily look at all accounts. That nobody looks is told too, after a day or two.

    A new stage has not looked yet: an alarm begins without data, and only what changes is told.
    """
    properties = {
        "AlarmName": f"{named(stage, DAILY)}-BrokenAccounts",
        "AlarmDescription": "Accounts cannot be answered for, or nobody looks: run `countermeasure doctor`.",
        "Namespace": NAMESPACE,
        "MetricName": "BrokenAccounts",
        "Dimensions": [_dimension(NAMESPACE, DAILY, stage)],
        "Statistic": "Maximum",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
        "Period": DAY_SECONDS,
        "EvaluationPeriods": 1,
        "TreatMissingData": "missing",
        "InsufficientDataActions": [topic],
    }
    return _resource(properties, topic)


def _of_endpoint(stage: str, topic: Any) -> Iterator[tuple[str, Any]]:
    """Yield the alarms of the endpoint: Chalice answers 500 where its function fails, which Lambda counts as none."""
    held_up = next(alarm for alarm in ALARMS if alarm.name == "Throttles")
    yield logical(ENDPOINT, "Throttles"), _alarm(held_up, ENDPOINT, stage, topic)
    said = "Clicks in Slack are answered with an error: look at the log of the endpoint."
    failing = Alarm("Errors", "AWS/ApiGateway", "5XXError", "Sum", 1, 300, said)
    yield logical(ENDPOINT, "Errors"), _alarm(failing, ENDPOINT, stage, topic)


def _alarm(alarm: Alarm, function: str, stage: str, topic: Any) -> dict[str, Any]:
    statistic = "ExtendedStatistic" if alarm.statistic.startswith("p") else "Statistic"
    properties = {
        "AlarmName": f"{named(stage, function)}-{alarm.name}",
        "AlarmDescription": alarm.description,
        "Namespace": alarm.namespace,
        "MetricName": alarm.metric,
        "Dimensions": [_dimension(alarm.namespace, function, stage)],
        statistic: alarm.statistic,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": alarm.threshold,
        "Period": alarm.period,
        "EvaluationPeriods": 1,
        "TreatMissingData": "notBreaching",
    }
    return _resource(properties, topic)


def _dimension(namespace: str, function: str, stage: str) -> dict[str, Any]:
    match namespace:
        case "AWS/Lambda":
            return {"Name": "FunctionName", "Value": ref(logical(function))}
        case "AWS/ApiGateway":
            return {"Name": "ApiName", "Value": named(stage, function)}
        case "AWS/SQS":
            return {"Name": "QueueName", "Value": {"Fn::GetAtt": [logical(function, "DeadLetters"), "QueueName"]}}
        case _:
            return {"Name": "service", "Value": function}


def _resource(properties: dict[str, Any], topic: Any) -> dict[str, Any]:
    told = {"AlarmActions": [topic], "OKActions": [topic]}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**properties, **told}}
