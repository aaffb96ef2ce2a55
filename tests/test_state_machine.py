"""Deliveries, repeats, decisions, expiries, drift and crashes in any order: what people rely on always holds.

- Nothing is written that the ledger does not have, with what was there before.
- What needs an approval is done only as it was shown and approved, and once.
- What was there before our first write is never lost: an undo gives it back.
- A message offers only what is possible.
"""

from __future__ import annotations

import copy
import os
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib import approvals, reconcile, undoing
from chalicelib.catalogue import load, of
from chalicelib.decision import Action
from chalicelib.errors import Busy, CountermeasureError, UnknownIncident
from chalicelib.ledger import HOLD_SECONDS, Stored
from chalicelib.model import Mode, Outcome, Resource, State
from chalicelib.notify.buttons import action_of, value_of
from chalicelib.upkeep import tend
from lab.crashing import Crash, Fuse, fused, ours
from lab.network import tcp
from lab.organization import Lab, embedded
from lab.stage import prepare
from tests.deciding import ALICE, BOB, decided
from tests.replaying import administrator, event

CATALOGUE = load()
UNIT = CATALOGUE.remediations["ec2.revoke_open_ingress"]
OPENED = event("cloudtrail.security_group_opened/fires.ipv4")
EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "12"))
"""How many stories are tried: each takes two seconds. A few hundred find what a dozen may miss."""

PEOPLE = st.sampled_from([ALICE, BOB])


