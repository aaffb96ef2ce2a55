"""The members of Slack's user groups, where a group is among the approvers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING

from chalicelib.dataclass import dataclass
from chalicelib.errors import NotDelivered
from chalicelib.notify.secrets import SlackSecret
from chalicelib.notify.slack_clients import web_client
from chalicelib.slackapp.web import asked

if TYPE_CHECKING:
    from slack_sdk.web import WebClient

MAX_AGE = 300
"""Seconds that the members of a group are kept in memory: who leaves it may decide no longer after that."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Asks Slack for members; `clock` gives seconds that only go forward."""

    secret: Callable[[], SlackSecret]
    web: Callable[[str], WebClient] = web_client
    clock: Callable[[], float] = time.monotonic
    kept: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict)

    def members(self, group: str) -> frozenset[str]:
        """Return the user ids (`U...`) in a group (`S...`), at most five minutes old (usergroups.users.list).

        Raises NotDelivered where Slack does not say: it takes the bot scope usergroups:read. What was known before is
        not used then, so that nobody decides on old knowledge.
        """
        known = self.kept.get(group)
        if known and self.clock() - known[0] < MAX_AGE:
            return known[1]
        token = self.secret().bot_token
        if not token:
            raise NotDelivered(f"the members of {group} are not known: the Slack secret holds no bot_token")
        what = f"the members of {group} are not known (scope usergroups:read)"
        users = asked(what, lambda: self.web(token).usergroups_users_list(usergroup=group)).get("users")
        if not isinstance(users, list) or not all(isinstance(user, str) for user in users):
            raise NotDelivered(f"{what}: Slack's answer has no list of users")
        found = frozenset(users)
        self.kept[group] = (self.clock(), found)
        return found
