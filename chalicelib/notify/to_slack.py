"""Tell Slack of a notice, or SNS in its stead, and keep the incident's own message up to date.

Imported where Slack is configured, and only once something is to be told: nothing of it is needed to contain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.errors import NotDelivered
from chalicelib.notify import slack, sns
from chalicelib.notify.attempts import MOST, Receipt, failed
from chalicelib.notify.notice import Kind, Notice
from chalicelib.notify.secrets import SlackSecret
from chalicelib.notify.slack_answers import Refused
from chalicelib.notify.targets import Targets

_USER = re.compile(r"[UW][A-Z0-9]{6,20}")


def tell(notice: Notice, targets: Targets, was: Mapping[str, Any], parent: Mapping[str, Any]) -> Receipt:
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


def show(notice: Notice, targets: Targets, shown: Receipt) -> Receipt:
    """Have the message of this receipt show the notice; return its receipt, `face` being the notice's id."""
    passing = ("face_error", "face_attempts", "retry_after")
    base: Receipt = {name: value for name, value in shown.items() if name not in passing}
    try:
        secret = targets.read_secret(targets.slack_reference)
        if secret.bot_token:
            client = targets.slack_clients.web(secret.bot_token)
            interactive = targets.interactive and secret.interactive
            slack.update(notice, client, str(shown["channel"]), str(shown["ts"]), interactive=interactive)
    except NotDelivered as error:
        return base | _not_shown(notice, shown, error)
    return base | {"face": notice.id}


def _not_shown(notice: Notice, shown: Receipt, error: NotDelivered) -> Receipt:
    said: Receipt = {"face_error": str(error)}
    if getattr(error, "lasting", False):
        return said | {"face": notice.id}
    after = getattr(error, "retry_after", None)
    again: Receipt = {} if after is None else {"retry_after": after}
    return said | {"face_attempts": int(shown.get("face_attempts", 0)) + 1} | again