class Machine(RuleBasedStateMachine):
    """One security group that is opened again and again, in an environment that asks for approval, or does not."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.clock = self.stack.enter_context(time_machine.travel(datetime(2026, 8, 1, 12, tzinfo=UTC), tick=False))
        self.lab: Lab = self.stack.enter_context(embedded())
        self.written: Counter[str] = Counter()  # how often each change was applied
        self.approved: set[str] = set()  # the digests of the changes that people approved
        self.first: State = None  # what was there before our first write that was not undone
        self.crashes = 0
        self.broken: list[AssertionError] = []

    def teardown(self) -> None:
        self.stack.close()

    @initialize(mode=st.sampled_from([Mode.APPROVE, Mode.ENFORCE]), another=st.booleans())
    def begin(self, mode: Mode, another: bool) -> None:
        self.lab.reset(mode)
        places = {
            name: replace(place, undo_by_another=another) for name, place in self.lab.organization.environments.items()
        }
        self.lab.organization = replace(self.lab.organization, environments=places)
        self.mode = mode
        self.event = dict(prepare(self.lab, CATALOGUE, OPENED).event)
        unit = replace(UNIT, write=self.write)
        rules = {
            id_: replace(r, respond=tuple(unit if own.id == unit.id else own for own in r.respond))
            for id_, r in CATALOGUE.rules.items()
        }
        self.catalogue = of(rules, {**CATALOGUE.remediations, unit.id: unit})
        self.engine = self.lab.engine(self.catalogue)
        self.deliver(0)

    def write(self, aws: Any, group: Resource, now: State, then: State) -> None:
        """Stand where the remediation writes; what is wrong is kept, as the engine takes it for a failed change."""
        try:
            self.look(group, now, then)
        except AssertionError as error:
            self.broken.append(error)
        UNIT.write(aws, group, now, then)

    def look(self, group: Resource, now: State, then: State) -> None:
        """Look at what the ledger says at this moment."""
        stored = self.stored()
        chain = [change for change in stored.changes if change.outcome in {Outcome.INTENDED, Outcome.UNDOING}]
        assert chain, "a resource is written, and the ledger does not say so"
        last = chain[-1]
        if last.outcome is Outcome.INTENDED:
            assert reconcile.same(last.after, then)
            digest = reconcile.digest(UNIT.id, group, last.before, last.after)
            assert digest == last.digest
            assert self.mode is Mode.ENFORCE or digest in self.approved, "nobody approved this"
            self.written[last.id] += 1
            assert self.written[last.id] <= 1 + self.crashes, "one approval is carried out twice"
            self.first = now if self.first is None else self.first
        else:
            assert reconcile.same(then, self.first), "what was there before is lost"

    # What happens

    @rule(number=st.integers(0, 2))
    def deliver(self, number: int) -> None:
        what = copy.deepcopy(self.event)
        what["detail"]["eventID"] = f"event-{number}"
        self.attempt(lambda: self.engine.handle(what))

    @rule(by=PEOPLE)
    def approve(self, by: str) -> None:
        self.vote()
        self.attempt(lambda: decided(self.engine, Action.APPROVE, self.incident, by))

    @rule(by=PEOPLE)
    def deny(self, by: str) -> None:
        self.attempt(lambda: decided(self.engine, Action.DENY, self.incident, by))

    @rule(by=PEOPLE, force=st.booleans())
    def undo(self, by: str, force: bool) -> None:
        self.attempt(lambda: decided(self.engine, Action.UNDO, self.incident, by, reason="agreed", force=force))

    @rule(by=PEOPLE, action=st.sampled_from([Action.ACKNOWLEDGE, Action.ESCALATE, Action.SNOOZE]))
    def talk(self, by: str, action: Action) -> None:
        self.attempt(lambda: decided(self.engine, action, self.incident, by, reason="seen", minutes=60))

    @rule(port=st.sampled_from([22, 3389]))
    def someone_opens_it(self, port: int) -> None:
        ec2 = self.lab.boto(self.resource.account, self.resource.region).client("ec2")
        opening = {"GroupId": self.resource.id, "IpPermissions": [tcp(port, "0.0.0.0/0")]}
        with suppress(ClientError):  # it is open already
            ec2.authorize_security_group_ingress(**opening)

    @rule(minutes=st.sampled_from([1, 3, 61, 130]))
    def time_passes(self, minutes: int) -> None:
        self.clock.shift(timedelta(minutes=minutes))

    @rule()
    def the_schedule_runs(self) -> None:
        self.attempt(lambda: tend(self.engine))

    @rule(number=st.integers(1, 12), after=st.booleans(), what=st.sampled_from(["deliver", "approve", "undo", "tend"]))
    def it_crashes(self, number: int, after: bool, what: str) -> None:
        """The process dies at one of its calls; the hold that it leaves lapses."""
        self.crashes += 1
        does = {
            "deliver": lambda: self.deliver(1),
            "approve": lambda: self.approve(ALICE),
            "undo": lambda: self.undo(BOB, force=False),
            "tend": self.the_schedule_runs,
        }
        try:
            with fused(ours(self.lab, self.engine), Fuse(number, after=after)):
                does[what]()
        except Crash:
            self.clock.shift(timedelta(seconds=HOLD_SECONDS + 1))

    @precondition(lambda self: self.first is not None)
    @rule()
    def everything_is_taken_back(self) -> None:
        """A forced undo, with whom it takes, gives back what was there before our first write."""
        self.clock.shift(timedelta(seconds=HOLD_SECONDS + 1))
        self.attempt(lambda: tend(self.engine))
        if not undoing.chains(self.stored().changes):
            return
        self.attempt(lambda: decided(self.engine, Action.DENY, self.incident, BOB))
        self.attempt(lambda: decided(self.engine, Action.UNDO, self.incident, ALICE, reason="x", force=True))
        self.attempt(lambda: decided(self.engine, Action.APPROVE, self.incident, BOB))
        assert not undoing.chains(self.stored().changes)
        with administrator(self.lab, self.resource.account, self.resource.region) as aws:
            assert reconcile.same(reconcile.read(UNIT, aws, self.resource), self.first)

    # What always holds

    @invariant()
    def nothing_was_written_that_must_not_be(self) -> None:
        assert not self.broken, self.broken

    @invariant()
    def an_undone_group_has_nothing_to_give_back(self) -> None:
        if self.first is not None and not undoing.chains(self.stored().changes):
            self.first = None

    @invariant()
    def a_message_offers_only_what_is_possible(self) -> None:
        """Buttons carry the digest of what waits, or of what an undo would take back, once the schedule has run."""
        try:
            stored = self.stored()
        except UnknownIncident:
            return
        self.attempt(lambda: tend(self.engine))
        stored = self.stored()
        own = [message for message in self.lab.slack.messages if "thread_ts" not in message][:1]
        offered = {each for message in own for each in buttons(message)}
        votes = {each.digest for each in stored.approvals if approvals.open_now(each, self.engine.clock())}
        assert {digest for action, digest in offered if action in {"approve", "deny"}} == votes
        undo = {digest for action, digest in offered if action == "undo"}
        assert undo <= {approvals.undo_digest(stored.changes)}
        assert bool(undo) <= bool(undoing.chains(stored.changes))
        asks = stored.approval(Action.APPROVE)
        waits = approvals.digest(approvals.waiting(stored.changes))
        assert (asks.digest if asks else approvals.digest(())) == waits

    # How

    def attempt(self, do: Any) -> None:
        """Do something that may be refused, or be busy."""
        try:
            do()
        except (Busy, CountermeasureError):
            return

    def vote(self) -> None:
        """Keep what is approved if this vote counts."""
        stored = self.stored()
        shown = {change.id: change.digest for change in stored.changes}
        self.approved |= {shown[id_] for each in stored.approvals for id_ in each.changes}

    @property
    def incident(self) -> str:
        known = self.engine.ledger.table.get([(f"resource#{self.resource.key}", "head")])
        return next(iter(known.values()))["incident"] if known else "inc-none"

    @property
    def resource(self) -> Resource:
        detail = self.event["detail"]
        return Resource(
            UNIT.resource_type,
            detail["requestParameters"]["groupId"],
            detail["recipientAccountId"],
            detail["awsRegion"],
        )

    def stored(self) -> Stored:
        return self.engine.ledger.load(self.incident)


def buttons(message: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what the buttons of a message offer: the action, and the digest that it carries."""
    blocks = [*message["blocks"], *(block for each in message.get("attachments", ()) for block in each["blocks"])]
    elements = [each for block in blocks if block["type"] == "actions" for each in block["elements"]]
    return [(action_of(each["action_id"]), value_of(each["value"])[1]) for each in elements]


def test_whatever_happens_in_whatever_order_what_people_rely_on_holds() -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=15,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a failure takes long: ask for it
            suppress_health_check=list(HealthCheck),
        ),
    )
