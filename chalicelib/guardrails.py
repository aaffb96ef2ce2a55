"""Every guardrail is a ceiling on Mode, with a reason. All are asked; the lowest wins; every reason is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chalicelib.model import Ceiling, Finding, Mode, Resource, Rule, Standing
from chalicelib.organization import Organization
from chalicelib.replayed import ceiling as replayed_ceiling


@dataclass(frozen=True, slots=True)
class Situation:
    """What the guardrails look at. `resource` is None for a rule that only tells.

    `undone` are the rules that a person has undone on this resource, each with the reason.
    """

    finding: Finding
    rule: Rule
    resource: Resource | None
    organization: Organization
    undone: Mapping[str, str] = field(default_factory=dict)

    @property
    def account(self) -> str:
        return self.resource.account if self.resource else self.finding.account


def rule_mode(situation: Situation) -> Ceiling | None:
    """A rule may ask to go no further than its own mode."""
    mode = situation.rule.mode
    return Ceiling("rule mode", mode, f"the rule is set to {mode.name}") if mode < Mode.ENFORCE else None


def environment_mode(situation: Situation) -> Ceiling | None:
    """An environment has its own rules of engagement; an account that we do not know is only watched."""
    account = situation.organization.account(situation.account)
    if account is None:
        return Ceiling("unknown account", Mode.OBSERVE, f"{situation.account} is not in organization.toml")
    mode = situation.organization.environments[account.environment]
    if mode == Mode.ENFORCE:
        return None
    return Ceiling("environment mode", mode, f"{account.environment} ({account.name}) is set to {mode.name}")


def other_account(situation: Situation) -> Ceiling | None:
    """What happens in one account may name a resource of another: nobody may have us act there by naming it."""
    resource, finding = situation.resource, situation.finding
    if resource is None or resource.account == finding.account:
        return None
    return Ceiling("other account", Mode.APPROVE, f"{finding.account} names a resource of {resource.account}")


def standing(situation: Situation) -> Ceiling | None:
    """A sample is only shown. An archived, suppressed or passed finding speaks of no live problem."""
    found = situation.finding.standing
    if found is Standing.ACTIVE:
        return None
    mode = Mode.OBSERVE if found is Standing.SAMPLE else Mode.OFF
    return Ceiling("finding", mode, found.value)


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


GUARDRAILS: tuple[Callable[[Situation], Ceiling | None], ...] = (
    rule_mode,
    environment_mode,
    other_account,
    standing,
    own_actions,
    undone_before,
    replayed,
)


def ceilings(
    situation: Situation, guardrails: tuple[Callable[[Situation], Ceiling | None], ...] = GUARDRAILS
) -> tuple[Ceiling, ...]:
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


def _name(guardrail: Callable[[Situation], Ceiling | None]) -> str:
    return guardrail.__name__.replace("_", " ")
