"""What moto leaves out of the member template: managed policies of roles, changed policies, and false conditions.

It runs in the moto server, in the emulators' environment.
"""

from __future__ import annotations

import json
from typing import Any

from moto.cloudformation import parsing
from moto.iam.models import ManagedPolicy, Role, iam_backends

PARTITION = "aws"

_role, _no_role = Role.create_from_cloudformation_json, Role.delete_from_cloudformation_json
_update_resource = parsing.parse_and_update_resource


def complete() -> None:
    """Make this process's CloudFormation do what it leaves out."""
    for where, name, what in (
        (Role, "create_from_cloudformation_json", classmethod(create_role)),
        (Role, "delete_from_cloudformation_json", classmethod(delete_role)),
        (ManagedPolicy, "update_from_cloudformation_json", classmethod(update_policy)),
        (parsing, "parse_and_update_resource", update_resource),
    ):
        setattr(where, name, what)


def create_role(_: Any, /, name: str, template: Any, account_id: str, region: str, **more: Any) -> Role:
    """Make a template's role with the managed policies that it names."""
    role = _role(name, template, account_id, region, **more)
    for arn in template["Properties"].get("ManagedPolicyArns", []):
        iam_backends[account_id][PARTITION].attach_role_policy(arn, role.name)
    return role


def delete_role(_: Any, /, name: str, template: Any, account_id: str, region: str) -> None:
    iam = iam_backends[account_id][PARTITION]
    role = next((each for each in iam.roles.values() if each.name == name), None)
    for arn in list(role.managed_policies) if role else []:
        iam.detach_role_policy(arn, name)
    _no_role(name, template, account_id, region)


def update_policy(_: Any, /, original_resource: Any, cloudformation_json: Any, account_id: str, **__: Any) -> Any:
    """Change a template's policy: a new version takes the place of the one before."""
    iam, document = iam_backends[account_id][PARTITION], json.dumps(cloudformation_json["Properties"]["PolicyDocument"])
    before = original_resource.default_version_id
    iam.create_policy_version(original_resource.arn, document, True)
    iam.delete_policy_version(original_resource.arn, before)
    return original_resource


def update_resource(name: str, template: Any, resources: Any, account_id: str, region_name: str) -> Any:
    """Update a template's resource, where its condition lets it be there."""
    there = resources[name] is not None
    return _update_resource(name, template, resources, account_id, region_name) if there else None
