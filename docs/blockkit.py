"""Slack's Block Kit as HTML that looks like Slack, for pictures in the docs: what the product renders, and no more."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

STYLE = """
body { margin: 0; padding: 28px 32px; background: #fff; width: 860px; color: #1d1c1d;
       font: 15px/1.46 Lato, "Liberation Sans", "Noto Color Emoji", sans-serif; }
.message { display: flex; gap: 10px; margin-bottom: 34px; }
.message:last-child { margin-bottom: 0; }
.face { flex: 0 0 36px; height: 36px; border-radius: 6px; background: #1f2d3d; color: #fff; font-weight: 900;
        display: flex; align-items: center; justify-content: center; }
.who { font-weight: 900; } .app { background: #e8e8e8; color: #616061; font-size: 10px; font-weight: 700;
       padding: 1px 4px; border-radius: 3px; margin: 0 6px; } .time { color: #616061; font-size: 12px; }
.said { flex: 1; min-width: 0; } .block { margin: 6px 0; overflow-wrap: anywhere; }
.header { font-size: 18px; font-weight: 900; line-height: 1.33; margin: 8px 0; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; }
.context { color: #616061; font-size: 13px; } .context span + span::before { content: "  "; white-space: pre; }
.bar { border-left: 4px solid; border-radius: 4px; padding: 2px 0 2px 12px; margin-top: 8px; }
code { font: 12px/1.5 "DejaVu Sans Mono", monospace; color: #c01343; background: #f6f6f6;
       border: 1px solid #dedede; border-radius: 3px; padding: 1px 3px; }
a, .mention { color: #1264a3; text-decoration: none; } .mention { background: #e8f5fa; border-radius: 3px; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 10px 0; }
.button { font-weight: 700; font-size: 14px; border: 1px solid #bbb; border-radius: 4px; padding: 4px 12px; }
.primary { background: #007a5a; border-color: #007a5a; color: #fff; }
.danger { background: #e01e5a; border-color: #e01e5a; color: #fff; }
"""

_DATE = re.compile(r"&lt;!date\^\d+\^[^|]*\|([^&]*)&gt;")
_LINK = re.compile(r"&lt;(https://[^|]*?)\|(.*?)&gt;")
_MENTION = re.compile(r"&lt;@([UW][A-Z0-9]+)&gt;")


def page(messages: Sequence[Mapping[str, Any]], people: Mapping[str, str]) -> str:
    """Return the page of some messages, each as chat.postMessage takes it; `people` are names by Slack user id."""
    shown = "\n".join(_message(message, people) for message in messages)
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><body>{shown}</body>'


def _message(message: Mapping[str, Any], people: Mapping[str, str]) -> str:
    said = "".join(_blocks(message["blocks"], people))
    for attachment in message["attachments"]:
        inside = "".join(_blocks(attachment["blocks"], people))
        said += f'<div class="bar" style="border-color: {html.escape(attachment["color"])}">{inside}</div>'
    name = '<span class="who">countermeasure</span><span class="app">APP</span><span class="time">3:04 AM</span>'
    return f'<div class="message"><div class="face">C</div><div class="said">{name}{said}</div></div>'


def _blocks(blocks: Sequence[Mapping[str, Any]], people: Mapping[str, str]) -> Iterator[str]:
    for block in blocks:
        match block["type"]:
            case "header":
                yield f'<div class="block header">{html.escape(block["text"]["text"])}</div>'
            case "section":
                text = [f'<div class="block">{_mrkdwn(block["text"]["text"], people)}</div>'] if "text" in block else []
                fields = [f"<div>{_mrkdwn(field['text'], people)}</div>" for field in block.get("fields", ())]
                yield "".join(text) + (f'<div class="block fields">{"".join(fields)}</div>' if fields else "")
            case "context":
                inside = "".join(f"<span>{_mrkdwn(each['text'], people)}</span>" for each in block["elements"])
                yield f'<div class="block context">{inside}</div>'
            case "actions":
                yield f'<div class="actions">{"".join(map(_button, block["elements"]))}</div>'
            case other:
                raise ValueError(f"this page does not know how Slack shows a block of the type {other}")


def _button(element: Mapping[str, Any]) -> str:
    return f'<span class="button {element.get("style", "")}">{html.escape(element["text"]["text"])}</span>'


def _mrkdwn(text: str, people: Mapping[str, str]) -> str:
    """Return mrkdwn as HTML. What Slack's entities stand for is only text: it is undone last of all."""
    spans = re.split(r"(`[^`\n]*`)", text)
    return "".join(f"<code>{_plain(s[1:-1])}</code>" if s.startswith("`") else _formatted(s, people) for s in spans)


def _formatted(text: str, people: Mapping[str, str]) -> str:
    shown = html.escape(text, quote=False)
    shown = _DATE.sub(r"\1", shown)
    shown = _LINK.sub(r'<a href="\1">\2</a>', shown)
    shown = _MENTION.sub(
        lambda found: f'<span class="mention">@{html.escape(people.get(found[1], found[1]))}</span>', shown
    )
    shown = re.sub(r"\*([^*\n]+)\*", r"<b>\1</b>", shown)
    return _entities(shown).replace("\n", "<br>")


def _plain(text: str) -> str:
    return _entities(html.escape(text, quote=False))


def _entities(text: str) -> str:
    """Return the text with what was escaped twice, by the product for Slack and here for HTML, escaped once."""
    for entity in ("amp", "lt", "gt"):
        text = text.replace(f"&amp;{entity};", f"&{entity};")
    return text
