"""What countermeasure speaks of: findings, resources, rules, remediations, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Protocol, TypeAlias

from chalicelib.dataclass import dataclass

Json: TypeAlias = Any
"""A JSON value: null, boolean, number, string, list or object."""

State: TypeAlias = Json
"""The smallest part of a resource that one remediation owns, as JSON: sorted, no ids or times that AWS makes up."""


class Mode(IntEnum):
    """How far countermeasure may go. Ordered: the lowest of all ceilings wins."""

    OFF = 0
    OBSERVE = 1
    APPROVE = 2
    ENFORCE = 3


class Severity(IntEnum):
    """How bad it is, on the five steps that Security Hub (ASFF `Severity.Label`) uses."""

    INFORMATIONAL = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Standing(StrEnum):
    """Whether a finding still speaks of a live problem. Only an ACTIVE finding is acted on."""

    ACTIVE = "active"
    SAMPLE = "sample finding"
    ARCHIVED = "archived finding"
    SUPPRESSED = "suppressed finding"
    PASSED = "passed: the resource is compliant"


class Outcome(StrEnum):
    """What became of one remediation on one resource."""

    INTENDED = "intended"  # written ahead; the attempt has not reported back
    CONTAINED = "contained"  # changed, and seen to hold
    UNVERIFIED = "unverified"  # changed, not yet seen to hold
    COMPLIANT = "compliant"  # already as desired: nothing to change
    GONE = "gone"  # the resource no longer exists
    OBSERVED = "observed"  # would change; the mode is OBSERVE
    AWAITING = "awaiting approval"  # would change; a person is asked
    FAILED = "failed"
    OFF = "off"  # a guardrail said to do nothing at all
    UNDOING = "undoing"  # written ahead; the undo has not reported back
    UNDONE = "undone"
    DRIFTED = "drifted"  # undo refused: the resource is no longer as we left it
    KEPT = "kept"  # not undone: it cannot be, or it needs an explicit confirmation


@dataclass(frozen=True, slots=True)
class Resource:
    """One AWS resource, by the id that its service's API takes.

    `type` is the CloudFormation type (`AWS::EC2::Instance`; an STS session is `AWS::STS::AssumedRole`, its id
    `role-name/session-name`). `seen` is when the finding last saw it (ISO 8601, UTC). `details` holds what else the
    event says of it; it is no part of its identity.
    """

    type: str
    id: str
    account: str
    region: str
    partition: str = "aws"
    seen: str = field(default="", compare=False)
    details: Mapping[str, str] = field(default_factory=dict, compare=False, hash=False)

    @property
    def key(self) -> str:
        """The name that is unique over all accounts: `account/region/type/id`."""
        return f"{self.account}/{self.region}/{self.type}/{self.id}"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, as the event says: CloudTrail `userIdentity`, GuardDuty `accessKeyDetails`. All text is hostile."""

    type: str = ""  # Root, IAMUser, AssumedRole, FederatedUser, AWSService, AWSAccount, ...
    arn: str = ""
    name: str = ""
    account: str = ""
    access_key_id: str = ""
    issuer_arn: str = ""  # the role behind a session: sessionContext.sessionIssuer.arn
    ip: str = ""
    user_agent: str = ""
    mfa: str = ""  # "yes", "no" or "" when the event does not say


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, from one event. `event` is the EventBridge envelope that holds this finding only."""

    id: str  # the source's own id: the same on every delivery of this finding
    revision: str  # differs when the source sends news of the same finding
    source: str  # guardduty, securityhub, config, cloudtrail, signin, health or accessanalyzer
    type: str
    title: str
    description: str
    severity: Severity
    account: str
    region: str
    first_seen: str
    last_seen: str
    event: Mapping[str, Any] = field(compare=False, hash=False, repr=False)
    count: int = 1
    standing: Standing = Standing.ACTIVE
    partition: str = "aws"
    resources: tuple[Resource, ...] = ()
    actor: Actor | None = None

    @property
    def occasion(self) -> str:
        """The revision and the event that tells of it: the same only where one event is delivered again."""
        told_by = self.event.get("id")
        named = told_by[:100].encode("ascii", "backslashreplace").decode() if isinstance(told_by, str) else ""
        return f"{self.revision} {named}"


class Session(Protocol):
    """A scoped way into one account and region, on behalf of one incident."""

    @property
    def account(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def partition(self) -> str: ...
    @property
    def incident(self) -> str: ...
    @property
    def now(self) -> datetime: ...

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service, signing as this session."""
        ...


