"""Public statements are taken out and put back at their place; nothing else of the policy is touched."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remediations.public_policy import changed, closed, state, text

OWN = {"Sid": "own", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sqs:*"}
TLS = {"Sid": "tls", "Effect": "Deny", "Principal": "*", "Action": "sqs:*"}
PUBLIC = {"Sid": "anybody", "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}
AGAIN = PUBLIC | {"Sid": "again"}


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Id": "orders", "Statement": list(statements)}


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        pytest.param(None, {"policy": None, "public": []}, id="no policy"),
        pytest.param(policy(OWN, TLS), {"public": []}, id="nothing public"),
        pytest.param(policy(OWN, PUBLIC), {"public": [{"at": 1, "statement": PUBLIC}]}, id="one of two"),
        pytest.param(
            policy(PUBLIC),
            {"policy": {"Version": "2012-10-17", "Id": "orders"}, "public": [{"at": 0, "statement": PUBLIC}]},
            id="nothing else",
        ),
        pytest.param(
            {"Version": "2008-10-17", "Statement": PUBLIC},
            {"policy": {"Version": "2008-10-17"}, "public": [{"at": 0, "statement": PUBLIC}]},
            id="one statement without its list",
        ),
    ],
)
def test_the_state_is_the_public_statements_and_the_policy_only_where_it_goes_with_them(
    there: Any, expected: Any
) -> None:
    assert state(there) == expected


@given(st.lists(st.sampled_from([OWN, TLS, PUBLIC, AGAIN]), min_size=1, max_size=8))
def test_out_and_in_again_gives_the_same_policy_to_the_letter(statements: list[Any]) -> None:
    there = policy(*statements)
    kept, before = copy.deepcopy(there), state(there)
    after = closed(before)
    without = changed(there, before, after)
    assert there == kept
    assert state(without) == after == closed(after)
    assert (without or {"Statement": []})["Statement"] == [each for each in statements if each in (OWN, TLS)]
    assert text(changed(without, after, before)) == text(there)


def test_a_neighbour_that_was_edited_meanwhile_is_no_drift_and_stays_edited() -> None:
    before = state(policy(OWN, PUBLIC, TLS))
    edited = policy(OWN | {"Action": "sqs:ReceiveMessage"}, TLS)
    assert state(edited) == closed(before)
    assert changed(edited, closed(before), before) == policy(edited["Statement"][0], PUBLIC, TLS)


def test_a_policy_that_somebody_made_where_ours_left_none_is_drift() -> None:
    assert state(policy(OWN)) != closed(state(policy(PUBLIC)))


def test_a_public_statement_that_was_not_planned_for_is_not_taken_out_unseen() -> None:
    before = state(policy(OWN, PUBLIC))
    assert changed(policy(OWN, PUBLIC, AGAIN), before, closed(before)) == policy(OWN, AGAIN)
