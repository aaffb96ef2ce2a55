"""What is answered: every remediation alone, and every event whose rules answer with several of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.catalogue import Catalogue, load, of
from chalicelib.engine import Engine
from chalicelib.findings import parse
from chalicelib.model import Mode
from chalicelib.units import Unit, incident_id, units
from lab.organization import Lab
from lab.single import shapes, single
from lab.stage import prepare

EVENTS = Path(__file__).parents[1] / "tests" / "events"


@dataclass(frozen=True, slots=True)
class Subject:
    """What the engine is to answer in a lab: `answer` gives it the event, or the finding, again and again."""

    catalogue: Catalogue
    units: tuple[Unit, ...]
    incident: str
    answer: Callable[[Engine], object]


@dataclass(frozen=True, slots=True)
class Named:
    """A subject that is yet to be made: a remediation in one of its shapes, or a rule with an event."""

    id: str
    event: str = ""  # tests/events/<rule>/<event>.json, of a rule
    shape: int = 0  # of lab.single.shapes, of a remediation
    mode: Mode = Mode.ENFORCE

    def __str__(self) -> str:
        parts = (self.id, self.event, f"shape {self.shape}" if self.shape else "", self.mode.name.lower())
        return " ".join(part for part in parts if part)


@cache
def catalogue() -> Catalogue:
    return load()


def alone() -> list[Named]:
    """Return every remediation in each of its shapes."""
    found = catalogue().remediations.items()
    return [Named(id_, shape=shape) for id_, unit in found for shape in range(len(shapes(unit)))]


def composed(mode: Mode) -> list[Named]:
    """Return every rule that answers with several remediations, with the event on which it does the most."""
    rules = [rule for rule in catalogue().rules.values() if len(rule.respond) > 1]
    return [Named(rule.id, _fullest(rule.id), mode=mode) for rule in rules]


def made(lab: Lab, named: Named) -> Subject:
    """Start the lab anew, and make what is wrong."""
    lab.reset(named.mode)
    if named.event:
        return _of_event(lab, named)
    remediation = catalogue().remediations[named.id]
    one = single(lab, remediation, shape=shapes(remediation)[named.shape])
    found = units(one.finding, [one.rule])
    opened = incident_id(one.finding)
    return Subject(one.catalogue, found, opened, lambda engine: engine.answer(one.finding, [one.rule]))


def _of_event(lab: Lab, named: Named) -> Subject:
    known = catalogue()
    rules = {id_: replace(rule, mode=Mode.ENFORCE) for id_, rule in known.rules.items()}
    stage = prepare(lab, known, _event(named.id, named.event))
    if stage.missing:
        raise ValueError(f"the lab cannot make {stage.missing}")
    [finding] = parse(stage.event)
    found = units(finding, known.match(finding.event))
    answering = of(rules, known.remediations)
    return Subject(answering, found, incident_id(finding), lambda engine: engine.handle(stage.event))


def _fullest(rule: str) -> str:
    """Return the name of the event of tests/events on which most is done."""
    sizes = {}
    for path in sorted((EVENTS / rule).glob("fires.*.json")):
        event = json.loads(path.read_text())
        sizes[path.stem] = sum(len(units(each, catalogue().match(each.event))) for each in parse(event))
    return max(sizes, key=lambda name: sizes[name])


def _event(rule: str, name: str) -> Mapping[str, Any]:
    event: Mapping[str, Any] = json.loads((EVENTS / rule / f"{name}.json").read_text())
    return event
