"""Who may decide: the approvers of an environment, and how many different people it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from chalicelib.dataclass import dataclass
from chalicelib.errors import CountermeasureError, NotAllowed
from chalicelib.organization import Environment, Organization

_SESSION = re.compile(
    r"arn:[\w-]+:sts::(?P<account>\d{12}):assumed-role/(?P<name>[\w+=,.@-]+)/(?P<session>[\w+=,.@-]+)"
)
_PRINCIPAL = re.compile(
    r"arn:[\w-]+:iam::(?P<account>\d{12}):(?P<kind>role|user)/(?:[\w+=,.@/-]+/)?(?P<name>[\w+=,.@-]+)"
)
_SLACK = "slack:"


def nobody(_: str) -> frozenset[str]:
    """Stand where Slack's user groups cannot be asked: they have no members."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class People:
    """The people of an organization; `members` gives those of a Slack user group, and may raise."""

    organization: Organization
    members: Callable[[str], Collection[str]] = nobody

    def identity(self, by: str) -> str:
        """Return who it is, the same in Slack and in the command where [people] knows both."""
        name = _name(by)
        known = self.organization.people.get(name) if name else None
        return f"{_SLACK}{known}" if known else by

    def check(self, by: str, accounts: Iterable[str]) -> None:
        """Raise NotAllowed unless the person may decide in all these accounts.

        Where an environment lists nobody, whoever may run the command decides there, and nobody in Slack.
        """
        for account in accounts:
            place = self.organization.environment(account)
            if place is None or not place.approvers:
                if by.startswith(_SLACK):
                    where = f"environments.{place.name}.approvers" if place else f"no environment has {account}, and it"
                    raise NotAllowed(f"{where} lists nobody: decide with the command, or list approvers")
            elif not any(self._is(by, approver) for approver in place.approvers):
                raise NotAllowed(f"not among the approvers of {place.name} (environments.{place.name}.approvers)")
            if place and place.approvals > 1 and not self.identity(by).startswith(_SLACK):
                raise NotAllowed(f"{place.name} needs different people: enter yourself in [people], or decide in Slack")

    def needed(self, accounts: Iterable[str]) -> int:
        """Return how many different people must approve what is done in these accounts."""
        return max((place.approvals for place in self._places(accounts)), default=1)

    def undo_by_another(self, accounts: Iterable[str]) -> bool:
        """Tell whether somebody else must approve an undo that one person asks for."""
        return any(place.undo_by_another or place.approvals > 1 for place in self._places(accounts))

    def _places(self, accounts: Iterable[str]) -> list[Environment]:
        return [place for account in accounts if (place := self.organization.environment(account))]

    def _is(self, by: str, approver: str) -> bool:
        """Tell whether an entry of `approvers` means this person. Raises NotAllowed where that cannot be found out."""
        if not by.startswith(_SLACK):
            return _principal(by) is not None and _principal(by) == _principal(approver)
        user = by.removeprefix(_SLACK)
        if not approver.startswith("S"):
            return user == approver
        try:
            return user in self.members(approver)
        except CountermeasureError as error:
            raise NotAllowed(f"who is in the group {approver} cannot be found out: {error}") from error


def _name(by: str) -> str:
    """Return the name that the command's user goes by: of the session, or of the IAM user."""
    session, principal = _SESSION.fullmatch(by), _PRINCIPAL.fullmatch(by)
    if session:
        return session["session"]
    return principal["name"] if principal and principal["kind"] == "user" else ""


def _principal(arn: str) -> tuple[str, str, str] | None:
    """Return account, kind and name: the ARN of a session leaves out the path of its role."""
    session, principal = _SESSION.fullmatch(arn), _PRINCIPAL.fullmatch(arn)
    if session:
        return session["account"], "role", session["name"]
    return (principal["account"], principal["kind"], principal["name"]) if principal else None
