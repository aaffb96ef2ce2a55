"""Five incidents in one simulated organization, told as on-call would live them, and one undo."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from importlib import resources

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule as Ruler
from rich.text import Text

from chalicelib.catalogue import load
from chalicelib.model import Remediation
from cli import show
from cli.intake import read
from cli.rehearsal import Played, Rehearsal

CHAPTERS = (
    ("1-exposed-key.json", "02:41, dev. AWS Health: an access key was found in a public repository."),
    ("2-mining-instance.json", "02:55, staging. GuardDuty: an instance talks to a mining pool."),
    ("3-stopped-trail.json", "03:02, prod. CloudTrail: a build session stops the audit trail."),
    ("4-opened-security-group.json", "08:31, sandbox. CloudTrail: a developer opens SSH to the world."),
    ("5-root-login.json", "09:14, prod. Sign-in: the root user logs in, without MFA."),
)
UNDONE = "4-opened-security-group.json"
FOLDER = resources.files("lab") / "story"


def run() -> int:
    """Play the story; return 0, or 1 when any of it did not end as it should."""
    started = time.monotonic()
    console = Console(highlight=False)
    catalogue = load("rules", "remediations")
    ok = True
    with ExitStack() as stack:
        rehearsal = Rehearsal(catalogue, stack, keep=True)
        by_name: dict[str, Played] = {}
        for name, what in CHAPTERS:
            item = next(iter(read(str(FOLDER / name))))
            played = by_name[name] = rehearsal.play(item)
            ok = ok and bool(played.incidents) and not played.failed
            _chapter(console, what, played, catalogue.remediations)
        ok = _undo(console, rehearsal, by_name[UNDONE]) and ok
    seconds = time.monotonic() - started
    console.print(
        f"\nFive incidents, one undo, {seconds:.0f} s, no AWS account. Your own events: countermeasure replay FILE"
    )
    return 0 if ok else 1


def _chapter(console: Console, what: str, played: Played, remediations: Mapping[str, Remediation]) -> None:
    console.print(Text("\n"), Ruler(Text(what, "bold"), align="left"), sep="")
    for incident in played.incidents:
        console.print(*show.found(incident), *show.done(incident, remediations), sep="\n")
    for telling in played.notices:
        headline = telling.text.split("\n", 1)[0]
        console.print(Panel(Text(headline), title=f"told: {', '.join(telling.channels)}", title_align="left"))


def _undo(console: Console, rehearsal: Rehearsal, played: Played) -> bool:
    """Take back the closing of the security group; return whether it is open again, exactly as it was."""
    console.print(
        Text("\n"), Ruler(Text("09:20, sandbox. That SSH rule was agreed upon: undo it.", "bold"), align="left"), sep=""
    )
    console.print(Padding(Text(f"$ countermeasure undo {played.incidents[0].id}"), (0, 0, 1, 0)))
    restored = list(rehearsal.undo(played.incidents))
    for each in restored:
        console.print(show.back(each))
    return bool(restored) and all(each.back for each in restored)
