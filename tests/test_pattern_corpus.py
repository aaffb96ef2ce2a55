"""Every pattern that AWS itself was asked about gets the answer that AWS gave.

The cases are not part of this repository: `COUNTERMEASURE_CORPUS` names the directory that holds
`pattern-test/localstack_cases.shared.json`, a list of objects with `name`, `expected` (MATCH, NO_MATCH or EXCEPTION),
`aws_error`, `EventPattern` and `Event`; and `pattern-test/aws_event-ruler`, rules and events in JSON.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from chalicelib.pattern import InvalidPattern, compile_pattern

CORPUS = Path(os.environ.get("COUNTERMEASURE_CORPUS", Path(__file__).parents[2] / "shared" / "corpus")) / "pattern-test"
ANSWERS = CORPUS / "localstack_cases.shared.json"
RULER = CORPUS / "aws_event-ruler"

pytestmark = pytest.mark.skipif(
    not ANSWERS.is_file(), reason=f"no corpus at {CORPUS}: set COUNTERMEASURE_CORPUS to the directory that holds it"
)

needs_rules_on_lists = pytest.mark.skipif(not RULER.is_dir(), reason=f"no rules and events in {RULER}")


def load(path: Path) -> Any:
    return json.loads(path.read_text()) if path.is_file() else []


def answer(pattern: Any, event: Any) -> str:
    try:
        return "MATCH" if compile_pattern(pattern).matches(event) else "NO_MATCH"
    except InvalidPattern:
        return "EXCEPTION"


@pytest.mark.parametrize("case", load(ANSWERS), ids=lambda case: case["name"])
def test_the_answer_is_that_of_aws(case: dict[str, Any]) -> None:
    assert answer(case["EventPattern"], case["Event"]) == case["expected"], case.get("aws_error")


def test_no_case_is_missing() -> None:
    assert len(load(ANSWERS)) == 103


ARRAYS = [
    (1, 1, True),
    (2, 1, True),
    (1, 2, False),
    (2, 2, False),
    (3, 3, False),
    (3, 4, True),
    (4, 3, True),
    (4, 4, True),
]


@needs_rules_on_lists
@pytest.mark.parametrize(("rule", "event", "expected"), ARRAYS)
def test_a_rule_on_lists_matches_the_event_whose_list_has_such_an_element(
    rule: int, event: int, expected: bool
) -> None:
    matches = compile_pattern(load(RULER / f"arrayRule{rule}.json")).matches(load(RULER / f"arrayEvent{event}.json"))
    assert matches is expected


@pytest.mark.parametrize("case", load(RULER / "correctness-cases.json"), ids=lambda case: case["name"])
def test_conditions_are_split_over_elements_only_where_the_name_of_the_case_does_not_say_split(case: Any) -> None:
    no = ("split", "mismatch", "no match", "one missing", "fail", "present", "empty")
    expected = "both present" in case["name"] or not any(word in case["name"] for word in no)
    assert answer(case["rule"], case["event"]) == ("MATCH" if expected else "NO_MATCH")


@needs_rules_on_lists
@pytest.mark.parametrize(
    ("file", "valid"),
    [("normalRulesWithOrWording", True), ("orRelationshipRules", True), ("wrongOrRelationshipRules", False)],
)
def test_or_is_understood_or_refused(file: str, valid: bool) -> None:
    assert {answer(rule, {}) != "EXCEPTION" for rule in load(RULER / f"{file}.json")} == {valid}


@needs_rules_on_lists
def test_a_large_event_is_matched() -> None:
    rule, event = load(RULER / "bigEventRule.json"), load(RULER / "bigEvent.json")
    assert answer(rule, event) == "MATCH"
