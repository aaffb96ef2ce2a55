"""The heartbeat goes the whole way of a finding, and nobody who sends one gains anything by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from chalicelib import functions
from chalicelib.catalogue import Catalogue
from chalicelib.engine import Engine
from chalicelib.errors import CountermeasureError, NotDelivered
from chalicelib.heartbeat import RULE, arrived, send
from chalicelib.ledger.lists import opened_since
from chalicelib.pattern import compile_pattern
from chalicelib.patterns import HEARTBEAT, SOURCES, heard
from chalicelib.switch import MODE_PARAMETER
from lab.organization import HUB, TABLE, Lab
from lab.slack import Slack, _refusal
from tests.functions import Deployed, beat, forget
from tests.replaying import EVENTS, told
from tests.test_functions import SCHEDULED, counted

NOON = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 8, 1, 12, 30, tzinfo=UTC)
"""A time at which Slack is not asked."""

FIRES = {path.parent.name.split(".")[0]: path for path in sorted(EVENTS.rglob("fires.*.json"))}


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def bus(lab: Lab) -> Iterator[list[dict[str, Any]]]:
    """Give what the hub's bus makes of what is put on it (EventBridge user guide, "Event structure")."""
    found: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        for entry in params["Entries"]:
            parts = {
                "source": entry["Source"],
                "detail-type": entry["DetailType"],
                "detail": json.loads(entry["Detail"]),
            }
            found.append(beat(now(), **parts))

    events = lab.hub("events")
    events.meta.events.register("before-parameter-build.events.PutEvents", note, unique_id="bus")
    yield found
    events.meta.events.unregister("before-parameter-build.events.PutEvents", note, unique_id="bus")


