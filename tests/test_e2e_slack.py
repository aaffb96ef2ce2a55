"""The Slack of the end-to-end test: the product takes its clicks for Slack's, and its failures hit whom they should."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from chalice.app import Request

from chalicelib.errors import NotSigned
from chalicelib.notify import buttons
from chalicelib.slackapp.clicks import parse
from chalicelib.slackapp.verify import signed_body
from e2e import clicks
from e2e.slack import BUSY, SLOW, TOKEN, Slack

BUTTON = {"type": "button", "action_id": buttons.action_id("approve"), "value": buttons.value("inc-1", "0abc")}
MESSAGE = {
    "channel": "C0SECURITY",
    "ts": "1762137670.000100",
    "blocks": [{"type": "section"}, {"type": "actions", "elements": [BUTTON]}],
}


def request(body: bytes, headers: dict[str, str]) -> Request:
    return Request(
        {
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "pathParameters": {},
            "stageVariables": {},
            "body": body.decode(),
            "isBase64Encoded": False,
            "multiValueQueryStringParameters": None,
            "requestContext": {"httpMethod": "POST", "resourcePath": "/slack"},
        },
        None,
    )


def test_a_pressed_button_is_read_as_that_persons_click_on_it():
    click = parse(clicks.pressed(MESSAGE, "approve", "U0123456789"), datetime.now(UTC))
    assert click
    assert (click.action, click.incident, click.digest, click.user) == ("approve", "inc-1", "0abc", "U0123456789")
    assert (click.channel, click.message) == (MESSAGE["channel"], MESSAGE["ts"])


def test_a_signed_click_is_taken_with_its_secret_and_with_no_other():
    body = clicks.pressed(MESSAGE, "approve", "U0123456789")
    signed = request(body, clicks.signed(body, "one"))
    now = datetime.now(UTC).timestamp()
    assert signed_body(signed, "one", now) == body
    with pytest.raises(NotSigned):
        signed_body(signed, "another", now)


def test_a_planned_answer_is_given_once_to_the_message_that_it_is_meant_for():
    slack = Slack(answers={"a-bucket": BUSY, "another": SLOW})
    tries = ["no word of it", "of a-bucket", "of a-bucket", "of another"]
    bodies = [json.dumps({"channel": "C0SECURITY", "text": text}).encode() for text in tries]
    answers = [slack.answer("/api/chat.postMessage", f"Bearer {TOKEN}", body) for body in bodies]
    assert [(answer.status, answer.seconds) for answer in answers] == [(200, 0), (429, 0), (200, 0), (200, 6)]
    assert [message["text"] for message in slack.workspace.messages] == [tries[0], *tries[2:]]
    assert len(slack.posts("a-bucket")) == 2
