"""Have the process die at one of its calls, to AWS or to Slack."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias
from unittest.mock import patch

from botocore.endpoint import Endpoint

from lab.slack import Slack
from lab.slack_server import METHODS

BATCH = "dynamodb:BatchWriteItem"
"""The one call that AWS may carry out in part."""

_READS = ("Get", "List", "Describe", "BatchGet", "Head", "Lookup", "Query", "AssumeRole", "conversations_")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is about to be made: `dynamodb:BatchGetItem`, `slack:chat_postMessage`.

    `make` makes it and returns the answer; `make_part` has some of a batch written, as chance has it.
    """

    name: str
    make: Callable[[], Any]
    make_part: Callable[[random.Random], Any] | None = None

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return is_write(self.name)


Gate: TypeAlias = Callable[[Call], Any]
"""Takes a call, and returns its answer."""


class Crash(BaseException):
    """The process dies: nothing catches this."""


def is_write(name: str) -> bool:
    """Tell whether a call may change something."""
    return not name.partition(":")[2].startswith(_READS)


class Fuse:
    """A gate that dies at the n-th call, or the n-th write: before it is made, or after. The dead make no calls."""

    def __init__(self, at: int, *, after: bool, writes_only: bool = False) -> None:
        self.left, self.after, self.writes_only = at, after, writes_only

    def __call__(self, call: Call) -> Any:
        if self.left <= 0:
            raise Crash
        self.left -= call.writes or not self.writes_only
        if not self.left and not self.after:
            raise Crash
        answer = call.make()
        if not self.left:
            raise Crash
        return answer


@contextmanager
def gated(gate: Gate) -> Iterator[None]:
    """Have every call to AWS and to the lab's Slack pass the gate."""
    make = Endpoint.make_request

    def to_aws(endpoint: Any, operation: Any, request: Any) -> Any:
        name = f"{operation.service_model.service_name}:{operation.name}"

        def make_part(luck: random.Random) -> Any:
            return make(endpoint, operation, _in_part(request, luck))

        return gate(Call(name, lambda: make(endpoint, operation, request), make_part if name == BATCH else None))

    with ExitStack() as undo:
        undo.enter_context(patch.object(Endpoint, "make_request", to_aws))
        for name in METHODS.values():
            undo.enter_context(patch.object(Slack, name, _to_slack(gate, name)))
        yield


def _to_slack(gate: Gate, name: str) -> Callable[..., Any]:
    method = getattr(Slack, name)
    return lambda workspace, **arguments: gate(Call(f"slack:{name}", lambda: method(workspace, **arguments)))


def _in_part(request: Mapping[str, Any], luck: random.Random) -> dict[str, Any]:
    """Return the request of a batch with only some of its items."""
    asked = json.loads(request["body"])
    asked["RequestItems"] = {
        table: luck.sample(items, max(1, luck.randrange(len(items)))) for table, items in asked["RequestItems"].items()
    }
    return {**request, "body": json.dumps(asked).encode()}
