"""What an incident's own message in Slack says and offers, held against the incident."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import approvals, undoing
from chalicelib.decision import Action
from chalicelib.engine import Engine
from chalicelib.ledger import Stored
from chalicelib.notify import Kind, Notice
from chalicelib.notify.buttons import action_of, value_of
from lab.slack import Slack

OWN = (Kind.INCIDENT, Kind.ESCALATION)


def offered(slack: Slack) -> list[tuple[str, str]]:
    """Return what the first message offers: each button's action, and the digest that it carries."""
    own = [message for message in slack.messages if "thread_ts" not in message][:1]
    return [each for message in own for each in buttons(message)]


def buttons(message: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the buttons of a message offer: the action, and the digest that it carries."""
    blocks = [*message["blocks"], *(block for each in message.get("attachments", ()) for block in each["blocks"])]
    elements = [each for block in blocks if block["type"] == "actions" for each in block["elements"]]
    return [(action_of(each["action_id"]), value_of(each["value"])[1]) for each in elements]


def untrue(engine: Engine, stored: Stored, slack: Slack) -> list[str]:
    """Return what messages offer that is not possible, leave out that is, or show as it no longer is."""
    buttons_ = set(offered(slack))
    now = engine.clock()
    votes = {each.digest for each in stored.approvals if approvals.open_now(each, now)}
    undo = {digest for action, digest in buttons_ if action == "undo"}
    asks = stored.approval(Action.APPROVE)
    waits = approvals.digest(approvals.waiting(stored.changes))
    wrong = {
        "it asks for what does not wait": {d for a, d in buttons_ if a in {"approve", "deny"}} != votes,
        "it offers an undo of something else": not undo <= {approvals.undo_digest(stored.changes)},
        "it offers an undo of nothing": bool(undo) > bool(undoing.chains(stored.changes)),
        "something waits that nobody is asked": (asks.digest if asks else approvals.digest(())) != waits,
        "it does not show the incident as it is": not stored.snoozed_until and not _shown(engine, stored),
    }
    return [text for text, found in wrong.items() if found]


def _shown(engine: Engine, stored: Stored) -> bool:
    """Tell whether every message of its own shows the incident as it stands; one that is not told yet shows nothing."""
    for told in stored.notices:
        kind, message = Notice.from_json(told.body).kind, told.receipts.get("slack", {})
        drawn = engine.teller.face(stored, kind)
        if kind in OWN and message.get("ts") and message.get("face", drawn.id) != drawn.id:
            return False
    return True
