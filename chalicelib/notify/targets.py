"""Where notices go, and how each place is reached."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import field
from typing import Any

from chalicelib.dataclass import dataclass
from chalicelib.notify.secrets import SlackSecret, slack_secret
from chalicelib.notify.slack_clients import Clients


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
    slack_clients: Clients = field(default_factory=Clients)
    clock: Callable[[], float] = time.time  # epoch seconds
