"""The words that every channel has in common: how a headline begins, what it means, and the commands to type."""

from __future__ import annotations

import shlex

from chalicelib.model import Outcome
from chalicelib.notify.notice import MEANING, ChangeLine, Kind, Notice, Verdict

_FOR_PEOPLE = frozenset({Outcome.AWAITING, Outcome.FAILED, Outcome.DRIFTED, Outcome.KEPT})


def lead(verdict: Verdict, kind: Kind, *, sample: bool, grouped: int) -> str:
    """Return how a headline begins: `[ESCALATED] Waiting for approval: `, `Was it you? ` or `214 incidents: `."""
    marks = ("[SAMPLE] " if sample else "") + ("[ESCALATED] " if kind is Kind.ESCALATION else "")
    if kind is Kind.QUESTION:
        return f"{marks}Was it you? "
    return f"{marks}{grouped} incidents: " if grouped else f"{marks}{verdict.capitalize()}: "


def meaning(notice: Notice) -> str:
    """Return the sentence under the headline: what the verdict means, or why many incidents are one message."""
    if notice.grouped:
        return "They come too fast to be told one by one. Each is answered all the same."
    return MEANING[notice.verdict]


def word(notice: Notice) -> str:
    """Return the word before the sentence: the verdict, or that it is a storm."""
    return f"{notice.grouped} incidents of one rule" if notice.grouped else notice.verdict.capitalize()


def see_all(notice: Notice) -> str:
    """Return the command that lists all incidents of a storm; what an event wrote cannot leave its argument."""
    return f"countermeasure incidents --rule {shlex.quote(notice.rule)} --account {shlex.quote(notice.account)}"


def approve(notice: Notice) -> str:
    """Return the command that approves what waits; "" where nothing does."""
    wanted = any(button.action == "approve" for button in notice.asked.buttons)
    return f"countermeasure approve {shlex.quote(notice.incident)}" if wanted else ""


def for_people(notice: Notice) -> tuple[ChangeLine, ...]:
    """Return the changes that people must do something about: they wait, or did not work."""
    return tuple(change for change in notice.changes if change.outcome in _FOR_PEOPLE)
