"""The records: whatever the ledger keeps comes back as it was."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.model import Actor, Call, Ceiling, Change, Finding, Mode, Outcome, Resource, Severity, Standing
from chalicelib.records import LARGEST_EVENT, change_of, change_text, finding_of, finding_text

Kind = TypeVar("Kind")

TEXT = st.text(max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECT = st.dictionaries(TEXT, JSON, max_size=3)


def built(kind: type[Kind], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Kind]:
    """Return any value of a dataclass: text in every field that is not given."""
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return st.builds(kind, **{name: fields.get(name, TEXT) for name in names})


RESOURCES = built(Resource, details=st.dictionaries(TEXT, TEXT, max_size=3))
CEILINGS = built(Ceiling, mode=st.sampled_from(Mode))
CALLS = built(Call, parameters=OBJECT)
FINDINGS = built(
    Finding,
    severity=st.sampled_from(Severity),
    event=OBJECT,
    count=st.integers(0, 10**9),
    standing=st.sampled_from(Standing),
    resources=st.lists(RESOURCES, max_size=3).map(tuple),
    actor=st.none() | built(Actor),
)
CHANGES = built(
    Change,
    resource=RESOURCES,
    mode=st.sampled_from(Mode),
    outcome=st.sampled_from(Outcome),
    before=JSON,
    after=JSON,
    ceilings=st.lists(CEILINGS, max_size=3).map(tuple),
    calls=st.lists(CALLS, max_size=3).map(tuple),
    step=st.integers(0, 1000),
)


@settings(max_examples=150, deadline=None)
@given(FINDINGS)
def test_a_finding_comes_back_as_it_was(finding: Finding) -> None:
    back = finding_of(finding_text(finding))
    assert back == finding
    assert asdict(back) == asdict(finding)


@settings(max_examples=150, deadline=None)
@given(CHANGES)
def test_a_change_comes_back_as_it_was(change: Change) -> None:
    back = change_of(change_text(change))
    assert back == change
    assert asdict(back) == asdict(change)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_can_be_kept(outcome: Outcome) -> None:
    assert change_of(change_text(replace(CHANGE, outcome=outcome))).outcome is outcome


@pytest.mark.parametrize("standing", Standing)
def test_every_standing_can_be_kept(standing: Standing) -> None:
    assert finding_of(finding_text(replace(FINDING, standing=standing))).standing is standing


def test_the_same_change_is_always_the_same_text() -> None:
    assert change_text(change_of(change_text(CHANGE))) == change_text(CHANGE)


OVERHEAD = len('{"text":""}')
SIZES = {
    "the largest": ("x" * (LARGEST_EVENT - OVERHEAD), True),
    "a byte more": ("x" * (LARGEST_EVENT - OVERHEAD + 1), False),
    "the largest, of two bytes each": ("ä" * ((LARGEST_EVENT - OVERHEAD) // 2), True),
    "few letters of many bytes": ("語" * (LARGEST_EVENT // 2), False),
    "half of a letter, many times": ("\ud800" * LARGEST_EVENT, False),
}


@pytest.mark.parametrize(("text", "kept"), SIZES.values(), ids=SIZES)
def test_an_event_is_kept_up_to_what_an_item_of_dynamodb_holds(text: str, kept: bool) -> None:
    event = {"text": text}
    back = finding_of(finding_text(replace(FINDING, event=event)))
    size = OVERHEAD + len(text.replace("\ud800", "      ").encode())  # half of a letter is kept as its number: \ud800
    assert back.event == (event if kept else {"left out": f"{size} bytes"})
    assert replace(back, event=event) == replace(FINDING, event=event)


def test_a_finding_with_the_largest_event_fits_into_an_item() -> None:
    largest = {"text": "語" * ((LARGEST_EVENT - OVERHEAD) // 3)}
    assert len(finding_text(replace(FINDING, event=largest)).encode()) < 400 * 1024  # DynamoDB, "Service quotas"


def test_what_an_event_names_a_secret_is_not_kept_and_all_else_is() -> None:
    credentials = {"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "secretAccessKey": "x", "sessionToken": "y"}
    detail = {
        "requestParameters": {"masterUserPassword": "z", "name": "shop", "rules": [{"Password": "z", "port": 22}]},
        "responseElements": {"credentials": credentials, "tokens": ["a", {"value": "b"}]},
    }
    kept = finding_of(finding_text(replace(FINDING, event={"detail": detail}))).event["detail"]
    gone = "(withheld)"
    assert kept == {
        "requestParameters": {"masterUserPassword": gone, "name": "shop", "rules": [{"Password": gone, "port": 22}]},
        "responseElements": {
            "credentials": {**credentials, "secretAccessKey": gone, "sessionToken": gone},
            "tokens": gone,
        },
    }


@pytest.mark.parametrize("kind", [list, dict])
@pytest.mark.parametrize("levels", [300, 990, 100_000])
def test_a_finding_whose_event_is_nested_without_end_is_kept(levels: int, kind: type) -> None:
    deep: Any = "x"
    for _ in range(levels):
        deep = [deep] if kind is list else {"a": deep}
    back = finding_of(finding_text(replace(FINDING, event={"detail": deep})))
    assert back.id == FINDING.id
    assert levels < 990 or back.event == {"left out": "nested too deep"}


@pytest.mark.parametrize("half", ["\ud800", "a\ud800b"])
def test_half_of_a_letter_is_kept_in_text_that_can_be_written(half: str) -> None:
    text = finding_text(replace(FINDING, event={"detail": {half: half}}))
    assert text.encode().isascii()
    assert finding_of(text).event == {"detail": {half: half}}


def test_a_finding_of_thousands_of_resources_fits_into_an_item() -> None:
    resources = tuple(replace(RESOURCE, id=f"{number}".zfill(200)) for number in range(5_000))
    largest = {"text": "x" * (LARGEST_EVENT - OVERHEAD)}
    text = finding_text(replace(FINDING, event=largest, resources=resources))
    kept = finding_of(text).resources
    assert len(text.encode()) < 400 * 1024
    assert (kept == resources[: len(kept)], len(kept) > 200) == (True, True)


def test_text_of_any_script_is_kept_as_it_is_written() -> None:
    text = finding_text(replace(FINDING, title="Größe 語"))
    assert "Größe 語" in text
    assert json.loads(text)["title"] == "Größe 語"


def test_what_json_does_not_know_is_kept_as_text() -> None:
    call = Call("s3:PutObject", {"Body": b"x", "When": Severity.HIGH})
    assert change_of(change_text(replace(CHANGE, calls=(call,)))).calls == (
        Call("s3:PutObject", {"Body": "b'x'", "When": 3}),
    )


RESOURCE = Resource("AWS::S3::Bucket", "shop", "111122223333", "eu-central-1")
CHANGE = Change("c-1", "inc-1", "f-1", "test.rule", "s3.close", RESOURCE, Mode.ENFORCE, Outcome.CONTAINED)
FINDING = Finding(
    id="f-1",
    revision="1",
    source="guardduty",
    type="Policy:S3/BucketAnonymousAccessGranted",
    title="Bucket is public",
    description="",
    severity=Severity.HIGH,
    account="111122223333",
    region="eu-central-1",
    first_seen="2026-08-01T12:00:00Z",
    last_seen="2026-08-01T12:00:00Z",
    event={},
    resources=(RESOURCE,),
)
