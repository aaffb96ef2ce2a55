"""A decision on its way: from the endpoint, which answers at once, to the function that carries it out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from chalicelib.decision import Action, Decision
from chalicelib.errors import Busy, CountermeasureError, MalformedEvent, NotDelivered
from chalicelib.notify.buttons import value, value_of
from chalicelib.quoting import one_line
from chalicelib.slackapp.clicks import RESPONSE_URL, USER, Click
from chalicelib.slackapp.forms import REASON_LONGEST
from chalicelib.slackapp.web import whisper

BUSY = "Not yet: {why}. It is tried again within minutes."
FAILED = (
    "It did not work ({why}). It is tried again within minutes, three times in all; after that it is among the dead"
    " letters of `decide`, and an alarm tells on-call."
)


def of_click(click: Click) -> Decision:
    """Return the decision that somebody made with a click."""
    return Decision(
        action=Action(click.action),
        incident=click.incident,
        by=f"slack:{click.user}",
        at=click.at,
        via="slack",
        digest=click.digest,
        reason=click.reason,
        confirm=click.confirm,
        force=click.force,
        minutes=click.minutes,
    )


def to_event(click: Click) -> str:
    """Return the JSON that the function is invoked with; Lambda takes 256 KB (quotas, asynchronous payload)."""
    return json.dumps({"decision": asdict(of_click(click)), "response_url": click.response_url})


def of_event(event: Any) -> tuple[Decision, str]:
    """Return the decision of an event and where its answer goes. Raises MalformedEvent."""
    told = event.get("decision") if isinstance(event, dict) else None
    url = event.get("response_url") if isinstance(event, dict) else None
    if not isinstance(told, dict) or not isinstance(url, str) or not RESPONSE_URL.fullmatch(url):
        raise MalformedEvent("an event of `decide` has a `decision`, and a `response_url` of Slack")
    try:
        decision = Decision(**_typed(told))
    except (TypeError, ValueError) as error:
        raise MalformedEvent(one_line(f"the decision is not one: {error}")) from None
    if decision.via != "slack" or not USER.fullmatch(decision.by.removeprefix("slack:")):
        raise MalformedEvent("the decision is not of a person in Slack")
    if not _as_clicked(decision):
        raise MalformedEvent("the decision is not as a click makes it: its incident, digest, time or reason")
    return decision, url


def carry_out(decision: Decision, decide: Callable[[Decision], Decision], tell: Callable[[str], None]) -> bool:
    """Carry out a decision and tell the person what came of it; return whether it was done, or refused.

    A refusal is an answer. What may go well a minute later is raised, so that Lambda tries again: Busy, and whatever
    is no error of ours; the person is told that, and no more of it than its kind.
    """
    try:
        done = decide(decision)
    except Busy as error:
        tell(BUSY.format(why=error))
        raise
    except CountermeasureError as error:
        tell(f"Not done: {error}")
        return False
    except Exception as error:
        tell(FAILED.format(why=type(error).__name__))
        raise
    tell(done.result or f"Done: {done.action.value}.")
    return True


def telling(response_url: str, logger: Logger) -> Callable[[str], None]:
    """Return what tells the person who clicked. That it could not is logged: the decision counts all the same."""

    def tell(text: str) -> None:
        try:
            whisper(response_url, text)
        except NotDelivered as error:
            logger.warning("not told", extra={"reason": str(error)})

    return tell


def _as_clicked(decision: Decision) -> bool:
    """Return whether the texts are such as `of_click` makes: they become keys and items of the ledger."""
    try:
        value_of(value(decision.incident, decision.digest))
        datetime.fromisoformat(decision.at)
    except ValueError:
        return False
    return decision.at.isascii() and len(decision.reason) <= REASON_LONGEST and decision.reason.isprintable()


def _typed(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a decision, each of its type. Raises TypeError and ValueError."""
    kept: dict[str, Any] = {}
    for each in fields(Decision):
        found = told.get(each.name)
        if found is None:
            continue
        kind = {"bool": bool, "int": int}.get(str(each.type), str)
        if type(found) is not kind:
            raise TypeError(f"`{each.name}` must be {kind.__name__}")
        kept[each.name] = found
    return {**kept, "action": Action(kept.get("action", ""))}
