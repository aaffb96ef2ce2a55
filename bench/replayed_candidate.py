"""countermeasure's own AWS calls without countermeasure: what it asked AWS for, event by event, through plain clients.

The simulated AWS draws its ids from a seed, so the same calls in the same order find the same resources. What they
take is the bare cost of what countermeasure does; the rest is its own.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

from bench import countermeasure_candidate
from bench.calls import Made


def build(case: str, state: dict[str, str], dest: str) -> dict[str, object]:
    """Make in AWS what countermeasure needs there, as it does."""
    return countermeasure_candidate.build(case, state, dest)


def load(dest: str) -> Replay:
    """Return what answers the n-th event with the calls that countermeasure made for it."""
    return Replay(recorded(Path(dest).parent, Path(dest).name.partition("-")[2]))


def recorded(work: Path, case: str) -> Path:
    """Return where the calls of countermeasure's last event are kept."""
    return work / f"countermeasure_candidate-{case}.calls"


@dataclass(slots=True)
class Replay:
    """A handler; `ready` reads what it is to call, and is no part of what is measured."""

    source: Path
    calls: Sequence[Made] = ()

    def ready(self) -> None:
        self.calls = pickle.loads(self.source.read_bytes())
        for made in self.calls:
            _client(made.service, made.region)

    def __call__(self, *_: object) -> None:
        for made in self.calls:
            _replay(made)


def _replay(made: Made) -> None:
    """Make a call once more. Raises RuntimeError when it does not end as it did: then nothing was compared."""
    error = ""
    try:
        getattr(_client(made.service, made.region), xform_name(made.operation))(**made.parameters)
    except ClientError as refusal:
        error = str(refusal.response["Error"].get("Code", "?"))
    if error != made.error:
        raise RuntimeError(f"{made.name} ended with {error or 'success'}, and with {made.error or 'success'} before")


@functools.cache
def _client(service: str, region: str) -> Any:
    return boto3.client(service, region_name=region)
