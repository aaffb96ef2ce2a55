"""The embedded AWS: an organization of accounts in moto, in this process. Nothing leaves it, nothing stays of it."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NoReturn
from unittest.mock import patch

import boto3
import botocore.loaders
import botocore.session
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials
from botocore.httpsession import URLLib3Session

from chalicelib.accounts import Clients, home_region
from chalicelib.aws import CONFIG, made, models
from chalicelib.catalogue import Catalogue
from chalicelib.engine import Engine
from chalicelib.model import Mode
from chalicelib.organization import Account, Environment, Organization
from chalicelib.table import LISTS, Table
from chalicelib.wiring import Surroundings, utc_now
from chalicelib.wiring import engine as wire
from lab.channels import CHANNEL, Slack, open_topic, read_queue, targets
from lab.quick import quick

HUB = "222222222222"
MEMBERS = (
    Account(HUB, "security", "security"),
    Account("111122223333", "sandbox", "sandbox"),
    Account("444455556666", "dev", "dev"),
    Account("555566667777", "staging", "staging"),
    Account("777788889999", "prod", "prod"),
    Account("999900001111", "log-archive", "security"),
)
FORBIDDEN = "sa-east-1"
"""The one region that nobody of the organization is to use."""

TABLE = "countermeasure"
EXTERNAL_ID = "countermeasure-lab"

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "MOTO_ALLOW_NONEXISTENT_REGION": "true",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # a thousand images per account and region, which no scene needs
}
_models = models()
"""AWS's service models, read once for all sessions: botocore reads them for each, and moto once more."""

_clients = Clients()
"""The engine's clients, for every lab of this process: they hold no credentials, and cost more than a lab does."""

_running: list[Lab] = []
"""The labs that run, the innermost last."""


@dataclass(slots=True)
class Lab:
    """A running organization: what `slack` was told, what time it is (`clock`); `forget` empties every service."""

    forget: Callable[[], None]
    organization: Organization
    slack: Slack = field(default_factory=Slack)
    queue: str = ""
    keys: dict[str, ReadOnlyCredentials] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now

    def boto(self, account: str, region: str) -> boto3.Session:
        """Return a session of an administrator of the account in the region."""
        return _session(account, region)

    def hub(self, service: str, config: Config = CONFIG) -> Any:
        """Return the hub's own client of a service."""
        return self.boto(HUB, home_region(self.organization.partition)).client(service, config=config)

    def join(self, account: str) -> None:
        """Make an account that only an event names a member: it is entered as the others are."""
        if account not in self.organization.accounts:
            member = Account(account, f"account {account}", "replayed")
            self.organization = replace(self.organization, accounts={**self.organization.accounts, account: member})

    def ledger(self) -> Table:
        """Return the ledger's table, as the hub uses it."""
        return Table(self.hub("dynamodb"), TABLE, _no_wait)

    def engine(self, catalogue: Catalogue) -> Engine:
        """Return the engine, wired as it is deployed, in the organization as it now is."""
        around = Surroundings(hub=self.hub, clock=self.clock, sleep=_no_wait, clients=_clients)
        told = targets(self.hub, self.organization.channels.topic, self.slack)
        return wire(catalogue, self.organization, around, table=TABLE, targets=told, external_id=EXTERNAL_ID)

    def told(self) -> list[dict[str, Any]]:
        """Return what the topic's subscriber was told since it was asked last: SNS envelopes."""
        return read_queue(self.hub("sqs"), self.queue)

    def reset(self, mode: Mode = Mode.ENFORCE, partition: str = "aws") -> None:
        """Start anew: the members as they were at first, no resources, no incidents, nobody told."""
        self.forget()
        self.keys.clear()
        self.organization = _organization(mode, partition)
        self.slack.forget()
        _make_ledger(self.hub("dynamodb"))
        topic, self.queue = open_topic(self.hub("sns"), self.hub("sqs"))
        channels = replace(self.organization.channels, topic=topic, slack_channel=CHANNEL)
        self.organization = replace(self.organization, channels=channels)

    def administrator(self, account: str) -> ReadOnlyCredentials:
        """Return an administrator's credentials in the account."""
        if account not in self.keys:
            partition = self.organization.partition
            keys = _root().assume_role(
                RoleArn=f"arn:{partition}:iam::{account}:role/administrator", RoleSessionName="lab"
            )["Credentials"]
            self.keys[account] = ReadOnlyCredentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
            self._let_in(account)
        return self.keys[account]

    def _let_in(self, account: str) -> None:
        """Make the role that countermeasure enters an account by, when the account is first used."""
        partition = self.organization.partition
        hub = {"Effect": "Allow", "Principal": {"AWS": f"arn:{partition}:iam::{HUB}:root"}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [hub]})
        iam = self.boto(account, home_region(partition)).client("iam")
        iam.create_role(RoleName=self.organization.responder, AssumeRolePolicyDocument=trust)


