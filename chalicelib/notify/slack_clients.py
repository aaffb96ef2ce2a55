"""Slack's own clients, made when they are first needed: who tells nobody in Slack does not import them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib.dataclass import dataclass

if TYPE_CHECKING:
    from slack_sdk.web import WebClient
    from slack_sdk.webhook import WebhookClient

TIMEOUT = 5
"""Seconds to wait for Slack to connect or to answer."""


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


def _silent() -> logging.Logger:
    """Return a logger that says nothing: slack_sdk logs the webhook's URL where the root logger is set to INFO."""
    logger = logging.Logger("slack")
    logger.disabled = True
    return logger
