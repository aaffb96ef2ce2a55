"""Publish a notice to an SNS topic: text for people, JSON for queues and functions, attributes for filters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import NotDelivered
from chalicelib.model import Json
from chalicelib.notify import text, words
from chalicelib.notify.escape import SUBJECT, cut, line, subject
from chalicelib.notify.notice import Notice

LIMIT = 240_000
"""Bytes of the message with its attributes; SNS takes 262,144 (API: Publish)."""

_ROOMS = ((2_000, 100), (400, 30), (200, 30), (100, 10), (40, 3))
"""Characters of one text and entries of one list, tried from the widest; the last one always fits."""

_SMS, _MAIL, _ATTRIBUTE = 140, 8_000, 256

_WHAT_TO_DO: Mapping[str, str] = {
    "AuthorizationError": "allow this function sns:Publish on the topic",
    "AccessDenied": "allow this function sns:Publish on the topic",
    "NotFound": "the topic does not exist: check its ARN and region",
    "KMSAccessDenied": "allow this function to use the topic's KMS key",
    "KMSDisabled": "enable the topic's KMS key",
}
"""What a person can do about SNS's error codes (API: Publish, Errors)."""


def render(notice: Notice, *, undelivered: str = "", why: str = "") -> dict[str, Any]:
    """Return what to publish, all but the topic: Subject, Message, MessageStructure, MessageAttributes.

    People (e-mail, SMS) get text; queues, functions and endpoints get the notice as JSON, with `"cut": true` where
    its texts or lists had to be shortened. `undelivered` names the target that could not be told of it, and `why`
    says why: both are for people, the first also is an attribute.
    """
    published = {
        "Subject": _subject(notice, undelivered),
        "MessageStructure": "json",
        "MessageAttributes": _attributes(notice, undelivered),
    }
    missed = f"NOT IN {undelivered.upper()}: {line(why, 500)}\n\n" if undelivered else ""
    people = {
        "email": cut(missed + text.render(notice), _MAIL),
        "sms": line(f"{_missed(undelivered)}{notice.headline}", _SMS) or "countermeasure",
    }
    for room in _ROOMS:
        each = people | {"default": _machine(notice, *room)}
        message = published | {"Message": json.dumps(each, ensure_ascii=False)}
        if len(json.dumps(message, ensure_ascii=False).encode()) <= LIMIT:
            break
    return message


def deliver(notice: Notice, client: Any, topic_arn: str, *, undelivered: str = "", why: str = "") -> dict[str, str]:
    """Publish the notice with a boto3 SNS client; return `{"message_id"}`. Raises NotDelivered."""
    try:
        answer = client.publish(TopicArn=topic_arn, **render(notice, undelivered=undelivered, why=why))
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "unknown"))
        advice = _WHAT_TO_DO.get(code, "it is kept and tried again")
        raise NotDelivered(f"SNS refused the notice for {topic_arn}: {code}; {advice}.") from error
    except BotoCoreError as error:
        raise NotDelivered(f"SNS could not be reached for {topic_arn}: {line(str(error), 200)}") from error
    return {"message_id": answer["MessageId"]}


def heard(client: Any, topic_arn: str) -> bool:
    """Return whether somebody hears the topic; also where SNS does not answer now.

    Raises NotDelivered where the topic cannot be used, and no other try would be of use.
    """
    try:
        found = client.list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "unknown"))
        if code not in _WHAT_TO_DO:
            return True
        raise NotDelivered(f"SNS does not show {topic_arn}: {code}; {_WHAT_TO_DO[code]}.") from error
    except BotoCoreError:
        return True
    return any(each["SubscriptionArn"] != "PendingConfirmation" for each in found)


def _machine(notice: Notice, longest: int, most: int) -> str:
    """Return the notice in JSON, with no text longer and no list of more than given."""
    told = _bounded(notice.as_dict(), longest, most) | {"cut": longest < _ROOMS[0][0]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _bounded(value: Json, longest: int, most: int) -> Json:
    """Return the JSON value with its texts made visible and cut, and its lists shortened."""
    match value:
        case str():
            return line(value, longest)
        case list() | tuple():
            return [_bounded(each, longest, most) for each in value[:most]]
        case dict():
            return {name: _bounded(each, longest, most) for name, each in value.items()}
        case _:
            return value


def _missed(undelivered: str) -> str:
    return f"[NOT IN {undelivered.upper()}] " if undelivered else ""


def _subject(notice: Notice, undelivered: str) -> str:
    """Return `[HIGH] Contained: EC2 instance is mining in shop-prod, eu-west-1`: its title gives way, not its place.

    Six characters are kept free: each of three ellipses becomes three dots.
    """
    lead = words.lead(notice.verdict, notice.kind, sample=notice.sample, grouped=notice.grouped)
    start = f"[{notice.severity.name}] {_missed(undelivered)}{lead}"
    end = f" in {line(notice.account_name, 24)}, {line(notice.region, 16)}"
    return subject(f"{start}{line(notice.rule_title, max(1, SUBJECT - 6 - len(start) - len(end)))}{end}")


def _attributes(notice: Notice, undelivered: str) -> dict[str, dict[str, str]]:
    """Return what subscriptions filter by; what is not known is left out, as SNS takes no empty value."""
    told = {
        "severity": notice.severity.name,
        "environment": notice.environment,
        "source": notice.source,
        "outcome": notice.verdict.value,
        "account": notice.account,
        "rule": notice.rule,
        "kind": notice.kind.value,
        "undelivered": undelivered,
    }
    values = {name: line(value, _ATTRIBUTE) for name, value in told.items()}
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items() if value}
