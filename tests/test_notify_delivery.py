"""Delivery that loses nothing and tells nobody twice: over loopback, to a Slack that fails in every way it can."""

import json
import random
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from botocore.exceptions import ClientError
from slack_sdk.web import WebClient

from bench.notices import run
from chalicelib.notify import Kind, Targets, delivered, notify, refresh, slack_clients, wait
from chalicelib.notify.secrets import SlackSecret
from chalicelib.notify.slack_blocks import render
from chalicelib.notify.slack_clients import Clients, webhook_client
from lab.slack import FIRST, Slack
from lab.slack_server import FINE, Answer, served
from tests.test_notify_asked import waiting
from tests.test_notify_compose import exposed_key, mining, told

BUSY = Answer(taken=False, status=429, error="ratelimited", headers={"Retry-After": "30"})
BROKEN = Answer(taken=False, status=502)
LOST = Answer(silent=0)
"""Slack takes the message, and the connection breaks before it can say so."""

NOT_TAKEN = Answer(taken=False, silent=0)
NO_SCOPE = Answer(taken=False, error="missing_scope")
ARCHIVED = Answer(taken=False, error="is_archived")
BOT = SlackSecret(bot_token="xoxb-EXAMPLE", signing_secret="example")


@dataclass
class World:
    """Slack, which answers as planned, each once, and well after that; SNS, which fails while `down`."""

    plan: list[Answer] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    published: list[dict] = field(default_factory=list)
    down: bool = False
    now: float = FIRST
    slack: Slack = field(default_factory=Slack)

    def fault(self, method, arguments):
        self.asked.append(method)
        return self.plan.pop(0) if self.plan else FINE

    def publish(self, **message):
        if self.down:
            raise ClientError({"Error": {"Code": "InternalError"}}, "Publish")
        self.published.append(message)
        return {"MessageId": f"m-{len(self.published)}"}

    @property
    def fallbacks(self):
        """Return what was published in Slack's stead: the attribute, and the subject."""
        told = [m for m in self.published if "undelivered" in m["MessageAttributes"]]
        return [(m["MessageAttributes"]["undelivered"]["StringValue"], m["Subject"]) for m in told]


@contextmanager
def world(*plan, secret=BOT, **more):
    here = World(list(plan))
    here.slack = Slack(clock=lambda: here.now)
    with served(here.slack, here.fault) as url:
        client = WebClient("xoxb-EXAMPLE", url, timeout=5, logger=slack_clients._silent(), retry_handlers=[])
        targets = Targets(
            sns=lambda: here,
            topic_arn="arn:aws:sns:us-east-1:111122223333:notices",
            slack_reference="ssm:/slack",
            channel="C0EXAMPLE",
            read_secret=lambda _: secret,
            slack_clients=Clients(web=lambda _: client),
            clock=lambda: here.now,
        )
        yield here, replace(targets, **more)


def until_told(here, targets, notice, parent=None, tries=9):
    """Deliver a notice, each try when the one before says; return the receipts of every try."""
    kept, receipts = [], {}
    for _ in range(tries):
        receipts = notify(notice, targets, already=receipts, parent=parent)
        kept.append(receipts)
        seconds = wait(receipts)
        if seconds is None:
            break
        here.now += seconds
    return kept


POST, LOOK = "chat.postMessage", "conversations.history"
EXACTLY = {
    "it arrived, and the answer was lost": ([LOST], [POST, LOOK], "slack"),
    "it did not arrive": ([NOT_TAKEN], [POST, LOOK, POST], "slack"),
    "Slack broke": ([BROKEN], [POST, LOOK, POST], "slack"),
    "Slack broke after it took it": ([Answer(status=500)], [POST, LOOK], "slack"),
    "half done, says Slack": ([Answer(error="internal_error")], [POST, LOOK], "slack"),
    "Slack was busy, and nothing arrived": ([BUSY], [POST, POST], "slack"),
    "busy also when looked at": ([LOST, BUSY], [POST, LOOK, LOOK], "slack"),
    "lost twice": ([NOT_TAKEN, FINE, LOST], [POST, LOOK, POST, LOOK], "slack"),
    "nobody may look": ([LOST, NO_SCOPE], [POST, LOOK], "both"),
    "nobody can look": ([LOST, BROKEN, BROKEN, BROKEN], [POST, LOOK, LOOK, LOOK], "both"),
    "the fourth try is lost": ([BUSY, BUSY, BUSY, LOST], [POST] * 4 + [LOOK], "slack"),
    "the fourth try did not arrive": ([BUSY, BUSY, BUSY, NOT_TAKEN], [POST] * 4 + [LOOK], "fallback"),
    "busy four times": ([BUSY] * 4, [POST] * 4, "fallback"),
    "the channel is archived": ([ARCHIVED], [POST], "fallback"),
    "archived when it is tried again": ([BUSY, ARCHIVED], [POST, POST], "fallback"),
}


