"""The audit of a quarter: every figure beside a second count of the raw items, and what it says where there is none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action
from chalicelib.model import Outcome, Severity
from cli.report import Wishes, run
from cli.reports import audit_read
from cli.reports.audit import audit, render_json
from cli.reports.audit_limits import Term
from cli.reports.audit_questions import State
from cli.reports.audit_report import AuditReport
from lab.organization import TABLE
from tests.audit_reports import CAROL, LAG, START, Quarter, quarter
from tests.deciding import ALICE, BOB
from tests.incident_reports import Night


@pytest.fixture(scope="module")
def made(catalogue: Catalogue) -> Iterator[Quarter]:
    with quarter(catalogue) as made:
        yield made


@pytest.fixture(scope="module")
def report(made: Quarter) -> AuditReport:
    return made.audit()


@pytest.fixture(scope="module")
def raw(made: Quarter) -> dict[str, dict[str, Any]]:
    """Return the table as it is, read past all of our code: incident -> sort key -> item, its body as JSON."""
    found: dict[str, dict[str, Any]] = {}
    for page in made.lab.hub("dynamodb").get_paginator("scan").paginate(TableName=TABLE):
        for item in page["Items"]:
            pk, _, id_ = item["pk"]["S"].partition("#")
            plain = {name: next(iter(value.values())) for name, value in item.items()}
            if pk == "incident":
                plain |= {"body": json.loads(plain["body"])} if "body" in plain else {}
                found.setdefault(id_, {})[item["sk"]["S"]] = plain
    return {id_: items for id_, items in found.items() if not _ours(items)}


def _ours(items: Mapping[str, Any]) -> bool:
    return any(sk.startswith("finding#") and it["body"]["source"] == "countermeasure" for sk, it in items.items())


def bodies(raw: Mapping[str, Mapping[str, Any]], kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what the ledger has of a kind, with the incident that it is of."""
    found = [(id_, it["body"]) for id_, items in raw.items() for sk, it in items.items() if sk.startswith(f"{kind}#")]
    return sorted(found, key=lambda each: each[0])


def named(made: Quarter, *names: str) -> set[str]:
    return {made.ids[name] for name in names}


class TestCounts:
    def test_every_incident_is_there_once_and_what_we_said_ourselves_apart(
        self, report: AuditReport, raw: Mapping[str, Any], made: Quarter
    ) -> None:
        assert [each.id for each in report.incidents] == sorted(raw, key=lambda id_: raw[id_]["incident"]["opened_at"])
        assert {each.id for each in report.incidents} == set(made.ids.values())
        assert [each.title for each in report.said] == ["Exemption expired on 2026-05-01"]

    def test_by_severity(self, report: AuditReport, raw: Mapping[str, Any], catalogue: Catalogue) -> None:
        worst: Counter[str] = Counter()
        for items in raw.values():
            findings = [it for sk, it in items.items() if sk.startswith("finding#")]
            told = [Severity[each["body"]["severity"]] for each in findings]
            told += [catalogue.rules[rule].severity for each in findings for rule in json.loads(each["rules"])]
            worst[max(told).name] += 1
        assert {group.key: len(group.incidents) for group in report.by_severity if group.incidents} == worst
        assert worst == {"CRITICAL": 1, "HIGH": 14, "LOW": 1}

    def test_by_rule_and_by_account(self, report: AuditReport, raw: Mapping[str, Any]) -> None:
        findings = [it for items in raw.values() for sk, it in items.items() if sk.startswith("finding#")]
        rules = Counter(rule for each in findings for rule in json.loads(each["rules"]))
        accounts = Counter(each["body"]["account"] for each in findings)
        assert {group.key: len(group.incidents) for group in report.by_rule} == rules
        assert {group.key: len(group.incidents) for group in report.by_account} == accounts
        assert sum(rules.values()) == len(report.incidents) + 1  # one fired two

    def test_by_environment_as_the_accounts_are(self, report: AuditReport, made: Quarter) -> None:
        found = {group.key: set(group.incidents) for group in report.by_environment}
        assert found["staging"] == named(made, "failed", "exempt")
        assert found["security"] == named(made, "partly", "expired", "waiting")
        assert sum(map(len, found.values())) == len(report.incidents)

    def test_by_outcome_of_changes(self, report: AuditReport, raw: Mapping[str, Any]) -> None:
        outcomes = Counter(Outcome[body["outcome"]].value for _, body in bodies(raw, "change"))
        assert {each.outcome: each.changes for each in report.by_outcome} == outcomes

    def test_how_incidents_stand(self, report: AuditReport, made: Quarter) -> None:
        assert {group.key: set(group.incidents) for group in report.by_verdict} == {
            "contained": named(made, "contained", "several", "made good", "approved"),
            "would change": named(made, "observed", "exempt", "sample", "denied", "expired"),
            "told": named(made, "told only", "critical", "low"),
            "not contained": named(made, "failed", "partly"),
            "undone": named(made, "undone"),
            "waiting for approval": named(made, "waiting"),
        }

    def test_over_time_every_incident_is_in_the_week_of_its_opening(
        self, report: AuditReport, raw: Mapping[str, Any]
    ) -> None:
        weeks: Counter[str] = Counter()
        for items in raw.values():
            year, week, _ = datetime.fromisoformat(items["incident"]["opened_at"]).isocalendar()
            weeks[f"{datetime.fromisocalendar(year, week, 1):%Y-%m-%d}"] += 1
        counted = {each.start: sum(map(len, each.incidents.values())) for each in report.over_time}
        assert report.over == "week"
        assert {start: many for start, many in counted.items() if many} == weeks
        starts = [datetime.fromisoformat(start) for start in counted]
        assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(days=7)}


