"""Reading incidents from a terminal: which are listed and how, and everything that happened in one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.announcing import announce
from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action, Decision
from chalicelib.errors import CountermeasureError
from chalicelib.heartbeat import arrived
from chalicelib.ledger import Stored
from chalicelib.model import Actor, Call, Ceiling, Change, Finding, Incident, Mode, Outcome, Resource, Severity
from chalicelib.notify import Notice
from chalicelib.records import change_text
from cli import deployed as deployment_of
from cli.incidents import outcome_of
from cli.timeline import timeline
from cli.times import local, since
from lab.organization import Lab
from tests import deciding
from tests.deciding import ALICE
from tests.functions import beat
from tests.on_call import OnCall, on_call
from tests.replaying import event

GROUP = "cloudtrail.security_group_opened/fires.ipv4"
ROOT = "signin.root_login/fires.with_mfa"
TRAIL = "cloudtrail.trail_logging_stopped/fires.by_name"
NOW = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def stage(lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> OnCall:
    made = on_call(lab, catalogue)
    monkeypatch.setattr(deployment_of, "deployed", lambda stage, region: made.deployed)
    return made


def ids(told: Sequence[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in told]


class TestListing:
    @pytest.fixture
    def both(self, stage: OnCall) -> tuple[Incident, Incident]:
        """An incident that was contained, and one that waits; neither is older."""
        contained = stage.happens(TRAIL)
        stage.set_mode(Mode.APPROVE)
        return contained, stage.happens(GROUP)

    def test_an_incident_as_a_program_reads_it(self, stage: OnCall) -> None:
        stage.set_mode(Mode.APPROVE)
        incident = stage.happens(GROUP)
        stored = stage.engine().ledger.load(incident.id)
        [change] = stored.changes
        account = stage.lab.organization.accounts[change.resource.account]
        assert stage.lines("incidents") == [
            {
                "id": incident.id,
                "kind": "incident",
                "opened_at": stored.opened_at,
                "last_seen": incident.last_seen,
                "severity": "HIGH",
                "account": account.id,
                "account_name": account.name,
                "environment": account.environment,
                "region": change.resource.region,
                "title": "Security group was opened to the internet",
                "rules": ["cloudtrail.security_group_opened"],
                "resources": [{"type": "AWS::EC2::SecurityGroup", "id": change.resource.id, "account": account.id}],
                "verdict": "waiting for approval",
                "outcomes": ["awaiting approval"],
                "waits_until": stored.approvals[0].expires_at,
                "acknowledged_by": "",
                "incidents": 1,
            }
        ]

    def test_an_incident_as_people_read_it(self, stage: OnCall, both: tuple[Incident, Incident]) -> None:
        shown = stage.run("incidents").stdout.splitlines()
        stored = stage.engine().ledger.load(both[1].id)
        assert len(shown) == 3
        [row] = [line for line in shown if both[1].id in line]
        for expected in (
            local(stored.opened_at),
            "HIGH",
            "Security group was opened to the internet",
            both[1].changes[0].resource.id,
            "1 awaiting approval",
            local(stored.approvals[0].expires_at, "%H:%M"),
        ):
            assert expected in row

    def test_only_what_is_asked_for_is_listed(self, stage: OnCall, both: tuple[Incident, Incident]) -> None:
        contained, waits = (each.id for each in both)
        account = both[0].finding.account
        name = stage.lab.organization.accounts[account].name
        asked = {
            (): {contained, waits},
            ("--since", "1h"): {contained, waits},
            ("--account", account): {each.id for each in both if each.finding.account == account},
            ("--account", name): {each.id for each in both if each.finding.account == account},
            ("--account", "999999999999"): set(),
            ("--rule", "cloudtrail.*"): {contained, waits},
            ("--rule", "*.security_group_opened"): {waits},
            ("--rule", "security_group_opened"): set(),
            ("--outcome", "contained"): {contained},
            ("--outcome", "awaiting"): {waits},
            ("--outcome", "Awaiting Approval"): {waits},
            ("--open",): {contained, waits},
            ("--would-have",): set(),
        }
        assert {wish: set(ids(stage.lines("incidents", *wish))) for wish in asked} == asked

    def test_the_newest_come_first_and_the_limit_says_that_there_are_more(self, stage: OnCall) -> None:
        engine = stage.engine()
        made = []
        for minutes in (30, 10, 20):
            earlier = replace(engine.ledger, clock=lambda m=minutes: datetime.now(UTC) - timedelta(minutes=m))
            at = event(ROOT, detail__eventID=f"event-{minutes}")
            [incident] = replace(engine, ledger=earlier).handle(at)
            made.append((minutes, incident.id))
        newest = [id_ for _, id_ in sorted(made)]
        assert ids(stage.lines("incidents")) == newest
        result = stage.run("incidents", "--limit", "2", "--json")
        assert ids([json.loads(line) for line in result.stdout.splitlines()]) == newest[:2]
        assert result.stderr == "There are more than 2: narrow it down, or give a higher --limit.\n"
        assert stage.run("incidents", "--limit", "3").stderr == ""

    def test_what_observing_held_back_says_what_and_why(self, stage: OnCall) -> None:
        stage.happens(TRAIL)
        stage.set_mode(Mode.OBSERVE)
        incident = stage.happens(GROUP)
        [change] = incident.changes
        [told] = stage.lines("incidents", "--would-have")
        [held] = told["would_have"]
        assert (told["id"], held["before"], held["after"]) == (incident.id, change.before, change.after)
        assert [each["guardrail"] for each in held["ceilings"]] == ["environment mode"]
        shown = " ".join(stage.run("incidents", "--would-have").stdout.split())
        assert f"Revoke world-open ingress on risky ports: {change.resource.id} from tcp 22 0.0.0.0/0" in shown
        assert "to removed not environment mode: " in shown
        assert "is set to OBSERVE" in shown

    def test_what_people_denied_was_not_held_back_by_observing(
        self, stage: OnCall, both: tuple[Incident, Incident]
    ) -> None:
        deciding.decided(stage.engine(), deciding.Action.DENY, both[1].id)
        assert stage.outcomes(both[1]) == ["observed"]
        assert stage.lines("incidents", "--would-have") == []

    def test_what_countermeasure_says_of_itself_is_shown_as_such_and_a_heartbeat_is_not(self, stage: OnCall) -> None:
        engine = stage.engine()
        announce(engine, "budget x", "Action budget spent: x", "until the next hour")
        arrived(engine, "health", beat(engine.clock()))
        [told] = stage.lines("incidents")
        assert (told["kind"], told["title"], told["rules"]) == ("announcement", "Action budget spent: x", [])
        assert "countermeasure says" in stage.run("incidents").stdout

    def test_a_storm_is_one_line_with_its_number(self, stage: OnCall) -> None:
        engine = stage.engine()
        for number in range(8):
            engine.handle(event(ROOT, detail__eventID=f"event-{number}"))
        told = stage.lines("incidents")
        [storm] = [each for each in told if each["kind"] == "storm"]
        assert (len(told), storm["incidents"], storm["rules"]) == (9, 8, ["signin.root_login"])
        assert "storm of 8 incidents" in " ".join(stage.run("incidents").stdout.split())

    def test_nothing_found_is_said(self, stage: OnCall) -> None:
        assert stage.run("incidents").stdout == "No incident is as you ask.\n"
        assert stage.run("incidents", "--json").stdout == ""

    @pytest.mark.parametrize(
        ("wish", "said"),
        [
            (("--since", "yesterday"), "--since 'yesterday' is no time in the past: write 90m, 24h, 7d"),
            (("--since", "2999-01-01"), "--since '2999-01-01' is no time in the past"),
            (("--outcome", "good"), "--outcome 'good' is none; use one of intended, contained, "),
        ],
        ids=["no time", "a time to come", "no outcome"],
    )
    def test_a_wish_that_cannot_be_read_is_exit_code_2(self, stage: OnCall, wish: tuple[str, str], said: str) -> None:
        result = stage.run("incidents", *wish)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"countermeasure: {said}")

    def test_an_incident_of_three_days_ago_is_open_as_long_as_it_is_heard_of(self, stage: OnCall) -> None:
        engine = stage.engine()
        old = replace(engine.ledger, clock=lambda: datetime.now(UTC) - timedelta(days=3))
        heard = (datetime.now(UTC) - timedelta(hours=2)).isoformat(timespec="seconds")
        made = {
            name: replace(engine, ledger=old).handle(event(ROOT, detail__eventID=name, detail__eventTime=at))[0].id
            for name, at in {"quiet": "2026-01-01T00:00:00Z", "live": heard}.items()
        }
        assert ids(stage.lines("incidents")) == []
        assert ids(stage.lines("incidents", "--open")) == [made["live"]]
        assert set(ids(stage.lines("incidents", "--since", "4d"))) == set(made.values())


class TestTimes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("90m", NOW - timedelta(minutes=90)),
            ("24h", NOW - timedelta(hours=24)),
            ("7d", NOW - timedelta(days=7)),
            ("2026-08-01T10:00", NOW - timedelta(hours=2)),
            ("2026-08-01T12:00+02:00", NOW - timedelta(hours=2)),
        ],
    )
    def test_since_is_a_while_or_a_time(self, text: str, expected: datetime) -> None:
        assert since(text, NOW) == expected

    @pytest.mark.parametrize("text", ["", "7", "7w", "-1h", "1e9d", "99999999h", "2026-13-01", "now"])
    def test_what_is_neither_is_refused(self, text: str) -> None:
        with pytest.raises(CountermeasureError, match="is no time in the past"):
            since(text, NOW)

    def test_no_outcome_is_named_twice(self) -> None:
        assert [outcome_of(each.value) for each in Outcome] == list(Outcome)
        assert [outcome_of(each.name) for each in Outcome] == list(Outcome)


class TestShowing:
    def test_the_whole_story_in_100_columns(self, stage: OnCall) -> None:
        stage.set_mode(Mode.APPROVE)
        incident = stage.happens(GROUP)
        deciding.approve(stage.engine(), incident.id)
        deciding.undo(stage.engine(), incident.id, reason="agreed upon")
        result = stage.run("show", incident.id)
        assert result.exit_code == 0, result.output
        assert max(len(line) for line in result.stdout.splitlines()) <= 100
        shown = " ".join(result.stdout.split())
        for expected in (
            "HIGH Undone: Security group was opened to the internet",
            f"id {incident.id}, opened ",
            "now countermeasure ack",
            "Found: AuthorizeSecurityGroupIngress by ",
            "source cloudtrail AuthorizeSecurityGroupIngress",
            "who arn:aws:",
            "UNDONE Revoke world-open ingress on risky ports",
            "rule cloudtrail.security_group_opened",
            "APPROVE, environment mode: ",
            "before tcp 22 0.0.0.0/0",
            "after removed",
            "call ec2:RevokeSecurityGroupIngress",
            "call ec2:AuthorizeSecurityGroupIngress",
            "request request-id",
            f"Approve by {ALICE} (via command) result 1 contained",
            f"Undo by {ALICE} (via command) why agreed upon result 1 undone",
            "Told: Waiting for approval",
            "as incident",
            "sns message_id ",
            "Told: Contained",
            "as follow-up",
            "Told: Undone",
        ):
            assert expected in shown

    def test_what_happened_is_in_order_and_what_was_told_follows_what_it_tells_of(self, stage: OnCall) -> None:
        incident = stage.happens(GROUP)
        kept = stage.engine().ledger.load(incident.id)
        at = "2026-01-01T00:00:{}+00:00".format
        [told] = kept.notices
        notice = replace(Notice.from_json(told.body), at=at("05"))
        undo = Decision(Action.UNDO, incident.id, ALICE, at("09.5"), "command", reason="x")
        ordered = replace(
            kept,
            findings=(replace(kept.findings[0], first_seen="2026-01-01T00:00:01Z"),),
            changes=(replace(kept.changes[0], at=at("05.9")), replace(kept.changes[0], at="no time")),
            decisions=(undo,),
            notices=(replace(told, body=notice.to_json()),),
        )
        titles = [entry.title.split(" ")[0] for entry in timeline(ordered, stage.catalogue)]
        assert titles == ["CONTAINED", "Found:", "CONTAINED", "Told:", "Undo"]

    def test_what_waits_says_for_whom_and_how_to_answer(self, stage: OnCall) -> None:
        stage.set_mode(Mode.APPROVE)
        incident = stage.happens(GROUP)
        shown = " ".join(stage.run("show", incident.id).stdout.split())
        for expected in (
            "0 of 1 approvals",
            f"countermeasure approve {incident.id}",
            f"countermeasure deny {incident.id}",
            "Asked: may this be changed?",
            "votes 0 of 1",
        ):
            assert expected in shown

    def test_all_that_the_ledger_has_as_json(self, stage: OnCall) -> None:
        incident = stage.happens(GROUP)
        deciding.undo(stage.engine(), incident.id, reason="agreed upon")
        stored = stage.engine().ledger.load(incident.id)
        [told] = stage.lines("show", incident.id)
        assert set(told) == {
            *("id", "kind", "opened_at", "rules", "acknowledged_by", "snoozed_until"),
            *("findings", "changes", "approvals", "decisions", "notices"),
        }
        assert told["changes"] == [json.loads(change_text(change)) for change in stored.changes]
        assert [finding["id"] for finding in told["findings"]] == [incident.finding.id]
        [undone] = told["decisions"]
        assert {name: undone[name] for name in ("action", "by", "via", "reason", "result")} == {
            "action": "undo",
            "by": ALICE,
            "via": "command",
            "reason": "agreed upon",
            "result": "1 undone",
        }
        assert sorted(each["notice"]["kind"] for each in told["notices"]) == ["follow-up", "incident"]

    def test_what_is_no_longer_in_the_catalogue_is_shown_by_its_id(self, catalogue: Catalogue) -> None:
        [entry] = timeline(stored(changes=(change(remediation="ec2.gone"),)), catalogue)
        assert entry.title == "CONTAINED  ec2.gone: sg-1"

    def test_hostile_text_is_visible_on_one_line_each(self, catalogue: Catalogue) -> None:
        evil = "x\n\x1b[2J\x00\u202e\u200by"
        finding = Finding(
            *("id" + evil, "1", evil, evil, evil, evil, Severity.HIGH, evil, evil, "2026-01-01", evil),
            event={},
            count=2,
            resources=(Resource(evil, evil, evil, evil),),
            actor=Actor(evil, evil, evil, evil, evil, evil, evil, evil, evil),
        )
        bad = change(
            remediation=evil,
            rule=evil,
            resource=Resource(evil, evil, evil, evil),
            before={evil: evil},
            after=[evil],
            ceilings=(Ceiling(evil, Mode.APPROVE, evil),),
            reason=evil,
            calls=(Call(f"ec2:{evil}", {evil: evil}, evil, evil),),
        )
        told = timeline(replace(stored(findings=(finding,), changes=(bad,)), opened_at=evil), catalogue)
        texts = [text for entry in told for text in (entry.title, *(part for row in entry.lines for part in row))]
        assert len(texts) > 40
        assert [text for text in texts if set(text) & set("\n\x1b\x00\u202e\u200b")] == []

    RECEIPTS: dict[str, tuple[dict[str, Any], str, str]] = {  # noqa: RUF012
        "arrived": ({"slack": {"ts": "1.1", "channel": "C1"}}, "slack", "channel C1, ts 1.1"),
        "refused": ({"slack": {"error": "not_in_channel", "attempts": 3}}, "slack", "failed: not_in_channel"),
        "told elsewhere": (
            {"slack": {"fallback": "m-1"}},
            "slack",
            "could not be told; SNS was in its stead (m-1)",
        ),
        "one of many": ({"grouped": {"storm": "storm-1"}}, "grouped", "storm storm-1"),
    }

    @pytest.mark.parametrize(("receipts", "channel", "said"), RECEIPTS.values(), ids=RECEIPTS)
    def test_what_became_of_a_notice_is_said_for_every_channel(
        self, stage: OnCall, receipts: dict[str, Any], channel: str, said: str
    ) -> None:
        incident = stage.happens(ROOT)
        kept = stage.engine().ledger.load(incident.id)
        notice = replace(kept.notices[0], receipts=receipts, told_at="", due="2026-01-01T00:00:00+00:00")
        found = timeline(replace(kept, notices=(notice,)), stage.catalogue)
        [lines] = [entry.lines for entry in found if entry.title.startswith("Told: ")]
        assert [text for label, text, _ in lines if label == channel] == [said]
        assert next(text for label, text, _ in lines if label == "told").startswith("not yet: tried again from ")


def change(**more: Any) -> Change:
    told = {
        "id": "c1",
        "incident": "inc-1",
        "finding": "f1",
        "rule": "r1",
        "remediation": "ec2.revoke_open_ingress",
        "resource": Resource("AWS::EC2::SecurityGroup", "sg-1", "111122223333", "eu-west-1"),
        "mode": Mode.ENFORCE,
        "outcome": Outcome.CONTAINED,
        "at": NOW.isoformat(),
    }
    return Change(**{**told, **more})


def stored(findings: tuple[Finding, ...] = (), changes: tuple[Change, ...] = ()) -> Stored:
    return Stored("inc-1", NOW.isoformat(), findings, (), changes, ())
