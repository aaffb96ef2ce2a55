"""What the catalogue answers of all that there is to answer, and what it does not: computed, never written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.catalogue import Catalogue
from chalicelib.findings import parse
from chalicelib.model import Mode, Remediation, Rule
from chalicelib.units import units
from cli.attack_matrix import TECHNIQUES, Technique
from cli.attack_unseen import MEANT, UNSEEN
from cli.calls import Calls
from cli.expectations import EXPECTATIONS, Expectation
from cli.frameworks import FRAMEWORKS
from cli.guardduty_variants import variants
from cli.least_events import Event
from rules.guardduty_types import ACTIVE, CUSTOM
from rules.not_answered import NOT_ANSWERED
from rules.tamper_apis import TAMPER_APIS


class Decision(StrEnum):
    """What was decided about something, from the strongest to none at all."""

    CONTAINED = "contained"
    ASKED = "asked first"
    TOLD = "told only"
    REASON = "no rule, for a reason"
    NONE = "undecided"


@dataclass(frozen=True, slots=True)
class Answer:
    """One rule's answer: what it does, and how far it goes by itself."""

    rule: Rule
    response: tuple[Remediation, ...] = ()

    @property
    def decision(self) -> Decision:
        if not self.response or self.rule.mode < Mode.APPROVE:
            return Decision.TOLD
        return Decision.CONTAINED if self.rule.mode is Mode.ENFORCE else Decision.ASKED


@dataclass(frozen=True, slots=True)
class Row:
    """What is decided about `subject`, in the case that `about` says (empty: in every case)."""

    subject: str
    answers: tuple[Answer, ...]
    group: str = ""
    about: str = ""
    reason: str = ""

    @property
    def decision(self) -> Decision:
        if not self.answers:
            return Decision.REASON if self.reason else Decision.NONE
        return min((answer.decision for answer in self.answers), key=list(Decision).index)


@dataclass(frozen=True, slots=True)
class Table:
    """Everything of one kind. `of` and `grouped` are what a subject and a group of it are called."""

    key: str
    title: str
    of: str
    grouped: str
    rows: tuple[Row, ...]

    @property
    def counts(self) -> Mapping[Decision, int]:
        """How many subjects there are of each decision; one with several rows counts by its strongest, or its gap."""
        found: dict[str, Decision] = {}
        for row in self.rows:
            pair = {found.get(row.subject, row.decision), row.decision}
            found[row.subject] = Decision.NONE if Decision.NONE in pair else min(pair, key=list(Decision).index)
        return {decision: sum(each is decision for each in found.values()) for decision in Decision}

    @property
    def gaps(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.decision is Decision.NONE)


def covered(catalogue: Catalogue) -> tuple[Table, ...]:
    """Return what a catalogue answers: GuardDuty's types, watched calls, techniques, expectations and frameworks."""
    calls = Calls(catalogue)
    return (
        Table("guardduty", "GuardDuty finding types", "type", "severity", tuple(_types(catalogue))),
        Table("cloudtrail", "API calls that others watch", "call", "service", tuple(_watched(calls))),
        Table("attack", "MITRE ATT&CK techniques", "technique", "tactics", tuple(_techniques(catalogue))),
        Table("controls", "Controls that are asked for", "control", "asked by", tuple(_expected(catalogue, calls))),
        Table("frameworks", "Frameworks", "control", "framework", tuple(_evidence(catalogue))),
    )


def _answers(rules: Iterable[Rule]) -> tuple[Answer, ...]:
    return tuple(Answer(rule, rule.respond) for rule in sorted(rules, key=lambda rule: rule.id))


def _planned(catalogue: Catalogue, event: Event) -> tuple[Answer, ...]:
    """Return the answers to a finding, with what of the responses it gives something to act on."""
    rules = [rule for rule in catalogue.match(event) if not rule.otherwise]
    [finding] = parse(event)
    planned = units(finding, rules)
    return tuple(
        Answer(rule, tuple(dict.fromkeys(unit.remediation for unit in planned if unit.rule is rule))) for rule in rules
    )


