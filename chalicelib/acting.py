"""The hands of the engine: plan, apply and undo units in the accounts where their resources are.

One unit's exception is that unit's failure, with the reason; the others go on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from datetime import timedelta
from typing import TypeAlias

from chalicelib import protection, reconcile
from chalicelib.accounts import Accounts, ScopedSession, describe
from chalicelib.dataclass import dataclass
from chalicelib.errors import CountermeasureError, Gone, OutOfTime
from chalicelib.model import Call, Ceiling, Change, Mode, Outcome, State
from chalicelib.organization import Protected
from chalicelib.units import Unit


@dataclass(frozen=True, slots=True)
class Step:
    """A unit, its change as far as it has come, and what was last seen of the resource."""

    unit: Unit
    change: Change
    now: State = None


Act: TypeAlias = Callable[[ScopedSession, Step], Step]
Open: TypeAlias = Callable[[Sequence[Step]], ScopedSession]

ENOUGH = 30
"""Seconds that must be left for one more unit: AWS may keep us waiting for a call of it, and people are to be told."""

UNSEEN = "it could not be looked at yet: "
"""How the reason begins of a change that was written, and could not be looked at."""

_BY_MODE = {Mode.OBSERVE: Outcome.OBSERVED, Mode.APPROVE: Outcome.AWAITING, Mode.ENFORCE: Outcome.INTENDED}


def without_end() -> float:
    """Stand where nobody ends what takes long."""
    return math.inf


@dataclass(frozen=True, slots=True)
class Hands:
    """Acts through scoped sessions; `sleep` takes seconds, `left` gives those that are left to act in.

    `protected` is looked at in what a plan would change.
    """

    accounts: Accounts
    sleep: Callable[[float], None]
    protected: Protected = field(default_factory=Protected)
    left: Callable[[], float] = without_end

    def plan(self, steps: Sequence[Step]) -> list[Step]:
        """Say for every unit what is there and what should become of it; nothing is changed, and nothing could be."""

        def plan(aws: ScopedSession, step: Step) -> Step:
            return _plan(aws, step, self.protected)

        return self._each(steps, self._reading, plan, Outcome.FAILED)

    def apply(self, steps: Sequence[Step]) -> list[Step]:
        """Write every intended change, then look whether each holds."""
        written = self._each(steps, self._writing, _write, Outcome.FAILED, record=True)
        return self.look(written, Outcome.UNVERIFIED, Outcome.CONTAINED)

    def undo(self, steps: Sequence[Step], *, force: bool = False) -> list[Step]:
        """Write every change back to what was there before; refuse where the resource is not as we left it."""

        def write_back(aws: ScopedSession, step: Step) -> Step:
            return _write_back(aws, step, force)

        written = self._each(steps, self._writing, write_back, Outcome.UNDOING, record=True)
        return self.look(written, Outcome.UNDOING, Outcome.UNDONE)

    def look(self, steps: Sequence[Step], pending: Outcome, done: Outcome) -> list[Step]:
        """Look at what is pending until it is done, a bounded number of times; at what failed, once."""

        def look(aws: ScopedSession, step: Step) -> Step:
            expected = step.change.after if done is Outcome.CONTAINED else step.change.before
            now = reconcile.read(step.unit.remediation, aws, step.unit.resource)
            return Step(step.unit, seen(step.change, done) if reconcile.same(now, expected) else step.change, now)

        found = list(steps)
        for seconds in reconcile.WAITS:
            open_ = {Outcome.FAILED, pending} if not seconds else {pending}
            waiting = [index for index, step in enumerate(found) if step.change.outcome in open_]
            if not waiting:
                break
            self.sleep(seconds)
            looked = self._each([found[index] for index in waiting], self._writing, look, None)
            for index, step in zip(waiting, looked, strict=True):
                found[index] = step
        return found

    def _each(
        self, steps: Sequence[Step], open_: Open, act: Act, failed: Outcome | None, *, record: bool = False
    ) -> list[Step]:
        """Act on every step, in order, through one session per rule, account and region; `record` keeps the AWS calls.

        What one rule needs fits into a session policy; what all rules of a finding need together may not. A session
        that could not be opened is not tried again for the next step: what AWS kept us waiting for, others still have.
        """
        sessions: dict[tuple[str, str, str], ScopedSession | Exception] = {}
        acted = []
        for step in steps:
            place = _place(step)
            made: list[Call] = []
            try:
                if self.left() < ENOUGH:
                    raise OutOfTime("there is no time left to begin it: it is tried again")
                if place not in sessions:
                    sessions[place] = _opened(open_, [other for other in steps if _place(other) == place])
                session = sessions[place]
                if isinstance(session, Exception):
                    raise session
                with session as aws:
                    aws.calls = made
                    done = act(aws, step)
            except Gone as error:
                done = _ended(step, Outcome.GONE, str(error))
            except Exception as error:  # noqa: BLE001 - one unit's failure is told and recorded; the others go on
                why = _why(error) if failed else step.change.reason or UNSEEN + _why(error)  # the first says more
                done = _ended(step, failed or step.change.outcome, why)
            acted.append(_noted(done, made) if record else done)
        return acted

    def _reading(self, steps: Sequence[Step]) -> ScopedSession:
        account, region, _ = _place(steps[0])
        remediations = {step.unit.remediation.id: step.unit.remediation for step in steps}
        types = {step.unit.resource.type for step in steps if step.unit.mode > Mode.OBSERVE}
        beside = [action for type_ in sorted(types) for action in protection.reads(type_, self.protected)]
        return self.accounts.reading(account, region, steps[0].change.incident, remediations.values(), beside)

    def _writing(self, steps: Sequence[Step]) -> ScopedSession:
        account, region, _ = _place(steps[0])
        pairs = [(step.unit.remediation, step.unit.resource) for step in steps]
        return self.accounts.writing(account, region, steps[0].change.incident, pairs)


def seen(change: Change, outcome: Outcome) -> Change:
    """Return a change that was seen to have come true; why it could not be seen before is over."""
    return replace(change, outcome=outcome, reason="" if change.reason.startswith(UNSEEN) else change.reason)


def _opened(open_: Open, steps: Sequence[Step]) -> ScopedSession | Exception:
    """Return the session for steps, or why there is none."""
    try:
        return open_(steps)
    except Exception as error:  # noqa: BLE001 - it is the reason of every step that needed it
        return error


def _plan(aws: ScopedSession, step: Step, protected: Protected) -> Step:
    """Plan one unit. A change that an earlier attempt had begun keeps the `before` that was recorded then."""
    plan = reconcile.plan(step.unit.remediation, aws, step.unit.resource)
    if plan.needed and step.unit.mode > Mode.OBSERVE:
        step = _lowered(step, protection.ceilings(aws, step.unit.resource, protected))
    unit, change = step.unit, step.change
    begun = bool(change.digest) and change.outcome in {Outcome.INTENDED, Outcome.FAILED}
    before = change.before if begun else plan.before
    halfway = begun and plan.needed and unit.mode < Mode.APPROVE and not reconcile.same(before, plan.before)
    if halfway:
        outcome = Outcome.FAILED  # what it was before stays to be undone
    elif plan.needed:
        outcome = _BY_MODE[unit.mode]
    else:
        outcome = Outcome.CONTAINED if begun and not reconcile.same(before, plan.after) else Outcome.COMPLIANT
    reason = "it was begun and cut off, and may not be finished now: undo it, or act by hand" if halfway else ""
    digest = reconcile.digest(unit.remediation.id, unit.resource, before, plan.after)
    hours = timedelta(hours=unit.remediation.expires_hours)
    ahead = bool(hours) and outcome in {Outcome.INTENDED, Outcome.AWAITING}
    planned = replace(
        change,
        outcome=outcome,
        before=before,
        after=plan.after,
        digest=digest,
        mode=unit.mode,
        reason=reason,
        calls=(),
        expires_at=(aws.now + hours).isoformat(timespec="seconds") if ahead else change.expires_at,
    )
    return Step(unit, planned, plan.before)


def _lowered(step: Step, found: Sequence[Ceiling]) -> Step:
    """Return the step under what was found beside its guardrails."""
    said = tuple(sorted((*step.unit.ceilings, *found), key=lambda ceiling: ceiling.mode))
    return replace(step, unit=replace(step.unit, ceilings=said), change=replace(step.change, ceilings=said))


def _write(aws: ScopedSession, step: Step) -> Step:
    reconcile.write(step.unit.remediation, aws, step.unit.resource, step.now, step.change.after)
    return replace(step, change=replace(step.change, outcome=Outcome.UNVERIFIED))


def _write_back(aws: ScopedSession, step: Step, force: bool) -> Step:
    unit, change = step.unit, step.change
    now = reconcile.read(unit.remediation, aws, unit.resource)
    resumed = change.outcome is Outcome.UNDOING
    if not (force or resumed or reconcile.same(now, change.after) or reconcile.same(now, change.before)):
        reason = f"it is no longer as we left it; now it is {reconcile.canonical(now)}"
        return Step(unit, replace(change, outcome=Outcome.DRIFTED, reason=reason[:1000]), now)
    if not reconcile.same(now, change.before):
        reconcile.write(unit.remediation, aws, unit.resource, now, change.before)
    return Step(unit, replace(change, outcome=Outcome.UNDOING), now)


def _noted(step: Step, calls: Sequence[Call]) -> Step:
    return replace(step, change=replace(step.change, calls=(*step.change.calls, *calls)))


def _ended(step: Step, outcome: Outcome, reason: str) -> Step:
    return replace(step, change=replace(step.change, outcome=outcome, reason=reason))


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, CountermeasureError) else describe(error)


def _place(step: Step) -> tuple[str, str, str]:
    return step.unit.resource.account, step.unit.resource.region, step.unit.rule.id
