"""Five incidents in one simulated organization, told as on-call would live them: an approval, a denial and an undo."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import resources

from rich.console import Console
from rich.panel import Panel
from rich.rule import Rule as Ruler
from rich.text import Text

from chalicelib.catalogue import load
from chalicelib.decision import Action, Decision
from chalicelib.decisions import decide
from chalicelib.incidents import of_stored
from chalicelib.model import Incident, Mode, Outcome
from cli import show
from cli.intake import read
from cli.rehearsal import Rehearsal, Telling
from lab.organization import HUB

FOLDER = resources.files("lab") / "story"

MODES = {
    "sandbox": Mode.ENFORCE,
    "dev": Mode.ENFORCE,
    "staging": Mode.APPROVE,
    "prod": Mode.APPROVE,
    "security": Mode.OBSERVE,
}
"""The rules of engagement of the story: the machine may act alone where a mistake costs little."""


def run() -> int:
    """Play the story; return 0, or 1 when any of it did not end as it should."""
    started = time.monotonic()
    with ExitStack() as stack:
        rehearsal = Rehearsal(load("rules", "remediations"), stack, keep=True, modes=MODES)
        story = Story(Console(highlight=False), rehearsal)
        story.say("sandbox and dev: enforce. staging and prod: ask a person first. security: only observe.")
        ok = _play(story)
    seconds = time.monotonic() - started
    story.say(f"\nFive incidents, an approval, a denial, an undo: {seconds:.0f} s, no AWS account.")
    story.say("Your own events: countermeasure replay FILE")
    return 0 if ok else 1


def _play(story: Story) -> bool:
    """Tell the night and the morning; return whether everything ended as it should."""
    happens, decides = story.happens, story.decides
    key = happens("02:41, dev. AWS Health: an access key was found in a public repository.", "1-exposed-key")
    mining = happens("02:55, staging. GuardDuty: an instance talks to a mining pool.", "2-mining-instance")
    trail = happens("03:02, prod. CloudTrail: a build session stops the audit trail.", "3-stopped-trail")
    approved = decides("03:04, prod. Nobody planned that.", "alice", Action.APPROVE, trail)
    denied = decides("03:06, staging. It can wait.", "bob", Action.DENY, mining, "our own test, until 06:00")
    group = happens("08:31, sandbox. CloudTrail: a developer opens SSH to the world.", "4-opened-security-group")
    root = happens("09:14, prod. Sign-in: the root user logs in, without MFA.", "5-root-login")
    back = story.undoes("09:20, sandbox. That SSH rule was agreed upon.", "bob", group)
    ended = {
        Outcome.CONTAINED: [*key.changes, *approved.changes, *group.changes],
        Outcome.AWAITING: [*mining.changes, *trail.changes],
        Outcome.OBSERVED: denied.changes,
    }
    as_it_should = (bool(found) and {c.outcome for c in found} == {outcome} for outcome, found in ended.items())
    return back and not root.changes and all(as_it_should)


@dataclass(frozen=True, slots=True)
class Story:
    """Where the story is told, the organization that it plays in, and the notices that were shown."""

    console: Console
    rehearsal: Rehearsal
    shown: set[str] = field(default_factory=set)

    def happens(self, what: str, name: str) -> Incident:
        """An event comes in and is answered: show what was found, what was done, and what people are told."""
        self._opens(what)
        [incident] = self.rehearsal.play(next(iter(read(str(FOLDER / f"{name}.json"))))).incidents
        remediations = self.rehearsal.catalogue.remediations
        self.console.print(*show.found(incident), *show.done(incident, remediations), sep="\n")
        self._tells(self.rehearsal.told([incident]))
        return incident

    def decides(self, what: str, who: str, action: Action, incident: Incident, reason: str = "") -> Incident:
        """Somebody decides about an incident: show what came of it, and return it as it then is."""
        self._opens(what)
        self._types(who, f"{action.value} {incident.id}", reason)
        engine = self.rehearsal.engine()
        at = engine.clock().isoformat(timespec="microseconds")
        decide(engine, Decision(action, incident.id, _operator(who), at, "command", reason=reason))
        after = of_stored(engine.ledger.load(incident.id), engine.catalogue)
        for change in after.changes:
            what = f"  {engine.catalogue.remediations[change.remediation].title}: {show.plain(change.resource.id)}"
            self.console.print(Text.assemble((change.outcome.upper(), show.OUTCOME[change.outcome]), what))
        self._tells(self.rehearsal.told([after]))
        return after

    def undoes(self, what: str, who: str, incident: Incident) -> bool:
        """Somebody takes back what was done; return whether everything is again exactly as it was."""
        self._opens(what)
        self._types(who, f"undo {incident.id}", "agreed upon")
        restored = list(self.rehearsal.undo([incident], by=_operator(who), reason="agreed upon"))
        for each in restored:
            self.console.print(show.back(each))
        self._tells(self.rehearsal.told([incident]))
        return bool(restored) and all(each.back for each in restored)

    def say(self, text: str) -> None:
        """Print a line."""
        self.console.print(Text(text))

    def _opens(self, what: str) -> None:
        self.console.print(Text("\n"), Ruler(Text(what, "bold"), align="left"), sep="")

    def _types(self, who: str, command: str, reason: str) -> None:
        self.say(f"{who}$ countermeasure {command}{f' --reason {reason!r}' if reason else ''}")

    def _tells(self, tellings: Iterable[Telling]) -> None:
        """Show what people are told now, by its headline."""
        for telling in tellings:
            if telling.id not in self.shown:
                self.shown.add(telling.id)
                headline = Text(telling.text.split("\n", 1)[0])
                self.console.print(Panel(headline, title=f"told: {', '.join(telling.channels)}", title_align="left"))


def _operator(who: str) -> str:
    return f"arn:aws:sts::{HUB}:assumed-role/on-call/{who}"
