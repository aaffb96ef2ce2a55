"""Have the process die at one of its AWS calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.engine import Engine
from lab.organization import Lab


class Crash(BaseException):
    """The process dies: nothing catches this."""


class Fuse:
    """Counts AWS calls, and dies at the n-th: before it is made, or after it was answered."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.left, self.after = at, after

    def before(self, **_: Any) -> None:
        if not self.after:
            self._burn()

    def answered(self, **_: Any) -> None:
        if self.after:
            self._burn()

    def _burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Crash


@contextmanager
def fused(clients: list[Any], fuse: Fuse) -> Iterator[None]:
    hooks = {"before-call": fuse.before, "after-call": fuse.answered}
    for client in clients:
        for name, hook in hooks.items():
            client.meta.events.register_last(name, hook, unique_id=f"fuse-{name}")
    try:
        yield
    finally:
        for client in clients:
            for name, hook in hooks.items():
                client.meta.events.unregister(name, hook, unique_id=f"fuse-{name}")


def ours(lab: Lab, engine: Engine) -> list[Any]:
    """Return every client that the engine calls AWS through."""
    member = engine.hands.accounts.clients
    return [*member._made.values(), *(lab.hub(service) for service in ("dynamodb", "sts", "sns"))]
