"""Budgets of actions: counted in the ledger, so that nobody can use us to switch production off; and storms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.catalogue import Catalogue
from chalicelib.engine import Engine
from chalicelib.model import Incident, Outcome
from chalicelib.notify import Notice
from chalicelib.organization import Budgets, Channels
from chalicelib.upkeep import tend
from lab.organization import TABLE, Lab
from tests.deciding import approve
from tests.replaying import event, played

GROUP = "cloudtrail.security_group_opened/fires.ipv4"
TOPIC_ONLY = "signin.root_login/fires.other_spelling"
ALONE = Channels().alone


def opened(lab: Lab, catalogue: Catalogue, number: int, budgets: Budgets) -> tuple[Engine, Incident]:
    """Answer the opening of one more security group, each another one."""
    lab.organization = replace(lab.organization, budgets=budgets)
    what = event(
        GROUP, detail__requestParameters__groupId=f"sg-0abcd1234ef5678{number:02}", detail__eventID=f"e{number}"
    )
    engine, incident, _ = played(lab, catalogue, what)
    return engine, incident


def spent(lab: Lab) -> dict[str, int]:
    items = lab.hub("dynamodb").scan(TableName=TABLE)["Items"]
    hours = [item for item in items if item["pk"]["S"] == "budget"]
    return {name: int(value["N"]) for hour in hours for name, value in hour.items() if name.startswith("spent_")}


@pytest.mark.parametrize(
    ("budgets", "named"),
    [
        (Budgets(2, 50, 200), "rule cloudtrail.security_group_opened"),
        (Budgets(25, 2, 200), "account 111122223333"),
        (Budgets(25, 50, 2), "organization"),
    ],
)
def test_what_is_over_a_budget_waits_for_approval_and_that_is_told_once(
    lab: Lab, catalogue: Catalogue, clock: object, budgets: Budgets, named: str
) -> None:
    outcomes, ceilings = [], []
    for number in range(4):
        _, incident = opened(lab, catalogue, number, budgets)
        outcomes += [change.outcome for change in incident.changes]
        ceilings += [ceiling.reason for change in incident.changes for ceiling in change.ceilings]
    assert outcomes == [Outcome.CONTAINED] * 2 + [Outcome.AWAITING] * 2
    assert ceilings == [f"{named} has spent its 2 actions of this hour"] * 2
    assert spent(lab)[f"spent_{named.replace(' ', '_').replace('.', '_')}"] == 2
    alerts = [post for post in lab.slack.posted if "Action budget spent" in post["text"]]
    assert len(alerts) == 1


def test_a_budget_is_of_an_hour(lab: Lab, catalogue: Catalogue, clock: time_machine.Coordinates) -> None:
    tight = Budgets(1, 50, 200)
    for number, wanted in enumerate((Outcome.CONTAINED, Outcome.AWAITING)):
        assert opened(lab, catalogue, number, tight)[1].changes[0].outcome is wanted
    clock.shift(timedelta(hours=1))
    assert opened(lab, catalogue, 9, tight)[1].changes[0].outcome is Outcome.CONTAINED


def test_without_budgets_nothing_is_counted_and_nothing_waits(lab: Lab, catalogue: Catalogue, clock: object) -> None:
    found = [opened(lab, catalogue, number, Budgets(None, None, None)) for number in range(3)]
    assert {change.outcome for _, incident in found for change in incident.changes} == {Outcome.CONTAINED}
    assert spent(lab) == {}


def test_what_people_approve_is_charged_to_no_budget(lab: Lab, catalogue: Catalogue, clock: object) -> None:
    engine, incident = opened(lab, catalogue, 1, Budgets(0, 50, 200))
    assert approve(engine, incident.id).changes[0].outcome is Outcome.CONTAINED
    assert spent(lab) == {}


def test_the_same_event_delivered_again_is_charged_once(lab: Lab, catalogue: Catalogue, clock: object) -> None:
    engine, _, what = played(lab, catalogue, event(GROUP))
    engine.handle(what)
    assert set(spent(lab).values()) == {1}


class TestStorms:
    def test_many_incidents_of_one_rule_and_account_become_one_message(
        self, lab: Lab, catalogue: Catalogue, clock: time_machine.Coordinates
    ) -> None:
        found = [opened(lab, catalogue, number, Budgets()) for number in range(ALONE + 4)]
        engine = found[0][0]
        assert {change.outcome for _, incident in found for change in incident.changes} == {Outcome.CONTAINED}
        assert len({incident.id for _, incident in found}) == ALONE + 4
        assert len(lab.slack.posted) == ALONE + 1
        assert len(lab.told()) == ALONE + 1
        [name] = storms(engine, found[-1][1])
        clock.shift(timedelta(seconds=61))
        tend(engine)
        assert shown(lab).startswith(f"HIGH · {ALONE + 4} ") or f"{ALONE + 4}" in shown(lab)
        clock.shift(timedelta(minutes=11))
        tend(engine)
        tend(engine)
        last = [Notice.from_json(told.body) for told in engine.ledger.load(name).notices]
        assert sorted((notice.kind.value, notice.grouped) for notice in last) == [("follow-up", 9), ("incident", 1)]

    def test_other_rules_and_other_windows_are_counted_apart(
        self, lab: Lab, catalogue: Catalogue, clock: time_machine.Coordinates
    ) -> None:
        for number in range(ALONE):
            opened(lab, catalogue, number, Budgets())
        played(lab, catalogue, event(TOPIC_ONLY))
        clock.shift(timedelta(minutes=10))
        opened(lab, catalogue, 20, Budgets())
        assert len(lab.slack.posted) == ALONE + 2


def storms(engine: Engine, incident: Incident) -> set[str]:
    """Return the storms whose message stands for the incident."""
    receipts: list[Any] = [told.receipts for told in engine.ledger.load(incident.id).notices]
    return {receipt["grouped"]["storm"] for receipt in receipts}


def shown(lab: Lab) -> str:
    """Return what the message that was brought up to date last says in one line."""
    text: str = lab.slack.updated[-1]["text"]
    return text
