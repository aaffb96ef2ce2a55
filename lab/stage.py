"""Set the stage for an event: make the vulnerable resources that it talks of, and have it name them as they are."""

from __future__ import annotations

import functools
import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.baselines import keep
from chalicelib.briefing import BASELINE
from chalicelib.catalogue import Catalogue
from chalicelib.findings import parse
from chalicelib.findings.resources import from_rule
from chalicelib.model import Resource
from lab import scenes as package
from lab.organization import Lab
from lab.scene import Scene
from lab.shapes import with_own

_REFUSALS = (ClientError, BotoCoreError, LookupError, ValueError, AttributeError, NotImplementedError, StopIteration)
"""How the simulation says that it cannot make something: as AWS does, or by an error of its own."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What was made for an event. `event` is the event as it is true in the lab.

    `mapped` holds the ids that the embedded AWS could not give: the event's -> the real one. `missing` holds, by the
    key of a resource that could not be made, why.
    """

    event: Mapping[str, Any]
    made: tuple[Resource, ...]
    mapped: Mapping[str, str]
    missing: Mapping[str, str]


def prepare(lab: Lab, catalogue: Catalogue, event: Mapping[str, Any]) -> Stage:
    """Make what an EventBridge event talks of, as far as there are scenes for it. Raises what parsing raises."""
    made: list[Resource] = []
    mapped: dict[str, str] = {}
    missing: dict[str, str] = {}
    for finding in parse(event):
        lab.join(finding.account)
    for resource in resources(catalogue, event):
        lab.join(resource.account)
        scene = scenes(resource.type.split("::")[1]).get(resource.type)
        if scene is None:
            continue
        boto = lab.boto(resource.account, resource.region)
        try:
            real = scene.make(boto, resource)
            for change in instead(scene, catalogue, event):
                change(boto, replace(resource, id=real))
        except _REFUSALS as error:
            missing[resource.key] = f"{type(error).__name__}: {error}"[:300]
            continue
        made.append(replace(resource, id=real))
        remember(lab, made[-1], scene)
        if real != resource.id:
            mapped[resource.id] = real
    true = renamed(event, mapped)
    _have_findings(true)
    return Stage(true, tuple(made), mapped, missing)


def remember(lab: Lab, resource: Resource, scene: Scene) -> None:
    """Have the ledger know how the resource was while all was well, where its scene says it."""
    if how := scene.details.get(BASELINE):
        keep(lab.ledger(), {resource.key: how}, datetime.now(UTC).date())


def _have_findings(event: Mapping[str, Any]) -> None:
    """Have Security Hub know what it tells of, where the event came from: what was contained is noted on it."""
    if event.get("source") == "aws.securityhub":
        from lab.fakes import securityhub  # noqa: PLC0415 - importing moto's part of a service takes time

        securityhub.apply()
        for found in event["detail"].get("findings", ()):
            if "ProductArn" in found:
                securityhub.have(str(event.get("account")), str(event.get("region")), found)


def resources(catalogue: Catalogue, event: Mapping[str, Any]) -> tuple[Resource, ...]:
    """Return every resource that an event's findings and the rules they fire name, each once."""
    found: list[Resource] = []
    for finding in parse(event):
        found += finding.resources
        for rule in catalogue.match(finding.event):
            found += from_rule(rule, finding)
    return tuple(dict.fromkeys(found))


def instead(
    scene: Scene, catalogue: Catalogue, event: Mapping[str, Any]
) -> Iterator[Callable[[boto3.Session, Resource], None]]:
    """Yield what brings a scene's resource into the shape that the answers to an event repair."""
    answers = {unit.id: unit for each in parse(event) for rule in catalogue.match(each.event) for unit in rule.respond}
    for id_ in [id_ for id_, unit in answers.items() if unit.resource_type == scene.resource_type]:
        scene = with_own(scene, id_)
    yield from (change for id_, change in scene.instead.items() if id_ in answers)


def renamed(event: Mapping[str, Any], ids: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the event with ids replaced, wherever they stand whole in `detail` and `resources`."""
    if not ids:
        return event
    whole = "|".join(re.escape(json.dumps(id_)[1:-1]) for id_ in sorted(ids, key=len, reverse=True))
    texts = {json.dumps(old)[1:-1]: json.dumps(new)[1:-1] for old, new in ids.items()}
    pattern = re.compile(rf"(?<![\w-])(?:{whole})(?![\w-])")
    parts = {name: event[name] for name in ("detail", "resources") if name in event}
    told = pattern.sub(lambda found: texts[found[0]], json.dumps(parts))
    return {**event, **json.loads(told)}


@functools.cache
def scenes(service: str) -> Mapping[str, Scene]:
    """Return the scenes of a service (`EC2`) by resource type: the modules whose name begins with it, and no others.

    Importing moto's part of a service takes up to a second.
    """
    prefix = f"{service.lower()}_"
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if module.name.startswith(prefix)]
    found = [importlib.import_module(f"lab.scenes.{name}").scene for name in names]
    return {scene.resource_type: scene for scene in found}
