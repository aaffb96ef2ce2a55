"""What the tests share: the catalogue, and an embedded AWS that starts anew for every test."""

from __future__ import annotations

import gc
import io
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from chalice.test import Client

import app
import chalicelib.aws
from chalicelib import functions
from chalicelib.catalogue import Catalogue, load
from lab.organization import TABLE, Lab, embedded
from tests.aws import Aws, opened
from tests.functions import Deployed, forget, write

CORPUS = Path(os.environ.get("COUNTERMEASURE_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Have the garbage collector pass over what is there for good: eighteen thousand tests, and AWS's models.

    Tests of one group share what is costly: raises UsageError where pytest-xdist would not keep them together.
    """
    grouped = [item for item in session.items if item.get_closest_marker("xdist_group")]
    if session.config.getoption("loadgroup", default=False) and any("@" not in item.nodeid for item in grouped):
        raise pytest.UsageError(
            "pytest-xdist does not know the groups of tests: take a version of pytest that it knows"
        )
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """Have time stand still, and move when a test moves it."""
    with time_machine.travel("2026-08-01T12:00:00+00:00", tick=False) as clock:
        yield clock


@pytest.fixture
def lab() -> Iterator[Lab]:
    with embedded() as lab:
        yield lab


@pytest.fixture
def aws() -> Iterator[Aws]:
    with opened() as aws:
        yield aws


@pytest.fixture
def deployed(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    stream = io.StringIO()
    monkeypatch.setattr(functions, "ORGANIZATION", write(lab, tmp_path / "organization.toml"))
    own = SimpleNamespace(client=lab.hub)  # the role of a function is of the hub's account
    monkeypatch.setattr(chalicelib.aws, "session", lambda: own)
    monkeypatch.setattr(app.logger.registered_handler, "stream", stream)
    monkeypatch.setenv("LEDGER_TABLE", TABLE)
    forget()
    with Client(app.app, project_dir=str(tmp_path)) as client:
        yield Deployed(lab, lambda function, what: client.lambda_.invoke(function, what).payload, stream)
    forget()
