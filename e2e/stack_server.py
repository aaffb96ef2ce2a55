"""ministack, with what a hub needs of AWS that it leaves out.

Two types of the hub's template, and a table's point-in-time recovery, through ministack's own API; the ARN that IAM
knows a rule of the default event bus by; rules in the state in which they also hear calls that only read; metrics of
what functions log (embedded metric format); who is behind each session's key, for the server that looks after the
members; and schedules with shorter minutes, whose functions run one at a time. It runs in ministack's environment,
which has none of the product's packages.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ministack.app import main  # type: ignore[import-not-found]
from ministack.core import iam_actions  # type: ignore[import-not-found]
from ministack.services import (  # type: ignore[import-not-found]
    cloudwatch,
    cloudwatch_logs,
    dynamodb,
    eventbridge,
    lambda_svc,
    sts,
)
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

CALLERS = Path(os.environ["E2E_CALLERS"])
MINUTE = float(os.environ["E2E_MINUTE_SECONDS"])
"""How many seconds a minute of a schedule lasts."""

ALL_CALLS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

_callers: dict[str, str] = {}
_scheduled: dict[str, threading.Thread] = {}
_lock = threading.Lock()
_register, _append, _rate = sts.register_session, cloudwatch_logs._append_log_events, eventbridge._parse_rate_seconds
_create_table = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]["create"]
_arn, _dispatch = iam_actions.extract_resource_arn, eventbridge._dispatch_to_lambda
_dispatch_event = eventbridge._dispatch_event


def create_archive(_: str, properties: Mapping[str, Any], __: str) -> tuple[str, dict[str, Any]]:
    """Make an `AWS::Events::Archive` (CreateArchive); return its name and attributes."""
    named = {"ArchiveName": "ArchiveName", "SourceArn": "EventSourceArn", "Description": "Description"}
    asked = {there: properties[here] for here, there in named.items() if here in properties}
    pattern = {"EventPattern": json.dumps(properties["EventPattern"]), "RetentionDays": properties["RetentionDays"]}
    made = answered(eventbridge._create_archive({**asked, **pattern}))
    return properties["ArchiveName"], {"Arn": made["ArchiveArn"]}


def delete_archive(name: str, _: Mapping[str, Any]) -> None:
    answered(eventbridge._delete_archive({"ArchiveName": name}))


def create_bus_policy(_: str, properties: Mapping[str, Any], __: str) -> tuple[str, dict[str, Any]]:
    """Make an `AWS::Events::EventBusPolicy` of one statement (PutPermission); return its name."""
    wanted = ("Principal", "Action", "Condition")
    statement = {key: properties["Statement"][key] for key in wanted if key in properties["Statement"]}
    where = {key: properties[key] for key in ("EventBusName", "StatementId")}
    answered(eventbridge._put_permission({**where, **statement}))
    return "|".join(where.values()), {}


def delete_bus_policy(_: str, properties: Mapping[str, Any]) -> None:
    where = {key: properties[key] for key in ("EventBusName", "StatementId")}
    answered(eventbridge._remove_permission(where))


def create_table(logical: str, properties: Mapping[str, Any], stack: str) -> Any:
    """Make an `AWS::DynamoDB::Table`, and have it keep what it was at any point in time, if so asked."""
    made = _create_table(logical, properties, stack)
    if wanted := properties.get("PointInTimeRecoverySpecification"):
        answered(
            dynamodb._update_continuous_backups({"TableName": made[0], "PointInTimeRecoverySpecification": wanted})
        )
    return made


def arn_of(service: str, *request: Any) -> Any:
    """Return the ARN that a request is about; that of a rule on the default bus does not name the bus.

    Service authorization reference, "Actions, resources, and condition keys for Amazon EventBridge".
    """
    arn = _arn(service, *request)
    if service != "events":
        return arn
    _, _, headers, body, _, region, account = request
    asked, action = json.loads(body or b"{}"), headers.get("x-amz-target", "")
    if action.endswith("EventBus"):
        return f"arn:aws:events:{region}:{account}:event-bus/{asked['Name']}"
    if rule := asked.get("Rule"):
        return f"arn:aws:events:{region}:{account}:rule/{rule}"
    return arn.replace(":rule/default/", ":rule/")


def answered(response: tuple[int, Any, bytes]) -> dict[str, Any]:
    """Return what ministack's API answered. Raises ValueError, which fails the resource, where it refused."""
    status, _, body = response
    if status >= 400:
        raise ValueError(body.decode() if isinstance(body, bytes) else str(body))
    return dict(json.loads(body or b"{}"))


