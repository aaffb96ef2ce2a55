"""Rules on shelves, one for each service that sends events: an event is held against those of its own service alone.

Most functions meet the events of few services while they live. The patterns of a shelf are compiled when its first
event comes, so that a function that starts pays for no others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from chalicelib.errors import InvalidCatalogue
from chalicelib.model import Rule
from chalicelib.pattern import Index, InvalidPattern, compile_pattern
from chalicelib.pattern.values import address

_REST = ""
"""The shelf of the rules that name no services: it is part of every other."""


class Shelves:
    """Finds the rules whose pattern an event matches."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._shelved: dict[str, list[Rule]] = defaultdict(list, {_REST: []})
        for rule in self._rules:
            for service in _services(rule):
                self._shelved[service].append(rule)
        self._index = cache(self._compiled)

    def match(self, event: Mapping[str, Any]) -> list[Rule]:
        """Return the rules that an EventBridge envelope matches, in their order. Raises InvalidCatalogue as `check`."""
        source = event.get("source") if isinstance(event, Mapping) else _REST
        if not isinstance(source, str):  # no event of EventBridge's; every pattern says itself what it makes of it
            return self._index(None).match(event)
        return self._index(source if source in self._shelved else _REST).match(event)

    def check(self) -> None:
        """Raise InvalidCatalogue for a rule whose pattern EventBridge would refuse: it names the rule, and why."""
        for rule in self._rules:
            try:
                compile_pattern(rule.pattern)
            except InvalidPattern as error:
                raise InvalidCatalogue(f"rule {rule.id}: {error}") from error

    def _compiled(self, service: str | None) -> Index[Rule]:
        theirs = {rule.id for name in (service, _REST) if name is not None for rule in self._shelved[name]}
        try:
            return Index((rule.pattern, rule) for rule in self._rules if service is None or rule.id in theirs)
        except InvalidPattern:
            self.check()
            raise


def _services(rule: Rule) -> list[str]:
    """Return the services whose events a pattern is for, if it names them one by one."""
    sources = rule.pattern.get("source")
    if isinstance(sources, list) and all(isinstance(each, str) and address(each) is None for each in sources):
        return sources
    return [_REST]
