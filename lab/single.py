"""One remediation alone: the insecure resource of its scene, a finding about it, and a rule that answers with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import boto3

from chalicelib.accounts import home_region
from chalicelib.catalogue import Catalogue, of
from chalicelib.model import Finding, Remediation, Resource, Rule, Severity
from lab.organization import Lab
from lab.scene import Scene
from lab.shapes import with_own
from lab.stage import remember, scenes

MEMBER = "444455556666"
REGION = "eu-west-1"
SEEN = "2026-08-01T11:59:58Z"

Shape: TypeAlias = Callable[[boto3.Session, Resource], None]
"""What brings a scene's resource into another shape that calls for the same remediation."""


@dataclass(frozen=True, slots=True)
class Single:
    """What the engine needs to answer with one remediation: `engine.answer(finding, [rule])` of its `catalogue`."""

    remediation: Remediation
    resource: Resource
    finding: Finding
    rule: Rule

    @property
    def catalogue(self) -> Catalogue:
        return of({self.rule.id: self.rule}, {self.remediation.id: self.remediation})


def single(lab: Lab, remediation: Remediation, account: str = MEMBER, *, shape: Shape | None = None) -> Single:
    """Make the resource, and return what answers it in mode ENFORCE."""
    resource = made(lab, remediation, account, shape=shape)
    pattern = {"source": ["countermeasure.lab"]}
    rule = Rule(f"single.{remediation.id}", remediation.title, pattern, Severity.HIGH, "Look at it.", (remediation,))
    finding = Finding(
        id=f"finding of {resource.key}",
        revision="1",
        source="guardduty",
        type="Lab:Single/Remediation",
        title=f"Something is wrong with {resource.id}",
        description="",
        severity=Severity.HIGH,
        account=resource.account,
        region=resource.region,
        first_seen=SEEN,
        last_seen=SEEN,
        event={},
        resources=(resource,),
    )
    return Single(remediation, resource, finding, rule)


def made(lab: Lab, remediation: Remediation, account: str = MEMBER, *, shape: Shape | None = None) -> Resource:
    """Make the resource of a remediation's scene in the shape that the remediation repairs, and return it."""
    scene = scene_of(remediation)
    home = remediation.resource_type.startswith(("AWS::IAM::", "AWS::STS::"))
    region = home_region(lab.organization.partition) if home else REGION
    named = Resource(remediation.resource_type, scene.example, account, region, seen=SEEN, details=scene.details)
    resource = replace(named, id=scene.make(lab.boto(account, region), named))
    for change in (scene.instead.get(remediation.id), shape):
        if change:
            change(lab.boto(account, region), resource)
    remember(lab, resource, scene)
    return resource


def scene_of(remediation: Remediation) -> Scene:
    """Return the scene of a remediation's type of resource, with what is the remediation's own."""
    return with_own(scenes(remediation.resource_type.split("::")[1])[remediation.resource_type], remediation.id)


def shapes(remediation: Remediation) -> tuple[Shape | None, ...]:
    """Return how the scene's resource comes: as it is made, and as a variant of it, if there is one."""
    variant = scene_of(remediation).variants.get(remediation.id)
    return (None, variant) if variant else (None,)
