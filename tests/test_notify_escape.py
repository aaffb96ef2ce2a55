"""Text that an attacker wrote shows as text: in Slack, in a subject line, in a terminal."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.notify import escape

PROSE = {
    "a broadcast": ("<!channel> look", "&lt;!channel&gt; look"),
    "a written mention": ("@here @Channel @everyone a@hereford", "＠here ＠Channel ＠everyone a＠hereford"),
    "a link with another label": (
        "<https://evil.example.com|console>",
        "&lt;https://evil.example.com|console&gt;",
    ),
    "an escape that is already there": ("&lt;!here&gt;", "&amp;lt;!here&amp;gt;"),
    "bold": ("*contained*", "∗contained∗"),
    "italic": ("_contained_ a_b", "＿contained＿ a_b"),
    "strike": ("~failed~", "∼failed∼"),
    "code": ("`a` ```b```", "'a' '''b'''"),
    "emoji": (":white_check_mark: 10:20", "∶white_check_mark: 10:20"),
    "a quotation on a line of its own": ("x\n> y", "x &gt; y"),
    "a wildcard": ("arn:aws:s3:::logs/*", "arn∶aws∶s3:::logs/∗"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("text", "shown"), PROSE.values(), ids=PROSE.keys())
def test_in_prose(text, shown):
    assert escape.mrkdwn(text, 200) == shown


CODE = {
    "an id": ("i-0a1b", "`i-0a1b`"),
    "a name with formatting": ("*a*_b_:tada:@here", "`*a*_b_:tada:@here`"),
    "a backtick that would end it": ("a` *owned* `b", "`a' *owned* 'b`"),
    "a link": ("<https://evil.example.com|x>", "`&lt;https://evil.example.com|x&gt;`"),
    "nothing": ("", "-"),
    "only blanks": (" \n ", "-"),
}


@pytest.mark.parametrize(("text", "shown"), CODE.values(), ids=CODE.keys())
def test_in_a_code_span(text, shown):
    assert escape.code(text, 200) == shown


UNSEEN = {
    "zero width": ("adm\u200b\u200c\u200d\u2060\ufeffin", "adm\ufffdin"),
    "right to left": ("exe\u202egpj\u2069", "exe\ufffdgpj\ufffd"),
    "NUL and escape": ("a\x00b\x1b[31mc", "a\ufffdb\ufffd[31mc"),
    "C1 control": ("a\x9b31mb", "a\ufffd31mb"),
    "soft hyphen": ("pay\u00adpal", "pay\ufffdpal"),
    "tag characters": ("a\U000e0041\U000e0042b", "a\ufffdb"),
    "half a surrogate": ("a\ud800b", "a\ufffdb"),
    "private use": ("a\ue000b", "a\ufffdb"),
    "letters that draw nothing": ("a\u3164\u2800b", "a\ufffdb"),
    "lines of any kind": ("a\r\nb\u2028c\u2029d\x85e\tf\v\fg", "a b c d e f g"),
    "blanks": ("  a \u00a0\u2003 b  ", "a b"),
    "marks stacked over other lines": ("e" + "\u0301" * 50, "e" + "\u0301" * 3),
    "a word with its marks": ("Việt Nam, עברית, ไทย", "Việt Nam, עברית, ไทย"),
}


@pytest.mark.parametrize(("text", "shown"), UNSEEN.values(), ids=UNSEEN.keys())
def test_what_nobody_can_see(text, shown):
    assert escape.line(text, 200) == shown


def test_a_cut_says_that_it_is_one():
    assert [escape.line("abcdef", limit) for limit in (7, 6, 5, 1)] == ["abcdef", "abcdef", "abcd…", "…"]


def test_a_cut_counts_as_the_longest_count_does():
    assert escape.line("😀" * 5, 7) == "😀😀😀…"


def test_a_cut_leaves_escapes_whole():
    assert [escape.mrkdwn("a&&&", limit) for limit in (16, 15, 12, 11, 7, 6, 5)] == [
        "a&amp;&amp;&amp;",
        "a&amp;&amp;…",
        "a&amp;&amp;…",
        "a&amp;…",
        "a&amp;…",
        "a…",
        "a…",
    ]


LINKS = {
    "a console page": (
        "https://x.console.aws.amazon.com/a?b=c&d#/e",
        "<https://x.console.aws.amazon.com/a?b=c&amp;d#/e|go>",
    ),
    "another scheme": ("javascript:alert(1)", "go"),
    "plain http": ("http://example.com/", "go"),
    "an early end": ("https://example.com/|*x*>", "go"),
    "a user in the host": ("https://aws.amazon.com@evil.example.com/", "go"),
    "a second line": ("https://example.com/\n", "go"),
    "far too long": ("https://example.com/" + "a" * 500, "go"),
}


@pytest.mark.parametrize(("url", "shown"), LINKS.values(), ids=LINKS.keys())
def test_a_link(url, shown):
    assert escape.link(url, "go") == shown


def test_a_label_cannot_end_its_link():
    assert escape.link("https://example.com/", "a|b>c") == "<https://example.com/|a/b&gt;c>"


SUBJECTS = {
    "plain": ("[HIGH] Contained: x - i-0a", "[HIGH] Contained: x - i-0a"),
    "a header of its own": ("a\r\nBcc: evil@example.com", "a Bcc: evil@example.com"),
    "letters with marks": ("Schlüssel · café…", "Schlussel - cafe..."),
    "another script": ("ключ leaked", "leaked"),
    "nothing": ("", "countermeasure"),
    "too long": ("x" * 200, "x" * 96 + "..."),
}


@pytest.mark.parametrize(("text", "shown"), SUBJECTS.values(), ids=SUBJECTS.keys())
def test_a_subject(text, shown):
    assert escape.subject(text) == shown


HOSTILE = st.text(
    st.sampled_from("&<>*_~`|:@!#\n\r\x00\u200b\u202e\u0301😀abhere ") | st.characters(), max_size=200
) | st.sampled_from(["<!channel>", "<@U0EXAMPLE>", "@here", "&amp;lt;", ":tada:", "\ud83d"])


@given(HOSTILE, st.integers(8, 60))
def test_prose_holds_no_control_sequence_and_no_torn_escape(text, limit):
    shown = escape.mrkdwn(text, limit)
    assert escape.units(shown) <= limit
    assert not set(shown) & set("<>*~`\n\r")
    assert re.fullmatch(r"([^&]|&(amp|lt|gt);)*", shown)
    assert not re.search(r"@(here|channel|everyone)", shown, re.IGNORECASE)


@given(HOSTILE, st.integers(8, 60))
def test_a_code_span_ends_only_where_it_ends(text, limit):
    shown = escape.code(text, limit)
    assert escape.units(shown) <= limit
    assert shown == "-" or (shown[0] == shown[-1] == "`" and shown.count("`") == 2)
    assert re.fullmatch(r"([^&<>]|&(amp|lt|gt);)*", shown)


@given(HOSTILE)
def test_a_line_is_one_line_of_visible_text_that_stays_as_it_is(text):
    shown = escape.line(text, 500)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert escape.line(shown, 500) == shown
    shown.encode()


@given(HOSTILE)
def test_a_subject_is_what_sns_takes(text):
    assert re.fullmatch(r"[!-~][ -~]{0,98}", escape.subject(text))
