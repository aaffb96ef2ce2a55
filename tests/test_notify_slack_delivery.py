"""Slack, played by a server on this machine: what it is sent, and what becomes of each of its answers."""

import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chalicelib.errors import NotDelivered
from chalicelib.notify import Targets, notify, slack, slack_clients
from chalicelib.notify.notice import Kind
from chalicelib.notify.secrets import SlackSecret
from chalicelib.notify.slack_blocks import render
from chalicelib.notify.slack_clients import Clients, web_client
from tests.test_notify_compose import mining, told

TOKEN = "xoxb-EXAMPLE"
POSTED = (200, '{"ok": true, "channel": "C0EXAMPLE", "ts": "1762137670.000100"}')


@dataclass
class PlayedSlack:
    """Answers every call with `answer`: status, body, headers, and seconds to wait before it."""

    url: str = ""
    answer: tuple = POSTED
    heard: list[dict] = field(default_factory=list)

    @property
    def clients(self) -> Clients:
        """Return the product's own clients, pointed here; a webhook's URL is its secret's."""

        def web(token):
            client = web_client(token)
            client.base_url = f"{self.url}/api/"
            return client

        return Clients(web=web)


@pytest.fixture
def played(monkeypatch) -> Iterator[PlayedSlack]:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    played = PlayedSlack()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            played.heard.append({"path": self.path, "token": self.headers["Authorization"], "body": json.loads(body)})
            status, text, *more = played.answer
            headers, seconds = (more + [{}, 0][len(more) :])[:2]
            time.sleep(seconds)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(text.encode())
            except BrokenPipeError:
                played.heard.append({"gone": True})

        def log_message(self, *args):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    played.url = f"http://127.0.0.1:{server.server_port}"
    yield played
    server.shutdown()
    server.server_close()


def as_bot(played, thread=None, channel="C0EXAMPLE"):
    notice = told(mining(), Kind.FOLLOW_UP if thread else Kind.INCIDENT)
    place = slack.Place(channel, thread or "")
    return slack.post(notice, played.clients.web(TOKEN), place, interactive=False)


def through_webhook(played):
    return slack.send(told(mining()), played.clients.webhook(f"{played.url}/services/T0/B0/SECRETPART"))


METADATA = {"metadata": {"event_type": "countermeasure_notice", "event_payload": {"id": "n-1"}}}


def test_a_bot_posts_the_message_and_keeps_where_it_is(played):
    assert as_bot(played) == {"channel": "C0EXAMPLE", "ts": "1762137670.000100"}
    flags = {"unfurl_links": False, "unfurl_media": False, "link_names": False, "parse": "none"}
    message = render(told(mining()))
    assert played.heard == [
        {
            "path": "/api/chat.postMessage",
            "token": f"Bearer {TOKEN}",
            "body": {"channel": "C0EXAMPLE", **flags, **METADATA, **message},
        }
    ]


def test_a_message_without_a_ts_was_told_all_the_same(played):
    played.answer = (200, '{"ok": true}')
    assert as_bot(played) == {"channel": "C0EXAMPLE"}


def test_a_bot_replies_in_the_thread(played):
    as_bot(played, thread="1762137670.000100")
    (call,) = played.heard
    assert call["body"]["thread_ts"] == "1762137670.000100"
    assert call["body"]["attachments"] == render(told(mining()), in_thread=True)["attachments"]


def test_a_webhook_gets_the_whole_message(played):
    played.answer = (200, "ok")
    assert through_webhook(played) == {"webhook": "ok"}
    (call,) = played.heard
    assert call["path"] == "/services/T0/B0/SECRETPART"
    assert call["body"] == {"unfurl_links": False, "unfurl_media": False, **render(told(mining()))}


def test_a_webhook_has_no_threads_so_a_follow_up_stands_alone(played):
    played.answer = (200, "ok")
    slack.send(told(mining(), Kind.FOLLOW_UP), played.clients.webhook(f"{played.url}/x"))
    assert played.heard[0]["body"]["attachments"] == render(told(mining()))["attachments"]


