"""Everything that the embedded AWS holds of some accounts, as lines: what changed is the difference.

A line is one attribute of one thing: `111122223333 aws iam AccessKey AKIA...: status = "Active"`. Every item of a list,
be it a rule, a grant or the statement of a policy, is a line of its own: what stands beside it is other lines.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

NOT_STATE = {"AWSManagedPolicy", "Logger"}
"""What moto ships with and no call changes."""

IDENTITIES = (
    "_db_snapshot_identifier",
    "_db_cluster_snapshot_identifier",
    "_db_instance_identifier",
    "_db_cluster_identifier",
    "cluster_identifier",
    "id",
    "arn",
    "_id",
    "name",
    "_name",
    "resource_id",
    "access_key_id",
    "function_arn",
    "trail_name",
)
"""The attributes that name a thing in moto, the best first."""

UNCHANGING = {"account_id", "account_summary", "config_schema", "org", "partition", "region_name"}
"""What never changes, or what moto reads, counts or begins to keep when it is first asked."""

BY_NAME = dict.fromkeys(("FakeAutoScalingGroup", "Group", "ManagedPolicy", "Queue", "Role", "User"), ("name", "_name"))
"""What people and AWS's calls name by its name, although it has an id too."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "FakeGrantee": (),
    "Grant": ("id", "token"),
    "InstanceState": (),
    "LifecycleRule": (),
    "SecurityGroupRule": ("id",),
}
"""What is told in one line, as a part of what it belongs to, without what AWS makes up anew with every call."""


LISTS = (list, tuple, set, frozenset)
DEEP = 6
"""How far what has no name is followed: it may lead back to where it began."""


class Line(NamedTuple):
    """`thing` is empty for what a service holds of the account itself, such as a password policy."""

    where: str
    thing: str
    attribute: str
    value: str

    def __str__(self) -> str:
        return f"{self.where} {self.thing}: {self.attribute} = {self.value}"


def difference(before: Counter[Line], after: Counter[Line]) -> list[str]:
    """Return what is there no more, as `- line`, and what is there now, as `+ line`.

    A thing that was deleted or made is one line as a whole: `- 111122223333 eu-west-1 ec2 Volume vol-...`.
    """
    were, are = ({(line.where, line.thing) for line in lines} for lines in (before, after))

    def told(sign: str, lines: Collection[Line], others: set[tuple[str, str]]) -> list[str]:
        whole = {line for line in lines if line.thing and line[:2] not in others}
        return sorted({f"{sign} {line.where} {line.thing}" if line in whole else f"{sign} {line}" for line in lines})

    return [*told("-", before - after, are), *told("+", after - before, were)]


def matching(account: str, line: str, region: str = r"\S+") -> str:
    """Return the pattern of a difference in an account, out of `sign service Thing id: ...`.

    The sign `±` stands for either, `…` for any text; services without regions are in the region `aws`.
    """
    sign, _, told = line.partition(" ")
    signs = "+-" if sign == "±" else re.escape(sign)
    return rf"[{signs}] {account} (?:{region}|aws) " + re.escape(told).replace("…", ".*")


def everything(accounts: Collection[str]) -> Counter[Line]:
    """Return the lines of all services of these accounts, without the sessions in which somebody came."""
    from moto.core.base_backend import BackendDict  # it reads the environment when it is imported

    backends = [
        (f"{account} {region} {service.service_name}", backend)
        for service in BackendDict._instances
        for account, regions in list(service.items())
        if account in accounts and service.service_name != "sts"
        for region, backend in list(regions.items())
    ]
    things: dict[int, Thing] = {}
    for where, backend in backends:
        _collect(things, set(), where, vars(backend))
    owners = [*things.values(), *(Thing(where, "", backend) for where, backend in backends)]
    found = (
        Line(owner.where, owner.label, attribute, value)
        for owner in owners
        for attribute, value in _Attributes(things).told("", vars(owner.what), 0)
        if owner.label or not value.startswith('"-> ')  # a service lists its things, which are told by themselves
    )
    return Counter(line for line in found if not _of_a_session(line))


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that has a name: other things refer to it."""

    where: str
    label: str
    what: Any


def _collect(things: dict[int, Thing], seen: set[int], where: str, value: Any) -> None:
    """Find everything with a name that can be reached from a value and is of the same service."""
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        for each in list(value.values() if isinstance(value, Mapping) else value):
            _collect(things, seen, where, each)
    elif id(value) not in seen and _is_object(value) and type(value).__module__.split(".")[1] == _module(where):
        seen.add(id(value))
        kind = type(value).__name__
        names = (vars(value).get(attribute) for attribute in (*BY_NAME.get(kind, ()), *IDENTITIES))
        name = next((each for each in names if each and isinstance(each, str)), "")
        if name and kind not in PARTS:
            things[id(value)] = Thing(where, f"{kind} {name}", value)
        _collect(things, seen, where, vars(value))


def _module(where: str) -> str:
    """Return the name of the part of moto that is a service's."""
    service = where.rpartition(" ")[2]
    return {"lambda": "awslambda"}.get(service, service)


@dataclass(frozen=True, slots=True)
class _Attributes:
    """Tells what something holds, attribute by attribute; another thing by its label."""

    things: Mapping[int, Thing]

    def told(self, at: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
        value = _document(value)
        if self._is_inner(value, depth) and type(value).__name__ not in PARTS:
            value = _attributes(value)
        if isinstance(value, Mapping):
            for key, each in [item for item in value.items() if item[0] not in UNCHANGING]:
                yield from self.told(f"{at}.{key}" if at else str(key), each, depth + 1)
        elif isinstance(value, LISTS):
            for each in list(value):
                yield f"{at}[]", _text(self.plain(each, depth))
        elif not _is_machinery(value):
            yield at, _text(self.plain(value, depth))

    def plain(self, value: Any, depth: int) -> Any:
        """Return a value as JSON."""
        value = _document(value)
        if id(value) in self.things:
            return f"-> {self.things[id(value)].label}"
        if self._is_inner(value, depth):
            value = _attributes(value)
        if isinstance(value, Mapping):
            return {str(key): self.plain(each, depth + 1) for key, each in value.items() if not _is_machinery(each)}
        if isinstance(value, LISTS):
            items = [self.plain(each, depth + 1) for each in value if not _is_machinery(each)]
            return items if isinstance(value, list | tuple) else sorted(items, key=str)
        return _scalar(value)

    def _is_inner(self, value: Any, depth: int) -> bool:
        return depth < DEEP and id(value) not in self.things and _is_object(value)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else type(value).__name__


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
