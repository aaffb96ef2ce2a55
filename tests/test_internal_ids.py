"""AWS Config calls a database by an id of its own: the database is found by it, and nothing else is touched."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import internal_ids
from chalicelib.catalogue import Catalogue
from chalicelib.model import Outcome
from lab.organization import Lab
from tests.replaying import event, told

MEMBER, REGION = "111122223333", "eu-central-1"
ON_CONFIG = "config.database_public/fires.plain_name"


@pytest.fixture
def rds(lab: Lab) -> Any:
    return lab.boto(MEMBER, REGION).client("rds")


def database(rds: Any, name: str) -> dict[str, Any]:
    """Make a public database; return how RDS describes it."""
    made = rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="postgres",
        ManageMasterUserPassword=True,
        PubliclyAccessible=True,
    )
    return dict(made["DBInstance"])


def answered(lab: Lab, catalogue: Catalogue, id_: str) -> Any:
    [incident] = lab.engine(catalogue).handle(event(ON_CONFIG, detail__resourceId=id_))
    return incident


def test_a_database_that_config_calls_by_its_own_id_is_answered_under_its_name(
    lab: Lab, catalogue: Catalogue, rds: Any
) -> None:
    made = database(rds, "claims")
    [change] = answered(lab, catalogue, made["DbiResourceId"]).changes
    assert (change.resource.id, change.outcome) == ("claims", Outcome.AWAITING)
    assert (change.before, change.after) == ({"public": True}, {"public": False})


def test_config_and_security_hub_tell_of_one_database_in_one_incident(lab: Lab, catalogue: Catalogue, rds: Any) -> None:
    made = database(rds, "claims")
    by_config = answered(lab, catalogue, made["DbiResourceId"])
    [by_hub] = lab.engine(catalogue).handle(event("securityhub.database_public/fires.control"))
    assert by_hub.id == by_config.id
    assert {change.resource.id for change in by_hub.changes} == {"claims"}


def test_an_id_that_rds_does_not_know_is_told_and_nothing_is_changed(lab: Lab, catalogue: Catalogue, rds: Any) -> None:
    database(rds, "claims")
    incident = answered(lab, catalogue, "db-UNKNOWNEXAMPLE2QW4ZB6NY")
    assert incident.changes == ()
    assert len(told(lab)) == 1


def test_where_rds_does_not_answer_people_are_told(
    lab: Lab, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "AssumeRole")

    engine = lab.engine(catalogue)
    monkeypatch.setattr(type(engine.hands.accounts), "reading", refused)
    [incident] = engine.handle(event(ON_CONFIG))
    assert incident.changes == ()
    assert len(told(lab)) == 1


def test_every_way_to_ask_is_one_that_rds_has(rds: Any) -> None:
    for action, call, *_ in internal_ids._ASKED.values():
        assert rds.meta.method_to_api_mapping[call] == action.removeprefix("rds:")
