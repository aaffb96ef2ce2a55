"""Accounts from AWS Organizations: which environment each is in, how long that counts, and what when AWS is silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.directory import ask, joined
from chalicelib.guardrails import Situation
from chalicelib.guardrails.modes import environment_mode
from chalicelib.model import Ceiling, Finding, Mode, Rule, Severity
from chalicelib.organization import Account, Environment, Organization
from chalicelib.table import Table
from lab.organization import HUB, TABLE, Lab

START = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


@dataclass
class World:
    """An organization in AWS, and the file's part of it. `asked` counts the calls; `refused` has AWS refuse them."""

    client: Any
    table: Table
    organization: Organization
    ids: Mapping[str, str]
    now: datetime = START
    refused: bool = False
    asked: list[str] = field(default_factory=list)

    def get_paginator(self, name: str) -> Any:
        self.asked.append(name)
        if self.refused:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not yours"}}, "ListAccounts")
        return self.client.get_paginator(name)

    def clock(self) -> datetime:
        return self.now

    def joined(self, table: bool = True) -> Organization:
        return joined(self.organization, self, self.table if table else None, self.clock)


@pytest.fixture
def world(lab: Lab) -> World:
    """Root > Workloads > (Prod > Payments, Dev); the file knows Workloads as dev, Prod as prod."""
    client = lab.boto("123456789012", "us-east-1").client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    ids = {"root": root}
    for name, parent in (("workloads", "root"), ("prod", "workloads"), ("payments", "prod"), ("dev", "workloads")):
        unit = client.create_organizational_unit(ParentId=ids[parent], Name=name)
        ids[name] = unit["OrganizationalUnit"]["Id"]
    for name, unit in (
        ("shop", "prod"),
        ("cards", "payments"),
        ("toys", "dev"),
        ("stray", "root"),
        ("<b>x</b>", "dev"),
    ):
        made = client.create_account(AccountName=name, Email="x@example.com")["CreateAccountStatus"]
        ids[name] = made["AccountId"]
        if unit != "root":
            client.move_account(AccountId=ids[name], SourceParentId=root, DestinationParentId=ids[unit])
    ours = Organization(
        "o-exampleorgid",
        HUB,
        {
            name: Environment(name, mode)
            for name, mode in (("dev", Mode.ENFORCE), ("prod", Mode.APPROVE), ("frozen", Mode.OFF))
        },
        {HUB: Account(HUB, "security", "frozen")},
        ous={ids["workloads"]: "dev", ids["prod"]: "prod"},
    )
    return World(client, Table(lab.hub("dynamodb"), TABLE), ours, ids)


def test_the_nearest_unit_above_an_account_decides_and_names_come_as_they_may_be_shown(world: World) -> None:
    accounts = ask(world.client, world.organization.ous)
    told = {name: accounts[world.ids[name]] for name in ("shop", "cards", "toys", "stray", "<b>x</b>")}
    assert {name: (account.name, account.environment) for name, account in told.items()} == {
        "shop": ("shop", "prod"),
        "cards": ("cards", "prod"),
        "toys": ("toys", "dev"),
        "stray": ("stray", ""),
        "<b>x</b>": ("b x  b", "dev"),
    }


def test_the_order_of_the_units_in_the_file_does_not_matter(world: World) -> None:
    backwards = dict(reversed(world.organization.ous.items()))
    assert ask(world.client, backwards) == ask(world.client, world.organization.ous)


def test_an_account_has_the_mode_of_its_unit_and_one_in_no_environment_is_unknown(world: World) -> None:
    ours, ids = world.joined(), world.ids
    assert {name: ours.mode(ids[name]) for name in ("shop", "toys", "stray")} == {
        "shop": Mode.APPROVE,
        "toys": Mode.ENFORCE,
        "stray": None,
    }
    assert (ours.mode(HUB), ours.mode("999988887777")) == (Mode.OFF, None)
    assert set(ours.accounts) == {HUB, *(ids[name] for name in ("shop", "cards", "toys", "<b>x</b>"))}


