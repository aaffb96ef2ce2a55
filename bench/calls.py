"""The AWS calls that a candidate makes: each noted with its parameters, how it ended, and the processor time of it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError


@dataclass(frozen=True, slots=True)
class Made:
    """One call. `error` is the code of AWS's refusal, `cpu` is in nanoseconds."""

    service: str
    region: str
    operation: str
    parameters: dict[str, Any]
    error: str
    cpu: int

    @property
    def name(self) -> str:
        """The call as people write it: `ec2:DescribeInstances`."""
        return f"{self.service}:{self.operation}"


@dataclass(slots=True)
class Journal:
    """The calls that are made while it is `on`."""

    on: bool = False
    calls: list[Made] = field(default_factory=list)


Named: TypeAlias = tuple[str, str]
"""A call by its name, and by what tells it from one with other parameters."""


@contextmanager
def noted() -> Iterator[Journal]:
    """Note every call that any client of this process makes. What that takes is the same for every candidate."""
    journal, call = Journal(), BaseClient._make_api_call

    def make(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if not journal.on:
            return call(client, operation, parameters)
        error, began = "", time.process_time_ns()
        try:
            return call(client, operation, parameters)
        except ClientError as refusal:
            error = str(refusal.response["Error"].get("Code", "?"))
            raise
        finally:
            cpu = time.process_time_ns() - began
            meta = client.meta
            service = meta.service_model.service_name
            journal.calls.append(Made(service, meta.region_name, operation, parameters, error, cpu))

    with patch.object(BaseClient, "_make_api_call", make):
        yield journal


def named(calls: Sequence[Made]) -> list[Named]:
    """Return the calls by name and parameters."""
    return [(call.name, _digest([call.region, call.parameters])) for call in calls]


def before(calls: Sequence[Named], contains: frozenset[str]) -> list[Named]:
    """Return the calls before the one that contains: the last of those that may."""
    last = max((index for index, (name, _) in enumerate(calls) if name in contains), default=len(calls))
    return list(calls[:last])


def reaches(calls: Sequence[Named], contains: frozenset[str]) -> bool:
    """Tell whether a call that may contain was made at all."""
    return any(name in contains for name, _ in calls)


def beyond(calls: Sequence[Made], names: frozenset[str]) -> list[Made]:
    """Return the calls of these names: those that go beyond a case's job."""
    return [call for call in calls if call.name in names]


def twice(calls: Sequence[Named]) -> list[str]:
    """Return the names of calls that were made again with the same parameters."""
    return [call[0] for index, call in enumerate(calls) if call in calls[:index]]


def _digest(parameters: Any) -> str:
    return hashlib.sha256(json.dumps(parameters, sort_keys=True, default=repr).encode()).hexdigest()[:16]
