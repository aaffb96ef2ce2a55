"""Tell people of an incident: composed once, delivered to every target, each of which may fail on its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.errors import NotDelivered
from chalicelib.notify import sns
from chalicelib.notify.attempts import Receipt, delivered, failed, wait
from chalicelib.notify.compose import compose
from chalicelib.notify.notice import Kind, Notice, Verdict
from chalicelib.notify.targets import Targets

__all__ = ["Kind", "Notice", "Receipt", "Targets", "Verdict", "compose", "delivered", "notify", "refresh", "wait"]


def notify(
    notice: Notice,
    targets: Targets,
    *,
    already: Mapping[str, Mapping[str, Any]] | None = None,
    parent: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Receipt]:
    """Deliver the notice to every target and return a receipt of each, by `sns` and `slack`.

    A target that `already` holds a receipt of is not told twice; one that it holds an error of is tried again, after
    a look whether the message arrived where that is not known. What Slack will not take is told to SNS in its stead.
    `parent` are the receipts of the incident's first notice: a follow-up is a reply to it, in its channel.
    """
    was = already or {}
    receipts = {name: {**receipt} for name, receipt in was.items() if delivered(receipt)}
    if targets.topic_arn and targets.sns and "sns" not in receipts and notice.kind is not Kind.QUESTION:
        receipts["sns"] = _to_sns(notice, targets, was.get("sns", {}))
    if targets.slack_reference and "slack" not in receipts:
        from chalicelib.notify import to_slack  # noqa: PLC0415 (cold start)

        receipts["slack"] = to_slack.tell(notice, targets, was.get("slack", {}), (parent or {}).get("slack", {}))
    return receipts


def refresh(notice: Notice, targets: Targets, receipts: Mapping[str, Mapping[str, Any]]) -> dict[str, Receipt]:
    """Have the incident's own message in Slack show this notice; return the receipts, `face` being the notice's id.

    Where Slack refuses, there is `face_error`: to be tried again, unless `face` is there too because no try helps.
    Nothing is done for a webhook, for what has not arrived, and for what the message shows already; SNS is not told.
    """
    kept = {name: {**receipt} for name, receipt in receipts.items()}
    shown = kept.get("slack", {})
    if not (targets.slack_reference and "ts" in shown and delivered(shown)) or shown.get("face") == notice.id:
        return kept
    from chalicelib.notify import to_slack  # noqa: PLC0415 (cold start)

    return kept | {"slack": to_slack.show(notice, targets, shown)}


def _to_sns(notice: Notice, targets: Targets, was: Mapping[str, Any]) -> Receipt:
    assert targets.sns
    try:
        return {**sns.deliver(notice, targets.sns(), targets.topic_arn)}
    except NotDelivered as error:
        return failed(was, error, int(targets.clock()))
