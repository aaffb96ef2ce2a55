"""The report of an incident: what it says of each way that incidents end, and of text that an attacker wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.ledger.items import stored
from chalicelib.model import Call, Outcome
from cli.faces import face
from cli.reports.incident import IncidentReport, Kept, report
from cli.reports.incident_evidence import evidence
from cli.reports.incident_html import render_html, waits
from cli.reports.incident_json import render_json
from cli.reports.incident_markdown import render_markdown
from cli.reports.incident_timeline import MOST as MOST_POINTS
from cli.reports.page import utc
from tests.incident_reports import Night, night


@pytest.fixture(scope="module")
def told(catalogue: Catalogue) -> Iterator[Night]:
    with night(catalogue) as made:
        yield made


@pytest.fixture(scope="module")
def reports(told: Night) -> dict[str, IncidentReport]:
    return {name: told.report(name) for name in told.incidents}


def kinds(report: IncidentReport) -> list[str]:
    return [each.kind for each in report.milestones]


def spans(report: IncidentReport) -> dict[str, int]:
    """Return what took how long, in whole seconds."""
    return {each.name: round(each.seconds) for each in report.spans if each.seconds is not None}


def changed(told: Night, name: str, **more: Any) -> IncidentReport:
    """Return the report of an incident whose ledger holds something else; `more` are fields of Stored."""
    hub, items = told.hub(), told.items(name)
    kept = replace(stored(told.incidents[name], items), **more)
    sealed = evidence(kept.id, items, told.clock())
    return report(Kept(kept, items, sealed), face(hub, kept, told.clock()), told.catalogue, told.clock())


class TestEachEnding:
    def test_contained(self, reports: dict[str, IncidentReport]) -> None:
        found = reports["contained"]
        [change] = found.changes
        assert (found.verdict, found.tone, found.title) == ("contained", "good", "CloudTrail logging was stopped")
        assert (change.outcome, change.mode, change.approved, change.differs) == (
            "contained",
            "ENFORCE",
            False,
            "Changed:",
        )
        assert [(each.sign, each.path, each.value) for each in change.diff.lines] == [
            ("-", "logging", "false"),
            ("+", "logging", "true"),
        ]
        assert kinds(found) == ["detected", "decided", "changed", "verified", "told"]
        assert spans(found) == {
            "First seen to received": 5,
            "Received to contained": 0,
            "First seen to contained": 5,
            "Received to told": 0,
        }
        assert found.commands == (f"countermeasure ack {found.incident}",)
        assert found.undo_command == f"countermeasure undo {found.incident} --confirm"
        [step] = found.undo
        assert step.stays.startswith("It stays as it is without --confirm: ")
        assert [each.value for each in step.diff.lines] == ["true", "false"]

    def test_every_write_is_named_with_its_time_and_request_id(self, reports: dict[str, IncidentReport]) -> None:
        [change] = reports["contained"].changes
        [call] = [each for each in change.calls if not each.reads]
        assert (call.operation, call.error, call.at) == ("cloudtrail:StartLogging", "", change.moments.changed)
        assert len(call.request_id) > 10
        assert json.loads(call.parameters)["Name"].endswith(change.resource.id)
        for page in (render_html(reports["contained"]), render_markdown(reports["contained"])):
            assert call.request_id in page

    def test_awaiting(self, told: Night, reports: dict[str, IncidentReport]) -> None:
        found = reports["awaiting"]
        [change] = found.changes
        [asked] = found.asked
        assert (found.verdict, found.tone, asked.state, asked.by) == ("waiting for approval", "warn", "waiting", ())
        assert found.commands == tuple(f"countermeasure {what} {found.incident}" for what in ("approve", "deny", "ack"))
        [approval] = stored(found.incident, told.items("awaiting")).approvals
        assert waits(found) == f"for people, until {utc(approval.expires_at)} UTC: 0 of 1 approvals"
        assert kinds(found) == ["detected", "decided", "asked", "told", "told"]
        assert [each.title.split(":")[0] for each in found.milestones[-2:]] == ["Told", "Escalated"]
        assert change.differs == "Planned, and not changed:"
        assert (change.mode, [each.guardrail for each in change.ceilings]) == ("APPROVE", ["environment mode"])
        assert found.undo == ()

    def test_approved(self, reports: dict[str, IncidentReport]) -> None:
        found = reports["approved"]
        [change] = found.changes
        [asked] = found.asked
        assert (change.mode, change.approved, change.outcome) == ("APPROVE", True, "contained")
        assert (asked.state, len(asked.by), found.decisions[0].name) == ("granted", 1, "alice")
        assert kinds(found) == ["detected", "decided", "asked", "told", "approve", "changed", "verified", "told"]
        assert spans(found)["Waited for people"] == 120.0
        assert [each.title for each in found.milestones if each.kind == "approve"] == ["Approved by alice"]
        assert found.undo_command == f"countermeasure undo {found.incident}"

    def test_denied(self, reports: dict[str, IncidentReport]) -> None:
        found = reports["denied"]
        assert [each.state for each in found.asked] == ["denied"]
        assert [(each.name, each.reason) for each in found.decisions] == [("bob", "our own test")]
        assert {each.outcome for each in found.changes} == {"observed"}
        assert "our own test" in render_html(found)

    def test_observed(self, reports: dict[str, IncidentReport]) -> None:
        found = reports["observed"]
        [change] = found.changes
        assert (found.verdict, change.mode, change.outcome) == ("would change", "OBSERVE", "observed")
        assert change.differs == "Planned, and not changed:"
        assert "is set to OBSERVE" in change.ceilings[0].reason
        assert kinds(found) == ["detected", "decided", "told"]
        assert "Nothing is changed as it stands" in render_html(found)

    def test_failed(self, reports: dict[str, IncidentReport]) -> None:
        found = reports["failed"]
        [change] = found.changes
        assert (found.verdict, found.tone, change.tone) == ("not contained", "bad", "bad")
        assert change.reason.startswith("AccessDenied from StartLogging: not you")
        assert kinds(found) == ["detected", "decided", "failed", "told"]
        assert change.differs.startswith("It failed on the way")  # AWS answered a call of it: nobody knows what it did
        page = render_html(found)
        assert "<details open>" in page
        assert "AccessDenied from StartLogging: not you" in page

    def test_undone(self, reports: dict[str, IncidentReport]) -> None:
        found = reports["undone"]
        [change] = found.changes
        assert (found.verdict, found.tone, change.outcome) == ("undone", "calm", "undone")
        assert change.moments.changed < found.decisions[0].at <= change.moments.taken_back
        assert kinds(found) == [
            *("detected", "decided", "changed", "verified", "told"),
            *("undo", "undone", "told", "acknowledge"),
        ]
        assert [each.after for each in found.milestones if each.kind == "undo"] == [pytest.approx(11_220, abs=2)]
        assert found.acknowledged_by.endswith("user/carol")
        assert (found.undo, found.undo_command) == ((), "")
        assert "taken back since" in change.differs

    def test_several_changes(self, reports: dict[str, IncidentReport]) -> None:
        found = reports["several"]
        assert len(found.changes) > 1
        assert [each.number for each in found.changes] == list(range(1, len(found.changes) + 1))
        assert [each.resource.id for each in found.undo] == [each.resource.id for each in reversed(found.changes)]
        [decided] = [each for each in found.milestones if each.kind == "decided"]
        assert decided.title.endswith(f"({len(found.changes)} changes)")
        assert len(decided.lines) == len(found.changes)
        assert {each.id for rule in found.rules for each in rule.attack} == {"T1496"}
        assert [each.name for rule in found.rules for each in rule.attack] == ["Resource Hijacking"]

    def test_told_only(self, reports: dict[str, IncidentReport]) -> None:
        found = reports["told only"]
        assert (found.verdict, found.changes, found.undo) == ("told", (), ())
        assert kinds(found) == ["detected", "received", "told"]
        assert "Nothing was to be changed: people were told." in render_html(found)

    def test_what_aws_said_is_there_whole_and_without_secrets(self, told: Night) -> None:
        [finding] = stored(told.incidents["contained"], told.items("contained")).findings
        event = {
            **finding.event,
            "detail": {"password": "hunter2", "deep": [{"sessionToken": "hunter2", "here": "seen"}]},
        }
        found = changed(told, "contained", findings=(replace(finding, event=event),))
        for text in (render_html(found), render_markdown(found), render_json(found)):
            assert "hunter2" not in text
            assert "(withheld)" in text
            assert "seen" in text


class TestEvidence:
    def test_every_seal_is_there(self, told: Night, reports: dict[str, IncidentReport]) -> None:
        for name, found in reports.items():
            assert (found.evidence.verifies, found.evidence.tone, found.evidence.faults) == (True, "good", ()), name
            assert [each.previous for each in found.evidence.seals[1:]] == [
                each.hash for each in found.evidence.seals[:-1]
            ]
            page = render_html(found)
            assert all(each.hash in page for each in found.evidence.seals)

    def test_a_record_that_somebody_changed_is_named(self, told: Night) -> None:
        items = dict(told.items("contained"))
        sk = next(sk for sk in items if sk.startswith("change#"))
        items[sk] = {**items[sk], "body": items[sk]["body"].replace("CONTAINED", "FAILED")}
        found = evidence(told.incidents["contained"], items, told.clock())
        assert (found.verifies, found.tone) == (False, "bad")
        assert any(sk in fault for fault in found.faults)

    def test_what_no_seal_names_yet_is_no_proof(self, told: Night) -> None:
        items = {sk: item for sk, item in told.items("contained").items() if not sk.startswith("seal#")}
        found = evidence(told.incidents["contained"], items, told.clock())
        assert not found.verifies


class TestTimeline:
    def test_a_dozen_changes_are_one_turning_point_each_time(self, told: Night) -> None:
        kept = stored(told.incidents["contained"], told.items("contained"))
        [one] = kept.changes
        many = tuple(
            replace(one, id=f"c{n}", resource=replace(one.resource, id=f"trail-{n}"), step=n) for n in range(14)
        )
        found = changed(told, "contained", changes=many)
        assert kinds(found) == ["detected", "decided", "changed", "verified", "told"]
        [decided] = [each for each in found.milestones if each.kind == "decided"]
        assert (decided.title, len(decided.lines), decided.more) == (
            "Received, and decided: ENFORCE (14 changes)",
            *(12, 2),
        )

    def test_weeks_are_drawn_further_apart_than_minutes(self, told: Night) -> None:
        kept = stored(told.incidents["contained"], told.items("contained"))
        [finding] = kept.findings
        gaps = {}
        for first in ("2024-05-14T03:12:50+00:00", "2024-05-14T03:09:00+00:00", "2024-04-20T00:00:00+00:00"):
            found = changed(told, "contained", findings=(replace(finding, first_seen=first),))
            gaps[first] = found.milestones[1].gap
        assert list(gaps.values()) == [0, 3, 6]

    def test_a_long_story_says_how_much_it_leaves_out(self, told: Night) -> None:
        kept = stored(told.incidents["contained"], told.items("contained"))
        [finding] = kept.findings
        joined = [replace(finding, id=f"f{n}", first_seen=f"2024-05-14T04:{n % 60:02d}:00+00:00") for n in range(200)]
        found = changed(told, "contained", findings=(finding, *joined))
        assert len(found.milestones) == MOST_POINTS + 1
        [between] = [each for each in found.milestones if each.kind == "more"]
        assert between.title == "... 145 turning points are not shown here"

    def test_calls_of_before_they_had_times_leave_no_moment(self, told: Night) -> None:
        kept = stored(told.incidents["contained"], told.items("contained"))
        [one] = kept.changes
        old = replace(one, calls=tuple(Call(c.operation, c.parameters, c.request_id) for c in one.calls))
        found = changed(told, "contained", changes=(old,))
        assert "changed" not in kinds(found)
        assert "verified" in kinds(found)  # people were told that it holds
        assert render_html(found)

    def test_an_outcome_of_any_kind_can_be_reported(self, told: Night) -> None:
        kept = stored(told.incidents["contained"], told.items("contained"))
        for outcome in Outcome:
            found = changed(told, "contained", changes=(replace(kept.changes[0], outcome=outcome),))
            assert found.changes[0].outcome == outcome.value
            assert render_html(found)
            assert render_markdown(found)
