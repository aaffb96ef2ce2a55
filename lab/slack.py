"""A Slack workspace in memory: it takes messages, changes them, and tells what was said, as Slack's Web API does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

FIRST = 1_700_000_000
"""Epoch seconds before the first message, where no clock is given: each message is a second later."""


@dataclass(frozen=True, slots=True)
class Slack:
    """A workspace with any channel one names. `posted` and `updated` are the arguments of every call, in order.

    Raises SlackApiError as slack_sdk does, where Slack would answer `"ok": false`.
    """

    posted: list[dict[str, Any]] = field(default_factory=list)
    updated: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)  # as they are now, with `ts` and `channel`
    clock: Callable[[], float] | None = None

    def forget(self) -> None:
        """Empty the workspace."""
        for each in (self.posted, self.updated, self.messages):
            each.clear()

    def auth_test(self) -> dict[str, Any]:
        """Take the token."""
        return {"ok": True, "user": "countermeasure"}

    def chat_postMessage(self, **message: Any) -> dict[str, Any]:  # noqa: N802 - Slack's name
        """Take a message; answer with its `ts`, and with the direct channel where it went to a user."""
        self.posted.append(message)
        seconds = int(self.clock()) if self.clock else FIRST + len(self.posted)
        channel = _direct(message["channel"])
        ts = f"{seconds}.{len(self.posted) if self.clock else 100:06d}"
        self.messages.append({**message, "channel": channel, "ts": ts})
        return {"ok": True, "channel": channel, "ts": ts}

    def chat_update(self, *, channel: str, ts: str, **message: Any) -> dict[str, Any]:
        """Change a message."""
        self.updated.append({"channel": channel, "ts": ts, **message})
        for each in self.messages:
            if (each["channel"], each["ts"]) == (channel, ts):
                each.update(message)
                return {"ok": True, "channel": channel, "ts": ts}
        raise _refusal("message_not_found")

    def conversations_open(self, *, users: str) -> dict[str, Any]:
        """Answer with the direct channel of a user."""
        return {"ok": True, "channel": {"id": _direct(users)}}

    def conversations_history(self, *, channel: str, **asked: Any) -> dict[str, Any]:
        """Answer with a page of a channel's messages, the latest first; replies only where the channel saw them."""
        found = [m for m in self.messages if m["channel"] == channel]
        return _page([m for m in reversed(found) if "thread_ts" not in m or m.get("reply_broadcast")], **asked)

    def conversations_replies(self, *, channel: str, ts: str, **asked: Any) -> dict[str, Any]:
        """Answer with a page of a thread, its first message first."""
        found = [m for m in self.messages if m["channel"] == channel]
        return _page([m for m in found if m["ts"] == ts or m.get("thread_ts") == ts], **asked)


def _page(
    messages: list[dict[str, Any]], *, oldest: str = "0", limit: int | str = 100, cursor: str = "", **asked: Any
) -> dict[str, Any]:
    told = [message for message in messages if float(message["ts"]) > float(oldest)]
    start, end = int(cursor or 0), int(cursor or 0) + int(limit)
    with_metadata = str(asked.get("include_all_metadata", "")).lower() in {"true", "1"}
    hidden = frozenset() if with_metadata else frozenset({"metadata"})
    page = [{name: value for name, value in each.items() if name not in hidden} for each in told[start:end]]
    more = {"next_cursor": str(end)} if end < len(told) else {"next_cursor": ""}
    return {"ok": True, "messages": page, "has_more": end < len(told), "response_metadata": more}


def _direct(channel: str) -> str:
    return f"D{channel[1:]}" if channel.startswith(("U", "W")) else channel


def _refusal(error: str) -> SlackApiError:
    answer: dict[str, Any] = {"ok": False, "error": error}
    response = SlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=answer, headers={}, status_code=200
    )
    return SlackApiError(f"Slack answered {error}", response)  # type: ignore[no-untyped-call]