def _merged(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return one answer for each rule: all that it does in any of the cases."""
    responses: dict[Rule, dict[Remediation, None]] = {}
    for answer in answers:
        responses.setdefault(answer.rule, {}).update(dict.fromkeys(answer.response))
    return tuple(Answer(rule, tuple(response)) for rule, response in responses.items())


def _types(catalogue: Catalogue) -> Iterator[Row]:
    """Yield a row for each type and each answer to it: what it is about may decide."""
    for type_, severity in {**ACTIVE, **CUSTOM}.items():
        by_answer: dict[tuple[Answer, ...], list[str]] = {}
        for about, event in variants(type_):
            by_answer.setdefault(_planned(catalogue, event), []).append(about)
        for answers, abouts in by_answer.items():
            yield Row(type_, answers, severity, ", ".join(abouts) if len(by_answer) > 1 else "")


def _watched(calls: Calls) -> Iterator[Row]:
    for service, names in TAMPER_APIS.items():
        for name in names:
            call = f"{service}:{name}"
            yield Row(call, _answers(calls.rules(call)), service, reason=NOT_ANSWERED.get(call, ""))


def _techniques(catalogue: Catalogue) -> Iterator[Row]:
    """Yield the IaaS matrix, then the other techniques that rules name, then ids that ATT&CK does not have."""
    naming: dict[str, list[Rule]] = {}
    for rule in catalogue.rules.values():
        for id_ in () if rule.otherwise else rule.attack:
            naming.setdefault(id_, []).append(rule)
    for technique in TECHNIQUES.values():
        if technique.iaas or technique.id in naming:
            yield _technique(technique, naming)
    for id_ in sorted(set(naming) - set(TECHNIQUES)):
        named = ", ".join(rule.id for rule in naming[id_])
        yield Row(f"{id_} is no technique of ATT&CK", (), about=f"named by {named}")


def _technique(technique: Technique, naming: Mapping[str, list[Rule]]) -> Row:
    rules, about = naming.get(technique.id, []), "" if technique.iaas else "beyond the IaaS matrix"
    if not rules and technique.id in MEANT:
        rules, about = naming.get(technique.parent, []), f"meant by {technique.parent}"
    if not rules and (within := sorted(id_ for id_ in naming if id_.startswith(f"{technique.id}."))):
        rules, about = [*{rule.id: rule for id_ in within for rule in naming[id_]}.values()], f"by {', '.join(within)}"
    subject, tactics = f"{technique.id} {technique.name}", ", ".join(technique.tactics)
    return Row(subject, _answers(rules), tactics, about, "" if rules else UNSEEN.get(technique.id, ""))


def _expected(catalogue: Catalogue, calls: Calls) -> Iterator[Row]:
    """Yield a row for each way in which a control is broken: by what tells of it."""
    for each in EXPECTATIONS:
        told = dict(_told(catalogue, calls, each))
        for about, answers in told.items():
            yield Row(each.control, answers, each.asked_by, about)
        if not told:
            yield Row(each.control, (), each.asked_by, reason=each.reason)


def _told(catalogue: Catalogue, calls: Calls, each: Expectation) -> Iterator[tuple[str, tuple[Answer, ...]]]:
    for type_ in each.types:
        yield type_, _merged(answer for _, event in variants(type_) for answer in _planned(catalogue, event))
    for event in each.events:
        detail = event["detail"]
        about = detail.get("configRuleName") or f"{detail['eventName']} by {detail['userIdentity']['type']}"
        yield about, _answers(rule for rule in catalogue.match(event) if not rule.otherwise)
    for call in each.calls:
        yield call, _answers(calls.rules(call))


def _evidence(catalogue: Catalogue) -> Iterator[Row]:
    """Yield every control of CIS, and those of the others that a rule is evidence for, known to us or not."""
    none = "No rule is evidence for it."
    for framework, (title, controls) in FRAMEWORKS.items():
        named = {control for rule in catalogue.rules.values() for control in rule.controls.get(framework, ())}
        for control in [*controls, *sorted(named - set(controls))]:
            rules = [rule for rule in catalogue.rules.values() if control in rule.controls.get(framework, ())]
            if control not in controls:
                yield Row(f"{control} is no control of {title}", (), framework, ", ".join(rule.id for rule in rules))
            elif rules or framework == "cis-aws":
                subject = f"{framework} {control} {controls[control]}"
                yield Row(subject, _answers(rules), title, reason="" if rules else none)
