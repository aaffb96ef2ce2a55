"""The repository's pages as Markdown readers see them: links, anchors, code, and tables under their headings."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[1]
ELSEWHERE = {".venv", ".git", "build", "node_modules", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}

_HTML_TARGET = re.compile(r"<(?:img|a)\b[^>]*?\b(?:src|href)\s*=\s*\"([^\"]*)\"", re.IGNORECASE)
_HTML_ANCHOR = re.compile(r"<a\b[^>]*?\b(?:id|name)\s*=\s*\"([^\"]*)\"", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """One link or image of a page: where it leads, as it is written, and its text."""

    target: str
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code: `info` is the word after the fence, empty for an indented block."""

    info: str
    text: str


def pages() -> list[Path]:
    """Return every Markdown file of the repository."""
    found = (path for path in ROOT.rglob("*.md") if not ELSEWHERE & set(path.relative_to(ROOT).parts))
    return sorted(found)


def links(page: Path) -> list[Link]:
    """Return every link and image of a page, those in its HTML too."""
    found = []
    for token in _all(_tokens(page)):
        if token.type == "image":
            found.append(Link(str(token.attrs["src"]), token.content))
        if token.type in {"html_block", "html_inline"}:
            found += [Link(target, "") for target in _HTML_TARGET.findall(token.content)]
    return found + [Link(*each) for each in _linked(_tokens(page))]


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return what a link to a part of the page may name, as GitHub makes it of headings.

    Source: GitHub Docs, "Basic writing and formatting syntax", Section links.
    """
    found: set[str] = set()
    for title in headings(page):
        kept = re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
        numbered = (f"{kept}-{number}" if number else kept for number in range(1000))
        found.add(next(name for name in numbered if name not in found))
    html = (token.content for token in _all(_tokens(page)) if token.type in {"html_block", "html_inline"})
    return frozenset(found) | {name for text in html for name in _HTML_ANCHOR.findall(text)}


def headings(page: Path) -> list[str]:
    """Return the headings of a page, without their markup."""
    tokens = _tokens(page)
    return [_text(inline) for each, inline in itertools.pairwise(tokens) if each.type == "heading_open"]


def code_blocks(page: Path) -> list[Code]:
    """Return the fenced and the indented blocks of code."""
    return [Code(token.info.strip(), token.content) for token in _tokens(page) if token.type in {"fence", "code_block"}]


def code_spans(page: Path) -> list[str]:
    """Return what stands between backticks in the text."""
    return [token.content for token in _all(_tokens(page)) if token.type == "code_inline"]


def rows(page: Path, heading: str) -> list[list[str]]:
    """Return the rows of the tables under a heading, up to the next heading: each cell as text, without markup."""
    here, found, row = False, [], []
    tokens = _tokens(page)
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            here = _text(tokens[number + 1]) == heading
        elif here and token.type == "tr_open":
            row = []
        elif here and token.type == "td_open":
            row.append(_text(tokens[number + 1]))
        elif here and token.type == "tr_close" and row:
            found.append(row)
    return found


def items(page: Path, heading: str) -> Iterator[list[Link]]:
    """Yield the links of each item of the lists under a heading, up to the next heading of any level."""
    here = False
    tokens = _tokens(page)
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            here = _text(tokens[number + 1]) == heading
        elif here and token.type == "inline" and tokens[number - 2].type == "list_item_open":
            yield [Link(*each) for each in _linked([token])]


@cache
def _tokens(page: Path) -> list[Token]:
    reader = MarkdownIt("commonmark").enable("table")
    reader.validateLink = lambda _: True  # type: ignore[method-assign] # what a browser would refuse is to be found
    return reader.parse(page.read_text())


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _linked(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    for token in tokens:
        target, text = "", ""
        for child in token.children or []:
            if child.type == "link_open":
                target, text = str(child.attrs["href"]), ""
            elif child.type == "link_close":
                yield target, text
            else:
                text += child.content


def _text(inline: Token) -> str:
    """Return the text of a line without its markup; what a code span holds is text too."""
    return "".join(" " if child.type == "softbreak" else child.content for child in inline.children or []).strip()
