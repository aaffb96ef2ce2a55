"""Stands where a remediation writes, and looks at what the ledger says at that moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib import reconcile
from chalicelib.model import Change, Mode, Outcome, Remediation, Resource, State


@dataclass(slots=True)
class Witness:
    """What was written, and what is wrong with it: the engine would take an exception for a failed change.

    `first` is what was there before our first write that was not undone, `approved` the digests of the changes that
    people approved, `lives` how many processes there were.
    """

    remediation: Remediation
    mode: Mode
    recorded: Callable[[], list[Change]]
    written: Counter[str] = field(default_factory=Counter)
    approved: set[str] = field(default_factory=set)
    first: State = None
    paused: bool = False
    lives: int = 1
    wrong: list[str] = field(default_factory=list)

    def write(self, aws: Any, resource: Resource, now: State, then: State) -> None:
        """Look, then write as the remediation does."""
        changes = self.recorded()
        begun = [change for change in changes if change.outcome in {Outcome.INTENDED, Outcome.UNDOING}]
        if not begun:
            self._say("a resource is written, and the ledger does not say so")
        elif begun[-1].outcome is Outcome.UNDOING:
            self._undo(then)
        else:
            self._apply(begun[-1], resource, now, then)
        self.remediation.write(aws, resource, now, then)

    def _apply(self, change: Change, resource: Resource, now: State, then: State) -> None:
        self.first = now if self.first is None else self.first
        self.written[change.id] += 1
        digest = reconcile.digest(self.remediation.id, resource, change.before, change.after)
        approved = digest in self.approved
        for wrong, said in (
            (not reconcile.same(change.after, then), "what is written is not what the ledger has"),
            (digest != change.digest, "the digest is not of this change"),
            (self.mode is not Mode.ENFORCE and not approved, "nobody approved this"),
            (self.paused and not approved, "people undid or denied this, and it is done again"),
            (self.written[change.id] > self.lives, "one change is carried out twice"),
        ):
            if wrong:
                self._say(said)

    def _undo(self, then: State) -> None:
        if not reconcile.same(then, self.first):
            self._say(f"what was there before is lost: {self.first}, and {then} is written back")

    def _say(self, wrong: str) -> None:
        self.wrong.append(wrong)
