"""Speak to Slack, as a bot or through an incoming webhook: post a notice, find it again, bring it up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from chalicelib.dataclass import dataclass
from chalicelib.notify import slack_clients
from chalicelib.notify.notice import Notice
from chalicelib.notify.slack_answers import Refused, refused, unreachable
from chalicelib.notify.slack_blocks import render

if TYPE_CHECKING:
    from slack_sdk.web import WebClient
    from slack_sdk.webhook import WebhookClient

EVENT = "countermeasure_notice"
"""The `event_type` of the metadata of each message, beside the notice's id (docs.slack.dev, "Message metadata")."""

EARLIER = 300
"""Seconds by which Slack's clock may be behind ours when a message is looked for."""

_PAGE, _PAGES = 200, 15
"""Messages asked for at once, and how often at most: who does not find it in 3,000 does not know."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: a channel or a user, a thread in it or none, and whether the channel sees the reply too."""

    channel: str
    thread: str = ""
    broadcast: bool = False


def post(notice: Notice, client: WebClient, to: Place, *, interactive: bool) -> dict[str, str]:
    """Post the notice; return `{"channel", "ts"}`. Raises Refused."""
    more: dict[str, Any] = {"thread_ts": to.thread} if to.thread else {}
    if to.thread and to.broadcast:
        more["reply_broadcast"] = True
    with _told(to.channel):
        answer = client.chat_postMessage(
            channel=to.channel,
            unfurl_links=False,
            unfurl_media=False,
            link_names=False,
            parse="none",
            metadata={"event_type": EVENT, "event_payload": {"id": notice.id}},
            **more,
            **render(notice, in_thread=bool(to.thread) and not to.broadcast, interactive=interactive),
        )
    return {"channel": to.channel} | {name: str(answer[name]) for name in ("channel", "ts") if answer.get(name)}


def greet(client: WebClient) -> None:
    """Ask Slack whether it takes our token (auth.test). Raises Refused."""
    with _told("any channel"):
        client.auth_test()


def find(notice_id: str, client: WebClient, place: Place, since: int) -> dict[str, str]:
    """Return `{"channel", "ts"}` of the message with this notice, posted since then (epoch seconds); {} for none.

    Raises Refused, always with `unknown`, where Slack does not let us look, or there is too much to look through.
    """
    try:
        with _told(place.channel):
            channel = place.channel
            if channel.startswith(("U", "W")):
                channel = str(client.conversations_open(users=channel)["channel"]["id"])
            for message in _messages(client, channel, place.thread, f"{since - EARLIER}.000000"):
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT and metadata.get("event_payload", {}).get("id") == notice_id:
                    return {"channel": channel, "ts": str(message["ts"])}
    except Refused as error:
        text = f"It may have arrived, and Slack does not say: {error}"
        raise Refused(text, retry_after=error.retry_after, lasting=error.lasting, unknown=True) from None
    return {}


def update(notice: Notice, client: WebClient, channel: str, ts: str, *, interactive: bool) -> None:
    """Have a message show this notice from now on. Raises Refused."""
    with _told(channel):
        client.chat_update(
            channel=channel, ts=ts, link_names=False, parse="none", **render(notice, interactive=interactive)
        )


def send(notice: Notice, client: WebhookClient) -> dict[str, str]:
    """Post the notice through a webhook; return `{"webhook": "ok"}`. Raises Refused.

    A webhook has one channel, no threads, no buttons, and tells no `ts`; nor does it let us look whether a message
    arrived: where that is not known, trying again is of no use.
    """
    where = "the webhook"
    try:
        with _told(where):
            answer = client.send(unfurl_links=False, unfurl_media=False, **render(notice))
        if answer.status_code != 200 or answer.body != "ok":
            raise refused(where, answer.body, answer.status_code, answer.headers)
    except Refused as error:
        if not error.unknown:
            raise
        text = f"It may have arrived, and a webhook does not let us look: {error}"
        raise Refused(text, retry_after=error.retry_after, lasting=True, unknown=True) from None
    return {"webhook": "ok"}


def _messages(client: WebClient, channel: str, thread: str, oldest: str) -> Iterator[dict[str, Any]]:
    """Yield the messages of a channel or a thread since a time. Raises Refused where there are too many."""
    asked: dict[str, Any] = {"channel": channel, "oldest": oldest, "limit": _PAGE, "include_all_metadata": True}
    for _ in range(_PAGES):
        page = client.conversations_replies(ts=thread, **asked) if thread else client.conversations_history(**asked)
        yield from page.get("messages") or ()
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        asked["cursor"] = cursor
    raise Refused(f"there are more than {_PAGE * _PAGES} messages in {channel} since.", unknown=True)


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Turn what slack_sdk raises into Refused, without the cause: that may quote the secret."""
    from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415 (cold start)

    try:
        yield
    except SlackApiError as error:
        response = error.response
        code = str(response.get("error", "")) or f"HTTP {response.status_code}"
        raise refused(where, code, response.status_code, response.headers) from None
    except (SlackClientError, OSError, HTTPException, ValueError) as error:
        raise unreachable(where, error, slack_clients.TIMEOUT) from None
