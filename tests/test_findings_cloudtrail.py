"""CloudTrail's calls and sign-ins say who did what, where, and whether it failed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from chalicelib.errors import MalformedEvent
from chalicelib.findings import parse
from chalicelib.model import Actor, Finding, Severity

STOP: dict[str, Any] = {
    "version": "0",
    "id": "2c1a7a0e-0000-4000-8000-000000000002",
    "detail-type": "AWS API Call via CloudTrail",
    "source": "aws.cloudtrail",
    "account": "111122223333",
    "time": "2026-01-02T03:04:06Z",
    "region": "eu-west-1",
    "resources": [],
    "detail": {
        "eventVersion": "1.09",
        "eventID": "6f87d04b-9f74-4f04-a780-7acf4b0a9b38",
        "eventTime": "2026-01-02T03:04:05Z",
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": "StopLogging",
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.0",
        "requestParameters": {"name": "main"},
        "responseElements": None,
        "userIdentity": {
            "type": "IAMUser",
            "userName": "alice",
            "arn": "arn:aws:iam::111122223333:user/alice",
            "accountId": "111122223333",
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        },
    },
}


def variant(**changed: object) -> dict[str, Any]:
    event = copy.deepcopy(STOP)
    event["detail"].update(changed)
    return event


def signin(spelling: str = "AWS Console Sign In via CloudTrail", **changed: object) -> dict[str, Any]:
    event = variant(eventName="ConsoleLogin", responseElements={"ConsoleLogin": "Success"}, **changed)
    return {**event, "source": "aws.signin", "detail-type": spelling}


def only(event: dict[str, Any]) -> Finding:
    (finding,) = parse(event)
    return finding


def test_a_call_is_read_whole_and_yields_no_resource_of_its_own() -> None:
    assert only(STOP) == Finding(
        id="6f87d04b-9f74-4f04-a780-7acf4b0a9b38",
        revision="6f87d04b-9f74-4f04-a780-7acf4b0a9b38",
        source="cloudtrail",
        type="StopLogging",
        title="StopLogging by user/alice",
        description="",
        severity=Severity.INFORMATIONAL,
        account="111122223333",
        region="eu-west-1",
        first_seen="2026-01-02T03:04:05Z",
        last_seen="2026-01-02T03:04:05Z",
        event=STOP,
        actor=Actor(
            type="IAMUser",
            arn="arn:aws:iam::111122223333:user/alice",
            name="alice",
            account="111122223333",
            access_key_id="AKIAIOSFODNN7EXAMPLE",
            ip="198.51.100.7",
            user_agent="aws-cli/2.0",
        ),
    )


def test_the_account_is_where_the_call_was_made_not_the_callers() -> None:
    caller = {"type": "AWSAccount", "accountId": "444455556666", "principalId": "444455556666"}
    finding = only(variant(userIdentity=caller))
    assert (finding.account, finding.actor and finding.actor.account) == ("111122223333", "444455556666")


def test_an_old_record_without_recipient_belongs_to_the_envelopes_account() -> None:
    event = variant(recipientAccountId=None, userIdentity={"accountId": "444455556666"})
    assert only(event).account == "111122223333"


def test_a_record_without_its_own_id_takes_the_envelopes() -> None:
    assert only(variant(eventID=None)).id == "2c1a7a0e-0000-4000-8000-000000000002"


def test_a_session_shows_its_name_its_issuer_and_mfa() -> None:
    finding = only(
        variant(
            userIdentity={
                "type": "AssumedRole",
                "arn": "arn:aws:sts::111122223333:assumed-role/deploy/ci",
                "sessionContext": {
                    "sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/x/deploy"},
                    "attributes": {"mfaAuthenticated": "false"},
                },
            }
        )
    )
    assert finding.title == "StopLogging by assumed-role/deploy/ci"
    assert finding.actor == Actor(
        type="AssumedRole",
        arn="arn:aws:sts::111122223333:assumed-role/deploy/ci",
        name="ci",
        issuer_arn="arn:aws:iam::111122223333:role/x/deploy",
        ip="198.51.100.7",
        user_agent="aws-cli/2.0",
        mfa="no",
    )


TITLES = {
    "an error code": (variant(errorCode="AccessDenied"), "StopLogging by user/alice failed: AccessDenied"),
    "a service": (
        variant(userIdentity={"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}),
        "StopLogging by autoscaling.amazonaws.com",
    ),
    "nobody": (variant(userIdentity=None), "StopLogging by someone unknown"),
    "a sign-in that worked": (signin(), "ConsoleLogin by user/alice"),
    "a sign-in that failed, by message": (
        signin(errorMessage="Failed authentication"),
        "ConsoleLogin by user/alice failed: Failed authentication",
    ),
    "control characters and markup order": (
        variant(userIdentity={"type": "x\u202ey\x00\x1b[31m\nz"}),
        "StopLogging by xy[31m z",
    ),
}


@pytest.mark.parametrize("case", TITLES.values(), ids=TITLES.keys())
def test_the_title_says_who_and_whether_it_failed(case: tuple[dict[str, Any], str]) -> None:
    assert only(case[0]).title == case[1]


def test_a_failed_sign_in_says_so_even_without_a_message() -> None:
    event = signin()
    event["detail"]["responseElements"] = {"ConsoleLogin": "Failure"}
    assert only(event).title == "ConsoleLogin by user/alice failed: Failure"


def test_a_title_is_bounded() -> None:
    title = only(variant(userIdentity={"userName": "a" * 100_000})).title
    assert (len(title) <= 256, title[:16]) == (True, "StopLogging by a")


@pytest.mark.parametrize("spelling", ["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"])
def test_a_sign_in_is_a_sign_in_in_both_spellings(spelling: str) -> None:
    assert (only(signin(spelling)).source, only(signin(spelling)).type) == ("signin", "ConsoleLogin")


@pytest.mark.parametrize(
    ("said", "mfa"), [("Yes", "yes"), ("YES", "yes"), ("No", "no"), (None, ""), ("Maybe", ""), ({}, "")]
)
def test_mfa_is_yes_no_or_not_told(said: object, mfa: str) -> None:
    actor = only(signin(additionalEventData={"MFAUsed": said})).actor
    assert actor is not None
    assert actor.mfa == mfa


def test_a_region_of_china_is_in_its_partition() -> None:
    assert only(variant(awsRegion="cn-north-1")).partition == "aws-cn"


MALFORMED = {
    "no name": (variant(eventName=None), "detail.eventName is missing"),
    "no account": (
        {**variant(recipientAccountId=None), "account": ""},
        "detail.recipientAccountId and account are missing",
    ),
    "a redacted region": (variant(awsRegion="redacted"), "detail.awsRegion is not a region: 'redacted'"),
    "an empty detail": ({**STOP, "detail": {}}, "detail is missing or not a JSON object"),
    "a list as detail": ({**STOP, "detail": [STOP["detail"]]}, "detail is missing or not a JSON object"),
}


@pytest.mark.parametrize("case", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_cloudtrail_always_sends_must_be_there(case: tuple[dict[str, Any], str]) -> None:
    with pytest.raises(MalformedEvent) as raised:
        parse(case[0])
    assert str(raised.value) == case[1]
