"""What a message says beside its coloured bar: where, what and who; each change; why not further, and what next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.notify import words
from chalicelib.notify.escape import code, link, mrkdwn
from chalicelib.notify.notice import ChangeLine, Notice, ResourceLine
from chalicelib.notify.slack_parts import Block, Room, context, fields, more, person, section, when


def about(notice: Notice, room: Room) -> Iterator[Block]:
    """Yield what happened, where, to what and by whom."""
    times = f" ({notice.count} times)" if notice.count > 1 else ""
    rule = f" {code(notice.rule, room.text)}" if notice.rule else ""
    yield fields(
        {
            "Account": f"{mrkdwn(notice.account_name, room.text)} {code(notice.account, room.text)}",
            "Environment": mrkdwn(notice.environment, room.text),
            "Region": mrkdwn(notice.region, room.text),
            "Source": f"{mrkdwn(notice.source, room.text)} {code(notice.finding_type, room.text)}",
            "First seen": when(notice.first_seen, room),
            "Last seen": f"{when(notice.last_seen, room)}{times}",
            "Rule": f"{mrkdwn(notice.rule_title, room.text)}{rule}",
            "Incident": code(notice.incident, room.text),
        }
    )
    resources = [_resource(each, room) for each in notice.resources[: room.lines]]
    if resources:
        yield section("\n".join(["*Resources*", *resources, *more(len(notice.resources) - len(resources))]))
    yield from actor(notice, room)


def actor(notice: Notice, room: Room) -> Iterator[Block]:
    """Yield who did it and from where, as the event says."""
    who = notice.who
    named = {"Who": who.principal, "From": who.ip, "With": who.user_agent, "Key": who.access_key, "MFA": who.mfa}
    told = [f"*{label}* {code(value, room.text)}" for label, value in named.items() if value]
    if told:
        yield section("\n".join(told))


def changes(shown: Sequence[ChangeLine], room: Room) -> Iterator[Block]:
    """Yield each remediation on each resource: what came of it, before and after, why, and its impact."""
    for change in shown[: room.lines]:
        yield section("\n".join(_change(change, room)))


def rest(notice: Notice, room: Room) -> Iterator[Block]:
    """Yield what was left out, why it did not go further, what to check, how to undo it and where to look."""
    command = max(room.text, 100)
    on_top = len(words.for_people(notice))
    shown = min(on_top, room.lines) + min(len(notice.changes) - on_top, room.lines)
    left_out = len(notice.changes) - shown + notice.left_out
    if left_out:
        yield section(f"… and {left_out} more: {code(f'countermeasure show {notice.incident}', command)}")
    if notice.ceilings:
        reasons = [f"• {mrkdwn(reason, room.text)}" for reason in notice.ceilings[: room.lines]]
        yield section("\n".join(["*Why not further*", *reasons, *more(len(notice.ceilings) - len(reasons))]))
    if notice.look_at:
        yield section(f"*Check next*\n{mrkdwn(notice.look_at, 3 * room.text)}")
    if notice.undo:
        yield section(f"*Undo*\n{code(notice.undo, command)}")
    if notice.asked.decisions:
        yield section("\n".join(["*Decisions*", *_decisions(notice, room)]))
    foot = [link(notice.finding_url, "Open the finding")] if notice.finding_url else []
    if notice.attack:
        foot.append(f"ATT&amp;CK {mrkdwn(', '.join(notice.attack), room.text)}")
    if foot:
        yield context(foot)


def _resource(resource: ResourceLine, room: Room) -> str:
    console = f" · {link(resource.url, 'console')}" if resource.url else ""
    return f"{code(resource.id, room.text)} {mrkdwn(resource.kind, room.text)}{console}"


def _change(change: ChangeLine, room: Room) -> Iterator[str]:
    yield f"*{mrkdwn(change.title, room.text)}*: {mrkdwn(change.outcome, room.text)}"
    yield f"{code(change.resource_id, room.text)} {mrkdwn(change.kind, room.text)}"
    if change.before != change.after:
        planned = "" if change.done else "planned: "
        yield f"{planned}{code(change.before, room.text)} → {code(change.after, room.text)}"
    if change.until:
        yield f"Until: {when(change.until, room)}"
    if change.reason:
        yield f"Reason: {code(change.reason, room.text)}"
    yield from (mrkdwn(text, 3 * room.text) for text in (change.impact, change.undo) if text)


def _decisions(notice: Notice, room: Room) -> Iterator[str]:
    """Yield the last decisions, the latest last: when, who, what, why, and what came of it."""
    for each in notice.asked.decisions[-room.lines :]:
        why = f": {mrkdwn(each.reason, room.text)}" if each.reason else ""
        result = f" → {mrkdwn(each.result, room.text)}" if each.result else ""
        yield f"• {when(each.at, room)} {person(each.by, room)} *{mrkdwn(each.action, room.text)}*{why}{result}"
