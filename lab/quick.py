"""Have moto serialise DynamoDB's values as they are: to look for other names of theirs takes half of its time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

_TYPES = frozenset({"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"})
"""The members of an AttributeValue (DynamoDB API reference), of which a value has one."""


@contextmanager
def quick() -> Iterator[None]:
    """Let moto be quick within the block; it answers the same."""
    from moto.core.serialize import ResponseSerializer  # noqa: PLC0415 - the lab loads moto when it starts

    look = ResponseSerializer.get_value

    def get_value(serializer: Any, value: Any, key: str, shape: Any) -> Any:
        if key in _TYPES and type(value) is dict and len(value) == 1 and not _TYPES.isdisjoint(value):
            return value.get(key)
        return look(serializer, value, key, shape)

    with patch.object(ResponseSerializer, "get_value", get_value):
        yield
