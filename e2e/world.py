"""What the reader of the guide has before them, and how it is looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.accounts import RESPONDER
from chalicelib.model import Outcome
from e2e.emulators import Emulators
from e2e.hub import ledger
from e2e.reader import REGIONS
from e2e.slack import Slack


@dataclass(slots=True)
class World:
    """What the reader has before them. `claims` are what was expected, and what was found instead, if anything."""

    aws: Emulators
    slack: Slack
    checkout: Path
    claims: list[tuple[str, str]] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)

    def expect(self, claim: str, found: Any, wanted: Any = True) -> None:
        """Note whether what was found is what was wanted."""
        self.claims.append((claim, "" if found == wanted else f"wanted {wanted!r}, found {found!r}"))

    def hub(self, service: str) -> Any:
        return self.aws.stack(service)

    def there(self, service: str, account: str, region: str = REGIONS[0]) -> Any:
        """Return a client of an account's administrator."""
        return self.aws.member(service, account, region)


def outcomes_of(world: World, said: str) -> set[Outcome]:
    """Return what became of an event, by the last line that `replay --to` printed."""
    *_, id_ = said.split()
    return {change.outcome for change in ledger(world.aws, world.outputs["LedgerTable"]).load(id_).changes}


def listed(said: str, account: str, region: str) -> bool:
    return any(account in line and region in line and "SUCCEEDED" in line for line in said.splitlines())


def found(cloudformation: Any, name: str) -> Mapping[str, Any]:
    return dict(cloudformation.describe_stacks(StackName=name)["Stacks"][0])


def gone(cloudformation: Any, name: str) -> bool:
    try:
        return bool(found(cloudformation, name)["StackStatus"] == "DELETE_COMPLETE")
    except ClientError as error:
        return "does not exist" in str(error)


def responders(world: World, account: str) -> list[str]:
    """Return the responder's role of an account by its name, where there is one."""
    roles = world.there("iam", account).list_roles()["Roles"]
    return [each["RoleName"] for each in roles if each["RoleName"] == RESPONDER]


def policies(world: World, account: str) -> str:
    """Return what the responder of an account may do, and may not, as text."""
    iam = world.there("iam", account)
    attached = iam.list_attached_role_policies(RoleName=RESPONDER)["AttachedPolicies"]
    versions = [
        iam.get_policy_version(PolicyArn=each["PolicyArn"], VersionId=version["VersionId"])["PolicyVersion"]["Document"]
        for each in attached
        for version in iam.list_policy_versions(PolicyArn=each["PolicyArn"])["Versions"]
        if version["IsDefaultVersion"]
    ]
    return json.dumps(versions)
