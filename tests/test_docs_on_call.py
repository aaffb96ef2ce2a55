"""The on-call page has a row for everything that the product can say, and none for what it cannot."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import guardrails, protection
from chalicelib.model import Outcome
from chalicelib.notify.notice import Kind, Verdict
from chalicelib.notify.slack_asked import FACES
from chalicelib.slackapp import deciding
from cli import doctor
from infrastructure.alarms import alarms
from infrastructure.names import ENDPOINT, FUNCTIONS
from tests.pages import ROOT, rows

PAGE = ROOT / "docs" / "on-call.md"
TEXT = " ".join(PAGE.read_text().split())
ENGINE = sorted((ROOT / "chalicelib").rglob("*.py"))
DECIDED = {"decisions.py", "people.py"}
"""Where the refusals come from of what people decide; other errors are those of events, files and deployments."""


def firsts(heading: str) -> list[str]:
    """Return the first cells of the tables under a heading."""
    return [row[0] for row in rows(PAGE, heading)]


def calls(path: Path, name: str) -> Iterator[ast.Call]:
    """Yield the calls of a function in a file, by its own name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def constants(node: ast.AST) -> list[str]:
    """Return the texts that an expression may come to, each as its longest constant part."""
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr():
            parts = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
            return [max(parts, key=len)] if parts else []
        case ast.IfExp():
            return constants(node.body) + constants(node.orelse)
        case ast.BoolOp():
            return [text for value in node.values for text in constants(value)]
        case ast.BinOp():
            return constants(node.left) + constants(node.right)
    return []


