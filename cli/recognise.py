"""Tell what a JSON value is: an event, a finding or record without its envelope, a wrapper of these, or none."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.findings import parser_of
from chalicelib.findings.forms import HOME_REGIONS
from chalicelib.findings.reading import at, clean, first, text
from cli.guardduty_api import as_event_detail

Load = Callable[[str], Any]
"""How JSON within a string is read. Raises ValueError with a reason that people can read."""

_WRAPPERS = 6
"""How many wrappers may stand around each other: an SNS message within an SQS body within Records is three."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """An EventBridge envelope and its kind, or why there is none."""

    kind: str = "other"
    event: Mapping[str, Any] | None = None
    problem: str = ""


def recognise(value: object, load: Load, depth: int = 0) -> Iterator[Recognised]:
    """Yield every event within a JSON value, or one problem for what is none. Never raises."""
    if depth > _WRAPPERS:
        yield Recognised(problem="holds too many wrappers within each other")
    elif isinstance(value, list):
        yield from _each(value, load, depth)
    elif not isinstance(value, dict):
        yield Recognised(problem=f"is no event but {_noun(value)}")
    elif "detail-type" in value and "source" in value:
        yield Recognised(kind_of(value), value)
    elif (inner := _unwrapped(value)) is not None:
        yield from _inner(inner, load, depth)
    else:
        yield _bare(value)


def kind_of(event: Mapping[str, Any]) -> str:
    """Return the word for an envelope's kind: `guardduty`, `cloudtrail`, `signin`, ..., or `other`."""
    source, detail_type = text(event, "source"), text(event, "detail-type")
    module = parser_of(source, detail_type)
    if module == "cloudtrail" and source == "aws.signin":
        return "signin"
    return {"": "other", "ocsf": "securityhub"}.get(module, module)


def _each(values: list[Any], load: Load, depth: int) -> Iterator[Recognised]:
    if not any(isinstance(value, dict | list) for value in values):
        yield Recognised(problem=f"is no event but {_noun(values)}")
        return
    for value in values:
        yield from recognise(value, load, depth + 1)


def _unwrapped(value: dict[str, Any]) -> object:
    """Return what a wrapper holds (a list, an object, JSON as text), None when the value is no wrapper."""
    for name in ("Records", "Events", "Messages", "Findings", "findings"):
        if isinstance(value.get(name), list):
            return value[name]
    for path in ("CloudTrailEvent", "Sns.Message", "Message", "body", "Body"):
        if isinstance(found := at(value, path), str):
            return found
    if isinstance(value.get("Message"), dict):
        return value["Message"]
    return None


def _inner(inner: object, load: Load, depth: int) -> Iterator[Recognised]:
    if isinstance(inner, str):
        try:
            inner = load(inner)
        except ValueError as error:
            yield Recognised(problem=f"its message {error}")
            return
    yield from recognise(inner, load, depth + 1)


def _bare(value: dict[str, Any]) -> Recognised:
    for known, wrap in _BARE:
        if known(value):
            event = wrap(value)
            return Recognised(kind_of(event), event)
    for name, what in _NO_EVENT.items():
        if name in value:
            return Recognised(problem=f"is {what}: it says nothing that is wrong")
    keys = ", ".join(clean(key, 40) for key in list(value)[:6]) or "none"
    return Recognised(problem=f"is JSON, but no event that is known; its keys: {keys}")


def _envelope(
    source: str, detail_type: str, detail: dict[str, Any], account: str, region: str, time: str
) -> dict[str, Any]:
    """Wrap a bare detail as EventBridge does. The id comes from the content: the same file gives the same event."""
    digest = hashlib.sha256(json.dumps(detail, sort_keys=True).encode()).hexdigest()
    return {
        "version": "0",
        "id": str(uuid.UUID(digest[:32])),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": time,
        "region": region,
        "resources": [],
        "detail": detail,
    }


