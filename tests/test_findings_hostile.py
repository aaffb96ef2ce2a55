"""Whatever an event holds, parsing ends in findings or in one of the two errors that it may raise."""

from __future__ import annotations

import contextlib
import copy
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import MalformedEvent, NotSecurityEvent
from chalicelib.findings import parse
from chalicelib.findings.resources import from_rule, named
from chalicelib.model import Finding, Rule, Severity
from chalicelib.units import incident_id
from tests.test_findings_cloudtrail import STOP, signin
from tests.test_findings_guardduty import BUCKETS, EVENT, KEY
from tests.test_findings_guardduty import variant as guardduty
from tests.test_findings_securityhub import imported, ocsf
from tests.test_findings_sources import ANALYZER, CONFIG, HEALTH, INSPECTOR, MACIE

EVENTS: dict[str, dict[str, Any]] = {
    "guardduty": EVENT,
    "guardduty bucket": guardduty({"resourceType": "S3Bucket", "accessKeyDetails": KEY, **BUCKETS}),
    "guardduty sequence": guardduty(
        {"resourceType": "AttackSequence"},
        detection={"sequence": {"actors": [{"user": KEY}], "resources": [{"uid": "x", "resourceType": "S3_BUCKET"}]}},
    ),
    "asff": imported(Resources=[{"Type": "AwsIamAccessKey", "Id": "x", "Details": {"AwsIamAccessKey": {}}}]),
    "ocsf": ocsf(evidences=[{"actor": {"user": {"name": "alice"}}}]),
    "config": CONFIG,
    "cloudtrail": STOP,
    "signin": signin(),
    "health": HEALTH,
    "accessanalyzer": ANALYZER,
    "macie": MACIE,
    "inspector": INSPECTOR,
}

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(
        ["AKIAIOSFODNN7EXAMPLE", "arn:aws:iam::111122223333:role/x", "\ud800", "0" * 5000, "9999-12-31T23:59:59-23:59"]
    )
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
)


def paths(value: object) -> list[tuple[str | int, ...]]:
    """Every place within a JSON value."""
    found: list[tuple[str | int, ...]] = [()]
    for place in found:
        inner = value
        for name in place:
            inner = inner[name]  # type: ignore[index]
        if isinstance(inner, dict):
            found += [(*place, name) for name in inner]
        elif isinstance(inner, list):
            found += [(*place, number) for number in range(len(inner))]
    return found[1:]


def told(event: object) -> tuple[Finding, ...]:
    """Parse, and hold what every finding promises."""
    found: tuple[Finding, ...] = ()
    with contextlib.suppress(MalformedEvent, NotSecurityEvent):
        found = parse(event)
    for finding in found:
        assert len(finding.title) <= 256
        assert len(finding.description) <= 1024
        assert len(finding.account) == 12
        assert all(text.isprintable() for text in (finding.id, finding.title, finding.description, finding.type))
        assert all(not set("*?${}<> \n") & set(resource.id) for resource in finding.resources)
        assert hash(finding) == hash(finding)
        assert incident_id(finding).isprintable()
        assert all(datetime.fromisoformat(at).tzinfo for at in (finding.first_seen, finding.last_seen) if at)
    return found


@settings(deadline=None)
@given(JSON)
def test_any_json_is_parsed_or_refused(value: object) -> None:
    assert told(value) == ()


@pytest.mark.parametrize("name", EVENTS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_an_event_with_anything_put_anywhere_is_parsed_or_refused(name: str, data: st.DataObject) -> None:
    event = copy.deepcopy(EVENTS[name])
    places = paths(event)
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places))
        inner: Any = event
        with contextlib.suppress(KeyError, IndexError, TypeError):
            for step in way:
                inner = inner[step]
            inner[last] = data.draw(JSON)
    assert len(told(event)) <= 1


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_of_this_table_is_parsed_when_nobody_touched_it(name: str) -> None:
    assert len(told(EVENTS[name])) == 1


@pytest.mark.parametrize("name", EVENTS)
def test_nesting_of_100_000_levels_anywhere_is_survived(name: str) -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    for *way, last in paths(EVENTS[name]):
        event = copy.deepcopy(EVENTS[name])
        inner: Any = event
        for step in way:
            inner = inner[step]
        inner[last] = deep
        told(event)


@pytest.mark.parametrize(
    "never",
    ["2026-99-99T99:99:99Z", "2026-02-30T00:00:00Z", "2026-01-01T24:00:01Z", "2026-13-01T00:00:00.123456789Z"],
)
def test_a_time_that_never_was_is_no_time(never: str) -> None:
    event = copy.deepcopy(EVENT)
    event["time"] = event["detail"]["updatedAt"] = never
    event["detail"]["service"] |= {"eventLastSeen": never, "eventFirstSeen": never}
    (finding,) = told(event)
    assert finding.last_seen == ""


@settings(deadline=None)
@given(st.sampled_from(["AWS::IAM::Role", "AWS::S3::Bucket", "AWS::Glue::Job", "AWS::SNS::Topic", "x"]), JSON)
def test_naming_never_raises_and_never_lets_a_wildcard_through(type_: str, raw: object) -> None:
    found = named(type_, raw, account="111122223333", region="eu-west-1")
    assert found is None or not set("*?${}<> \n") & set(found.id)


@settings(deadline=None)
@given(JSON)
def test_a_rules_path_into_anything_yields_resources_or_nothing(value: object) -> None:
    event = copy.deepcopy(STOP)
    event["detail"]["requestParameters"] = value
    (finding,) = parse(event)
    rule = Rule("t.r", "", {}, Severity.LOW, "", resources={"AWS::S3::Bucket": "detail.requestParameters"})
    for resource in from_rule(rule, finding):
        assert resource.type == "AWS::S3::Bucket"