LASTING, UNKNOWN = (None, True, False), (None, False, True)
REFUSED = {
    "rate limited": (
        as_bot,
        (429, '{"ok": false, "error": "ratelimited"}', {"Retry-After": "30"}),
        "Slack refused the notice for C0EXAMPLE: ratelimited (HTTP 429).",
        (30, False, False),
    ),
    "a wrong channel": (
        as_bot,
        (200, '{"ok": false, "error": "not_in_channel"}'),
        "Slack refused the notice for C0EXAMPLE: not_in_channel (HTTP 200); invite the app to the channel.",
        LASTING,
    ),
    "an unknown refusal": (
        as_bot,
        (200, '{"ok": false, "error": "msg_blocks_too_long"}'),
        "Slack refused the notice for C0EXAMPLE: msg_blocks_too_long (HTTP 200).",
        LASTING,
    ),
    "a new refusal": (
        as_bot,
        (200, '{"ok": false, "error": "brand_new"}'),
        "Slack refused the notice for C0EXAMPLE: brand_new (HTTP 200).",
        (None, False, False),
    ),
    "half done, in Slack's words": (
        as_bot,
        (200, '{"ok": false, "error": "internal_error"}'),
        "Slack refused the notice for C0EXAMPLE: internal_error (HTTP 200).",
        UNKNOWN,
    ),
    "an answer that is none": (
        as_bot,
        (200, "<html>hello</html>"),
        "Slack refused the notice for C0EXAMPLE: an unreadable answer (HTTP 200).",
        UNKNOWN,
    ),
    "an hour and more": (
        as_bot,
        (429, '{"ok": false, "error": "ratelimited"}', {"Retry-After": "99999"}),
        "Slack refused the notice for C0EXAMPLE: ratelimited (HTTP 429).",
        (3600, False, False),
    ),
    "broken Slack": (
        as_bot,
        (500, "<html>oops</html>"),
        "Slack refused the notice for C0EXAMPLE: an unreadable answer (HTTP 500).",
        UNKNOWN,
    ),
    "a rate-limited webhook": (
        through_webhook,
        (429, "rate_limited", {"Retry-After": "7"}),
        "Slack refused the notice for the webhook: rate_limited (HTTP 429).",
        (7, False, False),
    ),
    "a webhook that is gone": (
        through_webhook,
        (404, "no_service"),
        "Slack refused the notice for the webhook: no_service (HTTP 404); "
        "the webhook is gone: make a new one and store its URL.",
        LASTING,
    ),
    "a webhook of broken Slack": (
        through_webhook,
        (500, "<html>oops</html>", {"Retry-After": "soon"}),
        "It may have arrived, and a webhook does not let us look: "
        "Slack refused the notice for the webhook: an unreadable answer (HTTP 500).",
        (None, True, True),
    ),
}


@pytest.mark.parametrize(("deliver", "answer", "line", "after"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_says_why_and_what_to_do(played, deliver, answer, line, after):
    played.answer = answer
    with pytest.raises(NotDelivered) as caught:
        deliver(played)
    refusal = caught.value
    assert (str(refusal), (refusal.retry_after, refusal.lasting, refusal.unknown)) == (line, after)
    assert len(played.heard) == 1


@pytest.mark.parametrize("deliver", [as_bot, through_webhook])
def test_a_slack_that_does_not_answer_is_left_after_the_timeout(played, deliver, monkeypatch):
    monkeypatch.setattr(slack_clients, "TIMEOUT", 0.2)
    played.answer = (*POSTED, {}, 0.6)
    began = time.monotonic()
    with pytest.raises(NotDelivered, match=r"it did not answer in time") as caught:
        deliver(played)
    assert caught.value.unknown
    assert time.monotonic() - began < 0.6


@pytest.mark.parametrize("deliver", [as_bot, through_webhook])
def test_a_slack_that_is_not_there_gives_one_clear_line(played, deliver):
    gone = PlayedSlack(url="http://127.0.0.1:9")
    with pytest.raises(NotDelivered, match=r"^Slack could not be reached for [\w ]+: Connection") as caught:
        deliver(gone)
    assert not caught.value.unknown


UNUSABLE = {
    "a webhook that is no URL": (SlackSecret(webhook_url="SECRETPART"), "C0EXAMPLE"),
    "a webhook with a line in it": (SlackSecret(webhook_url="http://127.0.0.1:9/\nSECRETPART"), ""),
    "a token with a line in it": (SlackSecret(bot_token="xoxb-\nSECRETPART"), "C0EXAMPLE"),
    "a token and no channel": (SlackSecret(bot_token="xoxb-SECRETPART"), ""),
    "only a signing secret": (SlackSecret(signing_secret="SECRETPART"), "C0EXAMPLE"),
}


@pytest.mark.parametrize(("secret", "channel"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_unusable_secret_is_said_and_never_shown(played, secret, channel):
    targets = Targets(
        slack_reference="ssm:/slack", channel=channel, read_secret=lambda _: secret, slack_clients=played.clients
    )
    receipt = notify(told(mining()), targets)["slack"]
    assert re.match(r"Slack (cannot be told|could not be reached)", receipt["error"])
    assert "SECRETPART" not in str(receipt)
    assert "unknown" not in receipt


@pytest.mark.parametrize("deliver", [as_bot, through_webhook])
def test_nothing_of_a_secret_is_logged_even_at_debug(played, deliver, caplog):
    played.answer = (500, "no")
    with caplog.at_level(logging.DEBUG), pytest.raises(NotDelivered):
        deliver(played)
    assert not [record for record in caplog.records if record.name.startswith("slack")]
    assert TOKEN not in caplog.text
    assert "SECRETPART" not in caplog.text