class TestTimes:
    def test_time_to_contain_is_from_detection_and_from_receipt_over_what_was_contained(
        self, report: AuditReport, made: Quarter
    ) -> None:
        every = report.timings[0]
        assert set(every.contained) == named(made, "contained", "several", "made good", "undone", "approved")
        assert every.of == len(report.incidents) - len(named(made, "told only", "critical", "low"))
        told = every.from_detection
        assert told
        assert told.count == 5
        assert told.mean == pytest.approx((3 * LAG + (LAG + 120) + 300) / 5, abs=1)
        assert (told.median, told.p95, told.longest) == pytest.approx((LAG, 300, 300), abs=1)
        assert every.from_receipt
        assert every.from_receipt.mean == pytest.approx(120 / 5, abs=1)
        assert every.from_receipt.p95 == pytest.approx(120, abs=1)

    def test_a_severity_of_which_nothing_was_contained_says_none(self, report: AuditReport) -> None:
        critical = next(each for each in report.timings if each.name == "CRITICAL")
        assert (critical.of, critical.contained, critical.from_detection, critical.from_receipt) == (0, (), None, None)


class TestPeople:
    def test_what_was_asked_and_what_became_of_it(
        self, report: AuditReport, raw: Mapping[str, Any], made: Quarter
    ) -> None:
        asked = {(id_, body["digest"]) for id_, body in bodies(raw, "approval") if body["needed"]}
        assert {(each.incident, each.question.digest) for each in report.approvals.asked} == asked
        states = {each.incident: each.question.state for each in report.approvals.asked}
        assert states == {
            made.ids["approved"]: State.GRANTED,
            made.ids["denied"]: State.DENIED,
            made.ids["expired"]: State.EXPIRED,
            made.ids["waiting"]: State.WAITING,
        }
        assert report.approvals.to_decide
        assert report.approvals.to_decide.count == 2
        assert report.approvals.to_decide.mean == pytest.approx((120 + 600) / 2, abs=1)

    def test_who_decided_what_by_the_decisions_that_were_not_refused(
        self, report: AuditReport, raw: Mapping[str, Any], made: Quarter
    ) -> None:
        told = [body for _, body in bodies(raw, "decision")]
        done = Counter((body["by"], body["action"]) for body in told if not body["result"].startswith("refused"))
        assert {(each.by, each.action.value): each.times for each in report.deeds} == done
        assert set(done) == {(ALICE, "approve"), (BOB, "deny"), (BOB, "undo"), (CAROL, "acknowledge")}
        granted = next(each.question for each in report.approvals.of(State.GRANTED))
        assert granted.by == (ALICE,)

    def test_what_was_refused_counts_for_nobody(self, report: AuditReport, made: Quarter) -> None:
        [refused] = report.refusals
        assert (refused.incident, refused.by, refused.action) == (
            made.ids["approved"],
            "slack:U0STRANGER",
            Action.APPROVE,
        )
        assert "lists nobody" in refused.why

    def test_what_was_undone_by_whom_and_why(self, report: AuditReport, made: Quarter) -> None:
        [undone] = report.undone
        assert (undone.incident, undone.by, undone.why) == (made.ids["undone"], BOB, "agreed upon")
        assert undone.outcome is Outcome.UNDONE

    def test_what_failed_and_what_came_of_it_also_where_a_later_attempt_made_it_good(
        self, report: AuditReport, made: Quarter
    ) -> None:
        found = {each.incident: each for each in report.failed}
        assert set(found) == named(made, "failed", "partly", "made good")
        assert found[made.ids["failed"]].failure.since is Outcome.FAILED
        assert found[made.ids["failed"]].acknowledged_by == CAROL
        assert found[made.ids["made good"]].failure.since is Outcome.CONTAINED
        assert found[made.ids["failed"]].failure.why == "AccessDenied from StartLogging: not you"
        assert found[made.ids["partly"]].failure.remediation == "ec2.isolate_instance"


