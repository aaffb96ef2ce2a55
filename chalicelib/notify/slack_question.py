"""The direct message to the one person whose credentials were used: was it you?"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.decision import Action
from chalicelib.notify.escape import code, mrkdwn
from chalicelib.notify.notice import Notice
from chalicelib.notify.slack_asked import answers
from chalicelib.notify.slack_parts import Block, Room, context, fields, header, section, when


def blocks(notice: Notice, room: Room, *, interactive: bool) -> Iterator[Block]:
    """Yield what is said to have been done, when, from where and with what; and what happens on No."""
    where = f"{mrkdwn(notice.account_name, room.text)} {code(notice.account, room.text)}"
    yield header("Was it you?")
    yield section(f"Your credentials were used: *{mrkdwn(notice.rule_title, room.text)}*")
    who = notice.who
    yield fields(
        {
            "When": when(notice.last_seen or notice.first_seen, room),
            "Account": f"{where} {mrkdwn(notice.region, room.text)}",
            "From": code(who.ip, room.text) if who.ip else "",
            "With": code(who.user_agent, room.text) if who.user_agent else "",
            "As": code(who.principal, room.text) if who.principal else "",
            "MFA": code(who.mfa, room.text) if who.mfa else "",
        }
    )
    said = next((button.ask for button in notice.asked.buttons if button.action == Action.NOT_MINE), "")
    then = mrkdwn(said, room.text) if said else "The security team is called at once."
    if interactive:
        yield section(f"If it was you, nothing more happens here.\nOn *No*: {then}")
    else:
        yield section(f"Tell the security team, whatever the answer is. If it was not you: {then}")
    yield from answers(notice, room, interactive=interactive)
    yield context([f"countermeasure asks, incident {code(notice.incident, room.text)}. It never asks for a password."])
