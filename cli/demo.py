"""Five incidents in one simulated organization, told as on-call would live them: an approval, a denial and an undo.

Their reports, and the audit of that night, are written into `build/demo/` of the current folder.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.rule import Rule as Ruler
from rich.text import Text

from chalicelib.catalogue import load
from chalicelib.decision import Action, Decision
from chalicelib.decisions import decide
from chalicelib.incidents import of_stored
from chalicelib.ledger.lists import opened_since
from chalicelib.model import Incident, Mode, Outcome
from chalicelib.upkeep import tend
from chalicelib.wiring import utc_now
from cli import show
from cli.deployed import BadInput, Deployed
from cli.hub import Hub
from cli.intake import read as read_event
from cli.rehearsal import Rehearsal, Telling
from cli.report import of_incident, of_period, read, write
from infrastructure.names import STAGE
from lab.organization import HUB

FOLDER = resources.files("lab") / "story"

NIGHT = "2026-01-12"
"""When it happens, as the events of the story say."""

DELIVERY = timedelta(seconds=2)
"""How long an event is on its way, in this story."""

REPORTS = Path("build/demo")

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
        story = Story(Console(highlight=False), rehearsal, Clock())
        rehearsal.clock = story.clock
        story.say("sandbox and dev: enforce. staging and prod: ask a person first. security: only observe.")
        ok = _play(story)
        reports = list(story.reports())
    seconds = time.monotonic() - started
    story.say(f"\nFive incidents, an approval, a denial, an undo: {seconds:.0f} s, no AWS account.")
    story.say("\nReports, to open in a browser:")
    for path in reports:
        story.say(f"  {path}")
    story.say("\nYour own events: countermeasure replay FILE")
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


@dataclass(slots=True)
class Clock:
    """The time of the story, which goes on from where it was set last."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def set(self, what: str, event: str) -> None:
        """Set it to shortly after an event, or to what a sentence begins with: `02:41, dev. AWS Health: ...`."""
        at = datetime.fromisoformat(event or f"{NIGHT}T{what[:5]}:00+00:00")
        self.ahead = at + DELIVERY - utc_now()


@dataclass(frozen=True, slots=True)
class Story:
    """Where the story is told, the organization that it plays in, what time it is there, and what was shown."""

    console: Console
    rehearsal: Rehearsal
    clock: Clock
    shown: set[str] = field(default_factory=set)

    def happens(self, what: str, name: str) -> Incident:
        """An event comes in and is answered: show what was found, what was done, and what people are told."""
        item = next(iter(read_event(str(FOLDER / f"{name}.json"))))
        self._opens(what, str((item.event or {})["time"]))
        [incident] = self.rehearsal.play(item).incidents
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

    def reports(self) -> Iterator[Path]:
        """Write the report of each incident, and the audit of the night; yield where each is."""
        engine = self.rehearsal.engine()
        lab = self.rehearsal.lab
        if lab is None:
            return
        stage = Deployed(STAGE, lab.hub("sts").meta.region_name, lab.organization, lambda service, _: lab.hub(service))
        hub = Hub(stage, engine.ledger, lab.organization.channels.topic, engine.catalogue, lab.organization)
        tend(engine)  # what the schedule does within a minute: everything is sealed
        now = engine.clock()
        try:
            REPORTS.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{REPORTS} cannot be made here: {error.strerror}: run it where you may write") from error
        first = datetime.fromisoformat(f"{NIGHT}T00:00:00+00:00")
        for number, incident in enumerate(reversed(opened_since(engine.ledger.table, first, now)), 1):
            path = REPORTS / f"incident-{number}-{incident}.html"
            write(path, of_incident(read(hub, incident, now), ".html"))
            yield path
        path = REPORTS / "audit.html"
        write(path, of_period(hub, first, now, now, ".html"))
        yield path

    def _opens(self, what: str, event: str = "") -> None:
        self.clock.set(what, event)
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
