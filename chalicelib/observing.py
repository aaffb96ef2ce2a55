"""What is counted of the answers, for the dashboard and the alarms, and where the time went."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib.util import find_spec
from typing import Any, TypeAlias

from aws_lambda_powertools.metrics import Metrics, MetricUnit

from chalicelib.model import Incident, Outcome
from chalicelib.notify import Notice, delivered
from chalicelib.replayed import ceiling
from chalicelib.telling import Deliver, Receipts

NAMESPACE = "Countermeasure"

OUTCOMES = {
    Outcome.CONTAINED: "Contained",
    Outcome.UNVERIFIED: "Unverified",
    Outcome.COMPLIANT: "Compliant",
    Outcome.GONE: "Gone",
    Outcome.OBSERVED: "Observed",
    Outcome.AWAITING: "Awaiting",
    Outcome.FAILED: "Failed",
}
"""The metric of each outcome that an answer can end with; what a guardrail switched off is not counted."""

Handler: TypeAlias = Callable[..., Any]


def count(metrics: Metrics, event: Mapping[str, Any], incidents: Iterable[Incident], now: datetime) -> None:
    """Count what became of an event. What the ledger says was answered before is not counted again.

    SecondsToContainment is the time from when the source last saw what is wrong until it was contained; an event that
    somebody replays says nothing about it.
    """
    replayed = ceiling(event)
    for incident in incidents:
        if incident.opened_at:  # it was read from the ledger
            continue
        metrics.add_metric("Findings", MetricUnit.Count, 1)
        for change in incident.changes:
            if change.outcome in OUTCOMES:
                metrics.add_metric(OUTCOMES[change.outcome], MetricUnit.Count, 1)
            if change.outcome is Outcome.CONTAINED and not replayed:
                seconds = (now - datetime.fromisoformat(incident.last_seen)).total_seconds()
                metrics.add_metric("SecondsToContainment", MetricUnit.Seconds, max(seconds, 0.0))


def counting(deliver: Deliver, metrics: Metrics) -> Deliver:
    """Return what delivers a notice, and counts the channels that did not take it."""

    def deliver_and_count(notice: Notice, already: Receipts, parent: Receipts) -> Receipts:
        receipts = deliver(notice, already, parent)
        failed = [receipt for receipt in receipts.values() if not delivered(dict(receipt))]
        if failed:
            metrics.add_metric("NoticesFailed", MetricUnit.Count, len(failed))
        return receipts

    return deliver_and_count


def traced() -> Handler | None:
    """Return Powertools' wrapper that traces a handler and its AWS calls; None outside of Lambda or without the SDK.

    The X-Ray SDK is not shipped (docs/decisions/008-tracing.md): Lambda traces every invocation by itself, and a layer
    that brings the SDK adds the calls in it.
    """
    if "LAMBDA_TASK_ROOT" not in os.environ or find_spec("aws_xray_sdk") is None:
        return None
    from aws_lambda_powertools import Tracer  # noqa: PLC0415 (cold start)

    wrapper: Handler = Tracer(patch_modules=["botocore"]).capture_lambda_handler(capture_response=False)
    return wrapper
