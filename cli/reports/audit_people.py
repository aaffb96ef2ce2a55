"""What people did in a period: what they were asked and decided, what they took back, and who did which. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.decision import Action
from chalicelib.model import Outcome
from cli.reports.audit_questions import Question, State
from cli.reports.audit_seen import Decided, Seen
from cli.reports.audit_times import Spread, spread

_TAKEN = {Outcome.UNDONE, Outcome.UNDOING, Outcome.DRIFTED, Outcome.KEPT}
"""The outcomes that an undo leaves."""

BY_ITSELF = "countermeasure"
"""Who took back what was to hold for a time only."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to people, and the incident that it was asked in."""

    incident: str
    question: Question


@dataclass(frozen=True, slots=True)
class Approvals:
    """What people were asked, by what became of it; how long they took to decide, in seconds."""

    asked: tuple[Asked, ...]
    to_decide: Spread | None

    def of(self, state: State) -> tuple[Asked, ...]:
        """Return the questions of which this became."""
        return tuple(each for each in self.asked if each.question.state is state)


@dataclass(frozen=True, slots=True)
class Deeds:
    """What one person did, of one kind: how often, and in which incidents."""

    by: str
    action: Action
    times: int
    incidents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision that was refused: who wanted what, and why it was not done."""

    incident: str
    at: str
    by: str
    action: Action
    why: str


@dataclass(frozen=True, slots=True)
class Undone:
    """A change that was taken back, or was to be: by whom, who else approved, why, and what came of it."""

    incident: str
    at: str
    remediation: str
    resource: str
    by: str
    approved_by: tuple[str, ...]
    why: str
    outcome: Outcome
    reason: str


def approvals(incidents: Iterable[Seen]) -> Approvals:
    """Return what people were asked in these incidents."""
    asked = tuple(Asked(each.id, question) for each in incidents for question in each.questions)
    return Approvals(asked, spread(each.question.seconds for each in asked))


def deeds(incidents: Iterable[Seen]) -> tuple[Deeds, ...]:
    """Return who decided what, and how often, the most first; what was refused is not among it."""
    found: dict[tuple[str, Action], list[str]] = {}
    for each in incidents:
        for decision in each.decisions:
            if not decision.refused:
                found.setdefault((decision.by, decision.action), []).append(each.id)
    made = [Deeds(by, action, len(ids), tuple(dict.fromkeys(ids))) for (by, action), ids in found.items()]
    return tuple(sorted(made, key=lambda each: (-each.times, each.by, each.action)))


def refusals(incidents: Iterable[Seen]) -> tuple[Refusal, ...]:
    """Return what people wanted and were refused."""
    return tuple(
        Refusal(each.id, said.at, said.by, said.action, said.result.removeprefix("refused: "))
        for each in incidents
        for said in each.decisions
        if said.refused
    )


def undone(incidents: Iterable[Seen]) -> tuple[Undone, ...]:
    """Return every change that was taken back or was to be: by people, or because its time was over."""
    return tuple(found for each in incidents for found in _undone(each))


def _undone(incident: Seen) -> Iterator[Undone]:
    wanted = [each for each in incident.decisions if each.action is Action.UNDO and not each.refused]
    for change in incident.changes:
        if change.outcome not in _TAKEN:
            continue
        said = None if change.expires else _last(wanted)
        yield Undone(
            incident=incident.id,
            at=said.at if said else "",
            remediation=change.remediation,
            resource=change.resource,
            by=said.by if said else BY_ITSELF,
            approved_by=_approved_by(incident, said),
            why=said.reason if said else "it was to hold for a time only",
            outcome=change.outcome,
            reason=change.reason,
        )


def _last(decisions: Sequence[Decided]) -> Decided | None:
    return decisions[-1] if decisions else None


def _approved_by(incident: Seen, said: Decided | None) -> tuple[str, ...]:
    granted = [q for q in incident.questions if q.of is Action.UNDO and q.state is State.GRANTED]
    return granted[-1].by if said and granted else ()