@dataclass(frozen=True, slots=True)
class Remediation:
    """How to bring one kind of resource to its desired state, and what that may touch.

    `read` returns what is there now, `desired` (pure) what should be, `write` brings the resource from one to the
    other, in either direction. `reads` and `writes` are IAM actions, exactly those needed. `pin` are ARN templates
    (`arn:{partition}:s3:::{id}`) that the writes are limited to; none where IAM has no resource for them. `asks` are
    the `details` of a resource that no event says and the engine fills in: `organization_accounts`, `baseline`. What
    expires is taken back by itself, so its undo needs no confirmation.
    """

    id: str
    title: str
    resource_type: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    impact: str
    read: Callable[[Session, Resource], State]
    desired: Callable[[State, Resource], State]
    write: Callable[[Session, Resource, State, State], None]
    pin: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    confirm_undo: str = ""  # why undo needs an explicit confirmation; empty where it does not
    irreversible: str = ""  # why undo is not possible; empty where it is
    expires_hours: int = 0  # after so many hours it is taken back; 0: never


@dataclass(frozen=True, slots=True)
class Rule:
    """Which events mean trouble, and what answers it. `respond` runs in order, and is undone in reverse.

    `resources` says where an event names a resource: its type -> a JMESPath into the envelope that yields an id, an
    ARN or a list of them. `controls` maps a framework to the controls that this rule is evidence for.
    """

    id: str
    title: str
    pattern: Mapping[str, Any] = field(hash=False)
    severity: Severity
    look_at: str
    respond: tuple[Remediation, ...] = ()
    mode: Mode = Mode.ENFORCE
    attack: tuple[str, ...] = ()
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    resources: Mapping[str, str] = field(default_factory=dict, hash=False)
    ask_actor: bool = False  # ask the person whose credentials were used, in Slack: was it you?
    only_if_wrong: bool = False  # the event says too little by itself: what turns out as it should be is not told
    elsewhere: bool = False  # speaks only of regions that organization.toml does not allow
    otherwise: bool = False  # fires only where no other rule of its source does: what nobody has thought of is told


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One guardrail's word: no further than `mode`, because of `reason` (a sentence for people)."""

    guardrail: str
    mode: Mode
    reason: str


@dataclass(frozen=True, slots=True)
class Call:
    """One AWS call that was made: `ec2:RevokeSecurityGroupIngress`, with what, and the request id that AWS gave it."""

    operation: str
    parameters: Mapping[str, Any] = field(hash=False)
    request_id: str = ""
    error: str = ""  # the AWS error code, empty when it succeeded
    at: str = field(default="", compare=False)  # when AWS had answered (ISO 8601, UTC); "" in older records


@dataclass(frozen=True, slots=True)
class Change:
    """One remediation on one resource within an incident: the unit that is planned, applied, recorded and undone."""

    id: str
    incident: str
    finding: str  # the id of the finding that asked for it
    rule: str
    remediation: str
    resource: Resource
    mode: Mode
    outcome: Outcome
    before: State = field(default=None, hash=False)
    after: State = field(default=None, hash=False)
    ceilings: tuple[Ceiling, ...] = ()
    reason: str = ""  # why it failed, was kept or was refused; for people
    calls: tuple[Call, ...] = ()
    digest: str = ""  # of the exact change shown: what an approval approves; empty until there is a plan
    at: str = ""  # when it was decided (ISO 8601, UTC)
    step: int = 0  # its place among the changes decided at the same time
    expires_at: str = ""  # until when it is to hold (ISO 8601, UTC); empty: for good, or people undid it


@dataclass(frozen=True, slots=True)
class Response:
    """What one rule did about one finding."""

    rule: Rule
    changes: tuple[Change, ...]
    mode: Mode
    ceilings: tuple[Ceiling, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    """What on-call sees: the finding that opened it, everything that was done about it, and where it was told."""

    id: str
    finding: Finding
    responses: tuple[Response, ...] = ()
    opened_at: str = ""
    count: int = 1
    first_seen: str = ""
    last_seen: str = ""

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change of every response, in the order in which they were decided."""
        found = [change for response in self.responses for change in response.changes]
        return tuple(sorted(found, key=lambda change: (change.at, change.step)))
