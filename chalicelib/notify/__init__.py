"""Tell people of an incident: composed once, delivered to every target, each of which may fail on its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from chalicelib.errors import NotDelivered
from chalicelib.notify import slack, sns
from chalicelib.notify.compose import compose
from chalicelib.notify.notice import Kind, Notice, Verdict
from chalicelib.notify.secrets import SlackSecret, slack_secret

__all__ = ["Kind", "Notice", "Receipt", "Targets", "Verdict", "compose", "delivered", "notify"]

Receipt: TypeAlias = dict[str, str | int]
"""What one target answered: `{"message_id"}`, `{"channel", "ts"}` or `{"webhook": "ok"}`; or `{"error"}`, with
`retry_after` in seconds where the target said when to try again."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Where notices go, and how to reach it. A target without its address is not told."""

    sns: Callable[[], Any] | None = None  # gives the boto3 SNS client of the topic's region
    topic_arn: str = ""
    slack_reference: str = ""  # secretsmanager:NAME or ssm:/path
    channel: str = ""
    read_secret: Callable[[str], SlackSecret] = slack_secret
    slack_clients: slack.Clients = field(default_factory=slack.Clients)


def notify(
    notice: Notice,
    targets: Targets,
    *,
    already: Mapping[str, Mapping[str, Any]] | None = None,
    parent: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Receipt]:
    """Deliver the notice to every target and return a receipt of each, by `sns` and `slack`.

    A target that `already` holds a receipt of is not told twice; one that it holds an error of is tried again.
    `parent` are the receipts of the incident's first notice: a follow-up is a reply to it, in its channel.
    """
    receipts = {name: {**receipt} for name, receipt in (already or {}).items() if delivered(receipt)}
    if targets.topic_arn and targets.sns and "sns" not in receipts:
        receipts["sns"] = _attempt(_to_sns, notice, targets, {})
    if targets.slack_reference and "slack" not in receipts:
        receipts["slack"] = _attempt(_to_slack, notice, targets, (parent or {}).get("slack", {}))
    return receipts


def delivered(receipt: Mapping[str, Any]) -> bool:
    """Tell whether a receipt is of a notice that arrived."""
    return bool(receipt) and "error" not in receipt


def _attempt(deliver: Callable[..., Receipt], notice: Notice, targets: Targets, parent: Mapping[str, Any]) -> Receipt:
    """Return the receipt of one delivery, or why there is none."""
    try:
        return deliver(notice, targets, parent)
    except NotDelivered as error:
        after = getattr(error, "retry_after", None)
        return {"error": str(error)} | ({} if after is None else {"retry_after": after})


def _to_sns(notice: Notice, targets: Targets, _parent: Mapping[str, Any]) -> Receipt:
    assert targets.sns
    return {**sns.deliver(notice, targets.sns(), targets.topic_arn)}


def _to_slack(notice: Notice, targets: Targets, parent: Mapping[str, Any]) -> Receipt:
    secret = targets.read_secret(targets.slack_reference)
    channel, thread = targets.channel, None
    if notice.kind is Kind.FOLLOW_UP and "ts" in parent:
        channel, thread = str(parent["channel"]), str(parent["ts"])
    return {**slack.deliver(notice, secret, channel, thread, targets.slack_clients)}
