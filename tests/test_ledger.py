"""What the ledger keeps, and for how long."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.catalogue import Catalogue, of
from chalicelib.engine import Engine
from chalicelib.ledger import KEEP_SECONDS
from chalicelib.model import Incident
from chalicelib.table import Item, Key
from lab.organization import TABLE, Lab
from tests.deciding import undo
from tests.replaying import event, played

GROUP = "cloudtrail.security_group_opened/fires.ipv4"


def head(engine: Engine, incident: Incident) -> Item:
    key: Key = (f"resource#{incident.changes[0].resource.key}", "head")
    return engine.ledger.table.get([key])[key]


def test_heads_expire_and_incidents_stay(lab: Lab, catalogue: Catalogue) -> None:
    engine, incident, _ = played(lab, catalogue, event(GROUP))
    items = lab.hub("dynamodb").scan(TableName=TABLE)["Items"]
    expiring = {item["pk"]["S"].split("#")[0] for item in items if "expires_at" in item}
    assert expiring == {"budget", "finding", "resource", "storm"}
    assert head(engine, incident)["expires_at"] - head(engine, incident)["let_go"] >= KEEP_SECONDS - 60


def test_what_people_undid_on_a_resource_is_not_forgotten(lab: Lab, catalogue: Catalogue) -> None:
    engine, incident, what = played(lab, catalogue, event(GROUP))
    undo(engine, incident.id, reason="agreed")
    assert "expires_at" not in head(engine, incident)
    engine.handle({**what, "detail": {**what["detail"], "eventID": "another-event"}})
    assert "expires_at" not in head(engine, incident)
    assert "undone" in head(engine, incident)


def test_a_hold_that_another_took_over_keeps_no_outcome_from_being_recorded(lab: Lab, catalogue: Catalogue) -> None:
    engine, incident, what = played(lab, catalogue, event(GROUP))
    write = engine.ledger.table.client.update_item
    key = {"pk": {"S": f"resource#{incident.changes[0].resource.key}"}, "sk": {"S": "head"}}
    unit = engine.catalogue.remediations["ec2.revoke_open_ingress"]
    taken: list[int] = []

    def stolen(*arguments: object) -> None:
        unit.write(*arguments)  # type: ignore[arg-type]
        taken.append(1)
        write(
            TableName=TABLE,
            Key=key,
            UpdateExpression="SET holder = :h",
            ExpressionAttributeValues={":h": {"S": "rival"}},
        )

    ec2 = lab.boto(incident.changes[0].resource.account, incident.changes[0].resource.region).client("ec2")
    ec2.authorize_security_group_ingress(
        GroupId=incident.changes[0].resource.id, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    rules = {
        id_: replace(
            rule, respond=tuple(replace(own, write=stolen) if own.id == unit.id else own for own in rule.respond)
        )
        for id_, rule in catalogue.rules.items()
    }
    slow = replace(engine, catalogue=of(rules, catalogue.remediations))
    [second] = slow.handle({**what, "detail": {**what["detail"], "eventID": "another-event"}})
    assert taken == [1]
    recorded = engine.ledger.load(second.id).changes
    assert [change.outcome.value for change in recorded] == ["contained", "contained"]
