"""What a remediation is told of a resource that its event does not say: whose accounts are ours."""

from dataclasses import replace

import pytest

from chalicelib.briefing import briefed
from chalicelib.catalogue import load
from chalicelib.findings import parse
from chalicelib.model import Mode, Resource
from chalicelib.organization import Account, Environment, Organization
from chalicelib.units import Unit, units
from tests.replaying import event

CATALOGUE = load("rules", "remediations")
RULE = CATALOGUE.rules["cloudtrail.bucket_opened"]
ASKING = [unit for unit in CATALOGUE.remediations.values() if "organization_accounts" in unit.asks]
ORGANIZATION = Organization(
    id="o-exampleorgid",
    hub="222222222222",
    environments={"dev": Environment("dev", Mode.ENFORCE)},
    accounts={id_: Account(id_, id_, "dev") for id_ in ("444455556666", "222222222222")},
)
OURS = "222222222222 444455556666"


def none_kept(resources):
    return {}


def unit_of(remediation, details):
    resource = Resource(remediation.resource_type, "it", "111122223333", "us-east-1", details=details)
    return Unit(replace(RULE, respond=(remediation,)), remediation, resource)


@pytest.mark.parametrize("remediation", ASKING, ids=lambda unit: unit.id)
def test_who_asks_whose_accounts_are_ours_is_told(remediation):
    (told,) = briefed([unit_of(remediation, {"said": "by the event"})], ORGANIZATION, none_kept)
    assert told.resource.details == {"said": "by the event", "organization_accounts": OURS}


def test_what_an_event_says_of_whose_accounts_are_ours_is_not_believed():
    asking = CATALOGUE.remediations["iam.restore_trust_policy"]
    (told,) = briefed([unit_of(asking, {"organization_accounts": "999988887777"})], ORGANIZATION, none_kept)
    assert told.resource.details == {"organization_accounts": OURS}


def test_who_asks_nothing_is_told_nothing():
    found = units(parse(event("cloudtrail.bucket_opened/fires.policy_for_everybody"))[0], [RULE])
    assert found
    assert briefed(found, ORGANIZATION, none_kept) == found


def test_no_rule_takes_what_seems_foreign_without_asking():
    # An account that AWS Organizations could not be asked for looks like a stranger's.
    acting = [
        rule.id
        for rule in CATALOGUE.rules.values()
        if rule.mode > Mode.APPROVE and any("organization_accounts" in unit.asks for unit in rule.respond)
    ]
    assert acting == []
