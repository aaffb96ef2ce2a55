"""What comes at once: duplicates, updates, other routes and formats, other findings on a resource, clicks, budgets."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from chalicelib.decision import Action
from chalicelib.model import Mode
from lab.organization import HUB

EVENTS = Path(__file__).parents[1] / "tests" / "events"

MINING = "guardduty.ec2_mining_cryptocurrency/fires.connection_to_a_pool"
KEY = "guardduty.long_term_key_misused/fires.called_from_tor"
SESSION = "guardduty.temporary_credentials_misused/fires.instance_role_used_outside"
GROUP = "cloudtrail.security_group_opened/fires.ipv4"
GROUP_BY_CONFIG = "config.security_group_open/fires.plain_name"
GROUP_BY_HUB = "securityhub.security_group_open/fires.ssh"
GROUP_BY_HUB_2 = "securityhub.security_group_open/fires.second_format"
QUARANTINE = "securityhub.quarantine_requested/fires.instance"
BUCKET = "cloudtrail.bucket_opened/fires.block_deleted"

ALICE, BOB = "slack:U0ALICE01", "slack:U0BOBBY01"
APPROVERS = ("U0ALICE01", "U0BOBBY01")

Event = Mapping[str, Any]
Click = tuple[Action, str]


@dataclass(frozen=True, slots=True)
class Story:
    """What is delivered at once; afterwards, if people take part, what they decide while more is delivered.

    All `events` are about what the first ones, `made`, say that there is. `budget` is that of a rule.
    """

    name: str
    events: Sequence[Event]
    made: int = 1
    mode: Mode = Mode.ENFORCE
    approvals: int = 1
    clicks: Sequence[Click] = ()
    meanwhile: Sequence[Event] = ()
    budget: int = 25


def read(name: str) -> dict[str, Any]:
    """Return tests/events/NAME.json."""
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def stories(random: Random) -> list[Story]:
    """Return one story of each kind, as the random numbers have it."""
    return [make(random) for make in STORIES.values()]


def duplicates(random: Random) -> Story:
    name = random.choice((MINING, KEY, SESSION, GROUP, BUCKET))
    return Story(f"duplicates of {name.partition('/')[0]}", [read(name)] * random.randint(2, 10))


def duplicates_that_wait(random: Random) -> Story:
    name = random.choice((MINING, KEY, GROUP))
    events = [read(name)] * random.randint(8, 10)
    return Story(f"waiting duplicates of {name.partition('/')[0]}", events, mode=Mode.APPROVE)


def updates(random: Random) -> Story:
    """Updates of a finding before and beside its first report, each twice."""
    name = random.choice((MINING, KEY, SESSION))
    first = read(name)
    all_ = [first, *(_later(first, number) for number in range(1, 5))] * 2
    return Story(f"updates of {name.partition('/')[0]}", [first, *_shuffled(random, all_)])


def two_routes(random: Random) -> Story:
    """The delegated administrator's event of a member's finding, and what the member forwards itself."""
    name = random.choice((MINING, KEY))
    member = read(name)
    hub = {**member, "account": HUB, "id": "5a1c1f4e-4c7e-4c35-9a54-0d9f4b8a1c11"}
    return Story(f"two routes of {name.partition('/')[0]}", [member, *_shuffled(random, [member, hub] * 4)])


def two_formats(random: Random) -> Story:
    """One issue, told in ASFF by Security Hub CSPM and in OCSF by Security Hub."""
    asff, ocsf = read(GROUP_BY_HUB), read(GROUP_BY_HUB_2)
    told = ocsf["detail"]["findings"][0]
    told["finding_info"]["uid"] = asff["detail"]["findings"][0]["Id"]
    told["compliance"]["control"] = "EC2.13"
    return Story("ASFF and OCSF", [asff, *_shuffled(random, [asff, ocsf] * 4)])


def guardduty_twice(random: Random) -> Story:
    """A GuardDuty finding, the same as Security Hub imports it, and a colleague's "Quarantine" of that one."""
    native, asked = read(MINING), read(QUARANTINE)
    imported: dict[str, Any] = copy.deepcopy(asked)
    imported["detail-type"] = "Security Hub Findings - Imported"
    for name in ("actionName", "actionDescription"):
        del imported["detail"][name]
    for event in (asked, imported):
        [found] = event["detail"]["findings"]
        found |= {"Id": native["detail"]["arn"], "GeneratorId": native["detail"]["arn"].rpartition("/finding/")[0]}
        found |= {"ProductArn": "arn:aws:securityhub:eu-central-1::product/aws/guardduty", "ProductName": "GuardDuty"}
        found |= {"Types": ["TTPs/Impact/CryptoCurrency:EC2-BitcoinTool.B"]}
    return Story("GuardDuty, also by Security Hub", [native, *_shuffled(random, [native, imported, asked] * 3)])


