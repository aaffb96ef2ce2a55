"""What an answer of Slack's means for a notice: may it have arrived, is it of use to try again, what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import InvalidURL
from typing import Any
from urllib.error import URLError

from chalicelib.errors import NotDelivered

LONGEST_WAIT = 3600
"""Seconds at most that Slack's Retry-After is believed."""

WHAT_TO_DO: Mapping[str, str] = {
    "not_in_channel": "invite the app to the channel",
    "channel_not_found": "check the channel id, and invite the app where it is private",
    "is_archived": "the channel is archived: name another",
    "channel_is_archived": "the channel is archived: make a webhook for another",
    "invalid_auth": "the bot token is wrong: store the right one",
    "not_authed": "the bot token is wrong: store the right one",
    "token_revoked": "install the app again and store its new token",
    "token_expired": "store a fresh token",
    "account_inactive": "install the app again and store its new token",
    "missing_scope": "give the app the scopes that the guide names and install it again",
    "no_permission": "invite the app to the channel",
    "restricted_action": "a setting of the workspace forbids the app to post there",
    "no_service": "the webhook is gone: make a new one and store its URL",
    "no_active_hooks": "the webhook is gone: make a new one and store its URL",
    "invalid_token": "the webhook is gone: make a new one and store its URL",
    "user_not_found": "check the Slack user id in [people]",
    "cannot_dm_bot": "the Slack user in [people] is an app: name a person",
    "user_disabled": "the Slack user in [people] has left: name another",
}
"""What a person can do about Slack's error codes that no other try mends (docs.slack.dev: chat.postMessage)."""

_HOPELESS = frozenset(
    {"msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_arguments", "invalid_metadata_format"}
    | {"message_not_found", "cant_update_message", "edit_window_closed", "team_disabled", "org_login_required"}
    | {"ekm_access_denied", "two_factor_setup_required", "invalid_payload", "not_allowed_token_type"}
)
"""Further codes that no other try mends, and nobody can do much about."""

_HALF_DONE = frozenset({"internal_error", "fatal_error"})
"""Codes of which Slack says: "It's possible some aspect of the operation succeeded before the error was raised"."""


class Refused(NotDelivered):
    """Slack did not take a notice, or did not say that it did.

    `retry_after` are the seconds that Slack asks to wait; `lasting`: trying again is of no use; `unknown`: the
    message may have arrived all the same.
    """

    def __init__(self, text: str, *, retry_after: int | None = None, lasting: bool = False, unknown: bool = False):
        super().__init__(text)
        self.retry_after = retry_after
        self.lasting = lasting
        self.unknown = unknown


def refused(where: str, code: str, status: int, headers: Mapping[str, Any]) -> Refused:
    """Return the refusal in Slack's own word and what to do about it, and when to try again."""
    readable = code.replace("_", "").isalnum() and len(code) <= 80
    word = code if readable else "an unreadable answer"
    advice = f"; {WHAT_TO_DO[word]}" if word in WHAT_TO_DO else ""
    seconds = next((str(value) for name, value in headers.items() if name.lower() == "retry-after"), "")
    return Refused(
        f"Slack refused the notice for {where}: {word} (HTTP {status}){advice}.",
        retry_after=min(int(seconds), LONGEST_WAIT) if seconds.isdecimal() and len(seconds) < 20 else None,
        lasting=word in WHAT_TO_DO or word in _HOPELESS,
        unknown=status >= 500 or word in _HALF_DONE or not readable,
    )


def unreachable(where: str, error: Exception, timeout: float) -> Refused:
    """Return what kind of fault it was; the error's own text may quote the webhook's URL, which is a secret.

    urllib wraps in URLError what goes wrong until the request is sent whole, and nothing that goes wrong later.
    """
    from slack_sdk.errors import SlackClientError  # noqa: PLC0415 (cold start)

    reason = getattr(error, "reason", error)
    kind = "it did not answer in time" if isinstance(reason, TimeoutError) else type(reason).__name__
    unusable = isinstance(error, (InvalidURL, SlackClientError, ValueError)) and not isinstance(error, UnicodeError)
    said = "store the right secret" if unusable else f"waited at most {timeout:g} s"
    return Refused(
        f"Slack could not be reached for {where}: {kind}; {said}.",
        lasting=unusable,
        unknown=not unusable and not isinstance(error, URLError),
    )