class TestTheWholeWay:
    @pytest.mark.parametrize("source", SOURCES)
    def test_what_the_schedule_sends_comes_by_the_functions_own_rule_and_arrives(
        self, deployed: Deployed, catalogue: Catalogue, capsys: pytest.CaptureFixture[str], source: str
    ) -> None:
        rules = [rule for id_, rule in catalogue.rules.items() if id_.startswith(f"{source}.")]
        with bus(deployed.lab) as sent:
            deployed.invoke("heartbeat", SCHEDULED)
        assert counted(capsys.readouterr().out) == {"HeartbeatsSent": [0, 1]}
        [event] = sent
        assert compile_pattern(heard(rules, HUB)[0]).matches(event)
        assert deployed.invoke(source, event) == []
        assert counted(capsys.readouterr().out) == {"Heartbeat": [0, 1]}
        stored = functions.engine(source).ledger.load(f"heartbeat-{source}")
        assert (stored.rules, stored.changes, stored.notices) == ((), (), ())
        assert told(deployed.lab) == []

    def test_a_bus_that_refuses_it_makes_the_schedule_fail(self, deployed: Deployed) -> None:
        class Bus:
            def put_events(self, **_: Any) -> Any:
                return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "NotAuthorized", "ErrorMessage": "no"}]}

        with pytest.raises(CountermeasureError, match="the bus refuses the heartbeat: NotAuthorized no"):
            send(Bus())

    def test_a_beat_takes_the_place_of_the_one_before_and_stands_on_no_list(
        self, lab: Lab, catalogue: Catalogue
    ) -> None:
        def items() -> int:
            return int(lab.hub("dynamodb").scan(TableName=TABLE)["Count"])

        engine = lab.engine(catalogue)
        arrived(engine, "health", beat(now(), id="first"))
        first = items()
        arrived(engine, "health", beat(now(), id="second"))
        assert items() == first == 3
        assert opened_since(engine.ledger.table, now() - timedelta(days=1), now()) == []

    def test_one_that_is_delivered_twice_arrives_twice_and_is_kept_once(self, lab: Lab, catalogue: Catalogue) -> None:
        engine, what = lab.engine(catalogue), beat(now())
        arrived(engine, "health", what)
        before = engine.ledger.load("heartbeat-health")
        arrived(engine, "health", what)
        assert engine.ledger.load("heartbeat-health") == before

    def test_a_function_that_may_do_nothing_at_present_is_alive(
        self, deployed: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv(MODE_PARAMETER, "/mode")
        deployed.lab.hub("ssm").put_parameter(Name="/mode", Value="off: a test", Type="String")
        forget()
        deployed.invoke("health", beat(now()))
        assert counted(capsys.readouterr().out) == {"Heartbeat": [0, 1]}


class TestWhatDoesNotArrive:
    def refused(self, deployed: Deployed, capsys: pytest.CaptureFixture[str], what: Any, why: str) -> None:
        """It is counted as none, said in the log, and neither told nor delivered again."""
        assert deployed.invoke("health", what) == []
        assert counted(capsys.readouterr().out)["Heartbeat"] == [0]
        [line] = deployed.log()
        assert (line["level"], line["message"]) == ("ERROR", "the heartbeat did not arrive")
        assert why in line["reason"]
        assert told(deployed.lab) == []

    def test_without_its_ledger(
        self, deployed: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("LEDGER_TABLE", "gone")
        self.refused(deployed, capsys, beat(now()), "ResourceNotFoundException")

    def test_without_a_channel(self, deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
        deployed.lab.hub("sns").delete_topic(TopicArn=deployed.lab.organization.channels.topic)
        self.refused(deployed, capsys, beat(now()), "no channel takes notices: SNS does not show")

    def test_while_another_attempt_holds_it(
        self, deployed: Deployed, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arrived(deployed.lab.engine(catalogue), "health", beat(now(), id="first"))
        heads = [
            each for each in deployed.lab.hub("dynamodb").scan(TableName=TABLE)["Items"] if each["sk"]["S"] == "head"
        ]
        for head in heads:
            held = {"N": str(int(now().timestamp()) + 60)}
            deployed.lab.hub("dynamodb").put_item(TableName=TABLE, Item={**head, "held_until": held})
        self.refused(deployed, capsys, beat(now(), id="second"), "another delivery is working")

    @pytest.mark.parametrize(
        ("more", "why"),
        [
            ({"account": "111122223333"}, "a heartbeat of 111122223333, which is not the hub"),
            ({"time": "2020-01-01T00:00:00Z"}, "seconds on its way"),
            ({"time": "soon"}, "seconds on its way"),
            ({"time": ["now"]}, "time is not text"),
            ({"account": "the hub"}, "account is not an account id"),
            ({"detail-type": "Another"}, "does not fire its own rule alone"),
        ],
        ids=["of a member", "long ago", "at no time", "a list of times", "of no account", "of another kind"],
    )
    def test_what_somebody_else_sent(
        self, deployed: Deployed, capsys: pytest.CaptureFixture[str], more: dict[str, Any], why: str
    ) -> None:
        self.refused(deployed, capsys, beat(now(), **more), why)


class TestNobodyGainsByIt:
    @pytest.mark.parametrize("source", SOURCES)
    def test_a_beat_that_holds_the_detail_of_a_real_finding_enters_no_account_and_opens_no_incident(
        self, deployed: Deployed, monkeypatch: pytest.MonkeyPatch, source: str
    ) -> None:
        real = json.loads(FIRES[source].read_text())
        entered: list[Any] = []
        accounts = functions.engine(source).hands.accounts
        monkeypatch.setattr(type(accounts), "_assume", lambda *asked: entered.append(asked))
        forged = beat(now(), detail=real["detail"], resources=["arn:aws:s3:::data-1"])
        assert deployed.invoke(source, forged) == []
        assert deployed.invoke(source, {**forged, "detail-type": real["detail-type"]}) == []
        assert (entered, told(deployed.lab)) == ([], [])
        table = functions.table()
        assert opened_since(table, now() - timedelta(days=1), now() + timedelta(minutes=1)) == []

    def test_its_own_rule_changes_nothing(self) -> None:
        assert (RULE.respond, RULE.resources, RULE.ask_actor) == ((), {}, False)

    def test_no_rule_of_the_catalogue_hears_it(self, catalogue: Catalogue) -> None:
        assert catalogue.match(beat(now())) == []
        assert [id_ for id_, rule in catalogue.rules.items() if HEARTBEAT in json.dumps(rule.pattern)] == []


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


def beats(engine: Engine, moment: datetime, id_: str = "first") -> None:
    with at(moment):
        arrived(engine, "health", beat(moment, id=id_))


class TestTheChannels:
    def revoke(self, monkeypatch: pytest.MonkeyPatch, code: str = "token_revoked") -> None:
        def refuse(_: Slack) -> None:
            raise _refusal(code)

        monkeypatch.setattr(Slack, "auth_test", refuse)

    def test_a_topic_that_is_gone_is_told_in_slack_once_a_day(self, lab: Lab, catalogue: Catalogue) -> None:
        engine = lab.engine(catalogue)
        lab.hub("sns").delete_topic(TopicArn=lab.organization.channels.topic)
        for moment in (NOON, LATER, LATER + timedelta(minutes=5)):
            beats(engine, moment, str(moment))
        [message] = lab.slack.posted
        assert "Nothing can be told by SNS" in message["text"]
        assert "check its ARN and region" in json.dumps(message["attachments"])
        beats(engine, NOON + timedelta(days=1), "tomorrow")
        assert len(lab.slack.posted) == 2

    def test_a_revoked_token_is_told_by_sns_with_what_to_do(
        self, lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.revoke(monkeypatch)
        engine = lab.engine(catalogue)
        for moment in (NOON, NOON + timedelta(hours=1)):
            beats(engine, moment, str(moment))
        with at(LATER):
            [message] = lab.told()
        notice = json.loads(message["Message"])
        assert notice["headline"].startswith("Told: Nothing can be told by SLACK in security")
        assert "install the app again and store its new token" in notice["look_at"]

    def test_slack_is_asked_in_the_first_minutes_of_an_hour_alone(
        self, lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.revoke(monkeypatch)
        beats(lab.engine(catalogue), LATER)
        with at(LATER):
            assert lab.told() == []

    def test_an_outage_of_slack_is_no_reason_to_tell_anybody(
        self, lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.revoke(monkeypatch, "internal_error")
        beats(lab.engine(catalogue), NOON)
        with at(NOON):
            assert lab.told() == []

    def test_where_no_channel_is_left_the_beat_does_not_arrive(
        self, lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.revoke(monkeypatch)
        lab.hub("sns").delete_topic(TopicArn=lab.organization.channels.topic)
        with pytest.raises(NotDelivered, match=r"no channel takes notices: .* token_revoked"):
            beats(lab.engine(catalogue), NOON)

    def test_a_topic_that_nobody_hears_is_no_channel_where_there_is_no_other(self, deployed: Deployed) -> None:
        sns = deployed.lab.hub("sns")
        for each in sns.list_subscriptions()["Subscriptions"]:
            sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
        with pytest.raises(NotDelivered, match="Nobody has subscribed to"):
            arrived(functions.engine("health"), "health", beat(now()))

    def test_sns_that_is_out_for_a_while_is_no_reason_either(self, lab: Lab, catalogue: Catalogue) -> None:
        def refuse(**_: Any) -> None:
            raise ClientError({"Error": {"Code": "InternalError", "Message": "oops"}}, "GetTopicAttributes")

        sns = lab.hub("sns")
        sns.meta.events.register("before-call.sns.GetTopicAttributes", refuse, unique_id="out")
        try:
            beats(lab.engine(catalogue), LATER)
        finally:
            sns.meta.events.unregister("before-call.sns.GetTopicAttributes", refuse, unique_id="out")
        assert lab.slack.posted == []