def replaced(create: Callable[..., Any], delete: Callable[..., Any]) -> Callable[..., Any]:
    """Return an update of a resource that is made anew, in its place."""

    def update(physical: str, old: Mapping[str, Any], new: Mapping[str, Any], stack: str) -> Any:
        delete(physical, old)
        return create("", new, stack)

    return update


def note(access_key: str, session: dict[str, Any]) -> None:
    """Register a session, and write down whose key it is."""
    _register(access_key, session)
    with _lock:
        if _callers.get(access_key) != session["Arn"]:
            _callers[access_key] = session["Arn"]
            written = CALLERS.with_suffix(".new")
            written.write_text(json.dumps(_callers))
            written.replace(CALLERS)


def append(stream: Any, events: Sequence[Mapping[str, Any]], *rest: Any, **more: Any) -> Any:
    """Keep what was logged, and count what it says in the embedded metric format (CloudWatch user guide)."""
    for event in events:
        if '"_aws"' in event["message"]:
            count(json.loads(event["message"]))
    return _append(stream, events, *rest, **more)


def count(line: Mapping[str, Any]) -> None:
    for each in line["_aws"]["CloudWatchMetrics"]:
        for names in each["Dimensions"]:
            dimensions = {name: str(line[name]) for name in names}
            for metric in each["Metrics"]:
                values = line[metric["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    cloudwatch.record_metric(
                        each["Namespace"], metric["Name"], value, metric.get("Unit", "None"), dimensions
                    )


def rate(expression: str) -> float | None:
    """Return the seconds between two events of a schedule, with minutes of ours."""
    seconds = _rate(expression)
    return None if seconds is None else seconds * MINUTE / 60


def dispatch(arn: str, payload: str) -> None:
    """Hand an event to a function; that of a schedule, or a heartbeat, only when it is done with the one before.

    The template lets one run at a time (ReservedConcurrentExecutions), to which ministack holds containers alone.
    """
    event = json.loads(payload)
    if event.get("detail-type") not in {"Scheduled Event", "Heartbeat"}:
        _dispatch(arn, payload)
    elif arn not in _scheduled or not _scheduled[arn].is_alive():
        function, config, _ = lambda_svc._get_func_record_for_ref(arn)
        if function and config:
            asked = (lambda_svc._execution_record_for_config(function, config), event)
            run = threading.Thread(target=lambda_svc._execute_function_with_config_scope, args=asked, daemon=True)
            _scheduled[arn] = run
            run.start()


def dispatch_event(event: Mapping[str, Any], view: Any = None) -> None:
    """Hand an event to the targets of its rules; those too that also hear calls that only read, which are enabled."""
    _dispatch_event(event, view)
    seen = view or eventbridge._pattern_event_view(event)
    for key, rule in list(eventbridge._rules.items()):
        heard = rule.get("State") == ALL_CALLS and rule.get("EventPattern")
        if heard and eventbridge._matches_pattern_view(rule["EventPattern"], seen, f"rule {key}"):
            for target in eventbridge._targets.get(key, []):
                eventbridge._invoke_target(target, event, rule, seen)


def complete() -> None:
    provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]["create"] = create_table
    iam_actions.extract_resource_arn = arn_of
    provisioners._RESOURCE_HANDLERS |= {
        "AWS::Events::Archive": {
            "create": create_archive,
            "update": replaced(create_archive, delete_archive),
            "delete": delete_archive,
        },
        "AWS::Events::EventBusPolicy": {
            "create": create_bus_policy,
            "update": replaced(create_bus_policy, delete_bus_policy),
            "delete": delete_bus_policy,
        },
    }
    sts.register_session = note
    cloudwatch_logs._append_log_events = append
    eventbridge._parse_rate_seconds = rate
    eventbridge._dispatch_to_lambda = dispatch
    eventbridge._dispatch_event = dispatch_event
    eventbridge._SCHEDULER_TICK_INTERVAL = min(eventbridge._SCHEDULER_TICK_INTERVAL, MINUTE)


if __name__ == "__main__":
    complete()
    main()