@pytest.mark.parametrize(("plan", "asked", "ends"), EXACTLY.values(), ids=EXACTLY.keys())
def test_a_notice_is_told_once_and_never_posted_blindly(plan, asked, ends):
    with world(*plan) as (here, targets):
        receipt = until_told(here, targets, told(mining()))[-1]["slack"]
        assert here.asked == asked
        in_slack = [message["ts"] for message in here.slack.messages]
        subject = "[HIGH] [NOT IN SLACK] Not contained: EC2 instance is mining cryptocu... in shop-prod, eu-west-1"
        if ends == "slack":
            assert (receipt, len(in_slack)) == ({"channel": "C0EXAMPLE", "ts": in_slack[0]}, 1)
            assert here.fallbacks == []
        else:
            assert (receipt, here.fallbacks) == ({"fallback": "m-2"}, [("slack", subject)])
            assert len(in_slack) == (ends == "both")
        assert delivered(receipt)


def test_an_error_keeps_what_the_next_try_needs():
    with world(BUSY, LOST, BUSY) as (here, targets):
        first, second, third, last = (each["slack"] for each in until_told(here, targets, told(mining())))
        said = "Slack refused the notice for C0EXAMPLE: ratelimited (HTTP 429)."
        assert first == {"error": said, "attempts": 1, "since": FIRST, "retry_after": 30}
        lost = "Slack could not be reached for C0EXAMPLE: RemoteDisconnected; waited at most 5 s."
        where = {"unknown": 1, "channel": "C0EXAMPLE", "thread": ""}
        assert second == {"error": lost, "attempts": 2, "since": FIRST, **where}
        unseen = f"It may have arrived, and Slack does not say: {said}"
        assert third == {"error": unseen, "attempts": 3, "since": FIRST, "retry_after": 30, **where}
        assert last == {"channel": "C0EXAMPLE", "ts": f"{FIRST + 30}.000001"}


def test_a_secret_that_cannot_be_read_does_not_make_us_forget_that_it_may_have_arrived():
    with world(LOST) as (_, targets):
        first = notify(told(mining()), targets)
        broken = replace(targets, read_secret=lambda _: SlackSecret())
        second = notify(told(mining()), replace(broken, topic_arn=""), already=first)
        assert second["slack"]["unknown"] == 1
        assert notify(told(mining()), targets, already=second)["slack"] == {
            "channel": "C0EXAMPLE",
            "ts": f"{FIRST}.000001",
        }


def test_it_is_looked_for_where_it_was_sent_although_it_now_belongs_elsewhere():
    with world(LOST) as (_, targets):
        first = notify(told(mining(), Kind.FOLLOW_UP), targets)
        parent = {"slack": {"channel": "C0OTHER", "ts": "1.5"}}
        second = notify(told(mining(), Kind.FOLLOW_UP), targets, already=first, parent=parent)
        assert second["slack"] == {"channel": "C0EXAMPLE", "ts": f"{FIRST}.000001"}


def test_a_reply_is_looked_for_in_its_thread():
    with world(FINE, LOST) as (here, targets):
        parent = notify(told(exposed_key()), targets)
        reply = replace(told(mining(), Kind.FOLLOW_UP), id="n-2")
        kept = until_told(here, targets, reply, parent)
        assert here.asked == [POST, POST, "conversations.replies"]
        assert kept[-1]["slack"] == {"channel": "C0EXAMPLE", "ts": here.slack.messages[1]["ts"]}


def test_it_is_found_among_hundreds_of_others():
    with world(LOST) as (here, targets):
        first = notify(told(mining()), targets)
        for _ in range(450):
            here.slack.chat_postMessage(channel="C0EXAMPLE", text="talk")
        second = notify(told(mining()), targets, already=first)
        assert second["slack"] == {"channel": "C0EXAMPLE", "ts": f"{FIRST}.000001"}
        assert here.asked == [POST, LOOK, LOOK, LOOK]


def test_who_does_not_see_the_end_of_the_channel_does_not_post_again():
    with world(NOT_TAKEN) as (here, targets):
        first = notify(told(mining()), targets)
        here.slack.messages.extend({"channel": "C0EXAMPLE", "ts": f"{FIRST}.5", "text": "x"} for _ in range(3_001))
        second = notify(told(mining()), targets, already=first)["slack"]
        assert (second["unknown"], second["attempts"], here.asked.count(POST)) == (1, 2, 1)
        assert second["error"] == (
            "It may have arrived, and Slack does not say: there are more than 3000 messages in C0EXAMPLE since."
        )


