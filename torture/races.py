"""One story, run once: its resources are made, everything comes at once, and what did not hold is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from chalicelib.catalogue import Catalogue
from chalicelib.organization import Budgets
from lab.organization import Lab
from lab.stage import prepare, renamed
from torture.race_stories import APPROVERS, STORIES, Story
from torture.race_verdict import broken, ended, places, states
from torture.racing import Event, Race, race


@dataclass(frozen=True, slots=True)
class Ran:
    """A race that was run: its kind and seed, what did not hold, by promise, and how much there was of it."""

    kind: str
    seed: int
    broken: tuple[tuple[str, str], ...] = ()
    threads: int = 0
    requests: int = 0
    conflicts: int = 0
    again: int = 0


def ran(lab: Lab, catalogue: Catalogue, kind: str, seed: int) -> Ran:
    """Run the story of a kind in the turns of a seed."""
    story = STORIES[kind](Random(seed))
    with race(lab, catalogue, seed, budgets=Budgets(rule=story.budget)) as here:
        return replace(played(here, story), kind=kind, seed=seed)


def played(here: Race, story: Story) -> Ran:
    """Play a story in a race, and look at what came of it."""
    _let_decide(here.lab, story)
    story = _made(here, story)
    first = states(here, places(here, [*story.events, *story.meanwhile]))
    here.together(*(here.delivered(event) for event in story.events))
    if story.clicks:
        asked = here.stored(here.incidents()[0]).approvals
        digest = asked[0].digest if asked else ""
        clicks = [here.clicked(action, by, digest) for action, by in story.clicks]
        here.together(*clicks, *(here.delivered(event) for event in story.meanwhile))
    requests, conflicts = len(here.wire.seen), here.wire.conflicts
    seen = tuple(dict.fromkeys(broken(ended(here, story, first))))
    threads = 1 + max(len(story.events), len(story.clicks) + len(story.meanwhile))
    return Ran(story.name, 0, seen, threads, requests, conflicts, here.again)


def _let_decide(lab: Lab, story: Story) -> None:
    ours = lab.organization.environments.items()
    environments = {
        name: replace(each, mode=story.mode, approvers=APPROVERS, approvals=story.approvals) for name, each in ours
    }
    lab.organization = replace(lab.organization, environments=environments)


def _made(here: Race, story: Story) -> Story:
    """Make what the first events talk of, and have every event name it as it is."""
    mapped: dict[str, str] = {}
    for event in story.events[: story.made]:
        stage = prepare(here.lab, here.catalogue, event)
        if stage.missing:
            raise RuntimeError(f"the lab has no {stage.missing}")
        mapped.update(stage.mapped)

    def named(events: Sequence[Event]) -> list[Event]:
        return [renamed(event, mapped) for event in events]

    return replace(story, events=named(story.events), meanwhile=named(story.meanwhile))
