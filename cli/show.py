"""What people see of a replayed event: what was found, what was done about it and why not more, what was told."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from chalicelib.model import Call, Change, Incident, Mode, Outcome, Remediation, Severity
from chalicelib.notify.escape import line
from chalicelib.notify.states import difference
from chalicelib.undoing import HOLDS

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from cli.rehearsal import Played, Restored, Telling

SEVERITY = {
    Severity.INFORMATIONAL: "dim",
    Severity.LOW: "blue",
    Severity.MEDIUM: "yellow",
    Severity.HIGH: "bold white on red",
    Severity.CRITICAL: "bold white on magenta",
}
OUTCOME = {
    Outcome.CONTAINED: "bold green",
    Outcome.COMPLIANT: "green",
    Outcome.UNDONE: "bold cyan",
    Outcome.FAILED: "bold red",
    Outcome.DRIFTED: "bold red",
    Outcome.UNVERIFIED: "bold yellow",
    Outcome.AWAITING: "bold yellow",
    Outcome.OBSERVED: "yellow",
}
READS = re.compile(r":(Describe|Get|List|Head)")
_PARAMETERS = 200
"""Characters shown of an AWS call's parameters."""


def plain(text: str, limit: int = 300) -> str:
    """Return hostile text as it can stand in one line of a terminal: bounded, nothing in it that acts or hides."""
    return line(text, limit)


def console(most: int) -> Console:
    """Return where to print: as wide as the terminal and at most `most` columns, which are also those of a pipe."""
    from rich.console import Console  # noqa: PLC0415

    made = Console(highlight=False)
    return Console(highlight=False, width=min(most, made.width) if made.is_terminal else most)


def summary(played: Played) -> str:
    """Return one line: what became of an event."""
    if not played.incidents:
        return f"{plain(played.file)}  {plain(played.reason or 'no rule fires')}"
    rules = dict.fromkeys(response.rule.id for incident in played.incidents for response in incident.responses)
    changes = (change for incident in played.incidents for change in incident.changes)
    done = ", ".join(f"{change.remediation} {change.outcome}" for change in changes) or "told"
    undone = f"; undone: {sum(each.back for each in played.restored)} of {len(played.restored)}"
    return f"{plain(played.file)}  {' '.join(rules)}: {plain(done, 1000)}{undone if played.restored else ''}"


def story(played: Played, remediations: Mapping[str, Remediation]) -> Iterator[RenderableType]:
    """Yield what became of an event, from the finding to the way back."""
    from rich.rule import Rule as Ruler  # noqa: PLC0415 - `match` needs none of rich
    from rich.text import Text  # noqa: PLC0415

    yield Ruler(Text(plain(played.file, 120)), align="left")
    if not played.incidents:
        yield Text(f"Nothing is done: {plain(played.reason or 'no rule fires')}\n")
    for told, real in played.mapped.items():
        yield Text(f"In this lab {plain(real)} stands for {plain(told)}: such ids cannot be chosen here.", "dim")
    for key, why in played.missing.items():
        yield Text(f"This lab could not make {plain(key)}: {plain(why)}", "dim")
    for incident in played.incidents:
        yield from found(incident)
        yield from done(incident, remediations)
    yield from notices(played.notices)
    for restored in played.restored:
        yield back(restored)


def found(incident: Incident) -> Iterator[RenderableType]:
    """Yield which rules fired on what, and how far the guardrails let countermeasure go."""
    from rich.text import Text  # noqa: PLC0415

    finding = incident.finding
    for response in incident.responses:
        severity = max(finding.severity, response.rule.severity)
        yield Text.assemble((f" {severity.name} ", SEVERITY[severity]), " ", (response.rule.title, "bold"))
    ceilings = dict.fromkeys(ceiling for response in incident.responses for ceiling in response.ceilings)
    lowest = min((response.mode for response in incident.responses), default=Mode.OFF)
    rows = [
        ("Found", plain(finding.title), ""),
        ("", f"{finding.source} {plain(finding.type)} in {finding.account} {plain(finding.region)}", "dim"),
        *(("Rule", response.rule.id, "") for response in incident.responses),
        ("Mode", f"{lowest.name}{'' if ceilings else ': no guardrail holds back'}", ""),
        *(("", f"{each.guardrail}: {plain(each.reason)}", "yellow") for each in ceilings),
    ]
    yield grid(rows)


def done(incident: Incident, remediations: Mapping[str, Remediation]) -> Iterator[RenderableType]:
    """Yield every change: what was there before, what is there after, the AWS calls between them."""
    from rich.text import Text  # noqa: PLC0415

    for number, change in enumerate(incident.changes, 1):
        outcome = Text(change.outcome.upper(), OUTCOME.get(change.outcome, ""))
        yield Text.assemble(f"\n{number}. {remediations[change.remediation].title}: ", outcome)
        yield grid(_rows(change), 3)
    if not incident.changes:
        off = all(response.mode is Mode.OFF for response in incident.responses)
        yield Text("\nNothing is done, and nobody is told." if off else "\nNothing is to be changed: people are told.")
    yield Text()


def _rows(change: Change) -> Iterator[tuple[str, str, str]]:
    yield "on", f"{plain(change.resource.id)} ({change.resource.type})", ""
    if change.expires_at and change.outcome in HOLDS:
        yield "until", f"{change.expires_at}, then it is taken back", ""
    if change.reason:
        yield "why", plain(change.reason, 1000), ""
    if change.before != change.after:
        before, after = difference(change.before, change.after)
        yield "before", plain(before, 1000), "red"
        yield "after", plain(after, 1000), "green"
    for call in change.calls:
        if not READS.search(call.operation) or call.error:
            yield "call", call_line(call), "dim"
    if reads := Counter(call.operation for call in change.calls if READS.search(call.operation) and not call.error):
        yield "read", ", ".join(f"{name} x{n}" if n > 1 else name for name, n in reads.items()), "dim"


def call_line(call: Call) -> str:
    """Return one AWS call: the operation, with what, and the error code where it failed."""
    parameters = " ".join(f"{name}={_value(value)}" for name, value in call.parameters.items())
    error = f" -> {plain(call.error)}" if call.error else ""
    return f"{plain(call.operation)} {plain(parameters, _PARAMETERS)}{error}"


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def notices(tellings: Iterable[Telling]) -> Iterator[RenderableType]:
    """Yield what people were told, as it appears."""
    from rich.panel import Panel  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    for telling in tellings:
        channels = ", ".join(telling.channels) or "nobody: it is kept and tried again"
        yield Panel(Text(telling.text), title=f"told: {channels}", title_align="left", border_style="dim")
        if telling.source:
            yield Text(f"Security Hub: {plain(telling.source)}")


def back(restored: Restored) -> RenderableType:
    """Return whether a change was taken back."""
    from rich.text import Text  # noqa: PLC0415

    change = restored.change
    what = f"{change.remediation} on {plain(change.resource.id)}"
    if restored.back:
        return Text(f"Undone: {what}. Read again, it is as it was before.", "bold cyan")
    return Text(f"Not undone: {what}. {change.outcome}: {plain(change.reason or 'it differs from before')}", "bold red")


def grid(rows: Iterable[tuple[str, str, str]], indent: int = 0) -> RenderableType:
    """Return labels and texts side by side, so that long texts wrap beside their label."""
    from rich.padding import Padding  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    grid = Table.grid(padding=(0, 2))
    grid.add_column(min_width=6, style="dim")
    grid.add_column(overflow="fold")
    for label, text, style in rows:
        grid.add_row(label, Text(text, style))
    return Padding(grid, (0, 0, 0, indent))
