"""Deliver a notice to Slack, as a bot or through an incoming webhook, and say clearly when Slack refuses it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from chalicelib.errors import NotDelivered
from chalicelib.notify.notice import Notice
from chalicelib.notify.secrets import SlackSecret
from chalicelib.notify.slack_blocks import render

if TYPE_CHECKING:
    from slack_sdk.web import WebClient
    from slack_sdk.webhook import WebhookClient

TIMEOUT = 5
"""Seconds to wait for Slack to connect or to answer."""

_WHAT_TO_DO: Mapping[str, str] = {
    "not_in_channel": "invite the app to the channel",
    "channel_not_found": "check the channel id, and invite the app where it is private",
    "is_archived": "the channel is archived: name another",
    "invalid_auth": "the bot token is wrong: store the right one",
    "not_authed": "the bot token is wrong: store the right one",
    "token_revoked": "install the app again and store its new token",
    "token_expired": "store a fresh token",
    "account_inactive": "install the app again and store its new token",
    "missing_scope": "give the app the scope chat:write and install it again",
    "ratelimited": "it is tried again later",
    "no_service": "the webhook is gone: make a new one and store its URL",
}
"""What a person can do about Slack's own error codes (docs.slack.dev: chat.postMessage, incoming webhooks)."""


def web_client(token: str) -> WebClient:
    """Return Slack's Web API client, which asks once: who keeps the notice decides when to try again."""
    from slack_sdk.web import WebClient  # noqa: PLC0415 (cold start)

    return WebClient(token=token, timeout=TIMEOUT, logger=_silent(), retry_handlers=[])


def webhook_client(url: str) -> WebhookClient:
    """Return Slack's incoming webhook client, which asks once."""
    from slack_sdk.webhook import WebhookClient  # noqa: PLC0415 (cold start)

    return WebhookClient(url, timeout=TIMEOUT, logger=_silent(), retry_handlers=[])


@dataclass(frozen=True, slots=True)
class Clients:
    """Who makes Slack's clients: of a bot token, and of a webhook URL."""

    web: Callable[[str], WebClient] = web_client
    webhook: Callable[[str], WebhookClient] = webhook_client


def deliver(
    notice: Notice,
    secret: SlackSecret,
    channel: str,
    thread_ts: str | None = None,
    clients: Clients | None = None,
) -> dict[str, str]:
    """Post the notice; return `{"channel", "ts"}` as a bot, `{"webhook": "ok"}` through a webhook.

    A webhook has one channel, no threads and tells no `ts`: there every notice stands alone. Raises NotDelivered,
    with the attribute `retry_after` (seconds) where Slack says when to try again; it never quotes the secret.
    """
    makers = clients or Clients()
    if secret.bot_token and channel:
        return _post(notice, makers.web(secret.bot_token), channel, thread_ts)
    if secret.webhook_url:
        return _send(notice, makers.webhook(secret.webhook_url))
    missing = "names no channel for the bot token" if secret.bot_token else "holds neither bot token nor webhook URL"
    raise NotDelivered(f"Slack cannot be told: the configuration {missing}.")


def _post(notice: Notice, client: WebClient, channel: str, thread_ts: str | None) -> dict[str, str]:
    from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415 (cold start)

    message = render(notice, in_thread=thread_ts is not None)
    try:
        answer = client.chat_postMessage(
            channel=channel,
            thread_ts=thread_ts,
            unfurl_links=False,
            unfurl_media=False,
            link_names=False,
            parse="none",
            **message,
        )
    except SlackApiError as error:
        response = error.response
        code = str(response.get("error", "")) or f"HTTP {response.status_code}"
        raise _refused(channel, code, response.status_code, response.headers) from None
    except (SlackClientError, OSError, HTTPException, ValueError) as error:
        raise _unreachable(channel, error) from None
    return {"channel": channel} | {name: str(answer[name]) for name in ("channel", "ts") if answer.get(name)}


def _send(notice: Notice, client: WebhookClient) -> dict[str, str]:
    from slack_sdk.errors import SlackClientError  # noqa: PLC0415 (cold start)

    try:
        answer = client.send(unfurl_links=False, unfurl_media=False, **render(notice))
    except (SlackClientError, OSError, HTTPException, ValueError) as error:
        raise _unreachable("the webhook", error) from None
    if answer.status_code != 200 or answer.body != "ok":
        raise _refused("the webhook", answer.body, answer.status_code, answer.headers)
    return {"webhook": "ok"}


def _refused(where: str, code: str, status: int, headers: Mapping[str, Any]) -> NotDelivered:
    """Return the refusal in Slack's own word and what to do about it, and when to try again."""
    word = code if code.replace("_", "").isalnum() and len(code) <= 80 else "an unreadable answer"
    advice = _WHAT_TO_DO.get(word, "it is kept and tried again")
    refusal = NotDelivered(f"Slack refused the notice for {where}: {word} (HTTP {status}); {advice}.")
    seconds = next((str(value) for name, value in headers.items() if name.lower() == "retry-after"), "")
    if seconds.isdecimal():
        refusal.retry_after = int(seconds)  # type: ignore[attr-defined]
    return refusal


def _unreachable(where: str, error: Exception) -> NotDelivered:
    """Return what kind of fault it was; the error's own text may quote the webhook's URL, which is a secret."""
    reason = getattr(error, "reason", error)
    kind = "it did not answer in time" if isinstance(reason, TimeoutError) else type(reason).__name__
    return NotDelivered(
        f"Slack could not be reached for {where}: {kind} (waited at most {TIMEOUT} s); it is tried again."
    )


def _silent() -> logging.Logger:
    """Return a logger that says nothing: slack_sdk logs the webhook's URL where the root logger is set to INFO."""
    logger = logging.Logger("slack")
    logger.disabled = True
    return logger
