"""Guardrails about what happened: whether it is live, who did it, and in whose account."""

from __future__ import annotations

from chalicelib import arns
from chalicelib.guardrails.situation import Situation
from chalicelib.model import Actor, Ceiling, Finding, Mode, Standing
from chalicelib.organization import Organization


def standing(situation: Situation) -> Ceiling | None:
    """A sample is only shown. An archived, suppressed or passed finding speaks of no live problem."""
    found = situation.finding.standing
    if found is Standing.ACTIVE:
        return None
    mode = Mode.OBSERVE if found is Standing.SAMPLE else Mode.OFF
    return Ceiling("finding", mode, found.value)


def other_account(situation: Situation) -> Ceiling | None:
    """What happens in one account may name a resource of another: nobody may have us act there by naming it."""
    resource, finding = situation.resource, situation.finding
    if resource is None or resource.account == finding.account:
        return None
    return Ceiling("other account", Mode.APPROVE, f"{finding.account} names a resource of {resource.account}")


def own_actions(situation: Situation) -> Ceiling | None:
    """What countermeasure did itself never makes it act: no loop is possible.

    A detection about its own credentials is still told: they may be in other hands.
    """
    if not _is_ours(situation.finding, situation.organization):
        return None
    role = situation.organization.responder
    if situation.finding.source in {"cloudtrail", "signin"}:
        return Ceiling("own action", Mode.OFF, f"countermeasure did this itself, as {role}")
    return Ceiling("own action", Mode.OBSERVE, f"this is about {role}, the role that countermeasure acts as")


def _is_ours(finding: Finding, organization: Organization) -> bool:
    """Return whether the actor is the responder of the finding's own account, where we know that account.

    The responder acts in no other account, and anyone may name a role as it is named. The ARN of a session leaves out
    the path of its role (IAM user guide, "IAM identifiers"), so that the issuer's decides where there is one.
    """
    actor = finding.actor
    if actor is None or finding.account not in organization.accounts:
        return False
    if actor.issuer_arn:
        return actor.issuer_arn == f"arn:{organization.partition}:iam::{finding.account}:role/{organization.responder}"
    session = f"arn:{organization.partition}:sts::{finding.account}:assumed-role/{organization.responder}/"
    return actor.arn.startswith(session)


def break_glass_principal(situation: Situation) -> Ceiling | None:
    """What people do with the credentials for emergencies is not undone under their hands; it is told."""
    actor, organization = situation.finding.actor, situation.organization
    arn = _principal(actor) if actor else ""
    for pattern in organization.break_glass.principals:
        # With * for the account, anybody's role of that name would do: it must be in an account that we know.
        if arns.is_arn(pattern, arn) and (pattern.split(":")[4] != "*" or arn.split(":")[4] in organization.accounts):
            return Ceiling("break-glass principal", Mode.OBSERVE, f"done by {arn}, which is kept for emergencies")
    return None


def _principal(actor: Actor) -> str:
    """Return the ARN of the role or user that an actor is; that of a role is without its path where no issuer is."""
    if actor.issuer_arn:
        return actor.issuer_arn
    if ":assumed-role/" not in actor.arn:
        return actor.arn
    start, _, session = actor.arn.partition(":assumed-role/")
    return f"{start.replace(':sts:', ':iam:', 1)}:role/{session.partition('/')[0]}"
