"""What the guide has the reader do between its commands: edit a file, confirm an e-mail, wait, do a step once more."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model import Outcome
from chalicelib.patterns import SOURCES
from e2e import promises, reader
from e2e.hub import counted
from e2e.reader import SANDBOX, Block
from e2e.resources import BUCKET
from e2e.shell import Session
from e2e.world import World, outcomes_of

OWN_BUCKET = "a-bucket-of-the-reader"


@dataclass(frozen=True, slots=True)
class Hands:
    """The reader at work: the world, the open session, and the guide to look things up in."""

    world: World
    bash: Session
    guide: Sequence[Block]

    def block(self, title: str, number: int = 1) -> Block:
        """Return a block by what its title begins with."""
        return next(each for each in self.guide if each.title.startswith(title) and each.number == number)

    def again(self, title: str, number: int = 1) -> None:
        """Do a block of an earlier step once more; it keeps its promise once more."""
        block = self.block(title, number)
        ran = self.bash.run(block.text)
        self.world.expect(f"{block.name}, once more: every command exits with 0", ran.failed, ())
        promises.keep(self.world, block, ran.output)


def edit_organization(hands: Hands) -> None:
    file = hands.world.checkout / "organization.toml"
    file.write_text(reader.edited(file.read_text()))


def confirm_subscription(hands: Hands) -> None:
    """The emulator takes an e-mail for confirmed; AWS sends one."""
    sns, arn = hands.world.hub("sns"), hands.world.outputs["TopicArn"]
    told = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    waiting = [each for each in told if each["SubscriptionArn"] == "PendingConfirmation"]
    hands.world.expect("nothing waits to be confirmed", waiting, [])


def prepare_for_the_doctor(hands: Hands) -> None:
    """Wait for two heartbeats, and have slack.com be the one played here; not before, as pip reaches its index."""
    wait_for_two_heartbeats(hands)
    network = hands.world.slack.environment()
    hands.bash.run("".join(f"export {name}={value}\n" for name, value in network.items()))


def leave_slack(hands: Hands) -> None:
    hands.bash.run(f"unset {' '.join(hands.world.slack.environment())}\n")


def wait_for_two_heartbeats(hands: Hands, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while beats(hands) < 2 and time.monotonic() < deadline:
        time.sleep(0.5)
    hands.world.expect("two heartbeats have come through every function", beats(hands) >= 2)


def beats(hands: Hands) -> float:
    """Return how many heartbeats have come through the function that has had the fewest."""
    return min(counted(hands.world.aws, "Heartbeat", source) for source in SOURCES)


def replay_a_bucket_of_my_own(hands: Hands) -> None:
    """Step 11: whoever subscribed is told what would be done."""
    BUCKET.make(functools.partial(hands.world.there, account=SANDBOX, region="eu-central-1"), OWN_BUCKET)
    event = hands.world.checkout / "build" / "first.json"
    event.write_text(event.read_text().replace(BUCKET.named, OWN_BUCKET))
    heard = len(hands.world.slack.heard)
    outcomes = replayed_again(hands)
    hands.world.expect("a bucket of one's own is observed", outcomes, {Outcome.OBSERVED})
    hands.world.expect("whoever subscribed is told", len(hands.world.slack.heard) > heard)


def replayed_again(hands: Hands, options: str = "") -> set[Outcome]:
    """Run the last line of step 11 once more, as an event of its own; return what became of it."""
    *_, line = hands.block("11.").text.splitlines()
    event = hands.world.checkout / "build" / "first.json"
    fresh = f"{time.time_ns():032x}"[-12:]
    event.write_text(re.sub(r'("(?:id|Id)": "[^"]*)[^"]{12}"', rf'\g<1>{fresh}"', event.read_text()))
    ran = hands.bash.run(f"{line} {options}\n")
    hands.world.expect("the event is sent once more", ran.failed, ())
    return outcomes_of(hands.world, ran.output)


def change_organization(hands: Hands) -> None:
    """Protect a role and raise the sandbox's mode, and print the templates as in step 2."""
    file = hands.world.checkout / "organization.toml"
    text = file.read_text().replace("principals = []", f'principals = ["{promises.BREAK_GLASS}"]', 1)
    raised = '[environments.sandbox]\nmode = "enforce"'
    file.write_text(text.replace(raised.replace("enforce", "observe"), raised))
    hands.again("2.")


def deploy_again(hands: Hands) -> None:
    """Then the hub (steps 5 and 6), then the doctor; the sandbox is enforced now."""
    hands.world.outputs["status"] = "UPDATE_COMPLETE"
    hands.again("5.")
    hands.again("6.", 2)
    prepare_for_the_doctor(hands)
    hands.again("10.")
    leave_slack(hands)
    outcomes = replayed_again(hands, "--mode enforce --yes")
    administrator = functools.partial(hands.world.there, account=SANDBOX, region="eu-central-1")
    held = Outcome.CONTAINED in outcomes and BUCKET.contained(administrator, OWN_BUCKET)
    hands.world.expect("with the mode raised, the bucket is contained", held)


def wait_for_no_stack_instance(hands: Hands) -> None:
    *_, line = hands.block("7.").text.splitlines()
    ran = hands.bash.run(f"{line}\n")
    hands.world.expect("no stack of the StackSet is left", (ran.failed, "SUCCEEDED" in ran.output), ((), False))


By = Mapping[tuple[str, int], Callable[[Hands], None]]
BEFORE: By = {
    ("2. Edit organization.toml", 1): edit_organization,
    ("10. See the doctor", 1): prepare_for_the_doctor,
    ("Upgrade", 1): change_organization,
    ("Remove", 2): wait_for_no_stack_instance,
}
AFTER: By = {
    ("6. Deploy the hub", 2): confirm_subscription,
    ("10. See the doctor", 1): leave_slack,
    ("11. Replay a first event, in observe", 1): replay_a_bucket_of_my_own,
    ("Upgrade", 1): deploy_again,
}