class TestLimits:
    def test_guardrails_by_reason(self, report: AuditReport, raw: Mapping[str, Any]) -> None:
        said = Counter(
            (each["guardrail"], each["mode"].lower(), each["reason"])
            for _, body in bodies(raw, "change")
            for each in body["ceilings"]
        )
        assert {(each.guardrail, each.mode, each.reason): each.changes for each in report.lowered} == said

    def test_what_observing_held_back_is_not_what_people_denied(self, report: AuditReport, made: Quarter) -> None:
        held = {id_ for each in report.would_have for id_ in each.incidents}
        assert held == named(made, "observed", "exempt", "sample")

    def test_exemptions_as_they_stand_and_what_each_held_back(self, report: AuditReport, made: Quarter) -> None:
        found = [(each.owner, each.term, each.days_left, set(each.incidents)) for each in report.exemptions]
        assert found == [
            ("jane@example.com", Term.EXPIRED, -82, set()),
            ("qa@example.com", Term.ENDS_SOON, 8, named(made, "exempt")),
            ("lab@example.com", Term.HOLDS, 193, set()),
        ]


class TestProof:
    def test_the_evidence_behind_each_control_are_the_incidents_in_which_its_rules_fired(
        self, report: AuditReport, raw: Mapping[str, Any], catalogue: Catalogue
    ) -> None:
        fired: dict[str, set[str]] = {}
        for id_, items in raw.items():
            for it in (it for sk, it in items.items() if sk.startswith("finding#")):
                for rule in json.loads(it["rules"]):
                    fired.setdefault(rule, set()).add(id_)
        for framework in report.frameworks:
            for control in framework.controls:
                rules = {r.id for r in catalogue.rules.values() if control.id in r.controls.get(framework.key, ())}
                assert set(control.rules) == rules
                assert set(control.incidents) == {id_ for rule in rules for id_ in fired.get(rule, ())}
                assert set(control.contained) <= set(control.in_need) <= set(control.incidents)
        assert all(framework.seen for framework in report.frameworks)
        assert len(report.frameworks[0].controls) > len(report.frameworks[0].watched)  # CIS is there as a whole

    def test_all_chains_hold_and_the_finished_days_have_their_digest(self, report: AuditReport) -> None:
        found = report.evidence
        assert len(found.verified) == found.chains == len(report.incidents) + len(report.said)
        assert (found.broken, found.missing, found.wrong) == ({}, (), ())
        assert len(found.digests) >= 7

    def test_a_record_that_somebody_changed_breaks_its_chain_here_too(self, made: Quarter, report: AuditReport) -> None:
        dynamodb, id_ = made.lab.hub("dynamodb"), made.ids["contained"]
        key = {"pk": {"S": f"incident#{id_}"}, "sk": {"S": "incident"}}
        [was] = [dynamodb.get_item(TableName=TABLE, Key=key)["Item"]]
        dynamodb.put_item(TableName=TABLE, Item={**was, "acknowledged_by": {"S": BOB}})
        try:
            changed = made.audit()
        finally:
            dynamodb.put_item(TableName=TABLE, Item=was)
        assert set(changed.evidence.broken) == {id_}
        assert set(changed.evidence.verified) == set(report.evidence.verified) - {id_}

    def test_what_cannot_be_read_is_named_and_does_not_hold_back_the_rest(self, made: Quarter) -> None:
        dynamodb, id_ = made.lab.hub("dynamodb"), made.ids["low"]
        items = dynamodb.query(
            TableName=TABLE,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"incident#{id_}"}},
        )["Items"]
        [was] = [item for item in items if item["sk"]["S"].startswith("finding#")]
        dynamodb.put_item(TableName=TABLE, Item={**was, "body": {"S": '{"id":'}})
        try:
            found = made.audit()
        finally:
            dynamodb.put_item(TableName=TABLE, Item=was)
        assert [each.id for each in found.unread] == [id_]
        assert len(found.incidents) == len(made.ids) - 1


