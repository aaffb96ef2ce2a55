"""organization.toml beyond its smallest form: environments by unit and list, regions, what is protected, approvers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.errors import InvalidOrganization
from chalicelib.model import Mode
from chalicelib.organization import (
    Account,
    Budgets,
    Environment,
    Organization,
    Protected,
    parse,
    read,
    unknown_rules,
)

EXAMPLE = Path(__file__).parents[1] / "organization.toml"
FULL = """
[organization]
id = "o-exampleorgid"
hub = "222222222222"

[environments.sandbox]
mode = "enforce"
ous = ["ou-abcd-11111111", "r-abcd"]
accounts = ["111122223333"]

[environments.prod]
mode = "approve"
accounts = ["777788889999"]
approvers = ["U0123456789", "S0123456789", "arn:aws:iam::222222222222:role/on-call"]

[accounts]
777788889999 = { name = "shop" }

[regions]
governed = ["us-east-1", "eu-west-1"]
allowed = ["eu-west-1"]

[protected]
principals = ["arn:aws:iam::*:role/break-glass", "arn:aws:iam::111122223333:user/ops/*"]
tags = { criticality = "*", "team.owner" = "security" }
"""


def test_every_key_is_part_of_the_organization() -> None:
    assert parse(FULL) == Organization(
        id="o-exampleorgid",
        hub="222222222222",
        environments={
            "sandbox": Environment("sandbox", Mode.ENFORCE),
            "prod": Environment(
                "prod", Mode.APPROVE, ("U0123456789", "S0123456789", "arn:aws:iam::222222222222:role/on-call")
            ),
        },
        accounts={
            "111122223333": Account("111122223333", "111122223333", "sandbox"),
            "777788889999": Account("777788889999", "shop", "prod"),
        },
        regions=("us-east-1", "eu-west-1"),
        allowed_regions=("eu-west-1",),
        protected=Protected(
            principals=("arn:aws:iam::*:role/break-glass", "arn:aws:iam::111122223333:user/ops/*"),
            tags={"criticality": "*", "team.owner": "security"},
        ),
        ous={"ou-abcd-11111111": "sandbox", "r-abcd": "sandbox"},
    )


def test_the_example_in_the_repository_is_valid_also_with_everything_that_it_explains() -> None:
    ours = read(EXAMPLE)
    assert ours.mode("222222222222") is Mode.OBSERVE
    assert ours.environments["prod"] == Environment("prod", Mode.APPROVE, undo_by_another=True)
    commented = re.compile(r'^# (?=\[|[a-z_]+ = |"root)', re.MULTILINE)
    explained = re.compile(r"^(\w+ = )(?:\[\]|\{\}) # (?=[\[{])", re.MULTILINE)
    told = explained.sub(r"\1", commented.sub("", EXAMPLE.read_text()))
    everything = parse(told)
    assert everything.external_id == "ssm:/countermeasure/external-id"
    assert everything.ous["ou-abcd-44444444"] == "prod"
    assert everything.protected == Protected(
        ("arn:aws:iam::*:role/break-glass", "arn:aws:iam::*:role/aws-reserved/*"),
        {"countermeasure": "protected", "criticality": "*"},
        ("arn:aws:ec2:*:*:instance/i-0abc", "prod-db-*"),
    )
    assert everything.environments["prod"].approvals == 2
    assert everything.budgets == Budgets(25, 50, 200)
    assert everything.people == {"alice": "U0123456789", "root@111122223333": "U0123456789"}
    assert (len(everything.exemptions), len(everything.break_glass.windows)) == (1, 1)


def test_the_rules_that_the_example_names_are_in_the_catalogue(catalogue: Catalogue) -> None:
    commented = re.compile(r'^# (?=\[rules|environments = |mode = "observe")', re.MULTILINE)
    told = commented.sub("", EXAMPLE.read_text())
    assert list(parse(told).rules) == ["signin.root_login"]
    assert unknown_rules(parse(told), catalogue) == ()


@pytest.mark.parametrize(
    ("partition", "heard"),
    [("aws", ("us-east-1",)), ("aws-cn", ("cn-north-1",)), ("aws-us-gov", ("us-gov-west-1",))],
)
def test_events_are_always_heard_in_the_home_region_of_the_partition(partition: str, heard: tuple[str, ...]) -> None:
    assert parse(_short(f'partition = "{partition}"')).heard_in == heard


def test_the_home_region_comes_once_and_first() -> None:
    assert parse(_short() + '[regions]\ngoverned = ["eu-west-1", "us-east-1"]').heard_in == ("us-east-1", "eu-west-1")


ASKS = {
    "a unit": ('[environments.dev]\nmode = "off"\nous = ["ou-abcd-11111111"]', True),
    "an account without a name": ('[environments.dev]\nmode = "off"\naccounts = ["444455556666"]', True),
    "every account named": (
        '[environments.dev]\nmode = "off"\n[accounts]\n444455556666 = { name = "dev", environment = "dev" }',
        False,
    ),
}


@pytest.mark.parametrize(("told", "asks"), ASKS.values(), ids=ASKS)
def test_aws_is_asked_only_for_what_the_file_leaves_out(told: str, asks: bool) -> None:
    assert parse(_short(environments=told)).asks_aws is asks


OU = "ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32}"
PRINCIPAL = r"arn:aws[a-z-]*:iam::([0-9]{12}|\*):(role|user)/[\w+=,.@/*-]{1,576}"
APPROVER = r"[UWS][A-Z0-9]{6,20}|arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\w+=,.@/-]{1,576}"
TAG = r"[\w .:/=+@-]{1,128}"
REGION = r"(?!cn-|us-gov-)[a-z]{2}-[a-z]+-[0-9]"
BAD: dict[str, tuple[str, str, str]] = {
    "an unknown key of regions": (
        "governed =",
        "govern =",
        "regions.govern: unknown key; allowed are governed, allowed",
    ),
    "an unknown key of protected": (
        "principals =",
        "principal =",
        "protected.principal: unknown key; allowed are principals, tags, resources",
    ),
    "a unit by its name": (
        '"r-abcd"',
        '"Prod"',
        f"environments.sandbox.ous: 'Prod' is not allowed; each must match {OU}",
    ),
    "one unit for a list": (
        '["ou-abcd-11111111", "r-abcd"]',
        '"r-abcd"',
        "environments.sandbox.ous: 'r-abcd' is not allowed; it must be a list",
    ),
    "a unit twice": ('"r-abcd"', '"ou-abcd-11111111"', "environments.sandbox.ous: 'ou-abcd-11111111' comes twice"),
    "a unit in two environments": (
        'accounts = ["777788889999"]',
        'accounts = ["777788889999"]\nous = ["r-abcd"]',
        "environments.prod.ous: r-abcd is in environments.sandbox already",
    ),
    "an account in two environments": (
        '["777788889999"]',
        '["777788889999", "111122223333"]',
        "environments.prod.accounts: 111122223333 is in environments.sandbox already",
    ),
    "an account in another environment than its list": (
        '{ name = "shop" }',
        '{ name = "shop", environment = "sandbox" }',
        "accounts.777788889999.environment: 777788889999 is in environments.prod already",
    ),
    "a number for an account": (
        '["777788889999"]',
        "[777788889999]",
        "environments.prod.accounts: 777788889999 is not allowed; each must match [0-9]{12}",
    ),
    "an environment with a capital": (
        "[environments.prod]",
        "[environments.Prod]",
        "environments.Prod: the name is not allowed; it must match [a-z0-9-]+",
    ),
    "an approver by name": (
        '"U0123456789"',
        '"@ann"',
        f"environments.prod.approvers: '@ann' is not allowed; each must match {APPROVER}",
    ),
    "a region that is none": (
        '["eu-west-1"]',
        '["Ireland"]',
        f"regions.allowed: 'Ireland' is not allowed; each must match {REGION}",
    ),
    "a region of another partition": (
        '["us-east-1", "eu-west-1"]',
        '["cn-north-1"]',
        f"regions.governed: 'cn-north-1' is not allowed; each must match {REGION}",
    ),
    "a region that is allowed and not heard": (
        '["eu-west-1"]',
        '["eu-west-1", "eu-west-3"]',
        "regions.allowed: eu-west-3 must be in regions.governed too: what happens there would not be heard",
    ),
    "a principal by its name": (
        '"arn:aws:iam::*:role/break-glass"',
        '"break-glass"',
        f"protected.principals: 'break-glass' is not allowed; each must match {PRINCIPAL}",
    ),
    "a principal that is a session": (
        '"arn:aws:iam::*:role/break-glass"',
        '"arn:aws:sts::111122223333:assumed-role/break-glass/ann"',
        "protected.principals: 'arn:aws:sts::111122223333:assumed-role/break-glass/ann' is not allowed; "
        f"each must match {PRINCIPAL}",
    ),
    "a principal of another partition": (
        "arn:aws:iam::*:role/break-glass",
        "arn:aws-cn:iam::*:role/break-glass",
        "protected.principals: arn:aws-cn:iam::*:role/break-glass is not in the partition aws",
    ),
    "a tag that is a list": (
        'criticality = "*"',
        'criticality = ["high"]',
        f"protected.tags: 'criticality' = ['high'] is not allowed; both must match {TAG}",
    ),
    "a tag key that is markup": (
        "criticality =",
        '"<b>" =',
        f"protected.tags: '<b>' = '*' is not allowed; both must match {TAG}",
    ),
}


@pytest.mark.parametrize(("there", "instead", "problem"), BAD.values(), ids=BAD)
def test_what_is_not_allowed_is_refused_by_its_key(there: str, instead: str, problem: str) -> None:
    assert FULL.count(there) == 1
    with pytest.raises(InvalidOrganization) as caught:
        parse(FULL.replace(there, instead))
    assert str(caught.value) == problem


def _short(more: str = "", environments: str = "[environments]\n[accounts]") -> str:
    return f'[organization]\nid = "o-exampleorgid"\nhub = "222222222222"\n{more}\n{environments}\n'
