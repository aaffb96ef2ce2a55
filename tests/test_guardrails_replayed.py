"""A replayed event says how far it may be answered: that can only lower, and keeps nothing from being done later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.engine import Engine
from chalicelib.findings import parse
from chalicelib.guardrails import Situation, ceilings, lowest
from chalicelib.guardrails.modes import replayed
from chalicelib.model import Ceiling, Mode, Rule, Severity
from chalicelib.replayed import lowered, replay_name
from lab.organization import Lab
from lab.stage import prepare
from tests.replaying import event

TRAIL = "cloudtrail.trail_logging_stopped/fires.by_name"
OURS, ARCHIVE = "the event is replayed", "the event is replayed from an archive"
UNSAID, UNSAID_ARCHIVE = f"{OURS}, and does not say how far to go", f"{ARCHIVE}, and does not say how far to go"


def situation(lab: Lab, **envelope: Any) -> Situation:
    [finding] = parse(event(TRAIL) | envelope)
    return Situation(finding, Rule("a.b", "t", {}, Severity.LOW, ""), None, lab.organization)


def own(ceiling: Any) -> dict[str, Any]:
    return {"countermeasure": {"ceiling": ceiling}}


SAID: dict[str, tuple[Mapping[str, Any], Ceiling | None]] = {
    "nobody replayed it": ({}, None),
    "enforce lowers nothing": (own("enforce"), None),
    "approve": (own("approve"), Ceiling("replayed", Mode.APPROVE, OURS)),
    "observe": (own("observe"), Ceiling("replayed", Mode.OBSERVE, OURS)),
    "off": (own("off"), Ceiling("replayed", Mode.OFF, OURS)),
    "misspelt": (own("enforced"), Ceiling("replayed", Mode.OBSERVE, UNSAID)),
    "in capitals": (own("ENFORCE"), Ceiling("replayed", Mode.OBSERVE, UNSAID)),
    "a number": (own(3), Ceiling("replayed", Mode.OBSERVE, UNSAID)),
    "a list": (own(["enforce"]), Ceiling("replayed", Mode.OBSERVE, UNSAID)),
    "null": (own(None), Ceiling("replayed", Mode.OBSERVE, UNSAID)),
    "no ceiling in it": ({"countermeasure": {}}, Ceiling("replayed", Mode.OBSERVE, UNSAID)),
    "no object": ({"countermeasure": "enforce"}, Ceiling("replayed", Mode.OBSERVE, UNSAID)),
    "from an archive, by us": (
        {"replay-name": "countermeasure-approve-20260801T120000Z"},
        Ceiling("replayed", Mode.APPROVE, ARCHIVE),
    ),
    "from an archive, to enforce": ({"replay-name": "countermeasure-enforce-1"}, None),
    "from an archive, by somebody": ({"replay-name": "mine"}, Ceiling("replayed", Mode.OBSERVE, UNSAID_ARCHIVE)),
    "from an archive, by nobody": ({"replay-name": None}, Ceiling("replayed", Mode.OBSERVE, UNSAID_ARCHIVE)),
    "twice, the lower counts": (
        {**own("enforce"), "replay-name": "countermeasure-observe-1"},
        Ceiling("replayed", Mode.OBSERVE, ARCHIVE),
    ),
}


@pytest.mark.parametrize(("envelope", "expected"), SAID.values(), ids=SAID)
def test_the_envelope_says_how_far_a_replay_goes_and_what_is_not_clear_only_observes(
    lab: Lab, envelope: Mapping[str, Any], expected: Ceiling | None
) -> None:
    assert replayed(situation(lab, **envelope)) == expected


def test_what_the_detail_says_is_not_ours_to_follow(lab: Lab) -> None:
    [finding] = parse(event(TRAIL, detail__countermeasure={"ceiling": "off"}))
    assert replayed(replace(situation(lab), finding=finding)) is None


@pytest.mark.parametrize("environment", list(Mode))
@pytest.mark.parametrize("asked", list(Mode))
def test_a_replay_never_goes_further_than_the_event_itself(lab: Lab, environment: Mode, asked: Mode) -> None:
    lab.reset(environment)
    assert lowest(ceilings(situation(lab, **own(asked.name.lower())))) == min(environment, asked)


@pytest.mark.parametrize("mode", list(Mode))
def test_what_we_replay_says_what_we_mean(lab: Lab, mode: Mode) -> None:
    for envelope in (lowered(event(TRAIL), mode), {**event(TRAIL), "replay-name": replay_name(mode, "1")}):
        assert lowest(ceilings(situation(lab, **envelope))) == mode


def outcome(engine: Engine, what: Mapping[str, Any]) -> tuple[str, str]:
    [incident] = engine.handle(what)
    return incident.id, incident.changes[-1].outcome.value


def test_an_observed_replay_keeps_no_later_one_from_acting(lab: Lab, catalogue: Catalogue) -> None:
    real = prepare(lab, catalogue, event(TRAIL)).event
    engine = lab.engine(catalogue)
    opened, first = outcome(engine, lowered(real, Mode.OBSERVE))
    joined, then = outcome(engine, lowered(real, Mode.ENFORCE))
    assert (first, then, joined) == ("observed", "contained", opened)


def test_an_observed_replay_keeps_the_event_itself_from_nothing(lab: Lab, catalogue: Catalogue) -> None:
    real = prepare(lab, catalogue, event(TRAIL)).event
    engine = lab.engine(catalogue)
    assert outcome(engine, lowered(real, Mode.OBSERVE))[1] == "observed"
    assert outcome(engine, real)[1] == "contained"


def test_a_replay_to_enforce_of_what_was_answered_does_nothing_again(lab: Lab, catalogue: Catalogue) -> None:
    real = prepare(lab, catalogue, event(TRAIL)).event
    engine = lab.engine(catalogue)
    first = engine.handle(real)
    assert engine.handle(lowered(real, Mode.ENFORCE))[0].changes == first[0].changes
