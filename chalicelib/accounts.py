"""Scoped ways into any account: one client per service and region, signing as whichever session is entered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.errors import AccessRefused
from chalicelib.model import Call, Remediation, Resource
from chalicelib.scope import limited, pins, policy
from chalicelib.withheld import withheld

RESPONDER = "countermeasure-responder"
PLANNER = "countermeasure-plan"
"""The session name of plans: their credentials serve many incidents, and can only read."""

SESSION_SECONDS = 900
"""How long scoped credentials live: the least that STS AssumeRole gives."""

MARGIN = timedelta(seconds=60)
"""Credentials are fetched anew when they have less than this left."""

_CALL = "countermeasure_call"
_CALLER: ContextVar[ScopedSession | None] = ContextVar("caller", default=None)


@dataclass(slots=True)
class ScopedSession:
    """A way into one account and region for one incident; clients sign as it while it is entered.

    `calls` are the AWS calls that were made through it, in order.
    """

    account: str
    region: str
    partition: str
    incident: str
    now: datetime
    credentials: ReadOnlyCredentials
    clients: Clients
    calls: list[Call] = field(default_factory=list)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _token: Token[ScopedSession | None] | None = None

    def client(self, service: str) -> Any:
        """Return the shared client of a service in this region. Raises RuntimeError outside of `with`."""
        if _CALLER.get() is not self:
            raise RuntimeError(f"the session for {self.account} is not entered: use it inside `with`")
        return self.clients.get(service, self.region)

    def __enter__(self) -> ScopedSession:
        self._token = _CALLER.set(self)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._token is not None:
            _CALLER.reset(self._token)
            self._token = None


class Clients:
    """One boto3 client per service and region, for every account: creating one costs more than any call through it."""

    def __init__(self) -> None:
        self._session: boto3.Session | None = None
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str, region: str) -> Any:
        """Return the client; safe under threads."""
        client = self._made.get((service, region))
        if client is None:
            with self._lock:
                client = self._made.get((service, region)) or self._make(service, region)
                self._made[service, region] = client
        return client

    def _make(self, service: str, region: str) -> Any:
        if self._session is None:
            self._session = aws.made(_Signer())
        client = self._session.client(service, region_name=region, config=aws.CONFIG)
        client.meta.events.register("before-parameter-build", _note_call)
        client.meta.events.register("after-call", _note_answer)
        client.meta.events.register("after-call-error", _note_no_answer)
        return client


class _Signer:
    """Stands where botocore keeps credentials, and gives those of the session that is entered."""

    method = "countermeasure"

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        caller = _CALLER.get()
        if caller is None:
            raise RuntimeError("no session is entered: an AWS call in a member account needs one")
        return caller.credentials

    def get_deferred_property(self, name: str) -> Callable[[], Any]:
        return lambda: getattr(self.get_frozen_credentials(), name, None)


@dataclass(slots=True)
class Accounts:
    """Opens scoped sessions as `role` in any account, the hub's own included.

    `sts` is the hub's STS client. `clock` gives the time in UTC. Errors: AccessRefused names the account and the role.
    """

    sts: Any
    clock: Callable[[], datetime]
    external_id: str = ""
    partition: str = "aws"
    role: str = RESPONDER
    clients: Clients = field(default_factory=Clients)
    _kept: dict[tuple[str, str, str], tuple[datetime, ReadOnlyCredentials]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def reading(
        self,
        account: str,
        region: str,
        incident: str,
        remediations: Iterable[Remediation],
        beside: Iterable[str] = (),
    ) -> ScopedSession:
        """Open a session that holds only what these remediations read, and what is read `beside` (IAM actions)."""
        reads = {action for remediation in remediations for action in remediation.reads} | set(beside)
        return self._open(account, region, incident, PLANNER, policy(reads, {}))

    def writing(
        self, account: str, region: str, incident: str, units: Iterable[tuple[Remediation, Resource]]
    ) -> ScopedSession:
        """Open a session that holds what these remediations read and write, the writes pinned to their resources."""
        units = list(units)
        reads = {action for remediation, _ in units for action in remediation.reads}
        writes: dict[str, set[str]] = {}
        for remediation, resource in units:
            for action in remediation.writes:
                writes.setdefault(action, set()).update(pins(remediation, resource))
        return self._open(account, region, incident, incident, policy(reads, writes))

    def limited(
        self,
        account: str,
        region: str,
        incident: str,
        reads: Mapping[str, Iterable[str]],
        writes: Mapping[str, Iterable[str]],
        condition: Mapping[str, Any],
    ) -> ScopedSession:
        """Open a session of these IAM actions, each on its own ARNs; the writes under a condition."""
        return self._open(account, region, incident, incident, limited(reads, writes, condition))

    def alias(self, account: str) -> str:
        """Return the account's alias (IAM ListAccountAliases), or "" where it has none. Looked up once."""
        if account not in self._names:
            allowed = policy({"iam:ListAccountAliases"}, {})
            with self._open(account, home_region(self.partition), PLANNER, PLANNER, allowed) as aws:
                aliases = aws.client("iam").list_account_aliases()["AccountAliases"]
            self._names[account] = str(aliases[0]) if aliases else ""
        return self._names[account]

    def _open(self, account: str, region: str, incident: str, name: str, scope: str) -> ScopedSession:
        credentials = self._credentials(account, name, scope)
        return ScopedSession(
            account, region, self.partition, incident, self.clock(), credentials, self.clients, clock=self.clock
        )

    def _credentials(self, account: str, name: str, scope: str) -> ReadOnlyCredentials:
        now = self.clock()
        expires, credentials = self._kept.get((account, name, scope), (now, None))
        if credentials is None or expires - now < MARGIN:
            self._kept = {key: kept for key, kept in list(self._kept.items()) if kept[0] - now >= MARGIN}
            credentials = self._assume(account, name, scope)
            self._kept[account, name, scope] = (now + timedelta(seconds=SESSION_SECONDS), credentials)
        return credentials

    def _assume(self, account: str, name: str, scope: str) -> ReadOnlyCredentials:
        arn = f"arn:{self.partition}:iam::{account}:role/{self.role}"
        external = {"ExternalId": self.external_id} if self.external_id else {}
        try:
            answer = self.sts.assume_role(
                RoleArn=arn,
                RoleSessionName=name,
                DurationSeconds=SESSION_SECONDS,
                SourceIdentity="countermeasure",
                Policy=scope,
                **external,
            )
        except (ClientError, BotoCoreError) as error:
            raise AccessRefused(
                f"{arn} could not be assumed: {describe(error)}. Check that the member template is deployed there, "
                "and that its external id and organization id are this hub's."
            ) from error
        keys = answer["Credentials"]
        return ReadOnlyCredentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def home_region(partition: str) -> str:
    """Return the region in which a partition keeps its global services (IAM, Organizations)."""
    return {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}.get(partition, "us-east-1")