def said(path: Path) -> Iterator[str]:
    """Yield the sentences of a file for people: reasons of changes, refusals, and why something was put aside."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.keyword(arg="reason", value=value):
                found = constants(value)
            case ast.Assign(targets=[ast.Name(id="reason" | "why")], value=value):
                found = constants(value)
            case ast.Raise(exc=ast.Call(func=ast.Name(id=error), args=[first, *_])) if (
                path.name in DECIDED or error == "OutOfTime"
            ):
                found = constants(first)
            case ast.Call(func=ast.Name(id="put_aside"), args=[_, _, _, why]):
                found = constants(why)
            case ast.FunctionDef(name=name) if name.lstrip("_").startswith("why"):
                returned = (each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value)
                found = [text for value in returned for text in constants(value)]
            case _:
                continue
        yield from (text.strip(" :;,") for text in found if " " in text.strip(" :;,"))


def ceilings() -> set[str]:
    """Return the names of all guardrails, as a ceiling has them."""
    files = [path for path in ENGINE if path.is_relative_to(ROOT / "chalicelib" / "guardrails")]
    files += [ROOT / "chalicelib" / f"{name}.py" for name in ("protection", "tags", "owners", "answering")]
    return {text for path in files for call in calls(path, "Ceiling") for text in constants(call.args[0])}


def announcements() -> dict[str, list[str]]:
    """Return the constant parts of the title of everything that countermeasure says of itself, by where it is said."""
    titles: dict[str, list[str]] = {}
    for path in ENGINE:
        given = [call.args[2] for call in calls(path, "announce")]
        given += [call.args[1] for call in calls(path, "finding") if len(call.args) > 3]
        for title in given:
            titles |= {f"{path.name}: {' '.join(found)}": found for found in parts(path, title)}
    return titles


def parts(path: Path, title: ast.expr) -> Iterator[list[str]]:
    """Yield the constant parts of a title, in order; of a name, those of all that is assigned to it in the file."""
    if isinstance(title, ast.Name):
        for target, value in assigned(path):
            if target == title.id:
                yield from parts(path, value)
        return
    if isinstance(title, ast.IfExp):
        for branch in (title.body, title.orelse):
            yield from parts(path, branch)
        return
    values: Iterable[Any] = title.values if isinstance(title, ast.JoinedStr) else [title]
    found = [str(value.value).strip() for value in values if isinstance(value, ast.Constant)]
    if any(found):
        yield [part for part in found if part]


def assigned(path: Path) -> Iterator[tuple[str, ast.expr]]:
    """Yield every name to which something is assigned in a file, with that; `a, b = c, d` assigns two."""
    for node in ast.walk(ast.parse(path.read_text())):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            both = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            pairs = zip(target.elts, node.value.elts, strict=True) if both else [(target, node.value)]
            yield from ((name.id, value) for name, value in pairs if isinstance(name, ast.Name))


def in_order(wanted: list[str], text: str) -> bool:
    at = 0
    for part in wanted:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def test_every_verdict_and_no_other() -> None:
    assert firsts("The verdict") == [verdict.value.capitalize() for verdict in Verdict]


def test_the_table_of_the_night_begins_with_every_verdict_too() -> None:
    night = " ".join(firsts("It is 3 a.m."))
    assert [verdict for verdict in Verdict if verdict.value.capitalize() not in night] == []


def test_every_kind_of_message_and_no_other() -> None:
    assert firsts("Kinds of message") == [kind.value for kind in Kind]


def test_every_outcome_and_no_other() -> None:
    assert set(firsts("What became of each step")) == {outcome.value for outcome in Outcome}


def test_every_button_and_no_other() -> None:
    assert set(firsts("Decide")[: len(FACES)]) == {face.label for face in FACES.values()}


def test_every_guardrail_and_no_other() -> None:
    assert set(firsts("Why it went no further")) == ceilings()
    assert len(ceilings()) > len(guardrails.GUARDRAILS)
    assert protection.ceilings


def test_every_alarm_and_no_other_with_three_steps() -> None:
    made = alarms("prod", {"Ref": "Topic"}).values()
    names = {each["Properties"]["AlarmName"].rpartition("-")[2] for each in made}
    assert set(firsts("Alarms")) == names
    assert [row[0] for row in rows(PAGE, "Alarms") if not in_order(["1. ", "2. ", "3. "], row[2])] == []


def test_every_function_that_an_alarm_names() -> None:
    assert [name for name in (*FUNCTIONS, ENDPOINT) if name not in TEXT.partition("## Alarms")[2][:400]] == []


def test_every_check_of_the_doctor_and_no_other() -> None:
    ours = SimpleNamespace(heard_in=["us-east-1"])
    patient: Any = SimpleNamespace(deployed=SimpleNamespace(organization=ours))
    names = [name for name, _ in (*doctor._of_hub(patient), *doctor._of_members(patient, ["111122223333"]))]
    of = {*FUNCTIONS, ENDPOINT, "us-east-1", "111122223333"}
    checks = {name.rpartition(" ")[0] if " " in name and name.rpartition(" ")[2] in of else name for name in names}
    assert set(firsts("What the doctor finds")) == checks | {"credentials", "accounts"}


ANNOUNCED = announcements()


@pytest.mark.parametrize("title", ANNOUNCED.values(), ids=ANNOUNCED)
def test_everything_that_countermeasure_says_of_itself(title: list[str]) -> None:
    assert [row for row in firsts("What countermeasure says of itself") if in_order(title, row)], title


def test_it_says_nothing_of_itself_that_is_no_longer_said() -> None:
    told = firsts("What countermeasure says of itself")
    assert [row for row in told if not any(in_order(title, row) for title in ANNOUNCED.values())] == []


SENTENCES = sorted({(path.name, text) for path in ENGINE for text in said(path)})


@pytest.mark.parametrize(("where", "sentence"), SENTENCES, ids=[f"{w}: {s[:40]}" for w, s in SENTENCES])
def test_every_reason_and_every_refusal(where: str, sentence: str) -> None:
    assert " ".join(sentence.split()) in TEXT


def test_what_is_whispered_of_a_decision_that_did_not_work() -> None:
    told = firsts("Decide")
    assert [said for said in (deciding.BUSY, deciding.FAILED) if not any(said.startswith(row) for row in told)] == []


def test_what_this_test_derives_is_there_to_be_derived() -> None:
    """An empty list would prove nothing: some of each kind that are known to be said."""
    assert {"kill switch", "protected", "action budget"} <= ceilings()
    assert ["Exemption expired on"] in ANNOUNCED.values()
    assert ("decisions.py", "an undo needs a reason") in SENTENCES
    assert ("upkeep.py", "nobody decided within") in SENTENCES
    assert ("people.py", "not among the approvers of") in SENTENCES
