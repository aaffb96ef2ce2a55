"""Event patterns match what EventBridge matches, refuse what it refuses, and take no longer than an event is long."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.pattern import Index, InvalidPattern, compile_pattern


def matches(pattern: Any, event: Any) -> bool:
    return compile_pattern(pattern).matches(event)


ADDRESS = "10.0.0.33"

# What a field of the pattern says, the values of the event that it matches, the values that it does not.
OPERATORS: dict[str, tuple[list[Any], list[Any], list[Any]]] = {
    "a string": (["run"], ["run", ["stop", "run"]], ["Run", "runs", "", None, 1, True, [], ["stop"], {"run": "run"}]),
    "an empty string": ([""], [""], [None, " ", [], 0, False]),
    "null": ([None], [None, [1, None]], ["", "null", 0, False, []]),
    "true": ([True], [True, [False, True]], [1, 1.0, "true", False, None]),
    "false": ([False], [False], [0, 0.0, "", None, True]),
    "a number": ([300], [300, 300.0, 3e2, [1, 300]], ["300", 301, 300.000001, True, None]),
    "one": ([1], [1, 1.0], [True, "1"]),
    "zero": ([0], [0, 0.0, -0.0], [False, "", None]),
    "a fraction": ([0.1], [0.1], [0.100001, "0.1"]),
    "a number with more than six decimals": ([0.1234567], [0.1234567], [0.123456, 0.1234568]),
    "an account number": ([123456789012], [123456789012], ["123456789012", 123456789012.0, 123456789013]),
    "several values": (["a", 2, None, True], ["a", 2, 2.0, None, True], ["b", 3, False, "", 1]),
    "an IPv4 address": (
        [ADDRESS],
        [ADDRESS, "010.0.0.033"],
        ["10.0.0.3", "10.0.0.330", "10.0.0", 10, ":", "10.0.0.3g"],
    ),
    "an IPv6 address": (["2001:db8::1"], ["2001:db8::1", "2001:0DB8:0:0::1"], ["2001:db8::2", "2001:db8:1", "x::1"]),
    "an IPv4 address in IPv6": (["1.2.3.4"], ["::ffff:102:304"], ["::ffff:102:305"]),
    "exactly": ([{"exactly": ADDRESS}], [ADDRESS], ["010.0.0.33", 1]),
    "prefix": ([{"prefix": "aws."}], ["aws.ec2", "aws.", ["x", "aws.s3"]], ["aws", "AWS.ec2", "x.aws.", 1, None]),
    "prefix, empty": ([{"prefix": ""}], ["", "x"], [1, None, True, [], {}]),
    "prefix, ignoring case": ([{"prefix": {"equals-ignore-case": "EventB"}}], ["EVENTbridge"], ["event", "xeventb", 1]),
    "suffix": ([{"suffix": ".png"}], ["a.png", ".png"], ["a.PNG", "a.png ", "png", 1]),
    "suffix, empty": ([{"suffix": ""}], ["", "x"], [1, None]),
    "suffix, ignoring case": ([{"suffix": {"equals-ignore-case": ".PnG"}}], ["a.pNg", ".png"], ["a.png.", "png", 1]),
    "equals-ignore-case": ([{"equals-ignore-case": "Alice"}], ["ALICE", "alice"], ["alic", "alice ", "", None, 1]),
    "equals-ignore-case, empty": ([{"equals-ignore-case": ""}], [""], ["x", None]),
    "equals-ignore-case, beyond ASCII": ([{"equals-ignore-case": "straße"}], ["STRASSE", "STRAßE"], ["strasze", 1]),
    "suffix, ignoring case, beyond ASCII": ([{"suffix": {"equals-ignore-case": "ß"}}], ["eß", "ESS"], ["es", "eSSe"]),
    "equals-ignore-case, a Kelvin sign": ([{"equals-ignore-case": "k"}], ["K"], ["\u212a"]),
    "wildcard": ([{"wildcard": "/Users/*/doc.txt"}], ["/Users/a/b/doc.txt", "/Users//doc.txt"], ["/Users/doc.txt", 1]),
    "wildcard at the end": ([{"wildcard": "a*"}], ["a", "ab"], ["ba", ""]),
    "wildcard at the start": ([{"wildcard": "*a"}], ["a", "ba"], ["ab", ""]),
    "wildcard around": ([{"wildcard": "*/dir/*"}], ["/dir/", "x/dir/y"], ["dir", "/dir"]),
    "wildcard alone": ([{"wildcard": "*"}], ["", "x"], [1, None, [], True]),
    "wildcard, empty": ([{"wildcard": ""}], [""], ["x", None]),
    "wildcard without a star": ([{"wildcard": "a"}], ["a"], ["b", "ab", 1]),
    "wildcard with several stars": ([{"wildcard": "a*b*a"}], ["aba", "axbxa", "abba"], ["ab", "aa", "abab"]),
    "wildcard with a part twice": ([{"wildcard": "*ab*ab*"}], ["abab", "xabyabz"], ["ab", "xaby"]),
    "wildcard with parts that overlap": ([{"wildcard": "*ab*ba"}], ["abba", "abxba"], ["aba"]),
    "wildcard with a star in the text": ([{"wildcard": r"a\*b*"}], ["a*b", "a*bc"], ["axb", r"a\*b"]),
    "wildcard with a backslash in the text": ([{"wildcard": r"C:\\*"}], ["C:\\x"], ["C:x"]),
    "anything-but a string": (
        [{"anything-but": "x"}],
        ["y", "", None, 1, True, ["x", "y"]],
        ["x", ["x"], [], {"x": 1}],
    ),
    "anything-but a number": ([{"anything-but": 5}], [6, "5", None, True, 1e10, 5.00000001], [5, 5.0]),
    "anything-but a number, zero": ([{"anything-but": 0}], [1, False, "0"], [0, -0.0]),
    "anything-but strings": ([{"anything-but": ["x", "y"]}], ["z", None, 1], ["x", "y"]),
    "anything-but numbers": ([{"anything-but": [1, 2.5]}], [3, "1", True], [1, 2.5]),
    "anything-but prefix": ([{"anything-but": {"prefix": "us-"}}], ["eu-1", "us", None, 1], ["us-east-1"]),
    "anything-but prefixes": ([{"anything-but": {"prefix": ["us-", "eu-"]}}], ["ap-1"], ["us-east-1", "eu-1"]),
    "anything-but suffix": ([{"anything-but": {"suffix": ".png"}}], ["a.PNG", 1], ["a.png"]),
    "anything-but suffixes": ([{"anything-but": {"suffix": [".png", ".jpg"]}}], ["a.gif"], ["a.png", "a.jpg"]),
    "anything-but equals-ignore-case": ([{"anything-but": {"equals-ignore-case": "x"}}], ["y", None], ["x", "X"]),
    "anything-but several, ignoring case": ([{"anything-but": {"equals-ignore-case": ["x", "y"]}}], ["z"], ["X", "Y"]),
    "anything-but wildcard": ([{"anything-but": {"wildcard": "*/lib/*"}}], ["lib", 1, None], ["/lib/a"]),
    "anything-but wildcards": ([{"anything-but": {"wildcard": ["a*", "*b"]}}], ["ca"], ["ax", "xb"]),
    "numeric =": ([{"numeric": ["=", 301.8]}], [301.8, 3.018e2], [301, "301.8", None, True]),
    "numeric = one": ([{"numeric": ["=", 1]}], [1, 1.0], [True, "1"]),
    "numeric <": ([{"numeric": ["<", 10]}], [9.999999, -5e9, 0], [10, 10.5, -6e9, "9", None, False]),
    "numeric <=": ([{"numeric": ["<=", 10]}], [10, 10.0], [10.000001]),
    "numeric >": ([{"numeric": [">", 10]}], [10.000001, 5e9], [10, 6e9, 10**400, float("inf"), float("nan")]),
    "numeric >=": ([{"numeric": [">=", 10]}], [10], [9.999999]),
    "numeric > <=": ([{"numeric": [">", 0, "<=", 5]}], [0.000001, 5], [0, 5.000001]),
    "numeric >= <": ([{"numeric": [">=", 0, "<", 5]}], [0, 4.999999], [-0.000001, 5]),
    "numeric > <": ([{"numeric": [">", 0, "<", 5]}], [1], [0, 5]),
    "numeric >= <=": ([{"numeric": [">=", 0, "<=", 5]}], [0, 5], [-1, 6]),
    "numeric, of a number with more than six decimals": ([{"numeric": [">", 0]}], [0.123456], [0.1234567]),
    "numeric, of several": ([{"numeric": [">", 0, "<", 10]}], [[100, 5]], [[100, 200], []]),
    "cidr": ([{"cidr": "10.0.0.0/24"}], ["10.0.0.0", "10.0.0.255", "::ffff:a00:1"], ["10.0.1.0", "10.0.0.256", "x", 1]),
    "cidr from within the block": ([{"cidr": "10.0.0.77/24"}], ["10.0.0.1"], ["10.0.1.1"]),
    "cidr of everything": ([{"cidr": "0.0.0.0/0"}], ["255.255.255.255"], ["::1", "AWS Internal"]),
    "cidr v6": ([{"cidr": "2001:db8::/32"}], ["2001:db8:ffff::1"], ["2001:db9::", "10.0.0.1", "x" * 50, "1:2", "::g"]),
    "exists true": ([{"exists": True}], ["", None, 0, False, [None]], [[], {}, {"a": 1}, [{"a": 1}]]),
    "exists false": ([{"exists": False}], [[], {}, {"a": 1}, [{"a": 1}]], ["", None, 0, False, [None]]),
    "exists false or a value": ([{"exists": False}, "x"], ["x", []], ["y", None]),
    "operators and values together": (
        [{"prefix": "a"}, {"numeric": ["<", 0]}, "z"],
        ["abc", -1, "z", ["q", "z"]],
        ["q", 1, None],
    ),
}


def cases(column: int) -> list[Any]:
    return [
        pytest.param(row[0], value, id=f"{name}: {json.dumps(value)[:40]}")
        for name, row in OPERATORS.items()
        for value in row[column]
    ]


@pytest.mark.parametrize(("field", "value"), cases(1))
def test_the_pattern_matches(field: list[Any], value: Any) -> None:
    assert matches({"detail": {"x": field}}, {"detail": {"x": value}})
    assert Index([({"detail": {"x": field}}, "it")]).match({"detail": {"x": value}}) == ["it"]


@pytest.mark.parametrize(("field", "value"), cases(2))
def test_the_pattern_does_not_match(field: list[Any], value: Any) -> None:
    assert not matches({"detail": {"x": field}}, {"detail": {"x": value}})
    assert Index([({"detail": {"x": field}}, "it")]).match({"detail": {"x": value}}) == []


@pytest.mark.parametrize("name", [name for name in OPERATORS if "exists false" not in name])
def test_a_field_that_the_event_has_not_matches_nothing_but_exists_false(name: str) -> None:
    assert not matches({"detail": {"x": OPERATORS[name][0]}}, {"detail": {"y": "x"}, "x": "x"})


@pytest.mark.parametrize("event", [{}, {"detail": {}}, {"detail": None}, {"detail": "x"}, {"detail": [1]}])
def test_a_field_is_absent_where_its_object_is(event: dict[str, Any]) -> None:
    assert matches({"detail": {"x": [{"exists": False}]}}, event)


NAMES: dict[str, tuple[Any, Any, bool]] = {
    "nested": ({"a": {"b": ["x"]}}, {"a": {"b": "x"}}, True),
    "all fields must match": ({"a": ["x"], "b": ["y"]}, {"a": "x", "b": "z"}, False),
    "case matters": ({"A": ["x"]}, {"a": "x"}, False),
    "text that holds JSON is text": ({"a": {"b": ["x"]}}, {"a": '{"b": "x"}'}, False),
    "a dot in the name of the event": ({"a": {"b": ["x"]}}, {"a.b": "x"}, True),
    "a dot in the name of the pattern": ({"a.b": ["x"]}, {"a": {"b": "x"}}, True),
    "a dot in both": ({"a.b": ["x"]}, {"a.b": "x"}, True),
    "dots across objects": ({"a.b": {"c": ["x"]}}, {"a": {"b.c": "x"}}, True),
    "a dot too many in the event": ({"a": {"b": ["x"]}}, {"a.b": {"b": "x"}}, False),
    "a dot too many in the pattern": ({"a": {"b.b": ["x"]}}, {"a": {"b": "x"}}, False),
    "a dotted name that leads nowhere": ({"a": {"b": ["x"]}}, {"c.d": "x", "a.c": "x", "a.b.c": "x"}, False),
    "nested and dotted at once": ({"a": {"b": ["x"]}}, {"a": {"b": "y"}, "a.b": "x"}, True),
    "an empty name": ({"": {"": ["x"]}}, {"": {"": "x"}}, True),
    "a later spelling replaces an earlier": ({"a": {"b": ["x"]}, "a.b": ["y"]}, {"a": {"b": "y"}}, True),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_joined_with_dots(name: str) -> None:
    pattern, event, expected = NAMES[name]
    assert matches(pattern, event) is expected


TWO = {"detail": {"findings": {"id": ["1"], "state": ["NEW"]}}}
LISTS: dict[str, tuple[Any, Any, bool]] = {
    "one element has both": (TWO, {"detail": {"findings": [{"id": "2"}, {"id": "1", "state": "NEW"}]}}, True),
    "no element has both": (TWO, {"detail": {"findings": [{"id": "1"}, {"state": "NEW"}]}}, False),
    "no list at all": (TWO, {"detail": {"findings": {"id": "1", "state": "NEW"}}}, True),
    "the object is in a list as well": (TWO, {"detail": [{"findings": [{"id": "1", "state": "NEW"}]}]}, True),
    "in different elements of the outer list": (
        TWO,
        {"detail": [{"findings": [{"id": "1"}]}, {"findings": [{"state": "NEW"}]}]},
        False,
    ),
    "a list in a list": (TWO, {"detail": {"findings": [[{"id": "1"}], [{"id": "1", "state": "NEW"}]]}}, True),
    "different elements of an inner list": (TWO, {"detail": {"findings": [[{"id": "1"}, {"state": "NEW"}]]}}, False),
    "different lists": (
        {"a": {"x": ["1"]}, "b": {"x": ["2"]}},
        {"a": [{"x": "0"}, {"x": "1"}], "b": [{"x": "2"}, {"x": "0"}]},
        True,
    ),
    "a list of scalars in each element": (
        {"a": {"x": ["1"], "y": ["2"]}},
        {"a": [{"x": ["0", "1"], "y": ["3", "2"]}, {"x": [], "y": "0"}]},
        True,
    ),
    "lists in one element are apart from each other": (
        {"a": {"x": {"p": ["1"]}, "y": {"q": ["2"]}}},
        {"a": [{"x": [{"p": "0"}, {"p": "1"}], "y": [{"q": "2"}, {"q": "0"}]}, {"x": [{"p": "1"}]}]},
        True,
    ),
    "lists in two elements are not": (
        {"a": {"x": {"p": ["1"]}, "y": {"q": ["2"]}}},
        {"a": [{"x": [{"p": "1"}], "y": [{"q": "0"}]}, {"x": [{"p": "0"}], "y": [{"q": "2"}]}]},
        False,
    ),
    "absent from the element that was chosen": (
        {"a": {"x": ["1"], "y": [{"exists": False}]}},
        {"a": [{"x": "1"}, {"y": "2"}]},
        True,
    ),
    "present in the element that was chosen": (
        {"a": {"x": ["1"], "y": [{"exists": False}]}},
        {"a": [{"x": "1", "y": "2"}, {"x": "0"}]},
        False,
    ),
    "absence is asked of every element if none is chosen yet, names being in order": (
        {"a": {"w": [{"exists": False}], "x": ["1"]}},
        {"a": [{"x": "1"}, {"w": "2"}]},
        False,
    ),
    "absent or a value": (
        {"a": {"x": ["1"], "y": ["2", {"exists": False}]}},
        {"a": [{"x": "1", "y": "3"}, {"x": "0", "y": "2"}]},
        False,
    ),
    "absent from the list altogether": (
        {"a": {"w": [{"exists": False}], "x": ["1"], "y": ["2"]}},
        {"a": [{"x": "1"}, {"x": "1", "y": "2"}]},
        True,
    ),
    "nested in one place, dotted in another": (
        {"a": {"b": {"x": ["1"], "y": ["2"]}}},
        {"a": {"b": [{"x": "1"}, {"y": "3"}]}, "a.b": [{"y": "2"}, {"x": "0"}]},
        True,
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_one_element_of_a_list_satisfies_all_conditions_on_it(name: str) -> None:
    pattern, event, expected = LISTS[name]
    assert matches(pattern, event) is expected
    assert Index([(pattern, 1)]).match(event) == [1] * expected


OR: dict[str, tuple[Any, list[Any], list[Any]]] = {
    "either": ({"$or": [{"a": ["1"]}, {"b": ["2"]}]}, [{"a": "1"}, {"b": "2"}], [{"a": "2"}, {"b": "1"}, {}]),
    "with a field beside it": (
        {"s": ["x"], "$or": [{"a": ["1"]}, {"b": ["2"]}]},
        [{"s": "x", "a": "1"}, {"s": "x", "b": "2"}],
        [{"a": "1"}, {"s": "x"}, {"s": "y", "b": "2"}],
    ),
    "with a field after it": (
        {"$or": [{"a": ["1"]}, {"b": ["2"]}], "s": ["x"]},
        [{"s": "x", "a": "1"}],
        [{"a": "1"}],
    ),
    "two of them": (
        {"$or": [{"a": ["1"]}, {"b": ["2"]}], "d": {"$or": [{"c": ["3"]}, {"e": ["4"]}]}},
        [{"a": "1", "d": {"e": "4"}}, {"b": "2", "d": {"c": "3"}}],
        [{"a": "1"}, {"d": {"c": "3"}}, {"a": "1", "d": {"c": "4"}}],
    ),
    "one in another": (
        {"$or": [{"a": ["1"]}, {"b": ["2"], "$or": [{"c": ["3"]}, {"e": ["4"]}]}]},
        [{"a": "1"}, {"b": "2", "e": "4"}],
        [{"b": "2"}, {"e": "4"}],
    ),
    "a branch replaces a field before it": (
        {"a": ["1"], "$or": [{"a": ["2"]}, {"b": ["3"]}]},
        [{"a": "2"}, {"a": "1", "b": "3"}],
        [{"a": "1"}, {"b": "3"}],
    ),
    "an object is a field": ({"$or": {"a": ["1"]}}, [{"$or": {"a": "1"}}], [{"a": "1"}]),
    "a list of values is a field": ({"$or": ["a", "b"]}, [{"$or": "a"}], [{"a": "a"}, {}]),
    "a single operator is a field": ({"$or": [{"prefix": "a"}]}, [{"$or": "ab"}], [{"$or": "b"}]),
    "operators are a field": (
        {"d": {"$or": [{"numeric": [">", 0]}, {"prefix": "a"}]}},
        [{"d": {"$or": 1}}, {"d": {"$or": "ab"}}],
        [{"d": {"numeric": 1}}, {"d": {"$or": 0}}],
    ),
}


@pytest.mark.parametrize("name", OR)
def test_or_is_an_alternative_or_the_name_of_a_field(name: str) -> None:
    pattern, yes, no = OR[name]
    index = Index([(pattern, "it")])
    assert [matches(pattern, event) for event in (*yes, *no)] == [True] * len(yes) + [False] * len(no)
    assert [index.match(event) for event in (*yes, *no)] == [["it"]] * len(yes) + [[]] * len(no)


def deep(levels: int, leaf: Any, step: str = "a") -> Any:
    for _ in range(levels):
        leaf = {step: leaf}
    return leaf


def within(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


BRANCHES = [{"a": [str(number)]} for number in range(32)]
INVALID: dict[str, tuple[Any, str]] = {
    "not an object": (["x"], "the pattern: an event pattern is an object"),
    "no field": ({}, "the pattern: an object has at least one field"),
    "an object without fields": ({"detail": {"x": {}}}, "detail.x: an object has at least one field"),
    "a value without a list": (
        {"detail": {"x": "y"}},
        "detail.x: a field takes an object or a list of values; got 'y'",
    ),
    "null without a list": ({"x": None}, "x: a field takes an object or a list"),
    "an empty list": ({"x": []}, "x: a list has at least one value"),
    "a list in a list": (
        {"x": [["y"]]},
        r"x: a value is a string, number, true, false, null or one operator; got \['y'",
    ),
    "infinity": ({"x": [float("inf")]}, "x: a value is a string, number"),
    "an unknown operator": ({"x": [{"EXISTS": True}]}, "x: unknown operator 'EXISTS'; allowed are prefix, suffix"),
    "two operators": ({"x": [{"prefix": "a", "suffix": "b"}]}, "x: a match expression has exactly one key"),
    "no operator": ({"x": [{}]}, "x: a match expression has exactly one key"),
    "exactly a number": ({"x": [{"exactly": 1}]}, "x: exactly takes a string; got 1"),
    "prefix of a number": ({"d": {"x": [{"prefix": 1}]}}, r"d\.x: prefix takes a string; got 1"),
    "prefix of a list": ({"x": [{"prefix": ["a"]}]}, "x: prefix takes a string"),
    "prefix with another operator": (
        {"x": [{"prefix": {"wildcard": "a"}}]},
        "x: prefix takes a string or equals-ignore",
    ),
    "prefix with two keys": ({"x": [{"prefix": {"a": "a", "b": "b"}}]}, "x: prefix has exactly one key"),
    "prefix ignoring the case of a number": (
        {"x": [{"prefix": {"equals-ignore-case": 1}}]},
        "x: prefix/equals-ignore-case takes a string",
    ),
    "suffix of null": ({"x": [{"suffix": None}]}, "x: suffix takes a string; got None"),
    "equals-ignore-case of a list": ({"x": [{"equals-ignore-case": ["a"]}]}, "x: equals-ignore-case takes a string"),
    "wildcard of a list": ({"x": [{"wildcard": ["a*"]}]}, "x: wildcard takes a string"),
    "two stars in a row": ({"x": [{"wildcard": "ab**"}]}, "x: wildcard .* has two stars in a row at position 2"),
    "an unknown escape": ({"x": [{"wildcard": r"a\b"}]}, "x: wildcard .* has a backslash at position 1"),
    "a backslash at the end": ({"x": [{"wildcard": "a\\"}]}, "x: wildcard .* has a backslash at position 1"),
    "anything-but null": ({"x": [{"anything-but": None}]}, "x: anything-but a string, .* takes numbers"),
    "anything-but true": ({"x": [{"anything-but": [True]}]}, "x: anything-but"),
    "anything-but nothing": (
        {"x": [{"anything-but": []}]},
        "x: anything-but takes a value or a list with at least one",
    ),
    "anything-but strings and numbers": ({"x": [{"anything-but": ["a", 1]}]}, "x: anything-but"),
    "anything-but a number out of range": (
        {"x": [{"anything-but": 5000000001}]},
        "x: anything-but .* from -5e9 to 5e9",
    ),
    "anything-but an unknown operator": (
        {"x": [{"anything-but": {"cidr": "10.0.0.0/8"}}]},
        "x: anything-but .* prefix",
    ),
    "anything-but an empty prefix": (
        {"x": [{"anything-but": {"prefix": ""}}]},
        "x: anything-but/prefix takes a string",
    ),
    "anything-but an empty suffix": ({"x": [{"anything-but": {"suffix": ["a", ""]}}]}, "x: anything-but/suffix takes"),
    "anything-but no prefix": ({"x": [{"anything-but": {"prefix": []}}]}, "x: anything-but/prefix takes a value or"),
    "anything-but a prefix ignoring case": (
        {"x": [{"anything-but": {"prefix": {"equals-ignore-case": "a"}}}]},
        "x: anything-but/prefix takes a string",
    ),
    "anything-but a wildcard of a number": (
        {"x": [{"anything-but": {"wildcard": 1}}]},
        "x: anything-but/wildcard takes",
    ),
    "anything-but two stars": ({"x": [{"anything-but": {"wildcard": "**"}}]}, "x: wildcard .* two stars"),
    "numeric without a list": ({"x": [{"numeric": 10}]}, r"x: numeric takes a list such as \[\"=\", 5\]"),
    "numeric without a number": ({"x": [{"numeric": [">", 0, "<"]}]}, "x: numeric takes a list such as"),
    "numeric without anything": ({"x": [{"numeric": []}]}, "x: numeric takes a list such as"),
    "numeric with two bottoms": ({"x": [{"numeric": [">", 0, ">", 0]}]}, "x: numeric takes a list such as"),
    "numeric from the top": ({"x": [{"numeric": ["<", 5, ">", 0]}]}, "x: numeric takes a list such as"),
    "numeric with a list for a sign": ({"x": [{"numeric": [[], 5]}]}, "x: numeric takes a list such as"),
    "numeric with text": ({"x": [{"numeric": ["=", "5"]}]}, "x: numeric takes numbers from -5e9 to 5e9"),
    "numeric with a boolean": ({"x": [{"numeric": ["=", True]}]}, "x: numeric takes numbers"),
    "numeric out of range": ({"x": [{"numeric": [">", -5000000000.1]}]}, "x: numeric takes numbers from -5e9"),
    "numeric with seven decimals": ({"x": [{"numeric": [">", 0.1234567]}]}, "x: numeric .* at most six decimals"),
    "numeric upside down": (
        {"x": [{"numeric": [">", 5, "<", 1]}]},
        "x: the bottom of a numeric range is below its top",
    ),
    "numeric without room": ({"x": [{"numeric": [">=", 5, "<=", 5]}]}, "x: the bottom of a numeric range is below"),
    "cidr of a list": ({"x": [{"cidr": ["10.0.0.0/8"]}]}, "x: cidr takes a string"),
    "cidr without a mask": ({"x": [{"cidr": "10.0.0.0"}]}, "x: cidr .* takes an address block such as 10.0.0.0/8"),
    "cidr with a mask of letters": ({"x": [{"cidr": "10.0.0.0/x"}]}, "x: cidr .* takes an address block"),
    "cidr without an address": ({"x": [{"cidr": "xx.11.xx/8"}]}, "x: cidr .* takes an address block"),
    "cidr of a single IPv4 address": ({"x": [{"cidr": "10.0.0.0/32"}]}, "x: cidr .* IPv4 block is 0 to 31 bits"),
    "cidr of a single IPv6 address": ({"x": [{"cidr": "::1/128"}]}, "x: cidr .* IPv6 block is 0 to 127 bits"),
    "cidr with a mask of many digits": ({"x": [{"cidr": "::1/" + "9" * 5000}]}, "x: cidr .* 0 to 127 bits"),
    "exists of text": ({"x": [{"exists": "true"}]}, "x: exists takes true or false; got 'true'"),
    "or of one": ({"d": {"$or": [{"a": ["1"]}]}}, r"d\.\$or: takes a list of at least two objects"),
    "or of a list": ({"$or": [{"a": ["1"]}, [{"b": ["2"]}]]}, r"\$or: takes a list of at least two objects"),
    "or of text": ({"$or": "a"}, r"\$or: takes a list of at least two objects"),
    "or with an empty branch": ({"$or": [{"a": ["1"]}, {}]}, "the pattern: an object has at least one field"),
    "or with an operator for a field": (
        {"$or": [{"a": ["1"]}, {"b": {"regex": ["2"]}}]},
        r"b\.regex: inside \$or a field is not named as an operator is",
    ),
    "or both as an operator and as a name": (
        {"$or": [{"a": ["1"]}, {"b": ["2"]}], "d": {"$or": {"e": ["3"]}}},
        r"d\.\$or: takes a list of at least two objects",
    ),
    "or with too many combinations": (
        {"a": {"$or": BRANCHES}, "b": {"$or": BRANCHES}},
        r"b\.\$or: all \$or of a pattern make at most 1000 combinations",
    ),
    "or with too many combinations within": (
        {"$or": [{"a": {"$or": BRANCHES}, "$or": BRANCHES[:20]}, {"b": {"$or": BRANCHES}, "$or": BRANCHES[:20]}]},
        r"^\$or: all \$or of a pattern make at most 1000 combinations",
    ),
    "a list in a list without end": ({"x": within(100_000)}, "x: a value is .* got list .too large to be shown"),
    "a number of more digits than python writes": (
        {"x": [{"numeric": ["=", 10**5000]}]},
        r"x: numeric takes numbers .* got int \(too large to be shown\)",
    ),
    "a value as long as a book": ({"x": [{"prefix": ["y" * 10**6]}]}, r"^x: prefix takes a string; got \['y{90,}…$"),
    "a name as long as a book": ({"y" * 10**6: 1}, "^y{200,}…y+: a field takes an object or a list of values; got 1$"),
    "a name of several lines": ({"x\n\u202ey": 1}, "^x\ufffd\ufffdy: a field takes"),
    "objects without end": (deep(300, ["x"]), "objects are nested at most 200 deep"),
}


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_pattern_is_refused_with_its_path(name: str) -> None:
    pattern, message = INVALID[name]
    with pytest.raises(InvalidPattern, match=message):
        compile_pattern(pattern)
    with pytest.raises(InvalidPattern, match=message):
        Index([({"a": ["1"]}, 1), (pattern, 2)])


def test_any_mapping_is_a_pattern_and_an_event() -> None:
    pattern = MappingProxyType({"detail": MappingProxyType({"x": [MappingProxyType({"prefix": "a"})]})})
    event = MappingProxyType({"detail": {"x": "ab"}})
    assert compile_pattern(pattern).matches(event)
    assert Index([(pattern, "it")]).match(event) == ["it"]


@pytest.mark.parametrize("event", [None, [], "x", 1, [{"x": "y"}]])
def test_what_is_no_object_is_no_event(event: Any) -> None:
    pattern = {"y": [{"exists": False}]}
    assert not compile_pattern(pattern).matches(event)
    assert Index([(pattern, "it")]).match(event) == []


def tried(times: int) -> settings:
    """However slow the machine is."""
    return settings(max_examples=times, deadline=None, suppress_health_check=[HealthCheck.too_slow])


# What follows speaks of patterns and events over a few names and values, so that they often meet.

NAME = st.sampled_from(["a", "b", "c", "a.b", "b.c"])
TEXT = st.sampled_from(["x", "y", "xy", "X", "xyxyx", "10.0.0.1", "", "ß", "\ud800"])
SCALAR = TEXT | st.sampled_from([0, 1, 1.0, 1.5, 7e9, True, False, None])
VALUE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=4), max_leaves=12
)
EVENT = st.dictionaries(NAME, VALUE, max_size=4)
AFFIX = TEXT | TEXT.map(lambda text: {"equals-ignore-case": text})
WILDCARD = st.lists(st.sampled_from(["x", "y", "xyxy", "X"]), min_size=1, max_size=3).map("*".join)
EXPRESSION = st.one_of(
    SCALAR,
    AFFIX.map(lambda text: {"prefix": text}),
    AFFIX.map(lambda text: {"suffix": text}),
    TEXT.map(lambda text: {"equals-ignore-case": text}),
    WILDCARD.flatmap(lambda text: st.sampled_from([text, f"*{text}", f"{text}*", f"*{text}*"])).map(
        lambda text: {"wildcard": text}
    ),
    st.sampled_from([{"exists": True}, {"exists": False}, {"anything-but": "x"}, {"cidr": "10.0.0.0/8"}]),
    st.sampled_from([{"numeric": ["=", 1]}, {"numeric": [">", 0, "<", 2]}]),
)
FIELD = st.lists(EXPRESSION, min_size=1, max_size=3)


def objects(field: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    nested = st.recursive(field, lambda inner: st.dictionaries(NAME, inner, min_size=1, max_size=3), max_leaves=6)
    return st.dictionaries(NAME, nested, min_size=1, max_size=3)


PATTERN = objects(FIELD) | st.tuples(objects(FIELD), objects(FIELD), objects(FIELD)).map(
    lambda three: {**three[0], "$or": [three[1], three[2]]}
)


@tried(100)
@given(st.lists(PATTERN, max_size=6), EVENT)
def test_the_index_agrees_with_matching_every_pattern_one_by_one(patterns: list[Any], event: Any) -> None:
    one_by_one = [number for number, pattern in enumerate(patterns) if matches(pattern, event)]
    assert Index((pattern, number) for number, pattern in enumerate(patterns)).match(event) == one_by_one


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | NAME, inner, max_size=4),
    max_leaves=20,
)


@tried(100)
@given(PATTERN, st.dictionaries(st.text() | NAME, JSON, max_size=4))
def test_no_event_makes_the_matcher_fail(pattern: Any, event: Any) -> None:
    assert Index([(pattern, 1)]).match(event) == [1] * matches(pattern, event)


@tried(150)
@given(JSON)
def test_a_pattern_is_compiled_or_refused(pattern: Any) -> None:
    try:
        compile_pattern(pattern)
    except InvalidPattern as refused:
        assert ": " in str(refused)  # noqa: PT017 - what is not refused is fine


# EventBridge's rule for lists as its documentation words it, tried in every way there is.


def flattened(value: Any, name: str = "", within: Mapping[int, int] = {}) -> Iterator[tuple[str, Any, dict[int, int]]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flattened(inner, f"{name}.{key}" if name else key, within)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            element = isinstance(inner, dict | list)
            yield from flattened(inner, name, {**within, id(value): position} if element else within)
    else:
        yield name, value, dict(within)


def wanted(pattern: dict[str, Any], name: str = "") -> dict[str, list[Any]]:
    fields: dict[str, list[Any]] = {}
    for key, value in pattern.items():
        path = f"{name}.{key}" if name else key
        fields |= {path: value} if isinstance(value, list) else wanted(value, path)
    return fields


def every_way(
    fields: list[tuple[str, list[Any]]], event: list[tuple[str, Any, dict[int, int]]], chosen: dict[int, int]
) -> bool:
    if not fields:
        return True
    (name, values), *rest = fields
    open_to_choice = [
        (value, within)
        for field, value, within in event
        if field == name and all(chosen.get(number, at) == at for number, at in within.items())
    ]
    if not open_to_choice and {"exists": False} in values and every_way(rest, event, chosen):
        return True
    return any(
        every_way(rest, event, chosen | within)
        for value, within in open_to_choice
        if value in values or {"exists": True} in values
    )


PLAIN = st.lists(st.sampled_from(["x", "y", {"exists": True}, {"exists": False}]), min_size=1, max_size=2)
LETTER = st.sampled_from(["x", "y"])
NESTED = st.recursive(
    LETTER,
    lambda inner: (
        st.lists(st.dictionaries(NAME, inner, max_size=3) | inner, max_size=3)
        | st.dictionaries(NAME, inner, max_size=3)
    ),
    max_leaves=16,
)


def fresh(value: Any) -> Any:
    """A copy in which no list is there twice, as in JSON."""
    return json.loads(json.dumps(value))


@tried(300)
@given(objects(PLAIN), st.dictionaries(NAME, NESTED, max_size=4).map(fresh))
def test_lists_are_matched_as_if_every_choice_of_elements_was_tried(pattern: Any, event: Any) -> None:
    assert matches(pattern, event) is every_way(sorted(wanted(pattern).items()), list(flattened(event)), {})


# Elements with two names of three, so that hardly any choice will do.
SPARSE = [dict.fromkeys(names, "x") for size in (1, 2) for names in combinations("abc", size)]


@tried(150)
@given(
    st.lists(st.sampled_from(SPARSE), max_size=5),
    st.lists(st.sampled_from(SPARSE), max_size=5),
    st.tuples(PLAIN, PLAIN, PLAIN),
)
def test_a_path_that_is_both_nested_and_dotted_may_be_satisfied_by_both(nested: Any, dotted: Any, fields: Any) -> None:
    pattern = {"p": {"q": dict(zip("abc", fields, strict=True))}}
    event = fresh({"p": {"q": nested}, "p.q": dotted})
    assert matches(pattern, event) is every_way(sorted(wanted(pattern).items()), list(flattened(event)), {})


# Time: what is ten times as long takes about ten times as long. Quadratic would be a hundred times.


def seconds(pattern: Any, event: Any) -> float:
    compiled = compile_pattern(pattern)
    times = []
    for _ in range(3):
        before = time.perf_counter()
        compiled.matches(event)
        times.append(time.perf_counter() - before)
    return min(times)


THREE = {"p": {"q": {"a": ["x"], "b": ["x"], "c": ["x"]}}}
PAIRS = [{"a": "x", "b": "x"}, {"b": "x", "c": "x"}, {"a": "x", "c": "x"}]


def nested_lists(levels: int) -> Any:
    value: Any = [{"a": "x"}]
    for _ in range(levels):
        value = [{"a": "x", "b": "x"}, value]
    return value


HOSTILE: dict[str, tuple[Any, Callable[[int], Any]]] = {
    "a long list of elements of which none has all": (THREE, lambda n: {"p": {"q": PAIRS * n}}),
    "long lists in a long list": (THREE, lambda n: {"p": [{"q": PAIRS * 10}] * (n // 10)}),
    "long lists both nested and dotted": (THREE, lambda n: {"p": {"q": PAIRS * n}, "p.q": PAIRS * n}),
    "lists in lists without end": (THREE, lambda n: {"p": {"q": nested_lists(n)}}),
    "a field that is absent from long lists": (
        {"p": {"a": ["x"], "b": [{"exists": False}], "c": [{"exists": False}]}},
        lambda n: {"p": [{"a": "x", "c": "x"}, {"a": "x", "b": "x"}] * n},
    ),
    "a list of many scalars": ({"a": ["y"], "b": ["x"]}, lambda n: {"a": ["x"] * n, "b": ["x"] * n}),
    "text that nearly matches a wildcard": ({"a": [{"wildcard": "*a*a*a*a*b"}]}, lambda n: {"a": "a" * n + "c"}),
    "text that nearly matches inside": ({"a": [{"wildcard": "x*ab*ab*abc*y"}]}, lambda n: {"a": f"x{'ab' * n}y"}),
    "text that nearly ends so": ({"a": [{"suffix": {"equals-ignore-case": "aab"}}]}, lambda n: {"a": "a" * n}),
    "text that looks like an address": ({"a": [{"cidr": "::/0"}]}, lambda n: {"a": ":" * n + "x"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_no_faster_than_the_event(name: str) -> None:
    pattern, event_of = HOSTILE[name]
    small, large = event_of(100), event_of(1000)
    assert seconds(pattern, large) < 40 * seconds(pattern, small) + 0.01


def test_objects_and_lists_without_end_are_no_recursion() -> None:
    lists: Any = "x"
    for _ in range(100_000):
        lists = [lists]
    assert not matches({"a": {"a": {"b": ["x"]}}}, {"a": deep(100_000, "x"), "b": lists})
    assert not matches({"b": ["x"]}, {"b": lists})


def test_an_event_is_matched_against_the_rules_of_its_own_values_only() -> None:
    def rule(number: int) -> dict[str, Any]:
        names = [
            f"Create{number}",
            {"prefix": f"Delete{number}x"},
            {"suffix": f"x{number}Key"},
            {"wildcard": f"*-{number:05}-*"},
            {"wildcard": f"Stop{number}x*"},
            {"equals-ignore-case": f"ATTACH{number}"},
        ]
        return {"source": ["aws.iam"], "detail": {"eventName": [names[number % len(names)]]}}

    index = Index((rule(number), number) for number in range(1200))
    event = {"source": "aws.iam", "detail": {"eventName": "x"}}

    def brought_up(name: str) -> tuple[list[int], int]:
        candidates: set[int] = set()
        index._drawers["detail.eventName"].collect([(name, None)], candidates)
        return index.match({**event, "detail": {"eventName": name}}), len(candidates)

    assert list(index._drawers) == ["detail.eventName"]
    assert brought_up("Create600") == ([600], 1)
    assert brought_up("Delete601xyz") == ([601], 1)
    assert brought_up("Puthx602Key") == ([602], 1)
    assert brought_up("my-00603-bucket") == ([603], 1)
    assert brought_up("Stop604xyz") == ([604], 1)
    assert brought_up("attach605") == ([605], 1)


def test_matches_come_in_the_order_of_the_entries_and_once_each() -> None:
    both: dict[str, Any] = {"$or": [{"a": ["x"]}, {"b": ["y"]}]}
    entries: list[tuple[dict[str, Any], str]] = [
        (both, "first"),
        ({"b": ["y"]}, "second"),
        ({"c": [{"exists": False}]}, "third"),
        (both, "fourth"),
    ]
    random.Random(1).shuffle(entries)
    assert Index(entries).match({"a": "x", "b": "y"}) == [name for _, name in entries]


def test_the_order_is_that_of_the_entries_wherever_in_them_they_are() -> None:
    wanted_ones = {1, 8, 64, 1001}
    entries = [({"a": ["x" if number in wanted_ones else "y"]}, number) for number in range(1002)]
    assert Index(entries).match({"a": "x"}) == [1, 8, 64, 1001]


def test_every_prefix_and_suffix_of_a_value_is_found_among_those_of_others() -> None:
    texts = ["a", "ab", "abc", "abd", "abcx", "b", "ba", "cab", "dcab"]
    index = Index(({"x": [{operator: text}]}, (operator, text)) for operator in ("prefix", "suffix") for text in texts)
    for value in ("abcd", "abcab", "dcab", "c", "ac", "abcz"):
        assert index.match({"x": value}) == [
            *(("prefix", text) for text in texts if value.startswith(text)),
            *(("suffix", text) for text in texts if value.endswith(text)),
        ]


def test_an_index_without_entries_matches_nothing() -> None:
    assert Index([]).match({"a": "x"}) == []