def test_the_file_decides_over_the_unit_and_aws_gives_the_name_that_the_file_leaves_out(world: World) -> None:
    shop = world.ids["shop"]
    world.organization = replace(world.organization, accounts={shop: Account(shop, shop, "frozen")})
    assert world.joined().account(shop) == Account(shop, "shop", "frozen")


def test_a_suspended_account_is_unknown(world: World) -> None:
    world.client.close_account(AccountId=world.ids["toys"])
    assert world.joined().account(world.ids["toys"]) is None


def test_nobody_is_asked_where_the_file_says_everything(world: World) -> None:
    world.organization = replace(world.organization, ous={})
    assert world.joined() is world.organization
    assert world.asked == []


def test_what_aws_said_is_kept_for_an_hour_for_this_function_and_the_others(world: World) -> None:
    first = world.joined()
    assert first.mode(world.ids["shop"]) is Mode.APPROVE
    calls = len(world.asked)
    world.now += timedelta(minutes=59)
    other = world.joined()
    assert (first.mode(world.ids["shop"]), other.mode(world.ids["shop"])) == (Mode.APPROVE, Mode.APPROVE)
    assert len(world.asked) == calls
    world.client.move_account(
        AccountId=world.ids["shop"], SourceParentId=world.ids["prod"], DestinationParentId=world.ids["dev"]
    )
    world.now += timedelta(minutes=1)
    assert (first.mode(world.ids["shop"]), other.mode(world.ids["shop"])) == (Mode.ENFORCE, Mode.ENFORCE)
    assert len(world.asked) == 2 * calls


def test_what_was_kept_for_other_units_is_not_taken(world: World) -> None:
    assert world.joined().mode(world.ids["shop"]) is Mode.APPROVE
    world.organization = replace(world.organization, ous={world.ids["prod"]: "frozen"})
    assert world.joined().mode(world.ids["shop"]) is Mode.OFF


def test_it_works_without_a_table(world: World) -> None:
    assert world.joined(table=False).mode(world.ids["shop"]) is Mode.APPROVE


def test_when_aws_is_silent_what_was_known_counts_for_a_day_and_then_only_the_file(world: World) -> None:
    ours = world.joined()
    assert ours.mode(world.ids["shop"]) is Mode.APPROVE
    world.refused = True
    world.now += timedelta(hours=23)
    assert (ours.mode(world.ids["shop"]), ours.mode(HUB)) == (Mode.APPROVE, Mode.OFF)
    world.now += timedelta(hours=1)
    assert (ours.mode(world.ids["shop"]), ours.mode(HUB)) == (None, Mode.OFF)


def test_when_aws_is_silent_it_is_asked_again_after_a_minute_and_not_for_every_event(world: World) -> None:
    world.refused = True
    ours = world.joined()
    assert [ours.mode(world.ids["shop"]) for _ in range(3)] == [None] * 3
    assert len(world.asked) == 1
    world.refused = False
    world.now += timedelta(seconds=60)
    assert ours.mode(world.ids["shop"]) is Mode.APPROVE


def test_a_ledger_that_does_not_answer_costs_the_cache_and_nothing_else(world: World) -> None:
    world.table = Table(world.table.client, "no-such-table")
    assert world.joined().mode(world.ids["shop"]) is Mode.APPROVE


def test_an_account_that_cannot_be_looked_up_is_only_watched(world: World) -> None:
    world.refused = True
    shop = world.ids["shop"]
    finding = Finding("f", "1", "config", "t", "t", "", Severity.LOW, shop, "us-east-1", "", "", {})
    situation = Situation(finding, Rule("a.b", "t", {}, Severity.LOW, ""), None, world.joined())
    assert environment_mode(situation) == Ceiling(
        "unknown account", Mode.OBSERVE, f"{shop} is not in organization.toml"
    )
