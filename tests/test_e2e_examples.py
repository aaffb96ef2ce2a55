"""The end-to-end test's events: one for each function, each about what it says."""

import json

import pytest

from chalicelib.catalogue import load
from chalicelib.patterns import SOURCES
from e2e.hub import example
from e2e.resources import EXAMPLES

CATALOGUE = load()


def test_every_function_is_given_an_event():
    assert set(EXAMPLES) == set(SOURCES)


@pytest.mark.parametrize("source", EXAMPLES)
def test_an_example_fires_the_rule_it_is_named_after_and_nothing_else(source):
    name, kind = EXAMPLES[source]
    event = example(name, {kind.named: "another-one"} if kind else {})
    assert [rule.id for rule in CATALOGUE.match(event)] == [name.split("/")[0]]


@pytest.mark.parametrize("source", EXAMPLES)
def test_an_example_is_about_the_given_resource_in_the_given_place_and_is_never_the_same_twice(source):
    name, kind = EXAMPLES[source]
    ids = {kind.named: "another-one"} if kind else {}
    first, second = (example(name, ids, "444455556666", "eu-west-3") for _ in range(2))
    assert first["account"] == "444455556666"
    assert first["id"] != second["id"]
    text = json.dumps(first)
    assert "111122223333" not in text
    assert not kind or ("another-one" in text and kind.named not in text)