@contextmanager
def embedded(mode: Mode = Mode.ENFORCE, partition: str = "aws") -> Iterator[Lab]:
    """Run the embedded AWS; afterwards the environment, botocore and moto are as they were before."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    with ExitStack() as undo:
        undo.enter_context(patch.dict(os.environ, {**others, **_ENVIRONMENT}, clear=True))
        undo.enter_context(patch.object(botocore.session, "create_loader", _share_models))
        undo.enter_context(patch.object(URLLib3Session, "send", _refuse))
        from moto import mock_aws  # noqa: PLC0415 - it reads the environment when it is imported
        from moto.core import utils  # noqa: PLC0415
        from moto.core.base_backend import BackendDict  # noqa: PLC0415

        undo.enter_context(patch.object(utils, "create_loader", _share_models))
        undo.enter_context(quick())
        undo.enter_context(mock_aws(config={"lambda": {"use_docker": False}, "batch": {"use_docker": False}}))
        undo.callback(_take_back_fixes)
        lab = Lab(BackendDict.reset, _organization(mode, partition))
        _running.append(lab)
        undo.callback(_running.pop)
        lab.reset(mode, partition)
        yield lab


@dataclass(frozen=True, slots=True)
class _Administrator:
    """Stands where botocore keeps credentials, and gives those of an account's administrator in the lab that runs."""

    account: str
    method = "countermeasure-lab"

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return _running[-1].administrator(self.account)

    def get_deferred_property(self, name: str) -> Callable[[], Any]:
        return lambda: getattr(self.get_frozen_credentials(), name, None)


@functools.cache
def _session(account: str, region: str) -> boto3.Session:
    """Return the one session of an account and region in this process; it keeps its clients, whichever lab runs."""
    session = made(_Administrator(account), region)
    session.client = functools.cache(session.client)
    return session


@functools.cache
def _root() -> Any:
    """Return the STS client that enters every account. moto asks for no permission to."""
    return boto3.Session().client("sts", region_name="us-east-1")


def _organization(mode: Mode, partition: str) -> Organization:
    names = ("security", "sandbox", "dev", "staging", "prod", "replayed")
    environments = {name: Environment(name, mode) for name in names}
    accounts = {member.id: member for member in MEMBERS}
    regions = _regions(partition)
    return Organization(
        "o-lab0example0",
        HUB,
        environments,
        accounts,
        partition=partition,
        regions=regions,
        allowed_regions=tuple(region for region in regions if region != FORBIDDEN),
    )


@functools.cache
def _regions(partition: str) -> tuple[str, ...]:
    """Return every region of the partition: all of them are governed in the lab."""
    return tuple(boto3.Session().get_available_regions("ec2", partition))


def _make_ledger(dynamodb: Any) -> None:
    dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "list", "at")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": LISTS,
                "KeySchema": [
                    {"AttributeName": "list", "KeyType": "HASH"},
                    {"AttributeName": "at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def _take_back_fixes() -> None:
    """Have moto answer as it does by itself, if scenes have changed that."""
    for name in [name for name in sys.modules if name.startswith("lab.moto_fixes")]:
        sys.modules[name].take_back()


def _share_models(_: str | None = None) -> botocore.loaders.Loader:
    return _models


def _no_wait(_: float) -> None:
    """The embedded AWS is consistent at once."""


def _refuse(_: object, request: Any, **__: Any) -> NoReturn:
    """Stand where botocore opens connections."""
    raise RuntimeError(f"the lab has no network, and does not simulate {request.method} {request.url}")