class TestPeriods:
    def test_a_period_is_from_its_start_to_just_before_its_end(self, made: Quarter, report: AuditReport) -> None:
        third = datetime.fromisoformat(report.incidents[2].opened_at)
        fifth = datetime.fromisoformat(report.incidents[4].opened_at)
        found = made.audit(third, fifth)
        assert [each.id for each in found.incidents] == [each.id for each in report.incidents[2:4]]

    def test_a_period_without_an_incident_says_none_everywhere(self, made: Quarter) -> None:
        found = made.audit(START - timedelta(days=900), START - timedelta(days=10))
        assert (found.incidents, found.by_rule, found.approvals.asked, found.failed) == ((), (), (), ())
        assert found.timings[0].from_detection is None
        assert found.over_time

    def test_a_period_in_which_nothing_was_contained_divides_by_nothing(self, made: Quarter) -> None:
        first = next(each for each in made.audit().incidents if each.id == made.ids["told only"])
        at = datetime.fromisoformat(first.opened_at)
        found = made.audit(at, at + timedelta(days=1))
        assert len(found.incidents) == 1
        assert (found.timings[0].of, found.timings[0].contained, found.timings[0].from_receipt) == (0, (), None)

    def test_how_far_it_has_come_is_said_where_it_takes_long(
        self, made: Quarter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(audit_read, "QUIET", -1.0)
        monkeypatch.setattr(audit_read, "EVERY", -1.0)
        said: list[str] = []
        now = made.clock.now
        audit(made.engine().ledger, made.catalogue, made.lab.organization, START, now, now, said.append)
        assert said[0] == "1 of 17 incidents read"
        assert said[-1] == "17 of 17 incidents read"

    def test_the_command_writes_the_audit_of_a_period(self, made: Quarter, tmp_path: Any) -> None:
        hub = Night(made.lab, made.catalogue, made.clock).hub()
        out = tmp_path / "audit.json"
        assert run(hub, Wishes(since="200d", out=str(out)), lambda: made.clock.now) == 0
        assert len(json.loads(out.read_text())["incidents"]) == len(made.ids)


def test_the_json_report_has_the_shape_that_it_documents(report: AuditReport) -> None:
    told = json.loads(render_json(report))
    assert set(told) == {
        *("schema_version", "organization", "made_at", "since", "until", "incidents", "said", "unread"),
        *("by_severity", "by_rule", "by_account", "by_environment", "by_verdict", "by_outcome", "over", "over_time"),
        *("timings", "approvals", "deeds", "refusals", "undone", "failed", "would_have", "lowered", "exemptions"),
        *("frameworks", "evidence"),
    }
    assert told["schema_version"] == 1
    assert [each["id"] for each in told["incidents"]] == [each.id for each in report.incidents]
    assert told["incidents"][0]["severity"] == "HIGH"
    assert set(told["timings"][0]["from_receipt"]) == {"count", "mean", "median", "p95", "longest"}
    assert told["exemptions"][0]["until"] == "2026-05-01"
    assert told["evidence"]["broken"] == {}
