"""What only AWS knows of a resource that is about to be changed, and whether that protects it."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib import owners, tags
from chalicelib.accounts import describe
from chalicelib.errors import CountermeasureError
from chalicelib.model import Ceiling, Mode, Resource, Session
from chalicelib.organization import Protected


def reads(resource_type: str, protected: Protected) -> tuple[str, ...]:
    """Return the IAM actions that looking at resources of a type takes, with what is protected."""
    by_tag = tags.reads(resource_type) if protected.tags else ()
    return tuple(dict.fromkeys((*by_tag, *owners.reads(resource_type, protected))))


def ceilings(aws: Session, resource: Resource, protected: Protected) -> tuple[Ceiling, ...]:
    """Return what protects the resource. What cannot be looked at lowers to APPROVE."""
    looks: dict[str, Callable[[], Ceiling | None]] = {
        "a tag": lambda: tags.ceiling(aws, resource, protected.tags) if protected.tags else None,
        "its path or owner": lambda: owners.ceiling(aws, resource, protected),
    }
    found: list[Ceiling | None] = []
    for what, look in looks.items():
        try:
            found.append(look())
        except Exception as error:  # noqa: BLE001 - fails closed: what cannot be looked at lowers what we may do
            why = str(error) if isinstance(error, CountermeasureError) else describe(error)
            found.append(
                Ceiling("protected", Mode.APPROVE, f"could not be evaluated whether {what} protects it: {why}")
            )
    return tuple(each for each in found if each)
