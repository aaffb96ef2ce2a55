"""Read from an event the fields that patterns name, once, each with the list elements that it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from chalicelib.model import Json

LEVELS = 32
"""Lists within lists deeper than this are not looked at, so that no event takes longer than its size asks for."""


@dataclass(slots=True, eq=False)
class Home:
    """An element of list number `number` of the event; `outer` is the element that the list itself stands in."""

    outer: Home | None
    number: int
    position: int
    depth: int


_Pending: TypeAlias = tuple["Node", Any, Home | None]
_CONTAINERS = (dict, list)

Found: TypeAlias = list[tuple[Json, Home | None]]
"""The scalar values of one field name, each with the innermost element of a list that it is a field of."""


@dataclass(slots=True)
class Node:
    """A step of the names that patterns use. `name`: the full dotted name, if a pattern has a condition on it."""

    children: dict[str, Node] = field(default_factory=dict)
    name: str | None = None


def name_tree(names: Iterable[str]) -> Node:
    """EventBridge joins the names of nested objects with dots, and cannot tell those from dots within a name."""
    root = Node()
    for name in names:
        node = root
        for step in name.split("."):
            node = node.children.setdefault(step, Node())
        node.name = name
    return root


def read(tree: Node, event: Mapping[str, Any]) -> dict[str, Found]:
    """The fields of `event` that the tree names. Objects and empty lists are no fields.

    It walks no deeper than the names in the tree do, except through lists in lists, and it does not recurse.
    """
    fields: dict[str, Found] = {}
    pending: list[_Pending] = [(tree, event, None)]
    lists = 0
    while pending:
        node, container, home = pending.pop()
        if isinstance(container, list):
            lists += 1
            _read_list(node, container, home, lists, fields, pending)
            continue
        children = node.children
        for key, value in container.items():
            if key in children:
                child: Node | None = children[key]
            elif "." in key:
                child = _dotted(node, key)
            else:
                continue
            if child is None:
                continue
            if isinstance(value, _CONTAINERS):
                pending.append((child, value, home))
            elif child.name is not None:
                fields.setdefault(child.name, []).append((value, home))
    return fields


def _read_list(
    node: Node, elements: list[Json], home: Home | None, number: int, fields: dict[str, Found], pending: list[_Pending]
) -> None:
    """A scalar in a list is a field of what the list is in; only objects and lists in it are elements apart."""
    depth = home.depth + 1 if home else 1
    if depth > LEVELS:
        return
    for position, element in enumerate(elements):
        if isinstance(element, _CONTAINERS):
            pending.append((node, element, Home(home, number, position, depth)))
        elif node.name is not None:
            fields.setdefault(node.name, []).append((element, home))


def _dotted(node: Node, key: str) -> Node | None:
    step: Node | None = node
    for part in key.split("."):
        step = step and step.children.get(part)
    return step
