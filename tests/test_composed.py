"""The composed responses of docs/responses.md, end to end: in their order, in one account of two, and back again.

Compared is everything that the embedded AWS holds of an account, of which its describe calls are views.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine

from chalicelib import reconcile
from chalicelib.catalogue import Catalogue
from chalicelib.model import Change, Incident, Outcome, State
from lab.crashing import Call, gated, is_write
from lab.organization import HUB, Lab
from lab.stage import prepare
from tests.deciding import approve, undo
from tests.replaying import administrator, event, told
from tests.simulated import difference, everything, matching

RESPONSES: Mapping[str, Mapping[str, Any]] = tomllib.loads((Path(__file__).parent / "composed.toml").read_text())
PAGE = (Path(__file__).parents[1] / "docs" / "responses.md").read_text()

OTHER = {"111122223333": "444455556666", "444455556666": "111122223333"}
"""The account that an event is about, and the one beside it that holds the same and must stay as it is."""

HUBS_OWN = {"dynamodb", "sns", "sqs"}
"""The ledger, the topic and its subscriber."""


@dataclass(slots=True)
class Writes:
    """A gate that notes, in order, the calls that change something in a member account."""

    names: list[str] = field(default_factory=list)

    def __call__(self, call: Call) -> Any:
        if call.writes and call.name.split(":")[0] not in {*HUBS_OWN, "sts", "slack"}:
            self.names.append(call.name)
        return call.make()


@pytest.mark.parametrize("name", RESPONSES)
def test_a_composed_response_runs_in_its_order_and_is_undone_to_the_first_state(
    lab: Lab, catalogue: Catalogue, clock: time_machine.Coordinates, name: str
) -> None:
    response = RESPONSES[name]
    stage = prepare(lab, catalogue, event(response["event"]))
    account = stage.made[0].account
    twin = prepare(lab, catalogue, in_account(event(response["event"]), account, OTHER[account]))
    assert (stage.missing, twin.missing) == ({}, {})
    first = {each: everything({each}) for each in (account, OTHER[account], HUB)}
    engine = lab.engine(catalogue)

    clock.shift(60)
    with gated(at_once := Writes()):
        [incident] = engine.handle(stage.event)
    assert at_once.names == calls(response.get("at_once", {}))
    assert len(told(lab)) == 1
    with gated(approved := Writes()):
        if response.get("approved"):
            incident = approve(engine, incident.id)
    assert approved.names == calls(response.get("approved", {}))
    assert {change.outcome for change in incident.changes} == {Outcome.CONTAINED}
    assert {change.resource.account for change in incident.changes} == {account}
    assert recorded(incident) == {**response.get("at_once", {}), **response.get("approved", {})}
    assert difference(first[OTHER[account]], everything({OTHER[account]})) == []
    assert services(difference(first[HUB], everything({HUB}))) <= HUBS_OWN

    clock.shift(60)
    with gated(undone := Writes()):
        incident = undo(engine, incident.id, confirm=True)
    assert undone.names == calls(response["undone"])
    assert {change.outcome for change in incident.changes} == {Outcome.UNDONE}
    assert [now(lab, catalogue, change) for change in incident.changes] == [c.before for c in incident.changes]
    left = difference(first[account], everything({account}))
    kept = [re.compile(matching(account, line)) for line in response.get("kept", {})]
    assert [line for line in left if not any(pattern.fullmatch(line) for pattern in kept)] == []
    assert [pattern.pattern for pattern in kept if not any(map(pattern.fullmatch, left))] == []
    assert difference(first[OTHER[account]], everything({OTHER[account]})) == []


@pytest.mark.parametrize("name", RESPONSES)
def test_the_page_names_the_rules_and_the_steps_in_their_order(catalogue: Catalogue, name: str) -> None:
    response = RESPONSES[name]
    [section] = re.findall(rf"^## {re.escape(name)}\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
    rules = {rule.id for rule in catalogue.match(event(response["event"]))}
    assert set(re.findall(r"`([\w.]+)`", section)) & {*catalogue.rules} == rules
    steps = re.findall(r"^\d\. `([\w.]+)`( \(asked\))?", section, flags=re.MULTILINE)
    assert [step for step, asked in steps if not asked] == [*response.get("at_once", {})]
    assert [step for step, asked in steps if asked] == [*response.get("approved", {})]
    before_undo, _, of_undo = section.replace("\n", " ").partition(" Undo: ")
    assert "Not done: " in before_undo
    lightly = {id_ for id_, _ in steps if not catalogue.remediations[id_].confirm_undo}
    assert {id_ for id_, _ in steps} - lightly == confirmed(of_undo)
    for why in set(response.get("kept", {}).values()):
        assert why.startswith("moto") or why in of_undo


def test_the_page_tells_of_no_response_that_is_not_replayed() -> None:
    assert re.findall(r"^## (.*)$", PAGE, flags=re.MULTILINE) == [*RESPONSES]


def confirmed(told: str) -> set[str]:
    """Return the steps that the page says are taken back only when confirmed."""
    sentences = re.split(r"[;.] ", told)
    return {id_ for each in sentences if "only when confirmed" in each for id_ in re.findall(r"`([\w.]+)`", each)}


def now(lab: Lab, catalogue: Catalogue, change: Change) -> State:
    """Return what a step reads of its resource now."""
    with administrator(lab, change.resource.account, change.resource.region) as aws:
        return reconcile.read(catalogue.remediations[change.remediation], aws, change.resource)


def in_account(what: Mapping[str, Any], account: str, other: str) -> Any:
    return json.loads(json.dumps(what).replace(account, other))


def calls(steps: Mapping[str, Sequence[str]]) -> list[str]:
    return [call for made in steps.values() for call in made]


def recorded(incident: Incident) -> dict[str, list[str]]:
    """Return what the incident shows of each step: the calls that changed something."""
    return {
        change.remediation: [call.operation for call in change.calls if is_write(call.operation)]
        for change in incident.changes
    }


def services(lines: Sequence[str]) -> set[str]:
    return {line.split(" ")[3] for line in lines}
