"""Tells people that the kill switch was set, or lifted: with `off`, nothing else would say so."""

from __future__ import annotations

from chalicelib.announcing import announce
from chalicelib.engine import Engine
from chalicelib.model import Mode, Severity
from chalicelib.table import Key, Write

_HEAD: Key = ("upkeep", "switch")

_MEANS = {
    Mode.OFF: "Nothing is done, and nothing is told, until it is set to something else.",
    Mode.OBSERVE: "Nothing is changed: what would be done is told.",
    Mode.APPROVE: "Everything waits for approval.",
    Mode.ENFORCE: "Rules, environments and the other guardrails hold as before.",
}


def tell(engine: Engine) -> None:
    """Tell what the switch was set to since it was told last, once each time. Raises what DynamoDB raises."""
    mode, why = engine.facts().switch() or (Mode.ENFORCE, "")
    table = engine.ledger.table
    before = table.get([_HEAD]).get(_HEAD, {"mode": Mode.ENFORCE.name, "times": 0})
    if mode.name == before["mode"]:
        return
    times = before["times"] + 1
    title = f"The kill switch holds at {mode.name}" if why else "The kill switch is lifted"
    severity = Severity.HIGH if why else Severity.LOW
    said = f"{why[:1].upper()}{why[1:].rstrip('.')}. {_MEANS[mode]}" if why else _MEANS[mode]
    announce(engine, f"switch {times} {mode.name}", title, said, severity)
    table.write([Write(_HEAD, {"mode": mode.name, "times": times})])
