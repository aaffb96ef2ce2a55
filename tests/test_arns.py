"""What resources are called, and which patterns mean them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import arns
from chalicelib.catalogue import Catalogue
from chalicelib.findings.resources import of_arn
from chalicelib.model import Resource
from chalicelib.wildcards import matches

ACCOUNT = "111122223333"
IDS = {
    "AWS::CloudTrail::Trail": "main",
    "AWS::EC2::Instance": "i-0123456789abcdef0",
    "AWS::EC2::SecurityGroup": "sg-0123456789abcdef0",
    "AWS::GuardDuty::Detector": "12abc34d567e8fa901bc2d34e56789f0",
    "AWS::IAM::Role": "admin",
    "AWS::IAM::User": "alice",
    "AWS::S3::Bucket": "logs",
    "AWS::STS::AssumedRole": "admin/alice",
}


def test_every_type_that_a_remediation_is_for_has_an_arn_or_is_named_as_having_none(catalogue: Catalogue) -> None:
    types = {unit.resource_type for unit in catalogue.remediations.values()}
    assert types - set(arns.ARNS) == types & set(arns.WITHOUT)
    assert set(arns.ARNS) & set(arns.WITHOUT) == set()


def test_an_arn_is_the_one_that_events_name_the_resource_by() -> None:
    assert set(IDS) >= set(arns.ARNS) & set(IDS)
    for type_, id_ in IDS.items():
        resource = Resource(type_, id_, ACCOUNT, "us-east-1")
        assert of_arn(arns.of(resource), account=ACCOUNT, region="us-east-1") == resource


def test_what_is_known_by_its_arn_has_that_one() -> None:
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms"
    assert arns.of(Resource("AWS::SNS::Topic", topic, ACCOUNT, "us-east-1")) == topic


@pytest.mark.parametrize("type_", arns.WITHOUT)
def test_what_has_none_has_none(type_: str) -> None:
    assert arns.of(Resource(type_, "some", ACCOUNT, "us-east-1")) == ""


MEANT = {
    "a name": ("prod-db-*", "prod-db-1", True),
    "no name": ("prod-db-*", "a-prod-db-1", False),
    "all": ("*", "", True),
    "a part in the middle": ("a*b*c", "a-b-b-c", True),
    "parts that overlap": ("ab*ba", "aba", False),
    "parts in another order": ("a*b*c", "a-c-b-c-", False),
    "no wildcard": ("abc", "abc", True),
    "signs that are none here": ("a?[b].*", "a?[b].c", True),
}


@pytest.mark.parametrize(("pattern", "text", "meant"), MEANT.values(), ids=MEANT)
def test_a_star_stands_for_anything_and_nothing_else_does(pattern: str, text: str, meant: bool) -> None:
    assert matches(pattern, text) is meant


@given(st.lists(st.text("ab:/", max_size=4), min_size=1, max_size=5), st.data())
def test_a_pattern_means_whatever_stands_for_its_stars(parts: list[str], data: st.DataObject) -> None:
    filled = [part + data.draw(st.text("ab:/", max_size=3)) for part in parts[:-1]]
    assert matches("*".join(parts), "".join([*filled, parts[-1]]))


def test_a_hostile_text_takes_no_longer_than_it_is_long() -> None:
    started = time.perf_counter()
    assert not matches("a*" * 200 + "b", "a" * 100_000)
    assert time.perf_counter() - started < 1


PRINCIPALS = {
    "without a path": ("arn:aws:iam::*:role/admin", "arn:aws:iam::111122223333:role/admin", True),
    "a pattern with a path, an ARN that lacks it": (
        "arn:aws:iam::*:role/ops/admin",
        "arn:aws:iam::111122223333:role/admin",
        True,
    ),
    "a path of which nothing is known": ("arn:aws:iam::*:role/ops/*", "arn:aws:iam::111122223333:role/admin", False),
    "another kind": ("arn:aws:iam::*:role/admin", "arn:aws:iam::111122223333:user/admin", False),
    "another account": ("arn:aws:iam::444455556666:role/admin", "arn:aws:iam::111122223333:role/admin", False),
    "a path that reads like an ARN": ("arn:aws:iam::*:role/admin", "arn:aws:iam::1:role/x:role/admin", False),
}


@pytest.mark.parametrize(("pattern", "arn", "meant"), PRINCIPALS.values(), ids=PRINCIPALS)
def test_a_principal_is_meant_by_its_name_where_nobody_tells_its_path(pattern: str, arn: str, meant: bool) -> None:
    assert arns.is_principal(pattern, arn) is meant
