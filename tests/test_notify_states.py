"""How a change reads: only what differs, as people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.notify.states import difference

SSH = {"protocol": "tcp", "from": 22, "to": 22, "cidr": "0.0.0.0/0", "description": "until the VPN works"}
ALL = {"protocol": "-1", "cidr": "::/0"}
WEB = {"protocol": "tcp", "from": 8000, "to": 8010, "group": "sg-0a"}
BLOCKED = {"BlockPublicAcls": True, "BlockPublicPolicy": True}

CASES = {
    "a word": ("Active", "Inactive", "Active", "Inactive"),
    "a switch": (False, True, "false", "true"),
    "nothing there before": (None, "Enabled", "none", "Enabled"),
    "an empty text": ("", "x", "empty", "x"),
    "no list any more": (["a"], [], "a", "removed"),
    "only what was taken out of a list": (["a", "b", "c"], ["b"], "a, c", "removed"),
    "only what came into a list": (["a"], ["a", "b"], "not there", "b"),
    "one for another in a list": (["sg-web", "sg-db"], ["sg-db", "quarantine"], "sg-web", "quarantine"),
    "another order of a list": (["a", "b"], ["b", "a"], "a, b", "b, a"),
    "only the keys that differ": (
        {"BlockPublicAcls": False, "BlockPublicPolicy": True},
        BLOCKED,
        "BlockPublicAcls: false",
        "BlockPublicAcls: true",
    ),
    "no settings before": (None, BLOCKED, "none", "BlockPublicAcls: true, BlockPublicPolicy: true"),
    "a key that goes": ({"a": 1, "b": 2}, {"a": 1}, "b: 2", "b: removed"),
    "a key that comes": ({"a": 1}, {"a": 1, "b": [1, 2]}, "b: not there", "b: 1, 2"),
    "a list in a key": (
        {"eni-0": ["sg-web", "sg-db"]},
        {"eni-0": ["sg-db"]},
        "eni-0: sg-web",
        "eni-0: removed",
    ),
    "a world-open rule that is closed": ([SSH, WEB], [WEB], "tcp 22 0.0.0.0/0 (until the VPN works)", "removed"),
    "all traffic, and a range of ports": ([ALL, WEB], [], "all traffic ::/0, tcp 8000-8010 sg-0a", "removed"),
    "objects in a list": ([{"a": 1, "b": 2}], [], "{a: 1, b: 2}", "removed"),
    "lists in a list": ([[1, 2], [3]], [], "[1, 2], 3", "removed"),
    "nothing to do": ("Inactive", "Inactive", "Inactive", "Inactive"),
    "zero is not nothing": (0, 1, "0", "1"),
}


@pytest.mark.parametrize(("before", "after", "was", "becomes"), CASES.values(), ids=CASES.keys())
def test_a_change_reads(before, after, was, becomes):
    assert difference(before, after) == (was, becomes)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=30,
)


@given(JSON, JSON)
def test_any_two_states_can_be_told(before, after):
    assert all(difference(before, after))


def test_a_very_deep_state_can_be_told():
    deep = "bottom"
    for _ in range(50):
        deep = {"a": [deep]}
    was, becomes = difference(deep, None)
    assert "bottom" in was
    assert becomes == "none"
