"""Hostile requests to the Slack endpoint, and hostile decisions to the function that carries them out."""

from __future__ import annotations

from random import Random
from typing import Any

from slack_sdk.models.views import View

from chalicelib.decision import Action
from chalicelib.errors import Busy, MalformedEvent
from chalicelib.model import Outcome
from chalicelib.notify.buttons import DETAILS
from chalicelib.slackapp.forms import FORMS
from lab.stage import prepare
from torture.hostile_loop import Broken, Target
from torture.hostile_requests import BODIES, TAMPERED, URL, USER, pressed, request, sent, sent_to_us
from torture.hostile_seeds import SECRETS, catalogue, seeds
from torture.hostile_values import mutated
from torture.hostile_world import BOT, SIGNING, WEBHOOK, World, shown

_WAITS = "tests/cloudtrail.bucket_opened/"


def slack(world: World) -> Target:
    """Return the endpoint. Half of what it is sent is signed by Slack, and hostile all the same."""
    incident = opened(world)
    made = {f"press/{name}": (lambda n=name: request(pressed(n, incident))) for name in (*Action, DETAILS)}
    made |= {f"send/{name}": (lambda n=name: request(sent(n, incident))) for name in sorted(FORMS)}
    watched = ("chalicelib/slackapp/", "chalicelib/decisions.py")
    return Target("slack", made, _changed, lambda asked: _asked(world, asked), watched)


def decide(world: World) -> Target:
    """Return the function that carries out decisions; nobody in Slack may approve or undo anything here."""
    incident = opened(world)
    made = {name.value: (lambda n=name: _decision(n, incident)) for name in Action}
    return Target("decide", made, mutated, lambda event: _decided(world, incident, event), ("chalicelib/slackapp/",))


def opened(world: World) -> str:
    """Return an incident whose changes wait for approval."""
    world.renew()
    for name, made in seeds("fires*.json", corpus=False).items():
        if name.startswith(_WAITS):
            found = world.engine[0].handle(prepare(world.lab, catalogue(), made()).event)
            if found and any(change.outcome is Outcome.AWAITING for change in found[0].changes):
                return found[0].id
    raise LookupError("no event of the tests waits for approval")


def _changed(asked: Any, rng: Random) -> Any:
    drawn = rng.random()
    if drawn < 0.25:
        return {**asked, "proof": rng.choice(TAMPERED)}
    if drawn < 0.35:
        return {**asked, "body": rng.choice(BODIES)}
    return {**asked, "payload": mutated(asked["payload"], rng)}


def _asked(world: World, asked: Any) -> bool:
    """Send one request, and hold what came of it; return whether something was done."""
    event, proven = sent_to_us(asked)
    before = _done(world)
    logged = world.logs.tell()
    answer = world.request(event)
    after = _done(world)
    if answer["statusCode"] not in {200, 400, 401}:
        raise Broken(f"the endpoint answers {answer['statusCode']}")
    if not proven and (after != before or answer["statusCode"] == 200):
        raise Broken("something was done that Slack did not sign")
    if answer["statusCode"] != 200 and after != before:
        raise Broken("something was done of what was refused")
    for opening in world.views[before[2] :]:
        View(**opening["view"]).validate_json()
    world.logs.seek(logged)
    said = world.logs.read() + str(answer) + str([text for _, text in world.whispers[before[3] :]])
    if found := shown(said, (*SECRETS, SIGNING, BOT, WEBHOOK, URL)):
        raise Broken(f"shows {len(found)} secrets")
    return bool(after != before)


def _done(world: World) -> tuple[int, int, int, int]:
    """Return how much was done so far: written, handed over, opened, whispered."""
    return len(world.writes), len(world.handed), len(world.views), len(world.whispers)


def _decision(name: Action, incident: str) -> dict[str, Any]:
    told = {
        "action": name.value, "incident": incident, "by": f"slack:{USER}", "at": "2026-11-22T06:00:00+00:00",
        "via": "slack", "digest": "", "reason": "our scanner", "confirm": True, "force": True, "minutes": 60,
    }  # fmt: skip
    return {"decision": told, "response_url": URL}


def _decided(world: World, incident: str, event: Any) -> bool:
    """Carry out one decision; nothing may be changed by somebody who is no approver."""
    told = len(world.whispers)
    try:
        world.invoke("decide", event)
    except (MalformedEvent, Busy) as refusal:
        if len(str(refusal)) > 600 or not str(refusal).isprintable():
            raise Broken("the refusal of a decision is no short line") from None
        return False
    if len(world.whispers) == told:
        raise Broken("nobody was told what came of a decision")
    stored = world.engine[0].ledger.load(incident)
    if any(change.outcome is not Outcome.AWAITING for change in stored.changes):
        raise Broken("somebody who is no approver has changed something")
    return not world.whispers[-1][1].startswith("Not done")
