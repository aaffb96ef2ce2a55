"""The events that hostile ones are made of: those of the tests, and a corpus of real ones where there is one."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from chalicelib.catalogue import Catalogue, load
from cli import intake

ROOT = Path(__file__).parents[1]
EVENTS = ROOT / "tests" / "events"
CORPUS = Path(os.environ.get("COUNTERMEASURE_CORPUS", ROOT.parent / "shared" / "corpus"))

SECRETS = (
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "IQoJb3JpZ2luX2VjEXAMPLESESSIONTOKEN",
    "correct-horse-EXAMPLE-password",
    "EXAMPLE-master-user-password",
    "EXAMPLE-webidentity-token",
)
"""What must be shown nowhere; the first is the one of AWS's own documentation."""

_KEY, _SESSION, _LOGIN, _MASTER, _WEB = SECRETS
_CREDENTIALS = {"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": _KEY, "sessionToken": _SESSION}


@functools.cache
def catalogue() -> Catalogue:
    """Return the whole catalogue, loaded once in this process."""
    return load()


def seeds(pattern: str = "*.json", corpus: bool = True) -> dict[str, Callable[[], Any]]:
    """Return what makes each event anew, by the name of its file."""
    found = {f"tests/{file.relative_to(EVENTS)}": file for file in EVENTS.rglob(pattern)}
    if corpus and CORPUS.is_dir():
        found |= {f"corpus/{file.relative_to(CORPUS)}": file for file in CORPUS.rglob("*.json")}
    return {name: functools.partial(_event, file) for name, file in sorted(found.items())}


def _event(file: Path) -> Any:
    """Return the event of a file, in its envelope where the file has it bare."""
    return json.loads(_text(file))


@functools.lru_cache(maxsize=2_000)
def _text(file: Path) -> str:
    found = next((item.event for item in intake.read(str(file)) if item.event), None)
    return json.dumps(found) if found else file.read_text(encoding="utf-8")


def planted(event: Any, rng: Random) -> Any:
    """Return the event with secrets where real ones carry them: in requests, in answers, in what a source adds."""
    detail = event.get("detail") if isinstance(event, dict) else None
    if not isinstance(detail, dict):
        return event
    request = {"password": _LOGIN, "masterUserPassword": _MASTER, "webIdentityToken": _WEB, "loginProfile": {}}
    request["loginProfile"] = {"password": _LOGIN, "tags": [{"newPassword": _LOGIN}]}
    _into(detail, "requestParameters", request)
    _into(detail, "responseElements", {"credentials": dict(_CREDENTIALS), "secretAccessKey": _KEY})
    _into(detail, "additionalEventData", {"SigninToken": _WEB})
    _into(detail, "service", {"additionalInfo.credentials": dict(_CREDENTIALS)})
    findings = detail.get("findings")
    for one in findings if isinstance(findings, list) else []:
        if isinstance(one, dict):
            _into(one, "ProductFields", {"aws/session/SessionToken": _SESSION})
            _into(one, "unmapped", {"MasterUserPassword": [_MASTER, {"password": rng.choice(SECRETS)}]})
    return event


def _into(within: dict[str, Any], name: str, more: Mapping[str, Any]) -> None:
    """Add to an object, where there is one or nothing yet."""
    if isinstance(within.get(name), dict):
        within[name].update(more)
    elif within.get(name) is None:
        within[name] = dict(more)
