"""The functions as they are deployed in the hub, in the embedded AWS of this process, and all that they said."""

from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from aws_lambda_powertools.utilities import parameters
from chalice.local import LambdaContext
from chalice.test import Client
from slack_sdk.web import WebClient

import app
from chalicelib import aws, functions
from chalicelib.engine import Engine
from chalicelib.model import Mode
from chalicelib.notify.secrets import SlackSecret, parse
from lab.organization import TABLE, Lab, embedded
from torture.hostile_seeds import catalogue

SIGNING, BOT, WEBHOOK = (
    "EXAMPLE-slack-signing-secret",
    "xoxb-EXAMPLE-bot-token",
    "https://hooks.slack.com/services/T0EXAMPLE/B0EXAMPLE/EXAMPLE-webhook-path",
)
_SECRET = {"signing_secret": SIGNING, "bot_token": BOT, "webhook_url": WEBHOOK}


@dataclass(slots=True)
class World:
    """A deployment: what it was asked to do outside of itself, and everything that it wrote to its logs."""

    lab: Lab
    client: Client
    logs: io.StringIO
    engine: list[Engine] = field(default_factory=list)
    handed: list[str] = field(default_factory=list)  # decisions, on their way to `decide`
    views: list[Any] = field(default_factory=list)
    whispers: list[tuple[str, str]] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)  # the calls that write to the ledger

    def invoke(self, function: str, event: Any) -> Any:
        """Call a function as Lambda does: what it raises is logged, and raised."""
        try:
            return self.client.lambda_.invoke(function, event).payload
        except Exception as error:
            self.logs.write(f"\n{type(error).__name__}: {error}")
            raise

    def request(self, event: dict[str, Any]) -> dict[str, Any]:
        """Answer a request of API Gateway."""
        answer: dict[str, Any] = app.app(event, LambdaContext("slack", 1024))
        return answer

    def items(self) -> list[dict[str, Any]]:
        """Return everything in the ledger."""
        pages = self.lab.hub("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
        return [item for page in pages for item in page["Items"]]

    def renew(self) -> None:
        """Start anew, with nothing in the accounts, in the ledger, in memory and in the logs."""
        self.lab.reset()
        self.engine[:] = [self.lab.engine(catalogue())]
        for kept in (self.handed, self.views, self.whispers, self.writes):
            kept.clear()
        self.logs.seek(0)
        self.logs.truncate()

    def lower(self) -> None:
        """Have every environment only observe."""
        ours = self.lab.organization
        lowered = {name: replace(each, mode=Mode.OBSERVE) for name, each in ours.environments.items()}
        self.lab.organization = replace(ours, environments=lowered)
        self.engine[:] = [self.lab.engine(catalogue())]

    def said(self) -> str:
        """Return everything that was logged, kept in the ledger, and told, as one text."""
        told = [message["Message"] for message in self.lab.told()]
        slack = [*self.lab.slack.posted, *self.lab.slack.updated]
        return json.dumps([self.logs.getvalue(), self.items(), told, slack, self.whispers], default=str)

    def note(self, model: Any, **_: Any) -> None:
        """Take note of a call to DynamoDB that writes."""
        if not model.name.startswith(("Get", "BatchGet", "Query", "Scan", "Describe")):
            self.writes.append(model.name)


@dataclass(frozen=True, slots=True)
class _Hub:
    """The Lambda client of the endpoint, and Slack's Web API: both write down what they are asked."""

    world: World

    def invoke(self, **asked: Any) -> dict[str, int]:
        self.world.handed.append(asked["Payload"].decode())
        return {"StatusCode": 202}

    def views_open(self, **asked: Any) -> dict[str, bool]:
        self.world.views.append(asked)
        return {"ok": True}


@contextmanager
def world() -> Iterator[World]:
    """Deploy the functions; what they print is logs."""
    logs = io.StringIO()
    with ExitStack() as undo:
        lab = undo.enter_context(embedded())
        folder = Path(undo.enter_context(TemporaryDirectory()))
        undo.enter_context(redirect_stdout(logs))
        undo.enter_context(redirect_stderr(logs))
        made = World(lab, undo.enter_context(Client(app.app, project_dir=str(folder))), logs)
        hub = _Hub(made)
        undo.enter_context(patch.dict(os.environ, {"LEDGER_TABLE": TABLE, "DECIDE_FUNCTION": "decide"}))
        undo.enter_context(patch.object(functions, "ORGANIZATION", _written(lab, folder / "organization.toml")))
        for handler in {app.logger.registered_handler, *app.app.log.handlers}:
            if isinstance(handler, logging.StreamHandler):
                undo.enter_context(patch.object(handler, "stream", logs))
        own = SimpleNamespace(client=lambda name, **_: hub if name == "lambda" else lab.hub(name))
        undo.enter_context(patch.object(aws, "session", lambda: own))
        undo.enter_context(patch.object(app, "engine", lambda *_: made.engine[0]))
        undo.enter_context(patch.object(app, "endpoint", _endpoint(made, hub)))
        undo.enter_context(patch("chalicelib.slackapp.deciding.whisper", lambda *said: made.whispers.append(said)))
        calls = lab.hub("dynamodb").meta.events
        calls.register("before-call.dynamodb", made.note)
        undo.callback(calls.unregister, "before-call.dynamodb", made.note)
        undo.callback(_forget)
        _forget()
        made.renew()
        yield made


def _endpoint(made: World, hub: _Hub) -> Callable[[], Any]:
    def whisper(url: str, text: str) -> None:
        made.whispers.append((url, text))

    def endpoint() -> Any:
        return replace(functions.endpoint(), secret=_secret, web=lambda _: cast("WebClient", hub), whisper=whisper)

    return endpoint


def _secret() -> SlackSecret:
    return parse(json.dumps(_SECRET), "secretsmanager:slack")


def _forget() -> None:
    for made in (functions.engine, functions.endpoint, aws.client):
        made.cache_clear()
    parameters.clear_caches()  # type: ignore[no-untyped-call]


def _written(lab: Lab, path: Path) -> Path:
    ours = lab.organization
    lines = ["[organization]", f'id = "{ours.id}"', f'hub = "{ours.hub}"']
    for each in ours.environments.values():
        lines += [f"[environments.{each.name}]", f'mode = "{each.mode.name.lower()}"']
    lines += ["[accounts]"]
    lines += [f'{a.id} = {{ name = "{a.name}", environment = "{a.environment}" }}' for a in ours.accounts.values()]
    lines += ["[regions]", 'governed = ["us-east-1"]', "[notify]", 'slack_secret = "secretsmanager:slack"']
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def shown(said: str, secrets: Sequence[str]) -> list[str]:
    """Return which secrets are to be seen in a text of JSON."""
    return [secret for secret in secrets if secret in said or json.dumps(secret)[1:-1] in said]