def _wrap(
    source: str, detail_type: str, account: str, region: str, time: str, listed: bool = False
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return how one kind is wrapped: the paths of its account, region and time; `listed` in `detail.findings`."""
    return lambda bare: _envelope(
        source,
        detail_type,
        {"findings": [bare]} if listed else bare,
        text(bare, account),
        text(bare, region),
        text(bare, time),
    )


def _has(*names: str) -> Callable[[dict[str, Any]], bool]:
    return lambda value: all(name in value for name in names)


def _cloudtrail(record: dict[str, Any]) -> dict[str, Any]:
    service, kind = text(record, "eventSource").split(".")[0] or "cloudtrail", text(record, "eventType")
    detail_type = {
        "AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
        "AwsConsoleSignin": "AWS Console Sign In via CloudTrail",
        "AwsServiceEvent": "AWS Service Event via CloudTrail",
        "AwsCloudTrailInsight": "AWS Insight via CloudTrail",
    }.get(kind, "AWS API Call via CloudTrail")
    account = first(record, "recipientAccountId", "userIdentity.accountId")
    return _envelope(
        f"aws.{service}", detail_type, record, account, text(record, "awsRegion"), text(record, "eventTime")
    )


def _guardduty(finding: dict[str, Any]) -> dict[str, Any]:
    detail = finding if "service" in finding else as_event_detail(finding)
    return _wrap("aws.guardduty", "GuardDuty Finding", "accountId", "region", "updatedAt")(detail)


def _health(event: dict[str, Any]) -> dict[str, Any]:
    """The API (DescribeEvents) says `arn` and `region` where the event says `eventArn` and `eventRegion`."""
    detail = event if "eventArn" in event else {**event, "eventArn": event.get("arn")}
    arn = (text(detail, "eventArn", 512).split(":") + [""] * 4)[:4]
    region = first(event, "eventRegion", "region") or arn[3]
    account = text(event, "affectedAccount")
    return _envelope("aws.health", "AWS Health Event", detail, account, region, text(event, "startTime"))


def _analyzer(finding: dict[str, Any]) -> dict[str, Any]:
    """ListFindings names no region: it is the resource's, and IAM's is its partition's home region."""
    arn = (text(finding, "resource", 2048).split(":") + [""] * 4)[:4]
    region = text(finding, "region") or arn[3] or (HOME_REGIONS.get(arn[1], "") if arn[2] == "iam" else "")
    account = first(finding, "resourceOwnerAccount", "accountId")
    return _envelope(
        "aws.access-analyzer", "Access Analyzer Finding", finding, account, region, text(finding, "updatedAt")
    )


_BARE: tuple[tuple[Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], dict[str, Any]]], ...] = (
    (
        _has("ProductArn", "Id"),
        _wrap(
            "aws.securityhub", "Security Hub Findings - Imported", "AwsAccountId", "Region", "UpdatedAt", listed=True
        ),
    ),
    (
        _has("finding_info", "class_uid"),
        _wrap("aws.securityhub", "Findings Imported V2", "cloud.account.uid", "cloud.region", "time_dt", listed=True),
    ),
    (_has("schemaVersion", "service", "type"), _guardduty),
    (_has("SchemaVersion", "Service", "Type"), _guardduty),
    (
        _has("findingArn", "awsAccountId"),
        _wrap("aws.inspector2", "Inspector2 Finding", "awsAccountId", "resources.0.region", "updatedAt"),
    ),
    (_has("resourcesAffected", "accountId"), _wrap("aws.macie", "Macie Finding", "accountId", "region", "updatedAt")),
    (
        _has("configRuleName", "newEvaluationResult"),
        _wrap(
            "aws.config",
            "Config Rules Compliance Change",
            "awsAccountId",
            "awsRegion",
            "newEvaluationResult.resultRecordedTime",
        ),
    ),
    (_has("eventTypeCode", "eventTypeCategory"), _health),
    (_has("resource", "resourceType", "isPublic"), _analyzer),
    (_has("eventName", "eventSource"), _cloudtrail),
    (_has("eventName", "userIdentity"), _cloudtrail),
    (_has("eventType", "insightDetails"), _cloudtrail),
    (_has("eventVersion", "eventID"), _cloudtrail),
)
"""What tells a bare detail apart, and how it is wrapped. The first that fits is it."""

_NO_EVENT = {
    "invokingEvent": "the invocation of an AWS Config rule",
    "configurationItem": "a configuration item that AWS Config recorded",
    "configurationItemStatus": "a configuration item that AWS Config recorded",
    "configRuleList": "the compliance history of a conformance pack",
    "messageType": "a notice of AWS Config about its own delivery",
}


def _noun(value: object) -> str:
    if isinstance(value, list):
        return "a list without any object" if value else "an empty list"
    nouns = {str: "a text", bool: "true or false", type(None): "null"}
    return nouns.get(type(value), "a number")
