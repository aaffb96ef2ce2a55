"""Finds rules and remediations by walking their packages, and refuses what is doubled or misnamed."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from chalicelib.errors import InvalidCatalogue
from chalicelib.model import Remediation, Rule
from chalicelib.pattern import Index

Unit = TypeVar("Unit", Rule, Remediation)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every rule and remediation by its id, and the index that finds the rules of an event."""

    rules: Mapping[str, Rule]
    remediations: Mapping[str, Remediation]
    index: Index[Rule]

    @property
    def answering(self) -> dict[str, Remediation]:
        """The remediations that a rule answers with: what is deployed may do what these need, and nothing else."""
        used = {unit.id for rule in self.rules.values() for unit in rule.respond}
        return {id_: unit for id_, unit in self.remediations.items() if id_ in used}

    def match(self, event: Mapping[str, Any]) -> list[Rule]:
        """Return the rules whose pattern an EventBridge envelope matches, by id."""
        return self.index.match(event)


def load(rules: str = "rules", remediations: str = "remediations", *, sources: tuple[str, ...] = ()) -> Catalogue:
    """Return the catalogue of two packages; of `sources` only (`guardduty`, ...), with what those rules use, if named.

    Raises InvalidCatalogue when a unit is missing from its file, is named unlike its path, or an id comes twice.
    """
    if not sources:
        return of(collect(rules, "rule", Rule), collect(remediations, "remediation", Remediation))
    found = {name: unit for source in sources for name, unit in collect(f"{rules}.{source}", "rule", Rule).items()}
    return of(found, {unit.id: unit for rule in found.values() for unit in rule.respond})


def of(rules: Mapping[str, Rule], remediations: Mapping[str, Remediation]) -> Catalogue:
    """Return the catalogue of given rules and remediations. Raises InvalidPattern for a rule's pattern."""
    ordered = dict(sorted(rules.items()))
    index = Index((rule.pattern, rule) for rule in ordered.values())
    return Catalogue(ordered, dict(sorted(remediations.items())), index)


def collect(package: str, literal: str, kind: type[Unit]) -> dict[str, Unit]:
    """Return the units of a package and its folders: each module's `literal`, by id."""
    found: dict[str, Unit] = {}
    for module in _modules(package):
        unit = getattr(importlib.import_module(module), literal, None)
        if unit is None:
            continue
        if not isinstance(unit, kind):
            raise InvalidCatalogue(f"{module}: `{literal}` is no {kind.__name__}")
        if module.split(".")[-2:] != unit.id.split("."):
            raise InvalidCatalogue(f"{module}: its id is {unit.id!r}; it must be named as its file")
        if unit.id in found:
            raise InvalidCatalogue(f"{module}: the id {unit.id!r} comes twice")
        found[unit.id] = unit
    return found


def _modules(package: str) -> Iterator[str]:
    root = importlib.import_module(package)
    found = pkgutil.walk_packages(root.__path__, prefix=f"{package}.", onerror=_refuse)
    yield from sorted(module.name for module in found if not module.ispkg)


def _refuse(package: str) -> NoReturn:
    """Stand where `walk_packages` would pass over a package that cannot be imported, and all of its units."""
    raise InvalidCatalogue(f"{package}: cannot be imported")
