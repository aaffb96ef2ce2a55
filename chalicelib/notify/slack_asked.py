"""What people are asked in Slack: until when, how many, who has, and the buttons to answer with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.dataclass import dataclass
from chalicelib.decision import Action
from chalicelib.notify import buttons, words
from chalicelib.notify.escape import code, line
from chalicelib.notify.notice import Button, Notice
from chalicelib.notify.slack_parts import Block, Room, context, more, person, plain, section, when

CONFIRM_TITLE, CONFIRM_TEXT = 100, 300
"""Slack's limits of a confirm dialog (Block Kit reference, "Confirmation dialog object")."""

_ROWS = 2


@dataclass(frozen=True, slots=True)
class Face:
    """How a button looks: its label, Slack's `style`, and the question above its confirm dialog."""

    label: str
    style: str = ""
    question: str = ""


FACES: Mapping[str, Face] = {
    Action.APPROVE: Face("Approve", "primary", "Make exactly this change?"),
    Action.DENY: Face("Deny", "", "Leave it as it is?"),
    Action.MINE: Face("Yes, it was me", "primary", "It was you?"),
    Action.NOT_MINE: Face("No", "danger", "It was not you?"),
    Action.ACKNOWLEDGE: Face("Acknowledge", "", "Are you looking into it?"),
    Action.SNOOZE: Face("Snooze", "", "Hear no more of it for a while?"),
    Action.ESCALATE: Face("Escalate", "", "Call further people?"),
    Action.UNDO: Face("Undo", "danger", "Take back what was changed?"),
    buttons.DETAILS: Face("Details", "", "Show the details?"),
}


def standing(notice: Notice, room: Room) -> Iterator[Block]:
    """Yield who looks into it, and until when nobody is to be reminded."""
    asked = notice.asked
    told = [f"Acknowledged by {person(asked.acknowledged_by, room)}"] if asked.acknowledged_by else []
    if asked.snoozed_until:
        told.append(f"Snoozed until {when(asked.snoozed_until, room)}")
    if told:
        yield context(told)


def approval(notice: Notice, room: Room) -> Iterator[Block]:
    """Yield until when how many people must approve, and who has."""
    asked = notice.asked
    told = []
    if asked.requester:
        told.append(f"{person(asked.requester, room)} asks to undo this. Somebody else must approve it.")
    if asked.expires:
        told.append(f"Asked until {when(asked.expires, room)}. Without an answer it stays as it is.")
    if asked.needed or asked.approved_by:
        names = [person(each, room) for each in asked.approved_by[: room.lines]]
        names += more(len(asked.approved_by) - len(names))
        approved = f": {', '.join(names)}" if names else ""
        told.append(f"{len(asked.approved_by)} of {asked.needed} approvals{approved}")
    if told:
        yield section("\n".join(told))


def answers(notice: Notice, room: Room, *, interactive: bool) -> Iterator[Block]:
    """Yield the buttons of what can be decided now; where nobody hears them, the command to type instead.

    Two things may wait for the same action, a response and an undo: each has its row, as Slack wants an `action_id`
    to be unique in its block.
    """
    if interactive:
        order = list(FACES)
        rows: list[dict[str, Button]] = [{} for _ in range(_ROWS)]
        for button in notice.asked.buttons:
            free = next((row for row in rows if button.action not in row), None)
            if free is not None and _known(notice, button):
                free[button.action] = button
        for row in rows:
            shown = sorted(row.values(), key=lambda button: order.index(button.action))
            if shown:
                yield {"type": "actions", "elements": [_button(notice, button, room) for button in shown]}
    elif command := words.approve(notice):
        yield section(f"*Approve*\n{code(command, max(room.text, 100))}")


def _known(notice: Notice, button: Button) -> bool:
    """Tell whether a click would be understood: by its action, and by what it carries."""
    try:
        buttons.value_of(buttons.value(notice.incident, button.digest))
    except ValueError:
        return False
    return button.action in FACES


def _button(notice: Notice, button: Button, room: Room) -> Block:
    face = FACES[button.action]
    made: Block = {
        "type": "button",
        "action_id": buttons.action_id(button.action),
        "text": plain(face.label),
        "value": buttons.value(notice.incident, button.digest),
    }
    if face.style:
        made["style"] = face.style
    ask = line(button.ask, min(CONFIRM_TEXT, max(room.text, 10)))
    if ask:
        made["confirm"] = {
            "title": plain(face.question),
            "text": plain(ask),
            "confirm": plain(face.label),
            "deny": plain("Cancel"),
        } | ({"style": face.style} if face.style else {})
    return made
