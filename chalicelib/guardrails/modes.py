"""Guardrails that people set: the modes of rules, environments and the kill switch, exemptions, windows, replays."""

from __future__ import annotations

from datetime import UTC

from chalicelib import arns
from chalicelib.guardrails.situation import Situation
from chalicelib.model import Ceiling, Mode
from chalicelib.organization import Exemption
from chalicelib.replayed import ceiling as replayed_ceiling
from chalicelib.wildcards import matches


def kill_switch(situation: Situation) -> Ceiling | None:
    """One setting holds back everything, at once."""
    said = situation.facts.switch()
    return Ceiling("kill switch", *said) if said and said[0] < Mode.ENFORCE else None


def rule_mode(situation: Situation) -> Ceiling | None:
    """A rule goes no further than its own mode, or than the one that organization.toml sets in its place."""
    mode, where = situation.organization.rule_mode(situation.rule, situation.account)
    return Ceiling("rule mode", mode, where) if mode < Mode.ENFORCE else None


def environment_mode(situation: Situation) -> Ceiling | None:
    """An environment has its own rules of engagement; an account that we do not know is only watched."""
    account = situation.organization.account(situation.account)
    if account is None:
        return Ceiling("unknown account", Mode.OBSERVE, f"{situation.account} is not in organization.toml")
    mode = situation.organization.environments[account.environment].mode
    if mode == Mode.ENFORCE:
        return None
    return Ceiling("environment mode", mode, f"{account.environment} ({account.name}) is set to {mode.name}")


def exempted(situation: Situation) -> Ceiling | None:
    """An agreed exception holds until its last day is over. Where several do, the lowest counts, and all are named."""
    found = [each for each in situation.organization.exemptions if _holds(each, situation)]
    if not found:
        return None
    said = "; ".join(f"exempt until {each.until}: {each.reason} ({each.owner})" for each in found)
    return Ceiling("exemption", min(each.mode for each in found), said)


def _holds(exemption: Exemption, situation: Situation) -> bool:
    resource = situation.resource
    return (
        not exemption.expired(situation.facts.now)
        and matches(exemption.rule, situation.rule.id)
        and exemption.account in {"", situation.account}
        and exemption.environment in {"", situation.environment}
        and (not exemption.resource or (resource is not None and arns.called(exemption.resource, resource)))
    )


def break_glass_window(situation: Situation) -> Ceiling | None:
    """Where people work by hand in an emergency, countermeasure stays out of their way."""
    for window in situation.organization.break_glass.windows:
        here = window.account == situation.account if window.account else window.environment == situation.environment
        if here and window.open(situation.facts.now):
            place, until = window.account or window.environment, window.until.astimezone(UTC)
            reason = (
                f"people work by hand in {place} until {until:%Y-%m-%d %H:%M} UTC: {window.reason} ({window.owner})"
            )
            return Ceiling("break-glass window", Mode.OBSERVE, reason)
    return None


def undone_before(situation: Situation) -> Ceiling | None:
    """Who undid a rule's work on a resource does not want it done again by the next event."""
    reason = situation.undone.get(situation.rule.id)
    if reason is None:
        return None
    return Ceiling("undone before", Mode.OBSERVE, f"this rule was undone on this resource: {reason}")


def replayed(situation: Situation) -> Ceiling | None:
    """Who replays an event says how far it may go: no further than it would have gone by itself."""
    said = replayed_ceiling(situation.finding.event)
    return Ceiling("replayed", *said) if said and said[0] < Mode.ENFORCE else None
