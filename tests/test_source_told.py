"""After containment Security Hub is told: a note and NOTIFIED on what is still NEW, and nothing else, ever."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from chalicelib import source_told
from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action, Decision
from chalicelib.decisions import decide
from chalicelib.engine import Engine
from chalicelib.model import Incident, Outcome
from chalicelib.scope import limited
from chalicelib.upkeep import tend
from infrastructure.actions import ACTIONS
from lab.channels import CHANNEL
from lab.fakes import securityhub as fake
from lab.organization import HUB, Lab
from lab.slack import Slack
from lab.stage import prepare
from tests.replaying import event, played, told

MEMBER, REGION = "111122223333", "eu-central-1"
OPEN = "securityhub.security_group_open/fires.ssh"
WAITS = "securityhub.recovery_off/fires.control"
REFUSED: dict[str, Any] = {
    "client": None,
    "http_verb": "POST",
    "api_url": "https://slack.com/api/chat.postMessage",
    "req_args": {},
    "headers": {"Retry-After": "30"},
    "status_code": 429,
}
OPERATOR = f"arn:aws:sts::{HUB}:assumed-role/operator/alice"


def kept(lab: Lab, account: str = MEMBER, region: str = REGION) -> list[dict[str, Any]]:
    """Return the findings that Security Hub keeps in a place."""
    return list(lab.boto(account, region).client("securityhub").get_findings()["Findings"])


def receipts(engine: Engine, incident: Incident) -> list[Mapping[str, Any]]:
    """Return what became of telling the source, by notice."""
    notices = engine.ledger.load(incident.id).notices
    return [notice.receipts[source_told.TARGET] for notice in notices if source_told.TARGET in notice.receipts]


def tended(lab: Lab, catalogue: Catalogue, what: Mapping[str, Any]) -> tuple[Engine, Incident, Mapping[str, Any]]:
    """Answer an event, and let the schedule run once."""
    engine, incident, true = played(lab, catalogue, what)
    tend(engine)
    return engine, incident, true


def having(what: Mapping[str, Any], **finding: Any) -> dict[str, Any]:
    """Return an event whose finding says something else."""
    changed: dict[str, Any] = copy.deepcopy(dict(what))
    changed["detail"]["findings"][0] |= finding
    return changed


def refusing(engine: Engine, operation: str) -> Any:
    """Have Security Hub refuse an operation; return what takes that back."""
    client = engine.hands.accounts.clients.get("securityhub", REGION)

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation)

    client.meta.events.register(f"before-call.securityhub.{operation}", refuse, unique_id="refused")
    return lambda: client.meta.events.unregister(f"before-call.securityhub.{operation}", unique_id="refused")


def test_what_was_contained_is_noted_and_notified(lab: Lab, catalogue: Catalogue) -> None:
    engine, incident, _ = tended(lab, catalogue, event(OPEN))
    [finding] = kept(lab)
    assert finding["Workflow"] == {"Status": "NOTIFIED"}
    assert finding["Note"]["UpdatedBy"] == "countermeasure"
    assert finding["Note"]["Text"] == (
        f"countermeasure contained this: ec2.revoke_open_ingress. Incident {incident.id}: "
        f"countermeasure show {incident.id}"
    )
    assert receipts(engine, incident) == [{"said": source_told.NOTED}]
    [notice] = engine.ledger.load(incident.id).notices
    assert notice.told_at
    assert lab.slack.updated == []  # what people see is as it stands


def test_people_are_told_first_and_the_response_does_not_wait_for_it(lab: Lab, catalogue: Catalogue) -> None:
    stage = prepare(lab, catalogue, event(OPEN))
    engine = lab.engine(catalogue)
    posted_before: list[int] = []
    client = engine.hands.accounts.clients.get("securityhub", REGION)
    for operation in ("GetFindings", "BatchUpdateFindings"):
        client.meta.events.register(
            f"before-call.securityhub.{operation}",
            lambda **_: posted_before.append(len(lab.slack.posted)),
            unique_id=operation,
        )
    try:
        engine.handle(stage.event)
        assert posted_before == []
        tend(engine)
    finally:
        for operation in ("GetFindings", "BatchUpdateFindings"):
            client.meta.events.unregister(f"before-call.securityhub.{operation}", unique_id=operation)
    assert posted_before == [1, 1]


def test_our_own_update_that_comes_back_neither_acts_nor_tells_nor_updates(lab: Lab, catalogue: Catalogue) -> None:
    engine, incident, what = tended(lab, catalogue, event(OPEN))
    told(lab)
    [updated] = kept(lab)
    echo = {**having(what, **updated), "id": "0a1b2c3d-0000-4000-8000-00000000ec40"}
    [again] = engine.handle(echo)
    assert again.id == incident.id
    assert [change for change in again.changes if change.outcome is not Outcome.COMPLIANT and change.calls] == []
    assert told(lab) == []
    assert len(lab.slack.posted) == 1
    assert len(receipts(engine, incident)) == 1
    assert kept(lab) == [updated]


@pytest.mark.parametrize("status", ["RESOLVED", "SUPPRESSED", "NOTIFIED"])
def test_what_is_no_longer_new_by_then_is_left_as_it_is(lab: Lab, catalogue: Catalogue, status: str) -> None:
    stage = prepare(lab, catalogue, event(OPEN))
    live = having(stage.event, Workflow={"Status": status})["detail"]["findings"][0]
    fake.have(MEMBER, REGION, live)
    engine = lab.engine(catalogue)
    [incident] = engine.handle(stage.event)
    tend(engine)
    assert kept(lab) == [live]
    assert receipts(engine, incident) == [{"said": source_told.LEFT}]


def test_a_note_that_a_person_wrote_is_kept(lab: Lab, catalogue: Catalogue) -> None:
    note = {"Text": "I look at it", "UpdatedBy": "alice", "UpdatedAt": "2024-05-14T03:11:00.000Z"}
    tended(lab, catalogue, having(event(OPEN), Note=note))
    [finding] = kept(lab)
    assert (finding["Note"], finding["Workflow"]) == (note, {"Status": "NOTIFIED"})


def test_what_waits_for_approval_is_noted_once_it_is_approved_and_not_before(lab: Lab, catalogue: Catalogue) -> None:
    engine, incident, _ = tended(lab, catalogue, event(WAITS))
    [change] = incident.changes
    assert change.outcome is Outcome.AWAITING
    assert kept(lab)[0]["Workflow"] == {"Status": "NEW"}
    assert receipts(engine, incident) == []
    approval = engine.ledger.load(incident.id).approval(Action.APPROVE)
    assert approval
    at = engine.clock().isoformat(timespec="milliseconds")
    decide(engine, Decision(Action.APPROVE, incident.id, OPERATOR, at, "command", digest=approval.digest))
    tend(engine)
    assert kept(lab)[0]["Workflow"] == {"Status": "NOTIFIED"}
    assert receipts(engine, incident) == [{"said": source_told.NOTED}]


def test_what_is_only_told_stays_new(lab: Lab, catalogue: Catalogue) -> None:
    engine, incident, _ = tended(lab, catalogue, event("securityhub.root_unprotected/fires.control"))
    assert kept(lab)[0]["Workflow"] == {"Status": "NEW"}
    assert receipts(engine, incident) == []


def test_a_refusal_is_recorded_fails_nothing_is_tried_again_and_then_given_up(lab: Lab, catalogue: Catalogue) -> None:
    stage = prepare(lab, catalogue, event(OPEN))
    engine = lab.engine(catalogue)
    put_right = refusing(engine, "BatchUpdateFindings")
    try:
        [incident] = engine.handle(stage.event)
        assert [change.outcome for change in incident.changes] == [Outcome.CONTAINED]
        assert len(told(lab)) == 1
        tend(engine)
        for attempts in (2, 3, 4):
            [receipt] = receipts(engine, incident)
            assert receipt["attempts"] == attempts
            assert "AccessDeniedException from BatchUpdateFindings" in receipt["error"]
            [notice] = engine.ledger.load(incident.id).notices
            assert notice.due
            assert not notice.told_at
            retry(engine, incident)
        [given_up] = receipts(engine, incident)
        assert set(given_up) == {"given_up"}
    finally:
        put_right()
    [notice] = engine.ledger.load(incident.id).notices
    assert notice.told_at
    assert told(lab) == []
    assert len(lab.slack.posted) == 1


def retry(engine: Engine, incident: Incident) -> None:
    """Try again what is due, as the schedule does when its time has come."""
    stored = engine.ledger.load(incident.id)
    engine.teller.catch_up(replace(stored, notices=tuple(replace(notice, due="") for notice in stored.notices)))


def test_a_crash_before_the_source_is_told_leaves_it_due_and_people_are_told_once(
    lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = prepare(lab, catalogue, event(OPEN))
    engine = lab.engine(catalogue)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    engine.handle(stage.event)
    with monkeypatch.context() as patched:
        patched.setattr(source_told, "tell", die)
        with pytest.raises(KeyboardInterrupt):
            tend(engine)
    assert kept(lab)[0]["Workflow"] == {"Status": "NEW"}
    [incident] = engine.handle(stage.event)
    retry(engine, incident)
    assert kept(lab)[0]["Workflow"] == {"Status": "NOTIFIED"}
    assert receipts(engine, incident) == [{"said": source_told.NOTED}]
    assert (len(told(lab)), len(lab.slack.posted)) == (1, 1)


def test_the_finding_is_noted_where_the_event_came_from(lab: Lab, catalogue: Catalogue) -> None:
    tended(lab, catalogue, event(OPEN, account=HUB, region="us-east-1"))
    assert kept(lab, HUB, "us-east-1")[0]["Workflow"] == {"Status": "NOTIFIED"}
    assert kept(lab) == []


def test_an_event_that_says_it_came_from_a_third_account_is_not_believed(lab: Lab, catalogue: Catalogue) -> None:
    engine, incident, _ = tended(lab, catalogue, event(OPEN, account="444455556666"))
    assert kept(lab, "444455556666")[0]["Workflow"] == {"Status": "NEW"}
    assert receipts(engine, incident) == [{"said": source_told.LEFT}]


def test_a_finding_of_guardduty_is_left_alone(lab: Lab, catalogue: Catalogue) -> None:
    engine, incident, _ = tended(
        lab, catalogue, event("guardduty.ec2_mining_cryptocurrency/fires.connection_to_a_pool")
    )
    assert receipts(engine, incident) == []
    assert [action for action in ACTIONS if "ArchiveFindings" in action] == []


def test_the_session_can_set_nothing_but_notified_in_that_one_hub() -> None:
    hub = ("arn:aws:securityhub:eu-central-1:111122223333:hub/default",)
    only = {"StringEquals": {"securityhub:ASFFSyntaxPath/Workflow.Status": "NOTIFIED"}}
    assert json.loads(limited({source_told.READ: hub}, {source_told.WRITE: hub}, only))["Statement"] == [
        {"Effect": "Allow", "Action": ["securityhub:GetFindings"], "Resource": list(hub)},
        {
            "Effect": "Allow",
            "Action": ["securityhub:BatchUpdateFindings"],
            "Resource": list(hub),
            "Condition": only,
        },
    ]


def test_what_slack_did_not_take_is_told_when_that_is_due_and_the_source_after_it(
    lab: Lab, catalogue: Catalogue, clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def busy(_: Slack, **message: Any) -> None:
        asked.append(message["channel"])
        raise SlackApiError("no", SlackResponse(**REFUSED, data={"ok": False, "error": "ratelimited"}))

    with monkeypatch.context() as patched:
        patched.setattr(Slack, "chat_postMessage", busy)
        engine, incident, what = tended(lab, catalogue, event(OPEN))
        engine.handle(what)
        assert asked == [CHANNEL]
    assert receipts(engine, incident) == []
    clock.shift(120)
    tend(engine)
    assert len(lab.slack.posted) == 1
    tend(engine)
    assert receipts(engine, incident) == [{"said": source_told.NOTED}]
    assert kept(lab)[0]["Workflow"] == {"Status": "NOTIFIED"}
    assert len(told(lab)) == 1
