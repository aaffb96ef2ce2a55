"""The errors people can meet. Each says who could not do what, and what to do about it."""

from __future__ import annotations


class CountermeasureError(Exception):
    """The root of all of ours: its text is one line that a person can act on."""


class MalformedEvent(CountermeasureError):
    """An event of a kind we know is not shaped as that kind is; it is kept, never guessed at."""


class NotSecurityEvent(CountermeasureError):
    """A well-formed event of a kind that says nothing about security (`aws.s3 Object Created`)."""


class Unsupported(CountermeasureError):
    """A remediation met a resource that AWS does not let anyone contain in this way, and says why."""


class Gone(CountermeasureError):
    """The resource does not exist any more."""


class Busy(CountermeasureError):
    """Another delivery is working on the same resource: try this event again later."""


class ArrivedBefore(CountermeasureError):
    """Another attempt has said already that a notice arrived."""


class InvalidCatalogue(CountermeasureError):
    """A rule or remediation is missing, doubled, or not named as its file is."""


class InvalidOrganization(CountermeasureError):
    """organization.toml has a key or a value that it must not have; names the key and what is allowed."""


class AccessRefused(CountermeasureError):
    """The responder role of an account could not be assumed; names the account, the role and what to check."""


class OutOfTime(CountermeasureError):
    """The function that acts is about to be ended: what is left to do waits for the next attempt."""


class UnknownIncident(CountermeasureError):
    """No incident of that id is in the ledger."""


class NotAllowed(CountermeasureError):
    """Somebody who is not among the approvers tried to decide; says of which environment."""


class NotSigned(CountermeasureError):
    """A request does not prove that it comes from Slack, now; says what is wrong with it, and quotes nothing of it."""


class MalformedRequest(CountermeasureError):
    """A request of Slack is not shaped as Slack shapes it; names what is wrong, and quotes nothing of it."""


class NotDelivered(CountermeasureError):
    """A notice could not be delivered to one channel; it is kept and tried again."""


class OverBudget(CountermeasureError):
    """A budget of actions is spent for this hour; names it, and how many actions it allows."""

    def __init__(self, budget: str, limit: int) -> None:
        super().__init__(f"{budget} has spent its {limit} actions of this hour")
        self.budget, self.limit = budget, limit
