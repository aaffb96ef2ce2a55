"""The functions as they are deployed in the hub, in the embedded AWS."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities import parameters

from chalicelib import aws, functions
from chalicelib.patterns import HEARTBEAT
from lab.organization import HUB, Lab


@dataclass(frozen=True, slots=True)
class Deployed:
    """The functions in the hub: `invoke` takes a function and an event, `log` is what they wrote to their logger."""

    lab: Lab
    invoke: Callable[[str, Any], Any]
    stream: io.StringIO

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


def forget() -> None:
    """Be another Lambda environment, with nothing in memory."""
    for made in (functions.engine, functions.endpoint, aws.client):
        made.cache_clear()
    parameters.clear_caches()  # type: ignore[no-untyped-call]


def beat(now: datetime, **more: Any) -> dict[str, Any]:
    """Return a heartbeat as EventBridge delivers it; `more` are parts of its envelope."""
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Heartbeat",
        "source": HEARTBEAT,
        "account": HUB,
        "time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "region": "us-east-1",
        "resources": [],
        "detail": {},
        **more,
    }


def write(lab: Lab, path: Path, topic: str | None = None, environment: str = "", more: str = "") -> Path:
    """Write the lab's organization as organization.toml.

    `environment` stands in the first environment's table, `more` in that of the organization.
    """
    ours = lab.organization
    lines = ["[organization]", f'id = "{ours.id}"', f'hub = "{ours.hub}"', more]
    for name, its in ours.environments.items():
        lines += [f"[environments.{name}]", f'mode = "{its.mode.name.lower()}"', environment]
        environment = ""
    lines += ["[accounts]"]
    lines += [f'{a.id} = {{ name = "{a.name}", environment = "{a.environment}" }}' for a in ours.accounts.values()]
    lines += ["[regions]", f"governed = {json.dumps(ours.regions)}"]
    lines += ["[notify]", f'topic = "{ours.channels.topic if topic is None else topic}"']
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
