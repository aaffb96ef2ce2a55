"""What the tests share: the catalogue, and an embedded AWS that starts anew for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.catalogue import Catalogue, load
from lab.organization import Lab, embedded
from tests.aws import Aws, opened

CORPUS = Path(os.environ.get("COUNTERMEASURE_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def lab() -> Iterator[Lab]:
    with embedded() as lab:
        yield lab


@pytest.fixture
def aws() -> Iterator[Aws]:
    with opened() as aws:
        yield aws
