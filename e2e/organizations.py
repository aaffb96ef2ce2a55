"""The organization around the hub, and what moto leaves out of it. Everything else of it is moto's own.

| Asked for | Answered by |
|---|---|
| Organizations, by a member that administers GuardDuty | moto, as to the management account |
| Organizations; Security Hub and its members; GuardDuty's detectors and administrator | moto |
| StackSets: CreateStackSet, ListStackInstances, DeleteStackSet | moto; refused without ActivateOrganizationsAccess |
| CreateStackInstances, DeleteStackInstances by OrganizationalUnitIds | moto's stacks, in the accounts found here |
| UpdateStackSet | moto, and here each of its stacks |
| ActivateOrganizationsAccess | here: trusted access, as moto's Organizations keeps it |
| guardduty UpdateOrganizationConfiguration, ListMembers | here: every account but the administrator's is a member |

It runs in the moto server, in the emulators' environment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from unittest.mock import patch

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, StackInstance, StackInstances, StackSet
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.guardduty.models import guardduty_backends
from moto.organizations import utils
from moto.organizations.models import organizations_backends
from moto.organizations.responses import OrganizationsResponse

PARTITION = "aws"
REGION = "us-east-1"
STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"
"""The service that ActivateOrganizationsAccess trusts (Organizations user guide, "AWS CloudFormation StackSets")."""

NOT_ACTIVATED = "You must enable organizations access to operate a service managed stack set"

_create, _create_set, _update = StackInstances.create_instances, CloudFormationBackend.create_stack_set, StackSet.update
_automatic: set[tuple[str, str]] = set()
"""Administrators and regions for which GuardDuty enables every account of the organization."""


def make(organization: str, root: str, accounts: Mapping[str, str]) -> None:
    """Make an organization with these ids and its accounts by id, with their names; the first manages it."""
    (management, _), *members = accounts.items()
    backend = organizations_backends[management][PARTITION]
    with (
        patch.object(utils, "make_random_org_id", lambda: organization),
        patch.object(utils, "make_random_root_id", lambda: root),
    ):
        backend.create_organization(REGION)
    for id_, name in members:
        with patch.object(utils, "make_random_account_id", lambda id_=id_: id_):
            backend.create_account(AccountName=name, Email=f"{name}@example.com")


def complete() -> None:
    """Make this process's moto answer what it leaves out."""
    for where, name, what in (
        (OrganizationsResponse, "organizations_backend", property(asked_by)),
        (CloudFormationResponse, "activate_organizations_access", activate),
        (CloudFormationResponse, "delete_stack_instances", delete_stack_instances),
        (CloudFormationBackend, "create_stack_set", create_stack_set),
        (StackInstances, "create_instances", create_instances),
        (StackSet, "update", update),
    ):
        setattr(where, name, what)


def asked_by(self: Any) -> Any:
    """Return what answers Organizations: a delegated administrator may read all of it (its API reference)."""
    account = self.current_account
    management, _ = organizations_backends.master_accounts.get(account, (account, PARTITION))
    reads = self._get_action().startswith(("List", "Describe"))
    delegated = any(account in each.admin_account_ids for each in guardduty_backends[management].values())
    return organizations_backends[management if reads and delegated else account][PARTITION]


def activate(self: Any) -> EmptyResult:
    """Answer ActivateOrganizationsAccess: the management account lets StackSets into its organization."""
    organizations_backends[self.current_account][PARTITION].enable_aws_service_access(ServicePrincipal=STACK_SETS)
    return EmptyResult()


def create_stack_set(self: Any, *args: Any, **asked: Any) -> StackSet:
    """Make a StackSet. Raises ValidationError for a service-managed one without access to the organization."""
    if asked.get("permission_model") == "SERVICE_MANAGED":
        trusted = organizations_backends[self.account_id][PARTITION].services
        if STACK_SETS not in {each["ServicePrincipal"] for each in trusted}:
            raise ValidationError(message=NOT_ACTIVATED)
    return _create_set(self, *args, **asked)


def accounts_under(management: str, units: list[str]) -> Iterator[str]:
    """Yield the accounts of units and of those below; the management account is never one (StackSets user guide)."""
    backend = organizations_backends[management][PARTITION]
    for unit in units:
        yield from (each.id for each in backend.accounts if each.parent_id == unit and each.id != management)
        yield from accounts_under(management, [each.id for each in backend.ou if each.parent_id == unit])


def create_instances(
    self: Any, accounts: list[str], regions: list[str], parameters: Any, targets: Mapping[str, Any], **more: Any
) -> Any:
    """Make a StackSet's stacks in accounts, and in those under organizational units."""
    found = [*accounts, *accounts_under(self.account_id, targets.get("OrganizationalUnitIds", []))]
    return _create(self, found, regions, parameters, {}, **more)


def delete_stack_instances(self: Any) -> ActionResult:
    """Answer DeleteStackInstances, by accounts or by organizational units."""
    units = (self._get_params().get("DeploymentTargets") or {}).get("OrganizationalUnitIds", [])
    accounts = [*self._get_param("Accounts", []), *accounts_under(self.current_account, units)]
    name, regions = self._get_param("StackSetName"), self._get_param("Regions", [])
    stack_set = self.cloudformation_backend.delete_stack_instances(name, accounts, regions)
    return ActionResult({"OperationId": stack_set.operations[-1]["OperationId"]})


def update(self: Any, *args: Any, **asked: Any) -> Any:
    """Update a StackSet, and with it each of its stacks: as AWS does where no account is named."""
    operation = _update(self, *args, **asked)
    for instance in self.stack_instances:
        changed(instance, self.template, self.parameters)
    self.instances.template = self.template
    return operation


def changed(instance: StackInstance, template: str, parameters: Mapping[str, str]) -> None:
    instance.template = template
    instance.stack.update(template, parameters=dict(parameters))


def guardduty(account: str, region: str, method: str, path: str, body: bytes) -> bytes | None:
    """Answer what moto's GuardDuty does not: members, which an administrator has by its organization alone."""
    _, _, detector, what, *_ = [*path.split("/"), "", "", ""]
    backend = guardduty_backends[account][region]
    if not path.startswith("/detector/") or detector not in backend.detectors:
        return None
    if (method, what) == ("POST", "admin"):
        for_all = json.loads(body).get("autoEnableOrganizationMembers") == "ALL"
        (_automatic.add if for_all else _automatic.discard)((account, region))
        return b"{}"
    if (method, what) == ("GET", "member"):
        return json.dumps({"members": list(members(account, region, detector))}).encode()
    return None


def members(administrator: str, region: str, detector: str) -> Iterator[dict[str, str]]:
    for management, _ in organizations_backends.master_accounts.values():
        administered = guardduty_backends[management][region].admin_account_ids
        if administrator in administered and (administrator, region) in _automatic:
            for each in organizations_backends[management][PARTITION].accounts:
                if each.id != administrator:
                    yield {
                        "accountId": each.id,
                        "administratorId": administrator,
                        "detectorId": detector,
                        "email": each.email,
                        "relationshipStatus": "Enabled",
                        "updatedAt": "2026-01-01T00:00:00Z",
                    }
            return