def one_resource(random: Random) -> Story:
    """CloudTrail, Config and Security Hub on one security group."""
    trail, hub = read(GROUP), read(GROUP_BY_HUB)
    config: dict[str, Any] = read(GROUP_BY_CONFIG)
    return Story("three findings on one group", [trail, *_shuffled(random, [trail, config, hub] * 3)])


def news_while_it_waits(random: Random) -> Story:
    """Updates of a finding while two people approve its response at the same moment."""
    first = read(random.choice((MINING, KEY)))
    news = [_later(first, number) for number in range(1, random.randint(3, 7))]
    clicks = [(Action.APPROVE, ALICE), (Action.APPROVE, BOB), (Action.APPROVE, ALICE)]
    return Story("news while it waits", [first] * 3, mode=Mode.APPROVE, clicks=clicks, meanwhile=news)


def two_votes(random: Random) -> Story:
    """Two people must approve, and do so at the same moment."""
    first = read(random.choice((KEY, GROUP)))
    clicks = _shuffled(random, [(Action.APPROVE, ALICE), (Action.APPROVE, BOB)])
    return Story("two votes", [first] * 2, mode=Mode.APPROVE, approvals=2, clicks=clicks, meanwhile=[first] * 6)


def yes_and_no(random: Random) -> Story:
    """One approves while another denies."""
    first = read(random.choice((KEY, GROUP)))
    clicks = _shuffled(random, [(Action.APPROVE, ALICE), (Action.DENY, BOB)])
    return Story("yes and no", [first] * 2, mode=Mode.APPROVE, clicks=clicks, meanwhile=[first] * 6)


def undone_twice(random: Random) -> Story:
    """Two people undo at the same moment, while the event is delivered again."""
    first = read(random.choice((KEY, GROUP, MINING)))
    clicks = [(Action.UNDO, ALICE), (Action.UNDO, BOB)]
    return Story("undone twice", [first] * 2, clicks=clicks, meanwhile=[first] * 6)


def over_budget(random: Random) -> Story:
    """Three times as many groups are opened at once as the rule's budget of an hour allows."""
    budget = random.randint(2, 4)
    events = [_another_group(number) for number in range(3 * budget)]
    return Story(f"budget of {budget}", events, made=len(events), budget=budget)


STORIES: Mapping[str, Callable[[Random], Story]] = {
    make.__name__: make
    for make in (
        duplicates,
        duplicates_that_wait,
        updates,
        two_routes,
        two_formats,
        guardduty_twice,
        one_resource,
        news_while_it_waits,
        two_votes,
        yes_and_no,
        undone_twice,
        over_budget,
    )
}


def _later(event: Event, number: int) -> dict[str, Any]:
    """Return a GuardDuty finding as it is told again: with a later time and a higher count."""
    told: dict[str, Any] = copy.deepcopy(dict(event))
    service = told["detail"]["service"]
    at = datetime.fromisoformat(told["detail"]["updatedAt"]).astimezone(UTC) + timedelta(minutes=15 * number)
    told["detail"]["updatedAt"] = service["eventLastSeen"] = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    service["count"] += number
    told["id"] = f"{told['id'][:-2]}{number:02}"
    return told


def _another_group(number: int) -> dict[str, Any]:
    told = json.dumps(read(GROUP)).replace("sg-0abcd1234ef567890", f"sg-0abcd1234ef5678{number:02}")
    event: dict[str, Any] = json.loads(told)
    event["detail"]["eventID"] = f"f45581d3-2b6a-481f-94c3-0e3f4693d7{number:02}"
    return event


def _shuffled(random: Random, items: Sequence[Any]) -> list[Any]:
    return random.sample(items, len(items))
