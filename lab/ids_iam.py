"""Give IAM's keys and roles in moto the ids that an event names: moto makes up random ones."""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends

from chalicelib.model import Resource


def has_key(near: Resource, key_id: str) -> bool:
    """Return whether the account of `near` has a key of this id."""
    return any(key_id in backend.access_keys for backend in backends(near))


def rename_key(near: Resource, old: str, new: str) -> None:
    """Give the key another id; its user's list holds the same object."""
    keys = next(backend.access_keys for backend in backends(near) if old in backend.access_keys)
    key = keys.pop(old)
    key.access_key_id = new
    keys[new] = key


def rename_role_id(near: Resource, role_name: str, new: str) -> None:
    """Give the role another unique id (`AROA...`), unless a role has that one already."""
    found = ((b.roles, role) for b in backends(near) for role in b.roles.values() if role.name == role_name)
    roles, role = next(found)
    if new not in roles:
        roles[new] = roles.pop(role.id)
        role.id = new


def backends(near: Resource) -> list[Any]:
    """Return the account's, its own partition's first: moto answers for GovCloud's IAM from the one of `aws`."""
    account = iam_backends[near.account]
    return [account[partition] for partition in dict.fromkeys((near.partition, "aws"))]
