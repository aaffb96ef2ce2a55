"""The standard library's `dataclass`, for classes of values, in two thirds of its time: a start makes 70 of them.

It writes and compiles the source of each method of each class. Comparing, hashing and showing need no source of their
own: they are the same for every class but for its fields.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """Return what makes a class a dataclass, compared and hashed by the values of its fields."""
        made = dataclasses.dataclass(frozen=frozen, slots=slots, eq=False, repr=False)
        return lambda plain: _compared(made(plain), plain)


def _compared(made: type, plain: type) -> type:
    """Give a dataclass the methods that it was made without, but for those that the plain class has."""
    fields = dataclasses.fields(made)
    compared = _values(each.name for each in fields if each.compare)
    hashed = _values(each.name for each in fields if (each.compare if each.hash is None else each.hash))

    def equal(self: Any, other: Any) -> Any:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def hash_of(self: Any) -> int:
        return hash(hashed(self))

    for name, method in {"__eq__": equal, "__hash__": hash_of, "__repr__": _shown}.items():
        if name not in plain.__dict__:
            setattr(made, name, method)
    return made


def _values(names: Iterable[str]) -> Callable[[Any], Any]:
    """Return what gives the values of an object's attributes: of one, it is the value itself."""
    names = tuple(names)
    return attrgetter(*names) if names else lambda _: ()


@recursive_repr("...")
def _shown(self: Any) -> str:
    names = (each.name for each in dataclasses.fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"
