"""A scene: how to make, in the embedded AWS, the insecure resource of one type that events talk of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import boto3

from chalicelib.model import Resource


@dataclass(frozen=True, slots=True)
class Scene:
    """`make` makes the resource insecure, beside healthy neighbours, and returns the id that it really got.

    `example` is an id as an event has it, and `details` what else an event says of it (`Resource.details`).

    `drift` holds, per remediation id, how someone else brings what that remediation owns into a third state, neither
    the one before nor the one after; none where no third state exists.

    `instead` holds, per remediation id, what brings the resource into the shape that this one repairs where it cannot
    be in all of them at once: a trail is stopped, or deleted.

    `variants` holds, per remediation id, what brings the resource into another shape that calls for other permissions.
    """

    resource_type: str
    example: str
    make: Callable[[boto3.Session, Resource], str]
    drift: Mapping[str, Callable[[boto3.Session, Resource], None]] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, Callable[[boto3.Session, Resource], None]] = field(default_factory=dict)
    variants: Mapping[str, Callable[[boto3.Session, Resource], None]] = field(default_factory=dict)
