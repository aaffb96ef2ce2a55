"""Everything that the embedded AWS holds of some accounts, as lines: what changed is the difference.

A line is one attribute of one thing: `111122223333 aws iam AccessKey AKIA...: status = "Active"`. Every item of a list,
be it a rule, a grant or the statement of a policy, is a line of its own: what stands beside it is other lines.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

NOT_STATE = {"AWSManagedPolicy", "Logger"}
"""What moto ships with and no call changes."""

IDENTITIES = ("db_snapshot_identifier", "db_cluster_snapshot_identifier", "snapshot_id", "db_instance_identifier")
IDENTITIES += ("db_cluster_identifier", "cluster_identifier", "id", "arn", "_id", "name", "resource_id")
IDENTITIES += ("access_key_id", "function_arn", "trail_name")
"""The attributes that name a thing in moto, the best first."""

UNCHANGING = {"config_schema", "account_summary"}
"""What moto reads or counts when it is first asked, which is no state of its own."""

BY_NAME = {"FakeAutoScalingGroup", "Group", "ManagedPolicy", "Queue", "Role", "User"}
"""What people and AWS's calls name by its name, although it has an id too."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "FakeGrantee": (),
    "Grant": ("id", "token"),
    "InstanceState": (),
    "LifecycleRule": (),
    "SecurityGroupRule": ("id",),
}
"""What is told in one line, as a part of what it belongs to, without what AWS makes up anew with every call."""


class Line(NamedTuple):
    """`thing` is empty for what a service holds of the account itself, such as a password policy."""

    where: str
    thing: str
    attribute: str
    value: str

    def __str__(self) -> str:
        return f"{self.where} {self.thing}: {self.attribute} = {self.value}"


@dataclass(frozen=True, slots=True)
class Difference:
    """What is there no more and what is there now, in lines; a thing that was made or deleted whole is one line."""

    lost: tuple[str, ...]
    gained: tuple[str, ...]


def difference(before: Counter[Line], after: Counter[Line]) -> Difference:
    were, are = ({(line.where, line.thing) for line in lines} for lines in (before, after))

    def told(lines: Collection[Line], others: set[tuple[str, str]]) -> tuple[str, ...]:
        whole = {line for line in lines if line.thing and line[:2] not in others}
        return tuple(sorted({f"{line.where} {line.thing}" if line in whole else str(line) for line in lines}))

    return Difference(told(before - after, are), told(after - before, were))


def everything(accounts: Collection[str]) -> Counter[Line]:
    """Return the lines of all services of these accounts; the sessions in which somebody came are none of their state."""
    from moto.core.base_backend import BackendDict  # noqa: PLC0415 - it reads the environment when it is imported

    backends = [
        (f"{account} {region} {service.service_name}", backend)
        for service in BackendDict._instances
        for account, regions in list(service.items())
        if account in accounts and service.service_name != "sts"
        for region, backend in list(regions.items())
    ]
    things: dict[int, Thing] = {}
    for where, backend in backends:
        _collect(things, where, vars(backend))
    found = [line for where, backend in backends for line in _lines(things, where, "", vars(backend))]
    found += [line for thing in things.values() for line in _lines(things, thing.where, thing.label, vars(thing.what))]
    return Counter(line for line in found if not _of_a_session(line))


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that has a name: other things refer to it."""

    where: str
    label: str
    what: Any


def _collect(things: dict[int, Thing], where: str, value: Any) -> None:
    """Find every thing of a service that can be reached from a value."""
    if isinstance(value, Mapping):
        for each in list(value.values()):
            _collect(things, where, each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in list(value):
            _collect(things, where, each)
    elif _is_object(value) and type(value).__module__.split(".")[1] == _module(where) and id(value) not in things:
        first = ("name",) if type(value).__name__ in BY_NAME else ()
        named = () if type(value).__name__ in PARTS else (vars(value).get(name) for name in (*first, *IDENTITIES))
        name = next((str(each) for each in named if each and isinstance(each, str)), "")
        if name:
            things[id(value)] = Thing(where, f"{type(value).__name__} {name}", value)
        else:
            things[id(value)] = Thing(where, "", None)
        _collect(things, where, vars(value))
        if not name:
            del things[id(value)]


def _module(where: str) -> str:
    service = where.rpartition(" ")[2]
    return {"lambda": "awslambda", "es": "es"}.get(service, service).replace("-", "_")


def _lines(things: Mapping[int, Thing], where: str, thing: str, value: Any) -> Iterator[Line]:
    def told(at: str, value: Any, depth: int) -> Iterator[Line]:
        value = _document(value)
        if _is_object(value) and id(value) not in things and type(value).__name__ not in PARTS and depth < 6:
            value = _attributes(value)
        if isinstance(value, Mapping):
            for key, each in [item for item in value.items() if item[0] not in UNCHANGING]:
                yield from told(f"{at}.{key}" if at else str(key), each, depth + 1)
        elif isinstance(value, list | tuple | set | frozenset):
            for each in list(value):
                yield from listed(f"{at}[]", plain(each, depth))
        elif not _is_machinery(value):
            yield from listed(at, plain(value, depth))

    def listed(at: str, value: Any) -> Iterator[Line]:
        if thing or not (isinstance(value, str) and value.startswith("-> ")):
            yield Line(where, thing, at, json.dumps(value, sort_keys=True, ensure_ascii=False))

    def plain(value: Any, depth: int) -> Any:
        value = _document(value)
        if id(value) in things:
            return f"-> {things[id(value)].label}"
        if _is_object(value) and depth < 6:
            value = _attributes(value)
        if isinstance(value, Mapping):
            return {str(key): plain(each, depth + 1) for key, each in value.items() if not _is_machinery(each)}
        if isinstance(value, list | tuple | set | frozenset):
            items = [plain(each, depth + 1) for each in value if not _is_machinery(each)]
            return items if isinstance(value, list | tuple) else sorted(items, key=str)
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, date):
            return value.isoformat()
        return value if isinstance(value, str | int | float | bool | None) else type(value).__name__

    yield from told("", value, 0)


def _attributes(part: Any) -> dict[str, Any]:
    made_up = PARTS.get(type(part).__name__, ())
    return {name: value for name, value in vars(part).items() if name not in made_up}


def _is_object(value: Any) -> bool:
    kind = type(value)
    ours = kind.__module__.startswith(("moto.", "lab."))
    return ours and hasattr(value, "__dict__") and not isinstance(value, Enum | Mapping) and not _is_machinery(value)


def _is_machinery(value: Any) -> bool:
    names = {base.__name__ for base in type(value).__mro__}
    return callable(value) or bool(names & {"BaseBackend", "BackendDict"}) or type(value).__name__ in NOT_STATE


def _document(value: Any) -> Any:
    """Return the JSON object that a text holds, as policies do; bytes as text; any other value as it is."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    if isinstance(value, str) and value[:1] == "{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _of_a_session(line: Line) -> bool:
    return "AccessKey ASIA" in line.thing or "AccessKey ASIA" in line.value or line.attribute == "last_used"
