"""What Slack sends is read whole or refused; a decision is carried out once and its answer told; groups are asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.decision import Action, Decision
from chalicelib.errors import Busy, CountermeasureError, MalformedEvent, MalformedRequest, NotAllowed, NotDelivered
from chalicelib.notify.secrets import SlackSecret
from chalicelib.notify.slack_clients import web_client
from chalicelib.quoting import LINE
from chalicelib.slackapp.clicks import Click, parse
from chalicelib.slackapp.deciding import carry_out, of_click, of_event, to_event
from chalicelib.slackapp.forms import form as form_of
from chalicelib.slackapp.groups import MAX_AGE, Groups
from chalicelib.slackapp.web import LONGEST, whisper
from tests.slack_clicks import TOKEN, URL, form, playing, pressed, sent

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
JSON = st.recursive(SCALARS, lambda kids: st.lists(kids, max_size=3) | st.dictionaries(st.text(max_size=9), kids))


def clicked(action: str = "approve") -> Click:
    found = parse(form(pressed(action)), NOW)
    assert found
    return found


def paths(value: Any, *path: Any) -> list[tuple[Any, ...]]:
    """Return the way to everything within a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, kid in inner for each in paths(kid, *path, key))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


SNOOZE = sent(form_of(clicked("snooze")), {"reason": {"value": "why"}, "until": {"selected_option": {"value": "60"}}})
WELL_SHAPED = (
    pressed(),
    SNOOZE,
    sent(form_of(clicked("undo")), {"reason": {"value": "x"}, "also": {"selected_options": []}}),
)
PLACES = [(payload, path) for payload in WELL_SHAPED for path in paths(payload)]


class TestWhateverIsSent:
    """It is a click, none of ours, or refused: nothing else comes out, and at once."""

    @settings(max_examples=300)
    @given(body=st.binary(max_size=300) | st.builds(lambda b: b"payload=" + b, st.binary(max_size=300)))
    def test_any_bytes(self, body: bytes) -> None:
        self._read(body)

    @settings(max_examples=500)
    @given(place=st.sampled_from(PLACES), new=JSON)
    def test_anything_anywhere_in_what_slack_sends(self, place: tuple[Any, tuple[Any, ...]], new: Any) -> None:
        self._read(form(put(*place, new)))

    @pytest.mark.parametrize("payload", WELL_SHAPED, ids=["a button", "a snooze", "an undo"])
    def test_what_is_well_shaped_is_a_click(self, payload: dict[str, Any]) -> None:
        assert isinstance(parse(form(payload), NOW), Click)

    @staticmethod
    def _read(body: bytes) -> None:
        try:
            found = parse(body, NOW)
        except MalformedRequest:
            return
        if found and found.action in {action.value for action in Action}:
            again, url = of_event(json.loads(to_event(found)))
            assert (again, url, len(found.reason) <= 500) == (of_click(found), found.response_url, True)


EVENT = json.loads(to_event(clicked()))
NO_DECISIONS: dict[str, Any] = {
    "nothing": None,
    "a text": "approve",
    "no decision": {"response_url": URL},
    "no address": {**EVENT, "response_url": None},
    "an address elsewhere": {**EVENT, "response_url": "https://example.com/"},
    "an action that is none": {**EVENT, "decision": {**EVENT["decision"], "action": "drop"}},
    "an action without end": {**EVENT, "decision": {**EVENT["decision"], "action": "drop" * 1000}},
    "a number for a text": {**EVENT, "decision": {**EVENT["decision"], "incident": 1}},
    "a text for a flag": {**EVENT, "decision": {**EVENT["decision"], "force": "yes"}},
    "a flag for a number": {**EVENT, "decision": {**EVENT["decision"], "minutes": True}},
    "nobody": {**EVENT, "decision": {**EVENT["decision"], "by": "slack:"}},
    "somebody of the command": {**EVENT, "decision": {**EVENT["decision"], "via": "command"}},
    "an incident that is missing": {**EVENT, "decision": {"action": "approve"}},
}


class TestADecisionOnItsWay:
    @pytest.mark.parametrize("event", NO_DECISIONS.values(), ids=NO_DECISIONS)
    def test_what_is_no_decision_is_refused(self, event: Any) -> None:
        with pytest.raises(MalformedEvent) as refused:
            of_event(event)
        assert len(str(refused.value)) <= LINE


def raising(error: Exception) -> Callable[[Decision], Decision]:
    def decide(_: Decision) -> Decision:
        raise error

    return decide


