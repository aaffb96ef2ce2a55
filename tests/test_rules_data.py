"""What rules about databases, keys, secrets and clusters answer holds on what the event names, and can be undone."""

from __future__ import annotations

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.model import Incident, Outcome
from lab.organization import Lab
from lab.stage import prepare
from tests.deciding import approve, undo
from tests.replaying import EVENTS, event, played, told

ASKING = (
    "backup_vault_opened",
    "cluster_administrator_made",
    "cluster_endpoint_opened",
    "database_made_public",
    "function_opened",
    "key_granted",
    "key_opened",
    "notebook_opened",
    "recovery_points_attacked",
    "repository_opened",
    "search_domain_opened",
    "secret_deleted",
    "secret_opened",
    "topic_or_queue_opened",
)
FIRES = [
    f"{path.parent.name}/{path.stem}"
    for name in ASKING
    for path in sorted((EVENTS / f"cloudtrail.{name}").glob("fires.*.json"))
]
TOPIC = "cloudtrail.topic_or_queue_opened"
KEY = "cloudtrail.key_made_unusable"


def outcomes(incident: Incident, rule: str) -> set[Outcome]:
    return {change.outcome for change in incident.changes if change.rule == rule}


@pytest.mark.parametrize("name", FIRES)
def test_what_people_approve_is_contained_and_can_be_undone(lab: Lab, catalogue: Catalogue, name: str) -> None:
    rule = name.partition("/")[0]
    engine, incident, _ = played(lab, catalogue, event(name))
    assert Outcome.AWAITING in outcomes(incident, rule)
    approved = approve(engine, incident.id)
    assert Outcome.CONTAINED in outcomes(approved, rule) <= {Outcome.CONTAINED, Outcome.COMPLIANT}
    undone = undo(engine, incident.id, confirm=True)
    assert Outcome.UNDONE in outcomes(undone, rule) <= {Outcome.UNDONE, Outcome.COMPLIANT}


def test_the_administrator_whom_a_call_made_loses_the_cluster_and_others_keep_it(
    lab: Lab, catalogue: Catalogue
) -> None:
    engine, incident, what = played(lab, catalogue, event("cloudtrail.cluster_administrator_made/fires.of_the_cluster"))
    eks = lab.boto(what["account"], what["region"]).client("eks")

    def entries() -> set[str]:
        return {arn.rpartition(":")[2] for arn in eks.list_access_entries(clusterName="production")["accessEntries"]}

    before = entries()
    approve(engine, incident.id)
    assert before - entries() == {"role/ci/deploy"}
    assert entries() >= {"role/deploy-staging", "user/deploy", "role/nodes"}


def test_a_key_that_was_only_disabled_is_enabled_and_disabled_again_by_undo(lab: Lab, catalogue: Catalogue) -> None:
    stage = prepare(lab, catalogue, event(f"{KEY}/fires.disabled"))
    [key] = stage.made
    kms = lab.boto(key.account, key.region).client("kms")
    kms.cancel_key_deletion(KeyId=key.id)

    def state() -> str:
        return str(kms.describe_key(KeyId=key.id)["KeyMetadata"]["KeyState"])

    assert state() == "Disabled"
    engine = lab.engine(catalogue)
    [incident] = engine.handle(stage.event)
    became = {change.remediation: change.outcome for change in incident.changes}
    assert became == {"kms.cancel_deletion": Outcome.COMPLIANT, "kms.enable_key": Outcome.CONTAINED}
    assert state() == "Enabled"
    undo(engine, incident.id, confirm=True)
    assert state() == "Disabled"


def test_a_grant_to_an_account_of_the_organization_asks_nobody(lab: Lab, catalogue: Catalogue) -> None:
    lab.join("888877776666")  # whom the scene's key is granted to
    engine, incident, _ = played(lab, catalogue, event("cloudtrail.key_granted/fires.to_another_account"))
    assert outcomes(incident, "cloudtrail.key_granted") == {Outcome.COMPLIANT}
    assert (told(lab), engine.ledger.table.query(f"incident#{incident.id}")) == ([], {})


def test_a_topics_own_policy_names_everybody_under_a_condition_and_needs_nothing(
    lab: Lab, catalogue: Catalogue
) -> None:
    engine, incident, what = played(lab, catalogue, event(f"{TOPIC}/fires.topic_policy"))
    sns = lab.boto(what["account"], what["region"]).client("sns")
    opened = what["detail"]["requestParameters"]["topicArn"]
    [neighbour] = {each["TopicArn"] for each in sns.list_topics()["Topics"]} - {opened}
    own = event(
        f"{TOPIC}/fires.topic_policy",
        detail__eventID="0a1b2c3d-4e5f-6789-abcd-ef0123456789",
        detail__requestParameters__topicArn=neighbour,
        detail__requestParameters__attributeValue=sns.get_topic_attributes(TopicArn=neighbour)["Attributes"]["Policy"],
    )
    [answered] = engine.handle(own)
    assert outcomes(incident, TOPIC) == {Outcome.AWAITING}
    assert outcomes(answered, TOPIC) == {Outcome.COMPLIANT}
