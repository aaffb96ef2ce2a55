"""No text of a notice, whoever wrote it, bends a message: every field is tried, as the types themselves name them."""

import json
import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.model import Severity
from chalicelib.notify import sns
from chalicelib.notify.notice import Button, Kind, Notice, Verdict
from chalicelib.notify.slack_asked import FACES
from chalicelib.notify.slack_blocks import render
from tests.test_notify_slack import all_blocks, holds_slacks_limits, mrkdwn_texts

ATTACKS = {
    "a broadcast": "<!channel> <!here|x> <!subteam^S0EXAMPLE>",
    "a mention": "<@U0EXAMPLE1> @here @everyone",
    "somebody who decided": "slack:<@U0EXAMPLE1>",
    "a link that lies": "<https://evil.example.com|https://console.aws.amazon.com>",
    "a date": "<!date^0^{date}^https://evil.example.com|yesterday>",
    "a verdict of its own": "x` *CRITICAL* · *Contained.* `y",
    "an emoji": ":white_check_mark:",
    "a new line": "x\n*Undo*\n`curl evil.example.com`",
    "right to left": "a\u202eb\u2066c\u200fd",
    "unseen characters": "a\u200bb\x00c\x1b[31md\U000e0041",
    "a very long name": "n" * 10_000,
    "long and wide": "😀" * 5_000,
    "nothing but escapes": "&<>" * 4_000,
    "half a character": "a\ud800b",
}


def made(shape, words):
    """Return an instance of a dataclass in which every text is these words, and every list has one entry."""
    hints = get_type_hints(shape)
    return shape(**{each.name: _made(hints[each.name], words) for each in fields(shape)})


def _made(hint, words):
    if hint is str:
        return words
    if get_origin(hint) is tuple:
        return (_made(get_args(hint)[0], words),)
    if is_dataclass(hint):
        return made(hint, words)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    return {bool: False, int: 2}[hint]


def hostile(words, kind, *, grouped=0):
    """Return a notice of these words alone; its buttons are real ones, so that their questions are shown."""
    whole = made(Notice, words)
    asked = replace(whole.asked, buttons=tuple(Button(action, "", words) for action in FACES))
    waits = replace(whole.changes[0], outcome="awaiting approval")
    return replace(
        whole,
        incident="inc-1f2e3d",
        kind=kind,
        verdict=Verdict.WAITING,
        severity=Severity.HIGH,
        grouped=grouped,
        changes=(*whole.changes, waits),
        asked=asked,
    )


def plain_texts(message):
    """Return every text that Slack shows as it is: headlines, buttons and their questions."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            if value.get("type") == "plain_text":
                assert value["emoji"] is False
                found.append(value["text"])
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(all_blocks(message))
    return found


def unseen(text):
    return {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"}} - {"\n"}


SHOWN = [(kind, 0) for kind in Kind] + [(Kind.INCIDENT, 7)]


@pytest.mark.parametrize(("kind", "grouped"), SHOWN)
@pytest.mark.parametrize("words", ATTACKS.values(), ids=ATTACKS.keys())
def test_in_slack_no_text_is_more_than_text(words, kind, grouped):
    message = render(hostile(words, kind, grouped=grouped), interactive=True)
    holds_slacks_limits(message)
    for shown in mrkdwn_texts(message):
        assert not re.findall(r"<[^>]*>?", shown)
        outside_code = re.sub(r"`[^`]*`", "", shown)
        assert "`" not in outside_code
        assert not re.search(r"@(here|channel|everyone)|:white_check_mark:|\*CRITICAL\*|\*Contained", outside_code)
        assert "`curl" not in shown
    for shown in plain_texts(message):
        assert "\n" not in shown
    assert not unseen(json.dumps(message, ensure_ascii=False))


@pytest.mark.parametrize("words", ATTACKS.values(), ids=ATTACKS.keys())
def test_slack_takes_the_most_of_everything_at_once(words):
    notice = hostile(words, Kind.ESCALATION, grouped=7)
    buttons = tuple(Button(action, "0f" * 32, words) for action in FACES)
    asked = replace(notice.asked, buttons=buttons, decisions=notice.asked.decisions * 30)
    url = "https://example.com/" + "a" * 470
    lists = {"changes": notice.changes * 30, "resources": notice.resources * 30, "ceilings": (words,) * 30}
    message = render(replace(notice, asked=asked, finding_url=url, **lists), interactive=True)
    holds_slacks_limits(message)
    [shown] = [block for block in message["blocks"] if block["type"] == "actions"]
    assert len(shown["elements"]) == len(FACES)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("words", ATTACKS.values(), ids=ATTACKS.keys())
def test_in_mail_no_text_writes_a_line_of_its_own(words, kind):
    published = sns.render(hostile(words, kind), undelivered="slack", why=words)
    parts = json.loads(published["Message"])
    assert not unseen(published["Message"] + parts["email"] + parts["sms"])
    assert not unseen(json.dumps(json.loads(parts["default"]), ensure_ascii=False))
    assert "`curl evil.example.com`" not in parts["email"].splitlines()
    assert re.fullmatch(r"[!-~][ -~]{0,98}", published["Subject"])
    assert len(published["Message"].encode()) <= 250_000
    assert all(0 < len(each["StringValue"]) <= 256 for each in published["MessageAttributes"].values())


def skeleton(message):
    """Return what formats, links or mentions in a message, without its words: outside code spans."""
    spans = [re.sub(r"`[^`\n]*`", "``", shown) for shown in mrkdwn_texts(message)]
    return [re.sub(r"[^*~`<>\n]", "", shown) for shown in spans], [block["type"] for block in all_blocks(message)]


CHARACTERS = st.sampled_from("&<>*_~`|:@!#^\n\r\x00\u200b\u202e\u0301😀her ") | st.characters()


@settings(max_examples=150, deadline=None)
@given(st.text(CHARACTERS, max_size=14), st.sampled_from(Kind), st.booleans())
def test_whatever_the_words_are_the_message_is_built_in_the_same_way(words, kind, in_thread):
    shown = render(hostile(f"x{words}x", kind), in_thread=in_thread, interactive=True)
    assert skeleton(shown) == skeleton(render(hostile("xx", kind), in_thread=in_thread, interactive=True))


def test_every_text_of_a_notice_is_tried():
    """A field of a new type must be taught to `made`, else this and all the others fail."""
    words = made(Notice, "hostile").to_json()
    quiet = json.loads(made(Notice, "").to_json())
    assert words.count('"hostile"') == _texts(quiet) >= 54


def _texts(value):
    if isinstance(value, dict):
        return sum(_texts(each) for each in value.values())
    if isinstance(value, list):
        return sum(_texts(each) for each in value)
    return value == ""
