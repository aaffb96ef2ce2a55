"""Coverage by framework: which rules watch each control, and the incidents of a period that show them at work. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.catalogue import Catalogue
from cli.frameworks import FRAMEWORKS
from cli.reports.audit_seen import Seen
from cli.reports.audit_times import contained, to_change


@dataclass(frozen=True, slots=True)
class Control:
    """One control: the rules that watch it, and the incidents in which they fired. None seen is no failure.

    Of `incidents`, there was something to change `in_need`, and in `contained` all of it was, and held.
    """

    id: str
    title: str
    rules: tuple[str, ...]
    incidents: tuple[str, ...]
    in_need: tuple[str, ...]
    contained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework and its controls: those of CIS all, of the others those that a rule is evidence for."""

    key: str
    title: str
    controls: tuple[Control, ...]

    @property
    def watched(self) -> tuple[Control, ...]:
        """The controls that at least one rule watches."""
        return tuple(each for each in self.controls if each.rules)

    @property
    def seen(self) -> tuple[Control, ...]:
        """The controls of which the period has evidence."""
        return tuple(each for each in self.controls if each.incidents)


def frameworks(catalogue: Catalogue, incidents: Sequence[Seen]) -> tuple[Framework, ...]:
    """Return the frameworks with the evidence of these incidents."""
    fired: dict[str, list[Seen]] = {}
    for each in incidents:
        for rule in each.rules:
            fired.setdefault(rule, []).append(each)
    return tuple(
        Framework(key, title, tuple(_controls(catalogue, key, controls, fired)))
        for key, (title, controls) in FRAMEWORKS.items()
    )


def _controls(
    catalogue: Catalogue, key: str, titles: Mapping[str, str], fired: Mapping[str, Sequence[Seen]]
) -> Iterator[Control]:
    watching: dict[str, list[str]] = {}
    for rule in sorted(catalogue.rules.values(), key=lambda rule: rule.id):
        for control in rule.controls.get(key, ()):
            watching.setdefault(control, []).append(rule.id)
    for control, title in titles.items():
        rules = watching.get(control, [])
        if rules or key == "cis-aws":
            yield _control(control, title, rules, fired)


def _control(id_: str, title: str, rules: Sequence[str], fired: Mapping[str, Sequence[Seen]]) -> Control:
    found = {each.id: each for rule in rules for each in fired.get(rule, ())}
    return Control(
        id=id_,
        title=title,
        rules=tuple(rules),
        incidents=_ids(found.values()),
        in_need=_ids(each for each in found.values() if to_change(each)),
        contained=_ids(each for each in found.values() if contained(each)),
    )


def _ids(incidents: Iterable[Seen]) -> tuple[str, ...]:
    return tuple(each.id for each in sorted(incidents, key=lambda each: (each.opened_at, each.id)))
