"""Events of tests/events, changed where a test wants them changed, played against the embedded AWS."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.credentials import ReadOnlyCredentials

from chalicelib.accounts import Clients, ScopedSession
from chalicelib.catalogue import Catalogue
from chalicelib.engine import Engine
from chalicelib.model import Incident
from lab.organization import Lab
from lab.stage import prepare

EVENTS = Path(__file__).parent / "events"
NOW = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
CLIENTS = Clients()


def event(name: str, **changes: Any) -> dict[str, Any]:
    """Return tests/events/NAME.json with changes by path: `detail__accountId="444455556666"`."""
    found: dict[str, Any] = copy.deepcopy(json.loads((EVENTS / f"{name}.json").read_text()))
    for path, value in changes.items():
        at: Any = found
        *parents, last = path.split("__")
        for key in parents:
            at = at[int(key)] if isinstance(at, list) else at[key]
        at[last] = value
    return found


def played(lab: Lab, catalogue: Catalogue, what: Mapping[str, Any]) -> tuple[Engine, Incident, Mapping[str, Any]]:
    """Make what an event talks of, answer it, and return the engine, the one incident, and the event as it is true."""
    stage = prepare(lab, catalogue, what)
    assert not stage.missing
    engine = lab.engine(catalogue)
    [incident] = engine.handle(stage.event)
    return engine, incident, stage.event


def administrator(lab: Lab, account: str, region: str, keys: ReadOnlyCredentials | None = None) -> ScopedSession:
    """Return a session as the engine opens one, of an administrator of the account or of whoever has these keys."""
    return ScopedSession(account, region, "aws", "inc-test", NOW, keys or lab.administrator(account), CLIENTS)


def told(lab: Lab) -> list[str]:
    """Return the headlines that the topic's subscriber was told since it was asked last."""
    return [json.loads(message["Message"])["headline"] for message in lab.told()]
