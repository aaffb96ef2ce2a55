"""The line between our clients and AWS: each request on it may meet a fault, and takes the time that it would take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import botocore.endpoint
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from chalicelib import accounts
from lab.crashing import Crash
from lab.faulty import ATTEMPTS, HUB, LASTING, Fault, reads, refusal, response, unprocessed

LOOKS = 2
"""How often something is read as it was before, where that is soon over."""

Send = Callable[[], AWSResponse]


@dataclass(slots=True)
class Line:
    """Counts calls by `service.Operation`, and has them meet `fault` from the one numbered `at` on.

    `shift` moves the time; an invocation that takes longer than `limit` seconds dies. `meet` is told of each call
    before it is made.
    """

    shift: Callable[[float], object]
    limit: float
    meet: Callable[[int, str], None] | None = None
    fault: Fault | None = None
    at: int = 0
    operation: str = ""  # of the call that met the fault
    codes: set[str] = field(default_factory=set)  # in which words it was told
    unheard: bool = False  # SNS took a notice, and that was not heard, or could not be written down
    calls: list[str] = field(default_factory=list)
    took: float = 0.0
    open: bool = False
    _model: Any = None
    _config: Any = None
    _known: set[int] = field(default_factory=set)
    _met: int = 0  # attempts at this call that met the fault
    _done: AWSResponse | None = None  # what an earlier attempt at this call came to, where nobody heard of it
    _before: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    _looks: Counter[str] = field(default_factory=Counter)
    _hiding: bool = False

    @contextmanager
    def invocation(self) -> Iterator[None]:
        """Have what is done here be one invocation, which has its whole time."""
        self.took, self.open = 0.0, True
        try:
            yield
        finally:
            self.open = False

    def left(self) -> float:
        """Return the seconds that this invocation has left."""
        return self.limit - self.took

    def heal(self) -> None:
        """Have AWS be well again."""
        self.fault, self._hiding = None, False

    def sleep(self, seconds: float) -> None:
        """Let so much time pass. Raises Crash where the invocation has no more."""
        self.took += seconds
        self.shift(min(seconds, max(self.limit - self.took + seconds, 0.0)))
        if self.took > self.limit:
            raise Crash(f"{self.took:.0f} s")

    def call(self, endpoint: Any, model: Any, asked: Mapping[str, Any], make: Callable[..., Any]) -> Any:
        """Have a call be made, and its requests go over the line; those of others than the engine do not."""
        if not self.open:
            return make(endpoint, model, asked)
        if id(endpoint) not in self._known:
            self._known.add(id(endpoint))
            _fill_quota(endpoint, model)
        self.calls.append(f"{model.service_model.service_name}.{model.name}")
        self._model, self._config = model, asked["context"]["client_config"]
        self._met, self._done = 0, None
        if self.meet:
            self.meet(len(self.calls), self.calls[-1])
        if self.fault and len(self.calls) == self.at:
            self.operation = self.calls[-1]
        return make(endpoint, model, asked)

    def carry(self, request: Any, send: Send) -> AWSResponse | None:
        """Carry one request there and back. Raises what botocore raises when it hears nothing."""
        if not self.open:
            return send()
        if self.fault and self._meets():
            self._met += 1
            return self._disturbed(request, send)
        return self._answered(request, send)

    def _meets(self) -> bool:
        number, operation = len(self.calls), self.calls[-1]
        same = number == self.at or (self.fault in LASTING and number > self.at and operation == self.operation)
        return same and self._met < ATTEMPTS.get(self.fault or Fault.LOST, 99)

    def _disturbed(self, request: Any, send: Send) -> AWSResponse:
        config = self._config
        self.unheard = self.unheard or "sns.Publish" in self.calls
        match self.fault:
            case Fault.UNREACHABLE:
                self.codes.add("ConnectTimeoutError")
                self.sleep(config.connect_timeout)
                raise ConnectTimeoutError(endpoint_url=request.url)
            case Fault.SILENT | Fault.LOST | Fault.ALL_LOST:
                self.codes.add("ReadTimeoutError")
                if self.fault is not Fault.SILENT:
                    answer = self._answered(request, send)
                    self._done = answer if answer.status_code < 300 else self._done
                self.sleep(config.read_timeout)
                raise ReadTimeoutError(endpoint_url=request.url)
            case Fault.STALE | Fault.STALE_LONG:
                answer = self._answered(request, send)
                self._hiding = True
                return answer
            case Fault.UNPROCESSED:
                self._looks[self.operation] += 1
                self.at += self._looks[self.operation] < LOOKS  # the next call asks for the same keys
                return unprocessed(request, self.operation)
        assert self.fault
        said, answer = refusal(request, self.fault, self.calls[-1], self._model.service_model.resolved_protocol)
        self.codes.add(said)
        return answer

    def _answered(self, request: Any, send: Send) -> AWSResponse:
        """Have AWS answer: the same to the same client token, and, where it is stale, as it was before."""
        if self._done and self._model.idempotent_members:
            return self._done
        operation = self.calls[-1]
        look = reads(operation) and not operation.startswith(HUB)
        key = f"{_account()} {operation} {request.url} {request.body!r}"
        if look and self._hiding and key in self._before:
            self._looks[key] += 1
            if self.fault is Fault.STALE_LONG or self._looks[key] <= LOOKS:
                status, headers, body = self._before[key]
                return response(request.url, status, headers, body)
        answer = send()
        again = answer.status_code, dict(answer.headers), answer.content
        if look and not self._hiding:
            self._before[key] = again
        return response(request.url, *again)


@contextmanager
def faulty(line: Line) -> Iterator[None]:
    """Have requests go over the line while it is open, and botocore's own waiting be time of the line."""
    from moto.core.botocore_stubber import BotocoreStubber  # noqa: PLC0415 - the lab loads moto when it starts

    straight, make = BotocoreStubber.__call__, Endpoint.make_request

    def call(endpoint: Any, model: Any, asked: Mapping[str, Any]) -> Any:
        return line.call(endpoint, model, asked, make)

    def answer(stubber: Any, event_name: str, request: Any, **more: Any) -> AWSResponse | None:
        return line.carry(request, lambda: straight(stubber, event_name, request, **more))

    with ExitStack() as undo:
        undo.enter_context(patch.object(Endpoint, "make_request", call))
        undo.enter_context(patch.object(BotocoreStubber, "__call__", answer))
        undo.enter_context(patch.object(botocore.endpoint, "time", SimpleNamespace(sleep=line.sleep)))
        yield


def _fill_quota(endpoint: Any, model: Any) -> None:
    """Give a client the retries of a new one: what it has left is of whoever used it before."""
    handlers = endpoint._event_emitter._emitter._unique_id_handlers
    retrying = handlers[f"retry-config-{model.service_model.service_id.hyphenize()}"]["handler"].__self__
    quota = retrying._retry_quota._quota
    quota._available_capacity = quota._max_capacity


def _account() -> str:
    caller = accounts._CALLER.get()
    return caller.account if caller else ""
