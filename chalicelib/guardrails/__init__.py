"""Every guardrail is a ceiling on Mode, with a reason. All are asked; the lowest wins; every reason is shown."""

from __future__ import annotations

from chalicelib.guardrails.event import break_glass_principal, other_account, own_actions, standing
from chalicelib.guardrails.modes import (
    break_glass_window,
    environment_mode,
    exempted,
    kill_switch,
    replayed,
    rule_mode,
    undone_before,
)
from chalicelib.guardrails.resource import allowed_region, governed_region, protected_resource
from chalicelib.guardrails.situation import Facts, Guardrail, Situation, facts_now, no_switch
from chalicelib.model import Ceiling, Mode

__all__ = ["GUARDRAILS", "Facts", "Situation", "ceilings", "facts_now", "lowest", "no_switch"]

GUARDRAILS: tuple[Guardrail, ...] = (
    kill_switch,
    rule_mode,
    environment_mode,
    exempted,
    break_glass_window,
    break_glass_principal,
    protected_resource,
    allowed_region,
    governed_region,
    other_account,
    standing,
    own_actions,
    undone_before,
    replayed,
)


def ceilings(situation: Situation, guardrails: tuple[Guardrail, ...] = GUARDRAILS) -> tuple[Ceiling, ...]:
    """Return what every guardrail says, the lowest first. One that cannot be evaluated lowers to APPROVE."""
    said = []
    for guardrail in guardrails:
        try:
            ceiling = guardrail(situation)
        except Exception as error:  # noqa: BLE001 - fails closed: what cannot be checked lowers what we may do
            ceiling = Ceiling(
                _name(guardrail), Mode.APPROVE, f"could not be evaluated: {type(error).__name__}: {error}"
            )
        if ceiling:
            said.append(ceiling)
    return tuple(sorted(said, key=lambda ceiling: ceiling.mode))


def lowest(said: tuple[Ceiling, ...]) -> Mode:
    """Return the effective mode: ENFORCE unless a ceiling is lower."""
    return min((ceiling.mode for ceiling in said), default=Mode.ENFORCE)


def _name(guardrail: Guardrail) -> str:
    return guardrail.__name__.replace("_", " ")
