"""The CloudWatch dashboard of the hub: what came in, what became of it, how long it took, and what is stuck."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.catalogue import Catalogue
from chalicelib.patterns import SOURCES
from chalicelib.slackapp.endpoint import CLICKED, IGNORED, REFUSED, REPEATED
from infrastructure.alarms import NAMESPACE, SLOW_SECONDS
from infrastructure.cloudformation import REGION
from infrastructure.names import DAILY, DECIDE, ENDPOINT, FUNCTIONS, named

OUTCOMES = ("Contained", "Unverified", "Compliant", "Gone", "Observed", "Awaiting", "Failed")
"""The metrics that count responses by their outcome."""

CLICKS = (CLICKED, REPEATED, REFUSED, IGNORED)
DECISIONS = ("Decisions", "DecisionsRefused")
"""The metrics of what Slack sends, and of what people decided there."""

FULL, HALF = 24, 12


def body(catalogue: Catalogue, stage: str) -> str:
    """Return the dashboard's JSON text, in which `${AWS::Region}` is to be replaced."""
    widgets = [
        _text(_title(catalogue, stage), 0, FULL, 3),
        _graph("Findings, by source", [_own("Findings", source) for source in SOURCES], 3, 0),
        _graph("Responses, by outcome", [_total(outcome) for outcome in OUTCOMES], 3, HALF),
        _graph("Seconds from event to containment, p95", _times(), 9, 0, stat="p95"),
        _graph("Waiting for approval, and not told", [_total("Awaiting"), _total("NoticesFailed")], 9, HALF),
        _graph("Errors and throttles", _lambda(stage), 15, 0),
        _graph("Events that nobody answered", _queues(stage), 15, HALF, stat="Maximum"),
        _graph("Heartbeats that arrived, by source", [_own("Heartbeat", source) for source in SOURCES], 21, 0),
        _graph("Concurrent runs", _running(stage), 21, HALF, stat="Maximum"),
        _graph("Clicks in Slack", [_own(clicks, ENDPOINT) for clicks in CLICKS], 27, 0),
        _graph("Decisions from Slack", [_own(decisions, DECIDE) for decisions in DECISIONS], 27, HALF),
        _graph("Accounts that are broken", [_own("BrokenAccounts", DAILY)], 33, 0, stat="Maximum"),
        _text(_coverage(catalogue), 39, FULL, 4 + len(SOURCES)),
    ]
    return json.dumps({"widgets": widgets}, separators=(",", ":"))


def _title(catalogue: Catalogue, stage: str) -> str:
    rules, remediations = len(catalogue.rules), len(catalogue.answering)
    return (
        f"# countermeasure, {stage}\n{rules} rules watch, {remediations} remediations answer. Account and region: hub."
    )


def _coverage(catalogue: Catalogue) -> str:
    """Return a table of what each function watches for, and with what it can answer."""
    lines = ["| Source | Rules | Answers |", "|---|---|---|"]
    for source in SOURCES:
        rules = [rule for rule in catalogue.rules.values() if rule.id.split(".")[0] == source]
        answers = sorted({unit.title for rule in rules for unit in rule.respond})
        lines.append(f"| {source} | {len(rules)} | {'; '.join(answers) or 'people are told'} |")
    return "\n".join(lines)


def _own(metric: str, function: str) -> list[Any]:
    return [NAMESPACE, metric, "service", function, {"label": function}]


def _total(metric: str) -> list[Any]:
    search = f"SUM(SEARCH('{{{NAMESPACE},service}} MetricName=\"{metric}\"', 'Sum', 300))"
    return [{"expression": search, "label": metric}]


def _times() -> list[Any]:
    return [_own("SecondsToContainment", source) for source in SOURCES]


def _lambda(stage: str) -> list[Any]:
    kinds = ("Errors", "Throttles")
    return [
        ["AWS/Lambda", kind, "FunctionName", named(stage, function), {"label": f"{function} {kind.lower()}"}]
        for kind in kinds
        for function in FUNCTIONS
    ]


def _queues(stage: str) -> list[Any]:
    metric = "ApproximateNumberOfMessagesVisible"
    return [["AWS/SQS", metric, "QueueName", named(stage, function), {"label": function}] for function in FUNCTIONS]


def _running(stage: str) -> list[Any]:
    return [
        ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", named(stage, function), {"label": function}]
        for function in FUNCTIONS
    ]


def _graph(title: str, metrics: list[Any], y: int, x: int, stat: str = "Sum") -> dict[str, Any]:
    properties: dict[str, Any] = {
        "title": title,
        "metrics": metrics,
        "stat": stat,
        "period": 300,
        "region": REGION,
        "view": "timeSeries",
    }
    if stat == "p95":
        properties["annotations"] = {"horizontal": [{"label": "alarm", "value": SLOW_SECONDS}]}
    return {"type": "metric", "x": x, "y": y, "width": HALF, "height": 6, "properties": properties}


def _text(markdown: str, y: int, width: int, height: int) -> dict[str, Any]:
    return {
        "type": "text",
        "x": 0,
        "y": y,
        "width": width,
        "height": height,
        "properties": {"markdown": markdown},
    }
