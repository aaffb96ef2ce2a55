"""When a change was made, failed and was taken back: by the times of its AWS calls. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.decision import Action, Decision
from chalicelib.model import Call, Change, Outcome
from cli.show import READS
from cli.times import moment

_BACK = {Outcome.UNDOING, Outcome.UNDONE}
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moments:
    """When it happened to one change (ISO 8601, UTC); "" for what did not, or what no record says."""

    changed: str = ""  # the last write had been answered
    taken_back: str = ""  # the last write of the undo had been answered
    failed: str = ""  # the last answer, where it failed


def moments(change: Change, decisions: Iterable[Decision]) -> Moments:
    """Return when a change was made, failed and was taken back. Records of before calls had times say nothing."""
    border = _taken_back_from(change, decisions)
    timed = [(moment(call.at), call) for call in change.calls if call.at]
    forth = [call for at, call in timed if at < border]
    back = [call for at, call in timed if at >= border]
    return Moments(
        changed=_last(_writes(forth)),
        taken_back=_last(_writes(back)) if change.outcome in _BACK else "",
        failed=_last(forth) if change.outcome is Outcome.FAILED else "",
    )


def _taken_back_from(change: Change, decisions: Iterable[Decision]) -> datetime:
    """Return from when on the calls of a change are those of its undo: people asked for it, or its time was over."""
    asked = [
        moment(each.at)
        for each in decisions
        if each.action is Action.UNDO and not each.result.startswith("refused") and moment(each.at) > moment(change.at)
    ]
    expired = [moment(change.expires_at)] if change.expires_at else []
    first = min([*asked, *expired], default=_NEVER)
    return first.replace(microsecond=first.microsecond // 1000 * 1000)  # calls know the millisecond


def _writes(calls: Sequence[Call]) -> list[Call]:
    return [call for call in calls if not READS.search(call.operation) and not call.error]


def _last(calls: Sequence[Call]) -> str:
    return max((call.at for call in calls), default="")