def describe(error: Exception) -> str:
    """Return one line that says what AWS answered: the error code, the operation and AWS's own message."""
    if isinstance(error, ClientError):
        answer = error.response.get("Error", {})
        return f"{answer.get('Code', '?')} from {error.operation_name}: {answer.get('Message', '')}"[:500]
    operation = "".join(f" from {note}" for note in getattr(error, "__notes__", ()))
    return f"{type(error).__name__}{operation}: {error}"[:500]


def _note_call(params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    context[_CALL] = f"{model.service_model.service_name}:{model.name}", withheld(params)


def _note_answer(parsed: Mapping[str, Any], context: Mapping[str, Any], **_: Any) -> None:
    request_id = str(parsed.get("ResponseMetadata", {}).get("RequestId", ""))
    _note(context, request_id, str(parsed.get("Error", {}).get("Code", "")))


def _note_no_answer(exception: Exception, context: Mapping[str, Any], **_: Any) -> None:
    _note(context, "", type(exception).__name__)
    exception.add_note(context[_CALL][0].partition(":")[2])  # which call was not answered: the error does not say


def _note(context: Mapping[str, Any], request_id: str, error: str) -> None:
    caller = _CALLER.get()
    if caller is not None:
        operation, parameters = context[_CALL]
        at = caller.clock().isoformat(timespec="milliseconds")
        caller.calls.append(Call(operation, parameters, request_id, error, at))
