"""Read secrets from where they are kept, Secrets Manager or SSM Parameter Store, and never show them."""

from __future__ import annotations

import json
import re
from typing import Any

from chalicelib.aws import client
from chalicelib.dataclass import dataclass
from chalicelib.errors import CountermeasureError, NotDelivered

MAX_AGE = 300
"""Seconds that a secret is kept in memory: a rotated one is in use after that."""

_KEYS = ("bot_token", "webhook_url", "signing_secret")
_IS_THE_SECRET = re.compile(r"xox[a-z]|xapp-|https?:|[{\"]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SlackSecret:
    """How to speak as countermeasure in Slack, and how to know that Slack speaks; empty where not given."""

    bot_token: str = ""
    webhook_url: str = ""
    signing_secret: str = ""

    @property
    def interactive(self) -> bool:
        """Whether buttons can be answered: a bot shows them, and what comes back can be told from a forgery."""
        return bool(self.bot_token and self.signing_secret)

    def __repr__(self) -> str:
        """Return which values are there, and none of them."""
        return f"SlackSecret({', '.join(key for key in _KEYS if getattr(self, key)) or 'empty'})"


def slack_secret(reference: str) -> SlackSecret:
    """Return the secret that `secretsmanager:NAME` or `ssm:/path` refers to, at most MAX_AGE seconds old.

    Its value is JSON, `{"bot_token": "...", "webhook_url": "...", "signing_secret": "..."}`, or only the bot token or
    only the webhook URL. Raises NotDelivered, which never quotes the value.
    """
    try:
        return parse(text_secret(reference), reference)
    except CountermeasureError as error:
        raise NotDelivered(f"Slack cannot be told: {error}") from None


def text_secret(reference: str) -> str:
    """Return the text that `secretsmanager:NAME` or `ssm:/path` refers to, at most MAX_AGE seconds old.

    Raises CountermeasureError, which never quotes the value: nor the reference, where that is the secret itself.
    """
    if _IS_THE_SECRET.match(reference.strip()):
        raise CountermeasureError(
            "the configuration holds the secret itself. Store it in Secrets Manager or SSM (SecureString), "
            "refer to it as secretsmanager:NAME or ssm:/path, and replace it, as it may have been seen."
        )
    store, _, name = reference.partition(":")
    if store not in {"secretsmanager", "ssm"} or not name:
        raise CountermeasureError("the reference to a secret must be secretsmanager:NAME or ssm:/path.")
    value = _read(store, name)
    if not isinstance(value, str):
        raise CountermeasureError(f"the secret {reference} must be text, and is binary.")
    return value


def parse(value: str, reference: str) -> SlackSecret:
    """Return the secret in a stored value. Raises CountermeasureError, naming the reference and what it must hold."""
    expected = "must be JSON with bot_token, webhook_url or signing_secret, or only a bot token or webhook URL"
    problem = CountermeasureError(f"the secret {reference} {expected}.")
    text = value.strip()
    if text.startswith("{"):
        try:
            told = json.loads(text)
        except ValueError:
            raise problem from None  # its cause carries the whole text
        kept = {key: told[key] for key in _KEYS if told.get(key)}
    else:
        kept = {"webhook_url" if text.startswith("https:") else "bot_token": text}
    if not kept or not all(isinstance(each, str) for each in kept.values()):
        raise problem
    if not kept.get("webhook_url", "https://").startswith("https://"):
        raise problem
    if not kept.get("bot_token", "xoxb-").startswith("xox"):
        raise problem
    return SlackSecret(**kept)


def _read(store: str, name: str) -> Any:
    """Return the stored value, from memory where it is young enough. Raises CountermeasureError."""
    from aws_lambda_powertools.utilities import parameters  # noqa: PLC0415 (cold start)
    from aws_lambda_powertools.utilities.parameters.constants import DEFAULT_PROVIDERS  # noqa: PLC0415 (cold start)

    kinds = {"secretsmanager": ("secrets", parameters.SecretsProvider), "ssm": ("ssm", parameters.SSMProvider)}
    name_of, kind = kinds[store]
    if name_of not in DEFAULT_PROVIDERS:  # which would make a session of its own
        DEFAULT_PROVIDERS[name_of] = kind(boto3_client=client(store))
    try:
        if store == "secretsmanager":
            return parameters.get_secret(name, max_age=MAX_AGE)
        return parameters.get_parameter(name, decrypt=True, max_age=MAX_AGE)
    except parameters.GetParameterError as error:
        raise CountermeasureError(f"the secret {store}:{name} could not be read: {error}") from error
