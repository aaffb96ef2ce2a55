"""What botocore and moto compute anew for every call, and need not: a good part of what each simulated call costs."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from botocore import useragent

_TYPES = frozenset({"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"})
"""The members of an AttributeValue (DynamoDB API reference), of which a value has one."""

_sanitized: Any = functools.lru_cache(4096)(useragent.sanitize_user_agent_string_component)


@contextmanager
def quick() -> Iterator[None]:
    """Let moto be quick within the block; it answers the same.

    The parts of the user agent are kept, a call's method is looked up by its name, DynamoDB's values are serialised as
    they are, and `requests` is left alone: moto listens to it by a thousand patterns, and all calls come by botocore.
    """
    from moto.core import models, responses  # noqa: PLC0415 - it reads the environment when it is imported
    from moto.core.serialize import ResponseSerializer  # noqa: PLC0415

    with ExitStack() as undo:
        undo.enter_context(patch.object(useragent, "sanitize_user_agent_string_component", _sanitized))
        undo.enter_context(patch.object(models, "RESPONSES_METHODS", ()))
        undo.enter_context(patch.object(responses, "method_names_from_class", _Methods))
        undo.enter_context(patch.object(ResponseSerializer, "get_value", _as_it_is(ResponseSerializer.get_value)))
        yield


@dataclass(frozen=True, slots=True)
class _Methods:
    """The names of the methods that a class has now; moto asks for one of them, and makes a list of all."""

    of: type

    def __contains__(self, name: str) -> bool:
        return inspect.isfunction(getattr(self.of, name, None))


def _as_it_is(look: Callable[..., Any]) -> Callable[..., Any]:
    """Return what takes a value of DynamoDB's as it is; moto would look for other names of its member."""

    def get_value(serializer: Any, value: Any, key: str, shape: Any) -> Any:
        if key in _TYPES and type(value) is dict and len(value) == 1 and not _TYPES.isdisjoint(value):
            return value.get(key)
        return look(serializer, value, key, shape)

    return get_value
