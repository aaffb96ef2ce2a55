"""What a key did to become somebody else, as CloudTrail's event history tells: the sessions of roles that it began."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from chalicelib.dataclass import dataclass
from chalicelib.model import Json, Resource, Session
from remediations.iam.revocations import moment

LONGEST = timedelta(hours=12)
"""How long a session of a role lives at most; one that another session began, an hour (STS AssumeRole)."""

PAGES = 10
"""How many pages of 50 events are read, of all keys together: CloudTrail answers two in a second, and a key that is to
be disabled waits for it."""

TELLING = {"AssumeRole", "GetSessionToken"}
"""The calls that give a key which can begin further sessions. One of GetFederationToken cannot call STS."""

_KEY = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{12,124}", re.ASCII)
_ARN = re.compile(
    r"arn:aws[a-z-]{0,10}:sts::(?P<account>\d{12}):assumed-role/(?P<role>[\w+=,.@-]{1,64})/(?P<session>[\w+=,.@-]{2,64})",
    re.ASCII,
)
_USER_ID = re.compile(r"AROA[A-Z0-9]{8,124}:(?P<session>[\w+=,.@-]{2,64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that a call to AssumeRole began. `user_id` is its `aws:userid`: `AROA...:session-name`."""

    account: str
    role: str
    session: str
    user_id: str

    @property
    def name(self) -> str:
        return f"{self.role}/{self.session}"


@dataclass(frozen=True, slots=True)
class Trace:
    """The sessions that a key began, or a key that it got by them, each once; `whole` unless there was more to read."""

    begun: tuple[Begun, ...]
    whole: bool


def traced(aws: Session, key: Resource) -> Trace:
    """Follow the key through the event history of this region, from before the finding saw it until now.

    What begins with the finding and not with the clock tells the same when the change is undone, days later.
    """
    keys, begun = [key.id], dict[str, Begun]()
    pages = _pages(aws, keys, since(key.seen, aws.now))
    for page in islice(pages, PAGES):
        for event in page["Events"]:
            call = parsed(event.get("CloudTrailEvent"))
            if signer(call) not in keys:
                continue
            if (got := key_given(call)) and got not in keys:
                keys.append(got)
            if found := session_begun(call):
                begun[found.user_id] = found
    ordered = sorted(begun.values(), key=lambda each: (each.account, each.name, each.user_id))
    return Trace(tuple(ordered), whole=next(pages, None) is None)


def since(seen: str, now: datetime) -> datetime:
    """Return how far back a session that lived when the key was last seen may have begun."""
    last = moment(seen)
    return (min(last, now) if last and last.year > 1 else now) - LONGEST


def parsed(text: object) -> Json:
    """Return the record of a call that gave another key, or nothing: whoever called chose some of its text."""
    try:
        call = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(call, dict) or call.get("errorCode") or call.get("eventSource") != "sts.amazonaws.com":
        return {}
    return call if call.get("eventName") in TELLING else {}


def signer(call: Json) -> str:
    """Return the key that signed a call."""
    return _text(call, "userIdentity", "accessKeyId")


def key_given(call: Json) -> str:
    """Return the temporary key that a call gave, empty where it tells none."""
    given = _text(call, "responseElements", "credentials", "accessKeyId")
    return given if _KEY.fullmatch(given) else ""


def session_begun(call: Json) -> Begun | None:
    """Return the session that a call began, where its two names of it are shaped as STS shapes them, and agree."""
    arn = _ARN.fullmatch(_text(call, "responseElements", "assumedRoleUser", "arn"))
    user_id = _USER_ID.fullmatch(_text(call, "responseElements", "assumedRoleUser", "assumedRoleId"))
    if call.get("eventName") != "AssumeRole" or not arn or not user_id or arn["session"] != user_id["session"]:
        return None
    return Begun(arn["account"], arn["role"], arn["session"], user_id[0])


def _pages(aws: Session, keys: list[str], since: datetime) -> Iterator[Json]:
    """Yield what the keys did, page by page; a key that is added meanwhile is looked up too."""
    paginator = aws.client("cloudtrail").get_paginator("lookup_events")
    for key in keys:
        wanted = [{"AttributeKey": "AccessKeyId", "AttributeValue": key}]
        yield from paginator.paginate(LookupAttributes=wanted, StartTime=since)


def _text(call: Json, *path: str) -> str:
    """Return the text at a path of a record, empty where there is none."""
    for name in path:
        call = call.get(name) if isinstance(call, dict) else None
    return call if isinstance(call, str) else ""
