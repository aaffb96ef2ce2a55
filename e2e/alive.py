"""That the deployed hub is alive is seen: by the heartbeat in every function, and by a daily look at every account."""

from __future__ import annotations

import json
import time
from typing import Any

from chalicelib.patterns import HEARTBEAT
from chalicelib.wiring import utc_now
from e2e import hub
from e2e.deployed import World
from e2e.emulators import CLOSED_REGION, REGION
from e2e.members import JUST_JOINED, MOVED_AWAY, OTHER_HUBS, SANDBOX
from e2e.resources import EXAMPLES


def the_heart_beats(world: World) -> None:
    """The schedule sends an event that the bus hands to every function, which takes it to the end, and tells nobody."""
    world.hub.told()
    heard = len(world.slack.heard)
    sent = world.hub.invoke("heartbeat", scheduled(world))
    world.expect("heartbeat: no error", sent.error, "")
    wanted = dict.fromkeys(EXAMPLES, 1.0)
    deadline = time.monotonic() + 120
    while (found := {each: hub.counted(world.aws, "Heartbeat", each) for each in EXAMPLES}) != wanted:
        if time.monotonic() > deadline:
            break
        time.sleep(0.5)
    world.expect("heartbeat: it arrives once at the end of every function", found, wanted)
    for function in EXAMPLES:
        if not found[function]:
            continue
        kept = world.hub.incident(f"heartbeat-{function}")
        world.expect(
            f"heartbeat: the ledger kept it, {function}", (kept.rules, kept.changes, kept.notices), ((), (), ())
        )
    said = [each for each in world.slack.heard[heard:] if "heartbeat" in json.dumps(each["message"]).lower()]
    world.expect("heartbeat: nobody is told", (world.hub.told(), said), ([], []))
    forged = {**scheduled(world), "source": HEARTBEAT, "detail-type": "Heartbeat", "account": SANDBOX}
    world.expect("heartbeat: that of a member is handed to no function", world.hub.routed(forged), [])


def every_account_is_entered(world: World) -> None:
    """The daily look finds the accounts that cannot be answered for, and tells of them once."""
    world.hub.told()
    for _ in range(2):
        answer = world.hub.invoke("daily", scheduled(world))
        world.expect("daily: no error", answer.error, "")
    notices = [notice for notice in world.hub.told() if "accounts are broken" in notice["headline"]]
    world.expect("daily: one notice", len(notices), 1)
    named = {each["id"] for notice in notices for each in notice["resources"]}
    world.expect("daily: it names those that do not let us in", {JUST_JOINED, OTHER_HUBS, MOVED_AWAY} <= named)
    why = " ".join(notice["look_at"] for notice in notices)
    world.expect("daily: it says which region is closed", f"{CLOSED_REGION} is not enabled there" in why)


def scheduled(world: World) -> dict[str, Any]:
    event = {"id": "e2e", "version": "0", "detail-type": "Scheduled Event", "source": "aws.events"}
    now = f"{utc_now():%Y-%m-%dT%H:%M:%SZ}"
    return {**event, "account": world.ours.hub, "region": REGION, "time": now, "resources": [], "detail": {}}