def test_without_a_topic_it_stays_an_error_that_is_tried_again():
    with world(*[BUSY] * 5, topic_arn="") as (here, targets):
        kept = until_told(here, targets, told(mining()))
        assert [each["slack"].get("attempts") for each in kept] == [1, 2, 3, 4, 5, None]
        assert set(kept[-1]) == {"slack"}


def test_where_the_fallback_fails_too_all_is_tried_again():
    with world(ARCHIVED, ARCHIVED) as (here, targets):
        here.down = True
        first = notify(told(mining()), targets)
        said = (
            "Slack refused the notice for C0EXAMPLE: is_archived (HTTP 200); the channel is archived: name another. "
            "Nor could SNS be told: SNS refused the notice for arn:aws:sns:us-east-1:111122223333:notices: "
            "InternalError; it is kept and tried again."
        )
        assert first["slack"] == {"error": said, "attempts": 1, "since": FIRST}
        assert wait(first) == 60
        here.down = False
        second = notify(told(mining()), targets, already=first)
        assert second == {"sns": {"message_id": "m-1"}, "slack": {"fallback": "m-2"}}


def test_a_webhook_that_may_have_posted_is_not_asked_again(monkeypatch):
    secret = SlackSecret(webhook_url="https://hooks.slack.com/services/EXAMPLE")
    with world(LOST, secret=secret) as (here, targets):
        webhook = webhook_client(targets.slack_clients.web("").base_url + "services")
        clients = Clients(webhook=lambda _: webhook)
        receipts = notify(told(mining()), replace(targets, slack_clients=clients))
        assert (receipts["slack"], len(here.asked)) == ({"fallback": "m-2"}, 1)


def test_the_fallback_says_to_people_that_slack_does_not_have_it_and_why():
    with world(ARCHIVED) as (here, targets):
        notify(told(exposed_key()), targets)
        parts = json.loads(here.published[1]["Message"])
        head = "NOT IN SLACK: Slack refused the notice for C0EXAMPLE: is_archived (HTTP 200); the channel is archived"
        assert parts["email"].startswith(f"{head}: name another.\n\nContained: Access key was published")
        assert parts["sms"].startswith("[NOT IN SLACK] Contained: Access key was published")


WAITS = {
    "everything arrived": ({"sns": {"message_id": "m"}, "slack": {"channel": "C", "ts": "1.0"}}, None),
    "by the fallback": ({"slack": {"fallback": "m"}}, None),
    "nobody is told": ({}, None),
    "the first try failed": ({"slack": {"error": "x", "attempts": 1}}, 60),
    "the second": ({"slack": {"error": "x", "attempts": 2}}, 120),
    "the fourth": ({"slack": {"error": "x", "attempts": 4}}, 480),
    "the fifth": ({"slack": {"error": "x", "attempts": 5}}, 900),
    "the thousandth": ({"slack": {"error": "x", "attempts": 1000}}, 900),
    "Slack says when": ({"slack": {"error": "x", "attempts": 3, "retry_after": 7}}, 7),
    "the sooner of two": ({"sns": {"error": "x", "attempts": 1}, "slack": {"error": "x", "attempts": 3}}, 60),
    "an error of an earlier version": ({"slack": {"error": "x"}}, 60),
    "the message is out of date": ({"slack": {"channel": "C", "ts": "1", "face_error": "x", "face_attempts": 2}}, 120),
    "and will stay so": ({"slack": {"channel": "C", "ts": "1", "face": "n", "face_error": "x"}}, None),
}


@pytest.mark.parametrize(("receipts", "seconds"), WAITS.values(), ids=WAITS.keys())
def test_how_long_to_wait(receipts, seconds):
    assert wait(receipts) == seconds


def test_the_incidents_own_message_is_brought_up_to_date_and_keeps_its_place():
    with world() as (here, targets):
        first = notify(told(mining()), targets)
        news = replace(told(exposed_key()), id="n-2")
        receipts = refresh(news, targets, first)
        assert receipts == {"sns": first["sns"], "slack": {**first["slack"], "face": "n-2"}}
        shown = {"link_names": False, "parse": "none", **render(news, interactive=True)}
        assert here.slack.updated == [{**first["slack"], **shown}]
        assert refresh(news, targets, receipts) == receipts
        assert (here.asked, len(here.published)) == ([POST, "chat.update"], 1)


def test_a_message_that_could_not_be_brought_up_to_date_is_tried_again():
    with world(FINE, BUSY, BROKEN) as (_, targets):
        receipts = notify(told(mining()), targets)
        news, place = replace(told(exposed_key()), id="n-2"), receipts["slack"]
        seconds = []
        for _ in range(2):
            receipts = refresh(news, targets, receipts)
            seconds.append(wait(receipts))
        assert seconds == [30, 120]
        said = "Slack refused the notice for C0EXAMPLE: an unreadable answer (HTTP 502)."
        assert receipts["slack"] == {**place, "face_error": said, "face_attempts": 2}
        assert refresh(news, targets, receipts)["slack"] == {**place, "face": "n-2"}


