"""The calls of ours that pages show, word by word, and what the command makes of them; nothing is run."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from typer.main import get_command

from cli.main import app
from tests.pages import ROOT, code_blocks, code_spans, pages

SHELL = {"", "sh", "bash", "console"}
PREFIX = re.compile(r"^\s*(?:[A-Z_]+=\S+\s+)*(?:\.venv/bin/)?(?P<call>(?:countermeasure|make|python -m) .*)", re.DOTALL)
NOTATION = re.compile(r"\[?[\w-]+(?:\|[\w-]+)*\]?(?:\.\.\.)?")


def shown(page: Path) -> Iterator[tuple[str, bool]]:
    """Yield every call of ours that a page shows: whole in its blocks, and spoken of between backticks."""
    for block in code_blocks(page):
        if block.info in SHELL:
            for line in block.text.replace("\\\n", " ").splitlines():
                if found := PREFIX.match(line):
                    yield found["call"], True
    for span in code_spans(page):
        if found := PREFIX.match(" ".join(span.split())):
            yield found["call"], False


def meant(call: str) -> Iterator[list[str]]:
    """Yield the words of every call that is meant: `approve|deny X` are two, `[list|show]` may be left out."""
    words = list(itertools.takewhile(lambda word: word not in {">", "|"}, shlex.split(call, comments=True)))
    choices: list[list[str]] = []
    for word in words:
        plain = word.removesuffix("...").strip("[]")
        if word == plain and "|" not in word:
            choices.append([word])
        elif NOTATION.fullmatch(word):
            choices.append([*plain.split("|"), *([""] if word.startswith("[") else [])])
        else:
            choices.append([word])
    for chosen in itertools.product(*choices):
        yield [word for word in chosen if word]


PAGES = [page for page in pages() if page.name != "CHANGELOG.md"]  # which tells of what there was
CALLS = sorted({(str(page.relative_to(ROOT)), *call) for page in PAGES for call in shown(page)})
OURS = [(page, words, whole) for page, call, whole in CALLS for words in meant(call) if words[0] == "countermeasure"]


@cache
def everything() -> Any:
    """Return the whole command."""
    return get_command(app)


def resolved(words: list[str]) -> tuple[str, Any, list[str]]:
    """Return the full name of the command that is called, the command, and what is left to be parsed."""
    found = everything()
    name, left = [], list(words)
    while hasattr(found, "commands") and left and left[0] in found.commands:
        name.append(left.pop(0))
        found = found.commands[name[-1]]
    return " ".join(name), found, left


def refused(words: list[str]) -> str:
    """Return why the command would not take these words; "" where it would. Nothing is run."""
    name, command, left = resolved(words)
    if hasattr(command, "commands"):
        known = [each for each in command.commands if [*name.split(), each] == words]
        return "" if (name and not left) or known else f"there is no command {' '.join(words)}"
    if not left:
        return ""  # it is spoken of by its name
    try:
        command.make_context(name, left)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        return str(error.format_message())
    return ""
