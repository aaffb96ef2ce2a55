"""The responder role of every account: what it may do, what it may never touch, and who may become it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib import baselines, daily, source_told
from chalicelib.catalogue import Catalogue
from chalicelib.errors import InvalidOrganization
from chalicelib.organization import Organization
from chalicelib.protection import reads
from infrastructure import protected
from infrastructure.actions import resources
from infrastructure.cloudformation import ACCOUNT, allow, deny, document, plain
from infrastructure.names import FUNCTIONS, PRODUCT, STAGE, named, operator

Policy = dict[str, Any]

MANAGED_POLICY = 6144
"""The most characters of one managed policy, white space not counted (IAM quotas)."""

ROLE_POLICIES = 10
"""The most managed policies of one role, unless AWS was asked for more (IAM quotas)."""

ALWAYS = ("iam:ListAccountAliases", *daily.READS, *baselines.READS, source_told.READ, source_told.WRITE)
"""What is done beside the remediations: the account's name, for the notice; once a day what forwards its events, and
how its trails are while all is well; the note on what Security Hub found."""

SOURCE_IDENTITY = "countermeasure"
"""Who every session says it acts for: CloudTrail keeps it through further assumed roles."""


def responder_policy(catalogue: Catalogue, organization: Organization, account: str = "*") -> list[Policy]:
    """Return what the responder may do in `account`, the union of the catalogue, as managed policies; denials first.

    Raises InvalidOrganization when organization.toml protects more principals than IAM can take.
    """
    partition = organization.partition
    by_scope: dict[tuple[str, ...], list[str]] = {}
    for action in sorted(used(catalogue, organization)):
        by_scope.setdefault(resources(action, partition, account, pins(catalogue, action)), []).append(action)
    allowed = [allow(actions, list(scope)) for scope, actions in sorted(by_scope.items())]
    return _packed([*_denied(organization), *allowed])


def used(catalogue: Catalogue, organization: Organization) -> set[str]:
    """Return every action that a session of the responder is ever asked for, with what is protected."""
    units = catalogue.answering.values()
    looked_at = {action for unit in units for action in reads(unit.resource_type, organization.protected)}
    return {action for unit in units for action in (*unit.reads, *unit.writes)} | looked_at | set(ALWAYS)


def pins(catalogue: Catalogue, action: str) -> set[str]:
    """Return what the remediations that use an action limit their writes to, as ARN templates."""
    units = [unit for unit in catalogue.answering.values() if action in (*unit.reads, *unit.writes)]
    return {pin for unit in units for pin in unit.pin}


def responder_trust(organization: Organization, external_id: Any, stage: str = STAGE) -> Policy:
    """Return who may become the responder: a stage's functions, and people in its operator role.

    The hub's account is the principal and its roles are named by conditions: a role that is named as principal must
    exist beforehand, and is lost when it is made anew. `external_id` is the value, or a reference to a parameter.
    The external id is no part of SetSourceIdentity (Service Authorization Reference, STS).
    """
    hub = f"arn:{organization.partition}:iam::{organization.hub}"
    names = [*(named(stage, function) for function in FUNCTIONS), operator(stage)]
    ours = {"ArnEquals": {"aws:PrincipalArn": [f"{hub}:role/{name}" for name in names]}}
    asked = {"aws:PrincipalOrgID": organization.id, "sts:SourceIdentity": SOURCE_IDENTITY}
    return document(
        _trusted(hub, "sts:AssumeRole", {**ours, "StringEquals": {**asked, "sts:ExternalId": external_id}}),
        _trusted(hub, "sts:SetSourceIdentity", {**ours, "StringEquals": asked}),
    )


def size(policy: Mapping[str, Any]) -> int:
    """Return how many characters IAM counts, with the longest account id and without white space."""
    text = json.dumps(plain(policy), separators=(",", ":")).replace(ACCOUNT, "123456789012")
    return len("".join(text.split()))


def _trusted(hub: str, action: str, condition: Mapping[str, Any]) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": f"{hub}:root"}, "Action": action, "Condition": condition}


def _denied(organization: Organization) -> list[dict[str, Any]]:
    """Return the denials: countermeasure itself, the hub, and the protected principals."""
    partition, hub = organization.partition, organization.hub
    roles = [
        f"arn:{partition}:iam::*:role/{organization.responder}",
        f"arn:{partition}:iam::*:role/{PRODUCT}-*",
        f"arn:{partition}:iam::*:role/{PRODUCT}/*",
    ]
    kept = organization.protected.principals
    roles += [arn for arn in kept if ":user/" not in arn]
    users = [arn for arn in kept if ":role/" not in arn]
    functions = [f"arn:{partition}:lambda:*:{hub}:function:{PRODUCT}-*"]
    tables = [f"arn:{partition}:dynamodb:*:{hub}:table/{PRODUCT}-*"]
    rules = [f"arn:{partition}:events:*:*:rule/{PRODUCT}-*"]
    policies = [f"arn:{partition}:iam::*:policy/{PRODUCT}/*"]
    statements = [
        deny(protected.ROLE_CHANGES, list(dict.fromkeys(roles)), sid="Roles"),
        deny(protected.POLICY_CHANGES, policies, sid="Policies"),
        deny(protected.FUNCTION_CHANGES, functions, sid="HubFunctions"),
        deny(protected.TABLE_CHANGES, tables, sid="HubLedger"),
        deny(protected.RULE_CHANGES, rules, sid="Rules"),
    ]
    return [*statements, deny(protected.USER_CHANGES, users, sid="Users")] if users else statements


def _packed(statements: Sequence[dict[str, Any]]) -> list[Policy]:
    """Return the statements in as few managed policies as their order allows."""
    packs: list[list[dict[str, Any]]] = []
    for statement in statements:
        if size(document(statement)) > MANAGED_POLICY:
            raise InvalidOrganization("protected.principals: too many for one policy; use * for those named alike")
        if not packs or size(document(*packs[-1], statement)) > MANAGED_POLICY:
            packs.append([])
        packs[-1].append(statement)
    return [document(*pack) for pack in packs]
