"""Follow docs/onboarding.md word for word against the emulators: `python -m e2e.guide`. Exits with 1 when it fails.

Every block of commands is run in one bash session, as it stands but for the reader's values; every exit code counts,
and so does what the block promises.
"""

from __future__ import annotations

import sys
from pathlib import Path

from chalicelib import organization
from e2e import by_hand, promises, reader, reporting
from e2e.by_hand import Hands
from e2e.emulators import Emulators, environments, running
from e2e.reader import REGIONS, Block
from e2e.reporting import concluded, console, timed
from e2e.shell import opened
from e2e.slack import SIGNING_SECRET, TOKEN, open_slack
from e2e.world import World

TYPED = {("4. Create the Slack app", 1): f"{TOKEN}\n{SIGNING_SECRET}\n"}
"""What the reader types where a command asks."""


def followed(work: Path) -> int:
    """Follow the guide to its end, or to the first block that fails; return how many claims did not hold."""
    checkout, plan = reader.checked_out(work), work / "organization.toml"
    plan.write_text(reader.edited((checkout / "organization.toml").read_text()))
    guide = reader.blocks(reader.GUIDE.read_text())
    pythons = environments()
    with (
        open_slack(work) as slack,
        running(pythons, work, organization.read(plan), slack.environment()) as aws,
        opened(work / "blocks", checkout, reader.surroundings(work, aws)) as bash,
    ):
        given(aws)
        hands = Hands(World(aws, slack, checkout), bash, guide)
        for block in guide:
            with timed(block.name):
                if not follow(hands, block):
                    break
    return concluded(hands.world.claims)


def given(aws: Emulators) -> None:
    """Make what the guide takes for granted, as Control Tower does: a trail, and Config's recorders."""
    for account in {aws.hub, *reader.ACCOUNTS}:
        for region in REGIONS:
            config = aws.member("config", account, region)
            recorder = {"name": "default", "roleARN": f"arn:aws:iam::{account}:role/config"}
            config.put_configuration_recorder(ConfigurationRecorder=recorder)
            config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "log-archive"})
            config.start_configuration_recorder(ConfigurationRecorderName="default")
    # moto shows an organization's trail to the account alone that made it, which is here the hub.
    trail = aws.member("cloudtrail", aws.hub)
    aws.member("s3", reader.PROD).create_bucket(Bucket="log-archive")
    trail.create_trail(
        Name="organization", S3BucketName="log-archive", IsMultiRegionTrail=True, IsOrganizationTrail=True
    )
    trail.start_logging(Name="organization")


def follow(hands: Hands, block: Block) -> bool:
    """Do one block of the guide; return whether each of its commands went well."""
    where = block.title, block.number
    if before := by_hand.BEFORE.get(where):
        before(hands)
    ran = hands.bash.run(block.text, TYPED.get(where, ""))
    hands.world.expect(f"{block.name}: every command exits with 0", ran.failed, ())
    if ran.failed:
        console.print(ran.output[-3000:], markup=False)
        return False
    promises.keep(hands.world, block, ran.output)
    if after := by_hand.AFTER.get(where):
        after(hands)
    return True


if __name__ == "__main__":
    sys.exit(reporting.run("guide", followed))