def test_a_message_that_somebody_deleted_is_left_alone():
    with world() as (here, targets):
        first = notify(told(mining()), targets)
        here.slack.messages.clear()
        receipts = refresh(replace(told(mining()), id="n-2"), targets, first)
        said = "Slack refused the notice for C0EXAMPLE: message_not_found (HTTP 200)."
        assert receipts["slack"] == {**first["slack"], "face": "n-2", "face_error": said}
        assert wait(receipts) is None


@pytest.mark.parametrize("receipt", [{}, {"error": "x"}, {"webhook": "ok"}, {"fallback": "m"}, {"channel": "C"}])
def test_what_is_no_message_of_ours_is_not_brought_up_to_date(receipt):
    with world() as (here, targets):
        receipts = {"slack": receipt} if receipt else {}
        assert refresh(told(mining()), targets, receipts) == receipts
        assert here.asked == []


ADDRESSED = {
    "an escalation has a channel of its own": (Kind.ESCALATION, "C0SECOND", ("C0SECOND", None, None)),
    "or its thread, and the channel sees it": (Kind.ESCALATION, "", ("C0EXAMPLE", "1.5", True)),
    "a follow-up is a reply": (Kind.FOLLOW_UP, "C0SECOND", ("C0EXAMPLE", "1.5", None)),
    "a question goes to the person": (Kind.QUESTION, "C0SECOND", ("U0EXAMPLE1", None, None)),
}


@pytest.mark.parametrize(("kind", "escalation", "expected"), ADDRESSED.values(), ids=ADDRESSED.keys())
def test_where_a_notice_goes(kind, escalation, expected):
    with world(escalation=escalation) as (here, targets):
        parent = {"slack": {"channel": "C0EXAMPLE", "ts": "1.5"}}
        receipts = notify(replace(told(mining(), kind), to="U0EXAMPLE1"), targets, parent=parent)
        [sent] = here.slack.posted
        assert (sent["channel"], sent.get("thread_ts"), sent.get("reply_broadcast")) == expected
        assert set(receipts) == ({"slack"} if kind is Kind.QUESTION else {"sns", "slack"})
        assert len(here.published) == (kind is not Kind.QUESTION)


def test_a_question_is_found_in_the_direct_channel_where_it_may_have_arrived():
    with world(LOST) as (here, targets):
        asked = replace(told(mining(), Kind.QUESTION), to="U0EXAMPLE1")
        kept = until_told(here, targets, asked)
        assert here.asked == [POST, "conversations.open", LOOK]
        assert kept[-1] == {"slack": {"channel": "D0EXAMPLE1", "ts": f"{FIRST}.000001"}}


@pytest.mark.parametrize("to", ["", "C0EXAMPLE", "<!channel>", "U0EXAMPLE1\n", "u0example1"])
def test_a_question_to_nobody_is_told_to_on_call_instead(to):
    with world() as (here, targets):
        receipts = notify(replace(told(mining(), Kind.QUESTION), to=to), targets)
        assert (receipts, here.asked) == ({"slack": {"fallback": "m-1"}}, [])


BUTTONS = {
    "an app with the endpoint": (BOT, True, True),
    "an app without it": (BOT, False, False),
    "a bot that cannot tell Slack from a forger": (SlackSecret(bot_token="xoxb-EXAMPLE"), True, False),
}


@pytest.mark.parametrize(("secret", "interactive", "shown"), BUTTONS.values(), ids=BUTTONS.keys())
def test_buttons_are_shown_only_where_somebody_hears_them(secret, interactive, shown):
    with world(secret=secret, interactive=interactive) as (here, targets):
        notify(waiting(), targets)
        [sent] = here.slack.posted
        assert ("actions" in {block["type"] for block in sent["blocks"]}) is shown
        assert (
            "*Approve*\n`countermeasure approve inc-1f2e3d`" in str(sent["blocks"]).replace("\\n", "\n")
        ) is not shown


def test_a_thousand_notices_arrive_exactly_once_through_every_fault():
    figures = run(seed=random.SystemRandom().randrange(10**6))
    print("\n".join(figures.lines()))  # noqa: T201 (the seed of a run that failed)
    everybody = {f"notice-{index}" for index in range(1_000)}
    assert (figures.pending, set(figures.in_slack) | set(figures.fallen_back)) == (0, everybody)
    assert set(figures.in_slack.values()) == {1}
    assert set(figures.fallen_back.values()) == {1}
    assert set(figures.in_slack) & set(figures.fallen_back) <= figures.doubtful
    assert len(figures.faults) >= 9
