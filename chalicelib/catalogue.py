"""Finds rules and remediations by walking their packages, and refuses what is doubled or misnamed."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any, NoReturn, TypeVar

from chalicelib.dataclass import dataclass
from chalicelib.errors import InvalidCatalogue
from chalicelib.model import Remediation, Rule
from chalicelib.shelves import Shelves

Unit = TypeVar("Unit", Rule, Remediation)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every rule and remediation by its id, and the shelves that the rules of an event are found on."""

    rules: Mapping[str, Rule]
    remediations: Mapping[str, Remediation]
    shelves: Shelves

    @property
    def answering(self) -> dict[str, Remediation]:
        """The remediations that a rule answers with: what is deployed may do what these need, and nothing else."""
        used = {unit.id for rule in self.rules.values() for unit in rule.respond}
        return {id_: unit for id_, unit in self.remediations.items() if id_ in used}

    def match(self, event: Mapping[str, Any]) -> list[Rule]:
        """Return the rules whose pattern an EventBridge envelope matches, by id.

        A rule for the rest (`otherwise`) is among them only where no other rule of its source is. Raises
        InvalidCatalogue for a pattern that EventBridge would refuse.
        """
        found = self.shelves.match(event)
        answered = {rule.id.partition(".")[0] for rule in found if not rule.otherwise}
        return [rule for rule in found if not rule.otherwise or rule.id.partition(".")[0] not in answered]


def load(rules: str = "rules", remediations: str = "remediations", *, sources: tuple[str, ...] = ()) -> Catalogue:
    """Return the catalogue of two packages; of `sources` only (`guardduty`, ...), with what those rules use, if named.

    Raises InvalidCatalogue when a unit is missing from its file, is named unlike its path, or an id comes twice.
    """
    if (rules, remediations) == ("rules", "remediations"):
        return _shipped(sources)
    return _loaded(rules, remediations, sources)


@cache
def _shipped(sources: tuple[str, ...]) -> Catalogue:
    """Return the product's own catalogue, which does not change while a process runs."""
    return _loaded("rules", "remediations", sources)


def _loaded(rules: str, remediations: str, sources: tuple[str, ...]) -> Catalogue:
    if not sources:
        return of(collect(rules, "rule", Rule), collect(remediations, "remediation", Remediation))
    found = {name: unit for source in sources for name, unit in collect(f"{rules}.{source}", "rule", Rule).items()}
    return of(found, {unit.id: unit for rule in found.values() for unit in rule.respond})


def of(rules: Mapping[str, Rule], remediations: Mapping[str, Remediation]) -> Catalogue:
    """Return the catalogue of given rules and remediations."""
    ordered = dict(sorted(rules.items()))
    return Catalogue(ordered, dict(sorted(remediations.items())), Shelves(ordered.values()))


def collect(package: str, literal: str, kind: type[Unit]) -> dict[str, Unit]:
    """Return the units of a package and its folders by id: each module's `literal`, and its table of them (`rules`).

    A module's one unit is named as its file; those of a table begin with the folder's name.
    """
    found: dict[str, Unit] = {}
    for module in _modules(package):
        loaded = importlib.import_module(module)
        folder, file = module.split(".")[-2:]
        for unit in _units(loaded, literal, kind):
            if unit.id.split(".") != [folder, file]:
                raise InvalidCatalogue(f"{module}: its id is {unit.id!r}; it must be named as its file")
            _add(found, module, unit)
        for unit in _units(loaded, f"{literal}s", kind):
            if not re.fullmatch(rf"{folder}\.\w+", unit.id):
                raise InvalidCatalogue(f"{module}: the id {unit.id!r} must be {folder}.NAME, as its folder is named")
            _add(found, module, unit)
    return found


def _units(module: ModuleType, literal: str, kind: type[Unit]) -> tuple[Unit, ...]:
    """Return what stands in a module under a name: one unit, or a tuple of them where the name is of a table."""
    if (there := getattr(module, literal, None)) is None:
        return ()
    units = there if isinstance(there, tuple) else (there,)
    if any(not isinstance(unit, kind) for unit in units):
        raise InvalidCatalogue(f"{module.__name__}: `{literal}` is no {kind.__name__}")
    return units


def _add(found: dict[str, Unit], module: str, unit: Unit) -> None:
    if unit.id in found:
        raise InvalidCatalogue(f"{module}: the id {unit.id!r} comes twice")
    found[unit.id] = unit


def _modules(package: str) -> Iterator[str]:
    root = importlib.import_module(package)
    found = pkgutil.walk_packages(root.__path__, prefix=f"{package}.", onerror=_refuse)
    yield from sorted(module.name for module in found if not module.ispkg)


def _refuse(package: str) -> NoReturn:
    """Stand where `walk_packages` would pass over a package that cannot be imported, and all of its units."""
    raise InvalidCatalogue(f"{package}: cannot be imported")
