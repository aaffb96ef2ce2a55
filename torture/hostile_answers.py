"""Hostile events through the whole answer, as the functions give it: it is true, it fits, and it shows no secret."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest.mock import patch

from chalicelib import acting, reconcile
from chalicelib.accounts import Clients, ScopedSession
from chalicelib.errors import Busy, CountermeasureError, Gone, MalformedEvent, NotSecurityEvent
from chalicelib.findings import parse
from chalicelib.model import Change, Incident, Mode, Outcome
from chalicelib.notify import Notice, sns
from chalicelib.notify.slack_blocks import render
from lab.channels import SIGNING_SECRET
from lab.stage import prepare
from torture.hostile_loop import ROOT, Broken, Target
from torture.hostile_reading import one_line
from torture.hostile_seeds import SECRETS, catalogue, planted, seeds
from torture.hostile_values import mutated
from torture.hostile_world import BOT, SIGNING, WEBHOOK, World, shown

_CLIENTS = Clients()
_SNS = 262_144
_ENVELOPE = dict.fromkeys(
    ("id", "detail-type", "source", "account", "time", "region", "resources", "detail", "version")
)
"""What EventBridge adds where it is missing, and Chalice relies on."""

_PROVEN = frozenset({Outcome.OBSERVED, Outcome.AWAITING, Outcome.CONTAINED, Outcome.COMPLIANT, Outcome.GONE})


@dataclass(slots=True)
class Errors:
    """Errors of the product's own lines that became a failed response; those of the simulation are not ours."""

    found: list[str] = field(default_factory=list)

    def note(self, error: Exception) -> None:
        trace, last = error.__traceback__, ""
        while trace:
            last = trace.tb_frame.f_code.co_filename
            trace = trace.tb_next
        ours = last.startswith((str(ROOT / "chalicelib"), str(ROOT / "remediations")))
        if ours and not isinstance(error, CountermeasureError):
            self.found.append(f"{type(error).__name__} in {last.removeprefix(str(ROOT))}: {error}"[:200])


def answers(world: World) -> Target:
    """Return the whole answer, to events that fire a rule: half of them are only observed, the others enforced."""
    made = {name: functools.partial(_case, make) for name, make in seeds("fires*.json", corpus=False).items()}
    return Target("answers", made, _changed, functools.partial(_answered, world))


def _case(make: Callable[[], Any]) -> dict[str, Any]:
    event = make()
    return {"original": event, "event": event, "observe": False, "secrets": 0}


def _changed(case: Any, rng: Random) -> Any:
    """Change the event so that it still fires a rule, where a few attempts find such a change."""
    observe, secrets = rng.random() < 0.5, rng.getrandbits(32)
    for _ in range(8):
        event = mutated(json.loads(json.dumps(case["event"])), rng) if _is_flat(case["event"]) else case["event"]
        if _fires(event):
            return {**case, "event": event, "observe": observe, "secrets": secrets}
    return {**case, "observe": observe, "secrets": secrets}


def _is_flat(event: Any) -> bool:
    try:
        json.dumps(event)
    except (RecursionError, ValueError):
        return False
    return True


def _fires(event: Any) -> bool:
    try:
        return any(catalogue().match(finding.event) for finding in parse(event))
    except (MalformedEvent, NotSecurityEvent):
        return False


def _answered(world: World, case: Any) -> bool:
    """Answer one event twice, as it may be delivered; hold everything that came of it."""
    world.renew()
    event = planted(case["event"], Random(case["secrets"]))
    with _errors() as errors:
        prepare(world.lab, catalogue(), case["original"])  # what the event had talked of before it was changed
        if case["observe"]:
            world.lower()
        first, refused = _deliver(world, event)
        again, _ = _deliver(world, event)
    if errors.found:
        raise Broken(f"a response failed by an error of ours: {errors.found[0]}")
    if first != again:
        raise Broken("the second delivery of an event has other incidents")
    for id_ in first:
        stored = world.engine[0].ledger.load(id_)
        for change in stored.changes:
            _true(world, change, case["observe"])
        for told in stored.notices:
            _fits(Notice.from_json(told.body))
    if found := shown(world.said(), (*SECRETS, SIGNING, BOT, WEBHOOK, SIGNING_SECRET)):
        raise Broken(f"shows {len(found)} secrets: {found[0][:12]}")
    return not refused


def _deliver(world: World, event: Any) -> tuple[list[str], bool]:
    """Have the function answer; return its incidents, and whether it refused."""
    answered: list[Incident] = []
    engine = world.engine[0]

    @dataclass(frozen=True, slots=True)
    class Noting:
        def handle(self, told: Any) -> tuple[Incident, ...]:
            answered.extend(engine.handle(told))
            return tuple(answered)

    world.engine[:] = [Noting()]  # type: ignore[list-item]
    try:
        world.invoke("guardduty", {**_ENVELOPE, **event})
    except (MalformedEvent, Busy) as refusal:
        one_line(str(refusal), "the refusal of an event")
        return [], True
    except CountermeasureError:
        if not any(change.outcome is Outcome.FAILED for each in answered for change in each.changes):
            raise
    finally:
        world.engine[:] = [engine]
    return [each.id for each in answered if each.responses and any(r.mode > Mode.OFF for r in each.responses)], False


def _true(world: World, change: Change, observe: bool) -> None:
    """Look at the resource with other eyes: what was said of it is so."""
    if observe and (change.calls or change.outcome in {Outcome.CONTAINED, Outcome.UNVERIFIED, Outcome.INTENDED}):
        raise Broken("something was changed that was only to be observed")
    if change.outcome not in _PROVEN:
        return
    unit, resource = catalogue().remediations[change.remediation], change.resource
    keys = world.lab.administrator(resource.account)
    now = world.engine[0].clock()
    session = ScopedSession(resource.account, resource.region, "aws", change.incident, now, keys, _CLIENTS)
    with session as aws:
        try:
            seen, gone = reconcile.read(unit, aws, resource), False
        except Gone:
            seen, gone = None, True
    if gone is not (change.outcome is Outcome.GONE):
        raise Broken(f"{change.outcome.value}, and the resource is {'gone' if gone else 'there'}")
    expected = change.after if change.outcome in {Outcome.CONTAINED, Outcome.COMPLIANT} else change.before
    if not gone and not reconcile.same(seen, expected):
        raise Broken(f"{change.outcome.value}, and the resource is not as was said")


def _fits(notice: Notice) -> None:
    """Hold the limits of SNS and Slack, and that no text is more than text."""
    published = sns.render(notice)
    if len(json.dumps(published, ensure_ascii=False).encode()) > _SNS or not 0 < len(published["Subject"]) < 100:
        raise Broken("a notice is larger than SNS takes")
    message = render(notice, interactive=True)
    blocks = [*message["blocks"], *(block for each in message["attachments"] for block in each["blocks"])]
    texts = list(_texts(blocks))
    if len(blocks) > 50 or len(json.dumps(blocks)) > 13_000 or any(len(text) > 3_000 for text in texts):
        raise Broken("a notice is larger than Slack takes")
    if any("<!channel" in text or "<@U0EXAMPLE1>" in text or "\u202e" in text for text in texts):
        raise Broken("a notice mentions whom the event wants it to")


def _texts(value: Any) -> Iterator[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        if isinstance(each, str):
            yield each
        else:
            yield from _texts(each)


@contextmanager
def _errors() -> Iterator[Errors]:
    """Take note of each error that becomes a failed response."""
    errors, why = Errors(), acting._why

    def noting(error: Exception) -> str:
        errors.note(error)
        return why(error)

    with patch.object(acting, "_why", noting):
        yield errors
