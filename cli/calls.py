"""Which rules look for an API call by its name, whatever else they ask of it."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.catalogue import Catalogue
from chalicelib.model import Rule
from chalicelib.pattern.compiler import Condition, compile_alternatives

_SOURCES = ("cloudtrail", "signin")
_NO_CALL = "\0"
"""What no call is named: who would take this does not look for a name, but for any other than some."""


class Calls:
    """The calls that the rules of a catalogue name."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._named = [
            (rule, conditions)
            for rule in catalogue.rules.values()
            if rule.id.partition(".")[0] in _SOURCES
            for conditions in _alternatives(rule)
        ]

    def rules(self, call: str) -> tuple[Rule, ...]:
        """Return the rules that look for a call, `service:eventName`: with one of its parameters, or with any."""
        service, _, name = call.partition(":")
        asked = {"source": f"aws.{service}", "detail.eventSource": f"{service}.amazonaws.com", "detail.eventName": name}
        found = (
            rule
            for rule, conditions in self._named
            if all(field not in conditions or conditions[field].test(value) for field, value in asked.items())
        )
        return tuple(dict.fromkeys(found))


def _alternatives(rule: Rule) -> Iterator[dict[str, Condition]]:
    """Yield the alternatives of a rule's pattern that look for a call by its name."""
    for alternative in compile_alternatives(rule.pattern):
        conditions = dict(alternative.conditions)
        name = conditions.get("detail.eventName")
        if name is not None and not name.test(_NO_CALL):
            yield conditions
