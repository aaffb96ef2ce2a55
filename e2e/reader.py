"""The reader of the guide: its blocks, the values that are theirs, and what is done by hand between the blocks."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from e2e.emulators import HOME, MANAGEMENT, ROOT, Emulators
from e2e.package import NOT_COPIED

GUIDE = ROOT / "docs" / "onboarding.md"
SANDBOX, PROD = "111122223333", "444455556666"
ACCOUNTS = (SANDBOX, PROD, MANAGEMENT)
REGIONS = ("us-east-1", "eu-central-1")

VALUES = {
    'REGIONS="us-east-1"': f'REGIONS="{" ".join(REGIONS)}"',
    "OWNER/REPOSITORY": "example/countermeasure",
}
"""What is replaced in the guide's commands; its other examples are this organization's values as they stand."""

_ORGANIZATION = {
    r'(?m)^mode = "\w+"': 'mode = "observe"',
    r'governed = \["us-east-1"\]': f"governed = {list(REGIONS)}".replace("'", '"'),
    r'slack_channel = ""': 'slack_channel = "C0SECURITY"',
    r'slack_secret = ""': 'slack_secret = "secretsmanager:countermeasure/slack"',
    r"(?m)^222222222222 = .*\n": (
        '222222222222 = { name = "security", environment = "security" }\n'
        f'{MANAGEMENT} = {{ name = "management", environment = "security" }}\n'
        f'{PROD} = {{ name = "shop-prod", environment = "prod" }}\n'
    ),
}
"""What step 2 asks for, by the line of organization.toml that it is about."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of commands, the title that it stands under, and its number there, from 1."""

    title: str
    number: int
    text: str

    @property
    def name(self) -> str:
        return f"{self.title}, block {self.number}"


def blocks(guide: str) -> list[Block]:
    """Return the guide's blocks of commands in their order, with the reader's values.

    Raises RuntimeError for a value that the guide does not name once.
    """
    for example in VALUES:
        if guide.count(example) != 1:
            raise RuntimeError(f"{GUIDE.name} names {example} {guide.count(example)} times, and should once")
    found: list[Block] = []
    for section in re.split(r"(?m)^## ", guide)[1:]:
        title = section.partition("\n")[0]
        for number, text in enumerate(re.findall(r"(?ms)^```sh\n(.*?)^```", section), 1):
            found.append(Block(title, number, replaced(text)))
    return found


def replaced(text: str) -> str:
    for example, value in VALUES.items():
        text = text.replace(example, value)
    return text


def edited(organization: str) -> str:
    """Return organization.toml after step 2. Raises RuntimeError where it has not what step 2 speaks of."""
    for pattern, value in _ORGANIZATION.items():
        organization, count = re.subn(pattern, value, organization)
        if not count:
            raise RuntimeError(f"organization.toml has nothing like {pattern}")
    return organization


def checked_out(work: Path) -> Path:
    """Return a checkout of its own, whose .venv is the one that this runs in, and is ready."""
    checkout = work / "countermeasure"
    shutil.copytree(ROOT, checkout, symlinks=True, ignore=NOT_COPIED)
    environment = checkout / ".venv"
    environment.mkdir()
    for each in Path(sys.prefix).iterdir():
        if each.name != ".ready":
            (environment / each.name).symlink_to(each)
    (environment / ".ready").touch()
    return checkout


def surroundings(work: Path, aws: Emulators) -> dict[str, str]:
    """Return the environment of the reader's machine: the AWS CLI, two profiles, and the way to AWS."""
    home, programs = work / "home", work / "bin"
    (home / ".aws").mkdir(parents=True)
    programs.mkdir()
    (programs / "aws").symlink_to(HOME / "awscli" / "bin" / "aws")
    keys = "[profile {name}]\naws_access_key_id = {account}\naws_secret_access_key = test\n"
    config = home / ".aws" / "config"
    config.write_text(
        keys.format(name="management", account=MANAGEMENT) + keys.format(name="hub", account=aws.hub), "utf-8"
    )
    ours = ("AWS_", "MOTO_", "PYTHON")  # the last would have the CLI compile itself at each start
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {
        **kept,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(config),
        "AWS_ENDPOINT_URL": aws.aws,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": REGIONS[0],  # AWS CLI 2 reads AWS_REGION, which the guide sets, and AWS CLI 1 does not
    }
