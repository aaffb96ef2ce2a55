"""Rules about identities: what people approve is contained and comes back, and what is only ours comes to nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.engine import Engine
from chalicelib.model import Mode, Outcome
from chalicelib.reconcile import read
from lab.organization import FORBIDDEN, Lab
from tests.deciding import approve, undo
from tests.replaying import EVENTS, administrator, event, played, told

RULES = (
    "access_key_created",
    "administrator_made",
    "administrator_policy_written",
    "console_password_set",
    "federation_token_with_everything",
    "identity_provider_added",
    "made_in_forbidden_region",
    "password_policy_weakened",
    "role_trust_opened",
    "service_credential_created",
)
NOTHING = {"cloudtrail.access_key_created/fires.own_key", "cloudtrail.made_in_forbidden_region/fires.database"}
FIRES = [
    name
    for rule in RULES
    for path in sorted((EVENTS / f"cloudtrail.{rule}").glob("fires.*.json"))
    if (name := str(Path(path.parent.name, path.name)).removesuffix(".json")) not in NOTHING
]
TRUST = "cloudtrail.role_trust_opened/fires.other_account"
FORBIDDEN_REGION = "cloudtrail.made_in_forbidden_region"
MEMBER, SISTER, STRANGER = "111122223333", "444455556666", "888877776666"


@pytest.mark.parametrize("name", FIRES)
def test_what_waits_is_contained_when_people_approve_and_comes_back_when_they_undo(
    clock: object, lab: Lab, catalogue: Catalogue, name: str
) -> None:
    engine, incident, _ = played(lab, catalogue, event(name))
    [waiting] = incident.changes
    assert (waiting.outcome, waiting.mode) == (Outcome.AWAITING, Mode.APPROVE)
    [contained] = approve(engine, incident.id).changes
    assert (contained.outcome, contained.before, contained.after) == (Outcome.CONTAINED, waiting.before, waiting.after)
    confirm = bool(catalogue.remediations[waiting.remediation].confirm_undo)
    [undone] = undo(engine, incident.id, confirm=confirm).changes
    assert undone.outcome is Outcome.UNDONE
    with administrator(lab, MEMBER, waiting.resource.region) as aws:
        remediation = catalogue.remediations[waiting.remediation]
        assert read(remediation, aws, waiting.resource) == waiting.before


def test_who_makes_a_key_for_themselves_is_told_of_and_keeps_it(lab: Lab, catalogue: Catalogue) -> None:
    _, incident, _ = played(lab, catalogue, event("cloudtrail.access_key_created/fires.own_key"))
    [response] = incident.responses
    assert (response.rule.id, response.changes) == ("cloudtrail.access_key_created", ())


def trusted(lab: Lab, *accounts: str) -> Any:
    """Have the role trust accounts, and return the policy."""
    arns = sorted(f"arn:aws:iam::{account}:root" for account in accounts)
    statement = {"Effect": "Allow", "Principal": {"AWS": arns}, "Action": "sts:AssumeRole"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    iam = lab.boto(MEMBER, "us-east-1").client("iam")
    iam.update_assume_role_policy(RoleName="reporting", PolicyDocument=json.dumps(policy))
    return policy


def trust(lab: Lab) -> Any:
    role = lab.boto(MEMBER, "us-east-1").client("iam").get_role(RoleName="reporting")["Role"]
    return role["AssumeRolePolicyDocument"]


def answered(engine: Engine, lab: Lab, *accounts: str) -> Any:
    """Answer the change of a trust policy that names these accounts now."""
    trusted(lab, *accounts)
    again = {**event(TRUST, detail__eventID="2b1a5c5e-0000-4000-8000-00000000000b"), "id": "another"}
    [incident] = engine.handle(again)
    return incident.id, incident.changes[-1]


class TestTrustingAccounts:
    def test_of_the_organization_comes_to_nothing(self, clock: object, lab: Lab, catalogue: Catalogue) -> None:
        played(lab, catalogue, event(TRUST))
        lab.join(SISTER)
        _, change = answered(lab.engine(catalogue), lab, MEMBER, SISTER)
        assert change.outcome is Outcome.COMPLIANT

    def test_of_strangers_takes_out_the_strangers_alone(self, clock: object, lab: Lab, catalogue: Catalogue) -> None:
        played(lab, catalogue, event(TRUST))
        lab.join(SISTER)
        engine = lab.engine(catalogue)
        id_, change = answered(engine, lab, MEMBER, SISTER, STRANGER)
        assert change.outcome is Outcome.AWAITING
        approve(engine, id_)
        ours = sorted(f"arn:aws:iam::{account}:root" for account in (MEMBER, SISTER))
        assert sorted(trust(lab)["Statement"][0]["Principal"]["AWS"]) == ours


class TestMakingSomethingInARegion:
    def test_that_nobody_is_to_use_is_told_even_where_nothing_can_be_stopped(
        self, lab: Lab, catalogue: Catalogue
    ) -> None:
        [incident] = lab.engine(catalogue).handle(event("cloudtrail.made_in_forbidden_region/fires.database"))
        assert [(each.rule.id, each.mode) for each in incident.responses] == [(FORBIDDEN_REGION, Mode.APPROVE)]
        assert len(told(lab)) == 1

    @pytest.mark.parametrize("name", ["instance", "function", "database"])
    def test_that_may_be_used_is_told_to_nobody_and_nothing_is_stopped(
        self, lab: Lab, catalogue: Catalogue, name: str
    ) -> None:
        here = json.loads(json.dumps(event(f"{FORBIDDEN_REGION}/fires.{name}")).replace(FORBIDDEN, "eu-central-1"))
        _, incident, _ = played(lab, catalogue, here)
        assert {each.mode for each in incident.responses} == {Mode.OFF}
        assert [change for change in incident.changes if change.outcome is not Outcome.OFF] == []
        assert told(lab) == []
