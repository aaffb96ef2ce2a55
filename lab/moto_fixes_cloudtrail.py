"""Where moto's CloudTrail differs from AWS in what remediations rely on: selectors, and deletion by ARN."""

from __future__ import annotations

from typing import Any

from moto.cloudtrail.models import CloudTrailBackend
from moto.cloudtrail.models import Trail as MotoTrail
from moto.core.exceptions import JsonRESTError

# Typed as Any: what they hold is replaced.
Backend: Any = CloudTrailBackend
Trail: Any = MotoTrail

_moto_selectors = Trail.get_event_selectors
_moto_put = Trail.put_event_selectors
_moto_insights = Trail.get_insight_selectors
_moto_put_insights = Trail.put_insight_selectors
_moto_delete = Backend.delete_trail


def apply() -> None:
    """Make this process's moto answer as AWS does; once more does no harm."""
    Trail.get_event_selectors = _selectors
    Trail.put_event_selectors = _put
    Trail.get_insight_selectors = _insights
    Trail.put_insight_selectors = _put_insights
    Backend.delete_trail = _delete


def take_back() -> None:
    """Make this process's moto answer as it does by itself."""
    Trail.get_event_selectors = _moto_selectors
    Trail.put_event_selectors = _moto_put
    Trail.get_insight_selectors = _moto_insights
    Trail.put_insight_selectors = _moto_put_insights
    Backend.delete_trail = _moto_delete


def _selectors(trail: Any) -> Any:
    """A trail without selectors of its own records all management events, and says so."""
    everything = {"ReadWriteType": "All", "IncludeManagementEvents": True}
    first = {**everything, "DataResources": [], "ExcludeManagementEventSources": []}
    basic, advanced = _moto_selectors(trail)
    return basic or ([] if advanced else [first]), advanced


def _put(trail: Any, basic: Any, advanced: Any) -> None:
    """Selectors of one type take the place of the other's; moto keeps advanced ones beside basic ones."""
    trail.event_selectors, trail.advanced_event_selectors = basic or [], advanced or []


def _insights(trail: Any) -> Any:
    """A trail without Insights is an error; moto answers with none."""
    if not trail.insight_selectors:
        raise JsonRESTError("InsightNotEnabledException", f"Trail {trail.arn} does not have Insights enabled.")
    return _moto_insights(trail)


def _put_insights(trail: Any, selectors: Any) -> None:
    """Selectors take the place of those before; moto adds them."""
    trail.insight_selectors = list(selectors)


def _delete(backend: Any, name: str) -> None:
    """A trail can be named by its ARN, and an unknown one is an error; moto then does nothing."""
    _moto_delete(backend, backend.get_trail(name).trail_name)
