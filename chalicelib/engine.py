"""The engine: an event goes in, a contained resource and a notice come out.

Intent and `before` are recorded, then the resource is written, then looked at, then the outcome is recorded, then it
is told. A crash between any two steps is taken up where it stopped when the event is delivered again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.acting import Hands, Step
from chalicelib.answering import act
from chalicelib.baselines import kept
from chalicelib.briefing import briefed
from chalicelib.catalogue import Catalogue
from chalicelib.dataclass import dataclass
from chalicelib.errors import Busy
from chalicelib.findings import parse
from chalicelib.guardrails import Facts, Situation, ceilings, facts_now, lowest
from chalicelib.incidents import assemble, of_stored
from chalicelib.internal_ids import by_name
from chalicelib.ledger import Known, Ledger, Record, Stored
from chalicelib.model import Change, Finding, Incident, Mode, Outcome, Response, Rule
from chalicelib.organization import Organization
from chalicelib.people import People
from chalicelib.telling import Teller
from chalicelib.units import Unit, change_id, guarded, incident_id, units

WAITS = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds to wait before each attempt at a finding while another delivery is working on the same resource."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Answers events. `clock` gives the time in UTC, `sleep` takes seconds, `token` names one attempt uniquely."""

    catalogue: Catalogue
    organization: Organization
    ledger: Ledger
    hands: Hands
    teller: Teller
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    token: Callable[[], str]
    people: People
    facts: Callable[[], Facts] = facts_now

    def handle(self, event: object) -> tuple[Incident, ...]:
        """Answer an EventBridge event and return its incidents, one per finding that a rule fires on.

        Raises MalformedEvent and NotSecurityEvent. Raises Busy, after every other finding was answered, when another
        delivery kept hold of a resource: the event is to be delivered again.
        """
        answered: list[Incident] = []
        busy: list[Busy] = []
        for finding in parse(event):
            rules = self.catalogue.match(finding.event)
            if rules:
                try:
                    answered.append(self.answer(finding, rules))
                except Busy as error:
                    busy.append(error)
        if busy:
            raise busy[0]
        return tuple(answered)

    def answer(self, finding: Finding, rules: Sequence[Rule]) -> Incident:
        """Answer one finding with the rules that fire on it. Raises Busy."""
        finding = by_name(finding, self.hands.accounts)
        found = briefed(units(finding, rules), self.organization, partial(kept, self.ledger.table))
        last = Busy("another delivery is working on the same resource")
        for seconds in WAITS:
            self.sleep(seconds)
            try:
                return self._attempt(finding, rules, found)
            except Busy as error:
                last = error
        raise last

    def _attempt(self, finding: Finding, rules: Sequence[Rule], found: Sequence[Unit]) -> Incident:
        """Answer a finding on what the ledger knows now. Raises Busy when that has changed meanwhile."""
        known = self.ledger.look(finding, [unit.resource.key for unit in found])
        stored = self.ledger.load(known.incident) if known.incident else None
        if stored and known.answered:
            self.teller.tell(stored.id, stored.notices)
            return of_stored(stored, self.catalogue)
        id_ = known.incident or incident_id(finding)
        steps = self._steps(id_, finding, found, known, stored)
        told_only = self._told_only(finding, rules, found)
        planned = self.hands.plan([step for step in steps if step.unit.mode > Mode.OFF])
        live = planned if stored else _worth_telling(planned)
        told = {step.change.id for step in live}
        latest = {step.change.id: step.change for step in (*steps, *planned)}
        off = [change for id_, change in latest.items() if id_ not in told]
        answering = {step.unit.rule.id for step in live} | {r.rule.id for r in told_only if r.mode > Mode.OFF}
        if not answering:
            return assemble(id_, [finding], rules, off, told_only)
        fired = [rule.id for rule in rules if rule.id in answering]
        record = Record(id_, finding, fired, [], newest=_newest(stored, finding))
        changes = act(self, record, live, known, stored, told_only)
        return assemble(id_, _joined(stored, finding), rules, [*changes, *off], told_only)

    def _steps(
        self, id_: str, finding: Finding, found: Sequence[Unit], known: Known, stored: Stored | None
    ) -> list[Step]:
        """Return the units under their guardrails, each with the change that an earlier attempt began, or a new one."""
        earlier = {change.id: change for change in stored.changes} if stored else {}
        ids = [change_id(id_, finding, unit) for unit in found]
        resumed = (earlier[own].at for own in ids if own in earlier)
        at = next(resumed, "") or _after(stored, self.clock()).isoformat(timespec="milliseconds")
        facts = self.facts()
        steps = []
        for number, (own, each) in enumerate(zip(ids, found, strict=True)):
            unit = guarded(each, finding, self.organization, known.undone, facts)
            fresh = Change(
                id=own,
                incident=id_,
                finding=finding.id,
                rule=unit.rule.id,
                remediation=unit.remediation.id,
                resource=unit.resource,
                mode=unit.mode,
                outcome=Outcome.OFF,
                at=at,
                step=number,
            )
            steps.append(Step(unit, replace(earlier.get(own, fresh), ceilings=unit.ceilings)))
        return steps

    def _told_only(self, finding: Finding, rules: Sequence[Rule], found: Sequence[Unit]) -> list[Response]:
        """Return the responses of the rules that have nothing to change, under the guardrails that hold for telling."""
        changing = {unit.rule.id for unit in found}
        responses = []
        for rule in rules:
            if rule.id not in changing:
                said = ceilings(Situation(finding, rule, None, self.organization, {}, self.facts()))
                responses.append(Response(rule, (), lowest(said), said))
        return responses


def _worth_telling(planned: Sequence[Step]) -> list[Step]:
    """Return the steps without those of rules whose events say too little, and which have met nothing that is wrong."""
    fine = {Outcome.COMPLIANT, Outcome.GONE}
    wrong = {step.unit.rule.id for step in planned if step.change.outcome not in fine}
    return [step for step in planned if step.unit.rule.id in wrong or not step.unit.rule.only_if_wrong]


def _after(stored: Stored | None, now: datetime) -> datetime:
    """Return now, or the moment after the last change that is there: another function's clock may be ahead of ours."""
    latest = max((change.at for change in stored.changes), default="") if stored else ""
    return max(now, datetime.fromisoformat(latest) + timedelta(milliseconds=1)) if latest else now


def _newest(stored: Stored | None, finding: Finding) -> Finding | None:
    """Return the finding as the ledger has it, if that is later news of it than what is answered now."""
    known = next((other for other in stored.findings if other.id == finding.id), None) if stored else None
    return known if known and known.last_seen > finding.last_seen else None


def _joined(stored: Stored | None, finding: Finding) -> list[Finding]:
    others = [other for other in stored.findings if other.id != finding.id] if stored else []
    opener = stored.findings[0] if stored else finding
    return [finding, *others] if opener.id == finding.id else [*others, finding]