class TestCarryingOut:
    def test_what_came_of_it_is_told(self) -> None:
        told: list[str] = []
        done = carry_out(of_click(clicked()), lambda asked: replace(asked, result="2 contained"), told.append)
        assert (done, told) == (True, ["2 contained"])

    @pytest.mark.parametrize(
        "error", [NotAllowed("not among the approvers of prod"), CountermeasureError("nothing waits for approval")]
    )
    def test_a_refusal_is_told_and_not_tried_again(self, error: Exception) -> None:
        told: list[str] = []
        assert carry_out(of_click(clicked()), raising(error), told.append) is False
        assert told == [f"Not done: {error}"]

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (Busy("another delivery is working on the same resource"), "Not yet: another delivery is working on"),
            (RuntimeError("a secret in a traceback"), "It did not work (RuntimeError). It is tried again"),
        ],
        ids=["busy", "a fault"],
    )
    def test_what_may_go_well_later_is_told_and_raised(self, error: Exception, said: str) -> None:
        told: list[str] = []
        with pytest.raises(type(error)):
            carry_out(of_click(clicked()), raising(error), told.append)
        assert [(text.startswith(said), "secret" in text) for text in told] == [(True, False)]


@pytest.fixture
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("direct")
class TestTellingOnePerson:
    def test_it_is_private_escaped_bounded_and_leaves_the_message_as_it_is(self) -> None:
        from slack_sdk.webhook import WebhookClient

        with playing() as slack:
            whisper(URL, "<!channel> " + "x" * 9000, lambda _: WebhookClient(slack.url))
        [(_, told)] = slack.asked
        assert (told["response_type"], told["replace_original"]) == ("ephemeral", False)
        assert told["text"].startswith("&lt;!channel&gt; xxx")
        assert len(told["text"]) <= LONGEST

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "not a url"])
    def test_that_it_could_not_is_one_clear_error_without_the_url(self, url: str) -> None:
        from slack_sdk.webhook import WebhookClient

        with pytest.raises(NotDelivered, match=r"^the person could not be told: ") as caught:
            whisper(url, "x", lambda _: WebhookClient(url, timeout=1))
        assert url not in str(caught.value)

    def test_an_answer_that_is_too_late_is_said(self) -> None:
        from slack_sdk.webhook import WebhookClient

        with playing() as slack:
            slack.status = 404
            with pytest.raises(NotDelivered, match=r"^the person could not be told: Slack says HTTP 404$"):
                whisper(URL, "x", lambda _: WebhookClient(slack.url))


@dataclass
class Clock:
    now: float = 0
    secret: SlackSecret = field(default_factory=lambda: SlackSecret(bot_token=TOKEN))


def groups(url: str, clock: Clock) -> Groups:
    def web(token: str) -> Any:
        client = web_client(token)
        client.base_url = f"{url}/api/"
        return client

    return Groups(lambda: clock.secret, web, lambda: clock.now)


@pytest.mark.usefixtures("direct")
class TestGroups:
    def test_their_members_are_known_for_five_minutes(self) -> None:
        clock = Clock()
        with playing() as slack:
            slack.answer = {"ok": True, "users": ["U1AAAAAAA", "U2AAAAAAA"]}
            known = groups(slack.url, clock)
            assert known.members("S0EXAMPLE") == {"U1AAAAAAA", "U2AAAAAAA"}
            slack.answer = {"ok": True, "users": ["U1AAAAAAA"]}
            clock.now = MAX_AGE - 1
            assert known.members("S0EXAMPLE") == {"U1AAAAAAA", "U2AAAAAAA"}
            clock.now = MAX_AGE
            assert known.members("S0EXAMPLE") == {"U1AAAAAAA"}
        assert slack.asked == [("/api/usergroups.users.list", "usergroup=S0EXAMPLE")] * 2

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            ({"ok": False, "error": "missing_scope"}, "Slack says missing_scope"),
            ({"ok": False, "error": "<script>"}, "Slack says an unreadable answer"),
            ({"ok": True}, "Slack's answer has no list of users"),
            ({"ok": True, "users": [1]}, "Slack's answer has no list of users"),
        ],
        ids=["no scope", "a strange error", "no users", "users that are none"],
    )
    def test_what_is_not_known_now_is_not_guessed(self, answer: dict[str, Any], said: str) -> None:
        clock = Clock()
        with playing() as slack:
            slack.answer = {"ok": True, "users": ["U1AAAAAAA"]}
            known = groups(slack.url, clock)
            known.members("S0EXAMPLE")
            slack.answer, clock.now = answer, MAX_AGE
            with pytest.raises(NotDelivered, match=f"{said}$") as caught:
                known.members("S0EXAMPLE")
        assert (TOKEN in str(caught.value), "S0EXAMPLE" in str(caught.value)) == (False, True)

    def test_without_a_bot_token_nobody_is_a_member(self) -> None:
        with pytest.raises(NotDelivered, match="holds no bot_token"):
            groups("http://127.0.0.1:1", Clock(secret=SlackSecret())).members("S0EXAMPLE")
