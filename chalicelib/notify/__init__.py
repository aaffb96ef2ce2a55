"""Tell people of an incident: composed once, delivered to every target, each of which may fail on its own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.errors import NotDelivered
from chalicelib.notify import slack, sns
from chalicelib.notify.attempts import MOST, Receipt, delivered, failed, wait
from chalicelib.notify.compose import compose
from chalicelib.notify.notice import Kind, Notice, Verdict
from chalicelib.notify.secrets import SlackSecret, slack_secret
from chalicelib.notify.slack_answers import Refused

__all__ = ["Kind", "Notice", "Receipt", "Targets", "Verdict", "compose", "delivered", "notify", "refresh", "wait"]

_USER = re.compile(r"[UW][A-Z0-9]{6,20}")


@dataclass(frozen=True, slots=True)
class Targets:
    """Where notices go, and how to reach it. A target without its address is not told.

    `escalation` is the Slack channel of escalations; "": they go into the incident's thread, and its channel sees
    them. `interactive`: there is an endpoint that hears Slack's buttons. They are shown where the secret can make use
    of it too: with a bot token and a signing secret.
    """

    sns: Callable[[], Any] | None = None  # gives the boto3 SNS client of the topic's region
    topic_arn: str = ""
    slack_reference: str = ""  # secretsmanager:NAME or ssm:/path
    channel: str = ""
    escalation: str = ""
    interactive: bool = True
    read_secret: Callable[[str], SlackSecret] = slack_secret
    slack_clients: slack.Clients = field(default_factory=slack.Clients)
    clock: Callable[[], float] = time.time  # epoch seconds


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
        receipts["slack"] = _to_slack(notice, targets, was.get("slack", {}), (parent or {}).get("slack", {}))
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
    passing = ("face_error", "face_attempts", "retry_after")
    base: Receipt = {name: value for name, value in shown.items() if name not in passing}
    try:
        secret = targets.read_secret(targets.slack_reference)
        if secret.bot_token:
            client = targets.slack_clients.web(secret.bot_token)
            interactive = targets.interactive and secret.interactive
            slack.update(notice, client, str(shown["channel"]), str(shown["ts"]), interactive=interactive)
        kept["slack"] = base | {"face": notice.id}
    except NotDelivered as error:
        kept["slack"] = base | {"face_error": str(error)}
        if getattr(error, "lasting", False):
            kept["slack"]["face"] = notice.id
        else:
            kept["slack"]["face_attempts"] = int(shown.get("face_attempts", 0)) + 1
            after = getattr(error, "retry_after", None)
            kept["slack"] |= {} if after is None else {"retry_after": after}
    return kept


def _to_sns(notice: Notice, targets: Targets, was: Mapping[str, Any]) -> Receipt:
    assert targets.sns
    try:
        return {**sns.deliver(notice, targets.sns(), targets.topic_arn)}
    except NotDelivered as error:
        return failed(was, error, int(targets.clock()))


def _to_slack(notice: Notice, targets: Targets, was: Mapping[str, Any], parent: Mapping[str, Any]) -> Receipt:
    """Tell Slack, or SNS in its stead. Never posts where the message may be there already and nobody can look."""
    to = _place(notice, targets, parent)
    looking = bool(was.get("unknown"))
    try:
        secret = targets.read_secret(targets.slack_reference)
        if looking:
            to_look = slack.Place(str(was.get("channel", to.channel)), str(was.get("thread", to.thread)))
            if found := _look(notice, targets, secret, to_look, int(was.get("since", targets.clock()))):
                return {**found}
            looking = False
            if int(was.get("attempts", 0)) >= MOST:
                return _fall_back(notice, targets, {name: value for name, value in was.items() if name != "unknown"})
        return {**_post(notice, targets, secret, to)}
    except NotDelivered as error:
        receipt = failed(was, error, int(targets.clock()))
        unknown = looking or getattr(error, "unknown", False)
        if unknown:
            place = was if looking else {"channel": to.channel, "thread": to.thread}
            receipt |= {"unknown": 1} | {name: place[name] for name in ("channel", "thread") if name in place}
        tried_enough = int(receipt["attempts"]) >= MOST and (looking or not unknown)
        if getattr(error, "lasting", False) or tried_enough:
            return _fall_back(notice, targets, receipt)
        return receipt


def _place(notice: Notice, targets: Targets, parent: Mapping[str, Any]) -> slack.Place:
    """Return where a notice belongs: the channel, the incident's thread, the second channel, or one person."""
    if notice.kind is Kind.QUESTION:
        return slack.Place(notice.to)
    if notice.kind is Kind.ESCALATION and targets.escalation:
        return slack.Place(targets.escalation)
    if notice.kind is not Kind.INCIDENT and "ts" in parent:
        return slack.Place(str(parent["channel"]), str(parent["ts"]), notice.kind is Kind.ESCALATION)
    return slack.Place(targets.channel)


def _post(notice: Notice, targets: Targets, secret: SlackSecret, to: slack.Place) -> dict[str, str]:
    asked = notice.kind is Kind.QUESTION
    if asked and not _USER.fullmatch(notice.to):
        raise Refused("Slack cannot be told: the question names no Slack user.", lasting=True)
    if secret.bot_token and to.channel:
        interactive = targets.interactive and secret.interactive
        return slack.post(notice, targets.slack_clients.web(secret.bot_token), to, interactive=interactive)
    if secret.webhook_url and not asked:
        return slack.send(notice, targets.slack_clients.webhook(secret.webhook_url))
    missing = "names no channel for the bot token" if secret.bot_token else "holds neither bot token nor webhook URL"
    missing = "holds no bot token, and only a bot can ask a person" if asked else missing
    raise Refused(f"Slack cannot be told: the configuration {missing}.", lasting=True)


def _look(notice: Notice, targets: Targets, secret: SlackSecret, place: slack.Place, since: int) -> dict[str, str]:
    if not secret.bot_token:
        raise Refused("It may have arrived, and a webhook does not let us look.", lasting=True, unknown=True)
    return slack.find(notice.id, targets.slack_clients.web(secret.bot_token), place, since)


def _fall_back(notice: Notice, targets: Targets, receipt: Receipt) -> Receipt:
    """Tell SNS that Slack could not be told; where that fails too, the notice is kept and all is tried again."""
    if not (targets.topic_arn and targets.sns):
        return receipt
    try:
        told = sns.deliver(notice, targets.sns(), targets.topic_arn, undelivered="slack", why=str(receipt["error"]))
    except NotDelivered as error:
        return receipt | {"error": f"{receipt['error']} Nor could SNS be told: {error}"}
    return {"fallback": told["message_id"]}
