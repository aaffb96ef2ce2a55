"""What people approve of GuardDuty's answers is contained, by exactly what was asked, and undone to what was before."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib import reconcile
from chalicelib.catalogue import Catalogue
from chalicelib.findings import parse
from chalicelib.model import Change, Outcome, State
from chalicelib.units import units
from lab.organization import Lab
from tests.deciding import approve, undo
from tests.replaying import administrator, event, played

EC2 = ["snapshot_volumes", "isolate_instance", "deny_instance_session", "leave_autoscaling", "protect_from_termination"]
ASKED = {
    "account_public_access_unblocked/fires.block_deleted": ["s3.block_public_access_account"],
    "bucket_reached_anonymously/fires.listed_from_tor": ["s3.block_public_access"],
    "bucket_reached_by_intruder/fires.key+guardduty.long_term_key_misused": ["s3.deny_principal_on_bucket"],
    "bucket_reached_by_intruder/fires.role+guardduty.temporary_credentials_misused": ["s3.deny_principal_on_bucket"],
    "cluster_attack_sequence/fires.tasks": ["ecs.stop_task_after_evidence"],
    "cluster_attack_sequence/fires.node": [f"ec2.{name}" for name in EC2],
    "database_login_suspicious/fires.from_tor": ["rds.make_private"],
    "ec2_attacked_from_outside/fires.password_guessing": ["ec2.revoke_open_ingress", "ec2.block_ip_in_network_acl"],
    "ecs_task_compromised/fires.miner": ["ecs.stop_task_after_evidence"],
    "eks_called_by_intruder/fires.role_reads_secrets": ["iam.deny_role_session", "eks.remove_access_entry"],
    "eks_called_by_intruder/fires.user": ["iam.disable_access_key", "eks.remove_access_entry"],
    "eks_open_to_anybody/fires.token_used_from_outside": ["eks.restrict_public_endpoint"],
    "key_used_unusually/fires.persistence": ["iam.disable_access_key"],
    "lambda_suspicious_traffic/fires.tor_client": ["lambda.stop_function", "iam.deny_role_session"],
    "password_policy_weakened/fires.policy_updated": ["iam.set_password_policy"],
    "session_used_unusually/fires.user_session": ["iam.deny_user"],
}
"""An event, and what on-call is asked for because of it."""

CERTAIN = {
    "bucket_reached_by_intruder/fires.key+guardduty.long_term_key_misused": ["iam.disable_access_key"],
    "bucket_reached_by_intruder/fires.role+guardduty.temporary_credentials_misused": ["iam.deny_role_session"],
}
"""What another rule contains at once."""


def states(lab: Lab, catalogue: Catalogue, what: Mapping[str, Any]) -> dict[tuple[str, str], State]:
    """Return what is there now of everything that the event's rules would change."""
    [finding] = parse(what)
    found = {}
    for unit in units(finding, catalogue.match(what)):
        with administrator(lab, unit.resource.account, unit.resource.region) as aws:
            found[unit.place] = reconcile.read(unit.remediation, aws, unit.resource)
    return found


@pytest.mark.parametrize("name", ASKED)
def test_what_is_approved_is_contained_and_undo_restores_what_was_before(
    lab: Lab, catalogue: Catalogue, name: str
) -> None:
    engine, incident, what = played(lab, catalogue, event(f"guardduty.{name}"))
    waiting = [change.remediation for change in incident.changes if change.outcome is Outcome.AWAITING]
    done = [change.remediation for change in incident.changes if change.outcome is Outcome.CONTAINED]
    assert (waiting, done) == (ASKED[name], CERTAIN.get(name, []))
    first = states(lab, catalogue, what)
    approved = approve(engine, incident.id)
    assert {change.outcome for change in approved.changes} == {Outcome.CONTAINED}
    told_by_incident = "ec2.snapshot_volumes"  # whether a snapshot is evidence depends on who reads
    changed = [place for place in first if place[0] in waiting and place[0] != told_by_incident]
    assert [
        place for place, now in states(lab, catalogue, what).items() if now == first[place] and place in changed
    ] == []
    undone = undo(engine, incident.id, confirm=True)
    for_good = {unit.id for unit in catalogue.remediations.values() if unit.irreversible}
    for change in undone.changes:
        assert change.outcome is (Outcome.KEPT if change.remediation in for_good else Outcome.UNDONE), change.reason
        if change.remediation in waiting and change.remediation not in for_good:
            place = change.remediation, change.resource.key
            assert states(lab, catalogue, what)[place] == first[place]


def denied(lab: Lab, change: Change) -> list[str]:
    """Return the addresses that network ACLs deny by themselves."""
    ec2: Any = lab.boto(change.resource.account, change.resource.region).client("ec2")
    entries = [entry for acl in ec2.describe_network_acls()["NetworkAcls"] for entry in acl["Entries"]]
    return sorted({e["CidrBlock"] for e in entries if e["RuleAction"] == "deny"} - {"0.0.0.0/0"})


def test_two_attackers_of_one_subnet_are_both_blocked_and_both_let_in_again(lab: Lab, catalogue: Catalogue) -> None:
    engine, incident, first = played(
        lab, catalogue, event("guardduty.ec2_attacked_from_outside/fires.password_guessing")
    )
    approve(engine, incident.id)
    second = copy.deepcopy({**first, "id": "another"})
    second["detail"]["id"] = "f" * 32
    action = second["detail"]["service"]["action"]["networkConnectionAction"]
    action["remoteIpDetails"]["ipAddressV4"] = "203.0.113.99"
    assert [joined.id for joined in engine.handle(second)] == [incident.id]
    both = approve(engine, incident.id)
    assert denied(lab, both.changes[-1]) == ["198.51.100.24/32", "203.0.113.99/32"]
    undone = undo(engine, incident.id, confirm=True)
    assert {change.outcome for change in undone.changes} == {Outcome.UNDONE}
    assert denied(lab, both.changes[-1]) == []
