"""The few calls to Slack that a click takes; each failure says what Slack said, and no secret."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from chalicelib.errors import NotDelivered
from chalicelib.notify.escape import mrkdwn
from chalicelib.notify.slack_clients import web_client, webhook_client

if TYPE_CHECKING:
    from slack_sdk.web import WebClient
    from slack_sdk.webhook import WebhookClient

TIMEOUT = 2
"""Seconds: what a form is opened with counts for three, and Slack waits no longer for the answer to a click."""

LONGEST = 2500
"""Characters of an answer to one person."""


def quick(token: str) -> WebClient:
    """Return Slack's Web API client for what must be done within three seconds."""
    client = web_client(token)
    client.timeout = TIMEOUT
    return client


def asked(what: str, call: Callable[[], Any]) -> Any:
    """Return what Slack answers to a call. Raises NotDelivered: what could not be done, and Slack's word for why."""
    from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415 (cold start)

    try:
        return call()
    except SlackApiError as error:
        said = str(error.response.get("error", ""))
        word = said if said.replace("_", "").isalnum() and len(said) <= 80 else "an unreadable answer"
        raise NotDelivered(f"{what}: Slack says {word}") from None
    except (SlackClientError, OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise NotDelivered(f"{what}: Slack could not be reached ({type(reason).__name__})") from None


def whisper(response_url: str, text: str, client: Callable[[str], WebhookClient] = webhook_client) -> None:
    """Tell the one person who clicked; the message stays as it is. Raises NotDelivered, without the URL.

    Slack takes up to 5 answers within 30 minutes of a click (docs.slack.dev, "Handling user interaction").
    """

    def send() -> Any:
        said = mrkdwn(text, LONGEST)
        return client(response_url).send(text=said, response_type="ephemeral", replace_original=False)

    answer = asked("the person could not be told", send)
    if answer.status_code != 200:
        raise NotDelivered(f"the person could not be told: Slack says HTTP {answer.status_code}")
