"""Trails at home: in the account and region where CloudTrail lets them be changed, and what they select."""

from __future__ import annotations

from chalicelib.errors import Unsupported
from chalicelib.model import Json, Resource, Session

TYPES = {"basic": "EventSelectors", "advanced": "AdvancedEventSelectors"}
"""A trail has selectors of one of these types, never of both (CloudTrail API reference, PutEventSelectors)."""


def at_home(aws: Session, trail: Resource) -> Json:
    """Return what DescribeTrails says of the trail, None where there is none of that name.

    Raises Unsupported for a trail whose home is another account or region.
    """
    found = aws.client("cloudtrail").describe_trails(includeShadowTrails=True)["trailList"]
    named = {each["TrailARN"]: each for each in found if each["Name"] == trail.id}
    if named and arn(aws, trail) not in named:
        home = next(iter(named))
        _, _, _, region, account, _ = home.split(":", 5)
        raise Unsupported(
            f"trail {trail.id} belongs to account {account}, {region}: seen from {aws.account}, {aws.region} it is an"
            f" organization or shadow trail, which cannot be changed here; change {home} at home"
        )
    return named.get(arn(aws, trail))


def arn(aws: Session, trail: Resource) -> str:
    return f"arn:{aws.partition}:cloudtrail:{aws.region}:{aws.account}:trail/{trail.id}"


def selectors(aws: Session, trail: Resource) -> Json:
    """Return `{"basic": [...]}` or `{"advanced": [...]}`, the trail's event selectors as CloudTrail has them."""
    answer = aws.client("cloudtrail").get_event_selectors(TrailName=arn(aws, trail))
    kind = "advanced" if answer.get("AdvancedEventSelectors") else "basic"
    return {kind: answer.get(TYPES[kind]) or []}


def select(aws: Session, trail: Resource, chosen: Json) -> None:
    """Give the trail these selectors, of whichever type, in place of all that it has."""
    named = {TYPES[kind]: listed for kind, listed in chosen.items()}
    aws.client("cloudtrail").put_event_selectors(TrailName=arn(aws, trail), **named)
