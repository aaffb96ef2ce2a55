"""Make text that an attacker may have written safe to show: in Slack, in e-mail and in a terminal."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"

HIDDEN = "\N{REPLACEMENT CHARACTER}"
"""Stands where characters were that nobody could have seen, so that `adm<zero width>in` is not read as `admin`."""

_LOOK = 4
"""Characters looked at for each one shown: what is unseen takes room in the event, not in the message."""

_FIRST_MARK = "\u0300"
_MARKS = 3
"""Combining marks kept on one character: more than any living script needs, too few to write over other lines."""

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that Unicode calls default-ignorable or that draw nothing, whatever their category says."""

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""The three characters that Slack wants escaped (docs.slack.dev, "Formatting message text", Escaping text)."""

_LOOKALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "'"})
"""mrkdwn knows no backslash: what would format is shown by its look-alike."""

_EDGE_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)|(?<=_)_|_(?=_)")
_EMOJI_COLON = re.compile(r":(?=[a-z0-9_+'-]+:)", re.IGNORECASE)
_BROADCAST = re.compile(r"@(?=here|channel|everyone)", re.IGNORECASE)
_PLAIN_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+/[A-Za-z0-9/?#=&%.,:;@_~+!$-]*")
_LONGEST_URL = 500
SUBJECT = 99
"""SNS wants a Subject of less than 100 characters, without line breaks or control characters (API: Publish)."""


def line(text: str, limit: int) -> str:
    """Return the text on one line, of at most `limit` characters (1 or more), without anything unseen in it."""
    return cut(_visible(text, limit), limit)


def cut(text: str, limit: int) -> str:
    """Return the text, or its beginning and an ellipsis where it is longer than `limit` UTF-16 units.

    Slack does not document which unit it counts; UTF-16 units are never fewer than characters.
    """
    return text if units(text) <= limit else _joined(text, limit)


def units(text: str) -> int:
    """Return the length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def mrkdwn(text: str, limit: int) -> str:
    """Return prose for a Slack mrkdwn object: it reads the same and can neither format, link, mention nor draw emoji.

    At most `limit` UTF-16 units, escapes included; never cut within an escape. Empty text stays empty.
    """
    shown = _visible(text, limit).translate(_LOOKALIKES)
    shown = _EDGE_UNDERSCORE.sub("＿", shown)
    shown = _EMOJI_COLON.sub("∶", shown)
    return _escaped(_BROADCAST.sub("＠", shown), limit)


def code(text: str, limit: int) -> str:
    """Return a Slack code span of exactly this text, for ids and values people copy; `-` for nothing.

    Within a span Slack formats, links and mentions nothing; only a backtick could end it. At most `limit` units.
    """
    shown = _visible(text, limit).replace("`", "'")
    return f"`{_escaped(shown, limit - 2)}`" if shown else "-"


def link(url: str, label: str) -> str:
    """Return a Slack link, or only its label where the URL is not one of plain https characters."""
    safe = mrkdwn(label, 80).replace("|", "/")
    escaped = url.replace("&", "&amp;")
    return f"<{escaped}|{safe}>" if _PLAIN_HTTPS.fullmatch(url) and len(escaped) <= _LONGEST_URL else safe


def subject(text: str) -> str:
    """Return the Subject of an e-mail: 1 to 99 printable ASCII characters, the first of them no blank."""
    plain = unicodedata.normalize("NFKD", _visible(text, SUBJECT).replace("·", "-").replace(ELLIPSIS, "..."))
    ascii_only = "".join(c if c.isascii() else "?" for c in plain if not unicodedata.combining(c))
    shown = ascii_only.strip().lstrip("?- ") or "countermeasure"
    return shown if len(shown) <= SUBJECT else shown[: SUBJECT - 3] + "..."


def _visible(text: str, limit: int) -> str:
    """Return the text, with white space as single blanks and each run of unseen characters as one mark.

    Of a text far longer than `limit` only the beginning, and an ellipsis.
    """
    raw = text if len(text) <= _LOOK * limit else text[: _LOOK * limit] + ELLIPSIS
    if raw.isprintable() and "  " not in raw and max(raw, default="") < _FIRST_MARK:
        return raw.strip()
    kept: list[str] = []
    marks = 0
    for character in raw:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if character.isspace() or category in {"Zl", "Zp", "Zs"}:
            shown = " "
        elif category in _HIDDEN_CATEGORIES or character in _BLANK_LETTERS:
            shown = HIDDEN
        else:
            shown = character if marks <= _MARKS else ""
        if not (shown in {" ", HIDDEN} and kept and kept[-1] == shown):
            kept.append(shown)
    return "".join(kept).strip()


def _escaped(text: str, limit: int) -> str:
    """Return the text with Slack's entities, cut between characters so that no entity is torn."""
    whole = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return whole if units(whole) <= limit else _joined(text, limit, _ENTITIES)


def _joined(text: str, limit: int, entities: dict[str, str] | None = None) -> str:
    """Return as many whole characters as fit, each as its entity, and the ellipsis."""
    pieces: list[str] = []
    room = limit - len(ELLIPSIS)
    for character in text:
        piece = (entities or {}).get(character, character)
        room -= units(piece)
        if room < 0:
            break
        pieces.append(piece)
    return "".join(pieces).rstrip() + ELLIPSIS
