"""The organization: accounts in environments, how far we may go in each, who decides, and whom to tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from chalicelib.accounts import RESPONDER, home_region
from chalicelib.dataclass import dataclass
from chalicelib.model import Actor, Mode, Rule
from chalicelib.organization.limits import BreakGlass, Budgets, Exemption, Protected, RuleMode


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its name for people, and the environment whose rules of engagement hold there."""

    id: str
    name: str
    environment: str


@dataclass(frozen=True, slots=True)
class Environment:
    """The rules of engagement of some accounts: how far we may go, and who decides about the rest.

    `approvers` are Slack users (`U...`, `W...`) and user groups (`S...`), IAM roles and users by ARN; empty: whoever
    may run the command. `approvals` is how many different people must approve, 1 or 2. With `undo_by_another`, nobody
    undoes alone.
    """

    name: str
    mode: Mode
    approvers: tuple[str, ...] = ()
    approvals: int = 1
    undo_by_another: bool = False


@dataclass(frozen=True, slots=True)
class Channels:
    """Whom to tell: the SNS topic's ARN; Slack channels, and where Slack's secret is kept. Empty: not used.

    `alone`: so many incidents of one rule and account within ten minutes each have a message of their own; 0:
    all of them have.
    """

    topic: str = ""
    slack_channel: str = ""
    slack_secret: str = ""
    escalation: str = ""
    alone: int = 5


@dataclass(frozen=True, slots=True)
class Organization:
    """An AWS organization: environments by name, accounts by id.

    `ous` maps organizational units to the environment of the accounts in them. `regions` are governed: events are heard
    and answered there. `allowed_regions` may be used; empty: all may. `people` maps IAM user names, session names,
    e-mail addresses and `root@ACCOUNT` to Slack users. An approval waits for `approval_minutes`. Further findings
    on a resource join its incident until that was quiet for `open_hours`.
    """

    id: str
    hub: str
    environments: Mapping[str, Environment]
    accounts: Mapping[str, Account]
    channels: Channels = field(default_factory=Channels)
    external_id: str = ""  # where the external id is kept: `ssm:/path` or `secretsmanager:name`
    partition: str = "aws"
    responder: str = RESPONDER
    regions: tuple[str, ...] = ()
    allowed_regions: tuple[str, ...] = ()
    protected: Protected = field(default_factory=Protected)
    ous: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, RuleMode] = field(default_factory=dict)
    break_glass: BreakGlass = field(default_factory=BreakGlass)
    exemptions: tuple[Exemption, ...] = ()
    budgets: Budgets = field(default_factory=Budgets)
    approval_minutes: int = 60
    open_hours: int = 24
    people: Mapping[str, str] = field(default_factory=dict)
    digests: str = ""  # where the log archive keeps the daily digests: `s3://bucket/prefix`

    def account(self, account_id: str) -> Account | None:
        """Return the account of that id, or None where neither the file nor AWS Organizations names it."""
        return self.accounts.get(account_id)

    def environment(self, account_id: str) -> Environment | None:
        """Return the environment of the account; None for an account that we do not know."""
        account = self.accounts.get(account_id)
        return self.environments[account.environment] if account else None

    def mode(self, account_id: str) -> Mode | None:
        """Return the mode of the account's environment; None for an account that we do not know."""
        environment = self.environment(account_id)
        return environment.mode if environment else None

    def rule_mode(self, rule: Rule, account_id: str) -> tuple[Mode, str]:
        """Return the mode of a rule in an account, and where it is set: the most specific that is set counts."""
        told = self.rules.get(rule.id, RuleMode())
        account = self.accounts.get(account_id)
        environment = account.environment if account else ""
        for mode, where in (
            (told.accounts.get(account_id), f" for {account_id} in organization.toml"),
            (told.environments.get(environment), f" for {environment} in organization.toml"),
            (told.mode, " in organization.toml"),
        ):
            if mode is not None:
                return mode, f"the rule is set to {mode.name}{where}"
        return rule.mode, f"the rule is set to {rule.mode.name}"

    def expired(self, now: datetime) -> tuple[Exemption, ...]:
        """Return the exemptions that no longer count."""
        return tuple(each for each in self.exemptions if each.expired(now))

    def person(self, actor: Actor | None) -> str:
        """Return the Slack user that an actor is, "" when nobody that `people` names.

        Names of users and sessions are whatever somebody chose: they count as they are, and never as a root user.
        """
        if actor is None:
            return ""
        if actor.type == "Root":
            return self.people.get(f"root@{actor.account}", "")
        name = actor.name if actor.type == "IAMUser" else _session(actor.arn)
        return "" if name.startswith("root@") else self.people.get(name, "")

    @property
    def heard_in(self) -> tuple[str, ...]:
        """The regions in which events are heard: the governed ones, and always the home of IAM and of sign-ins."""
        return tuple(dict.fromkeys((home_region(self.partition), *self.regions)))

    @property
    def asks_aws(self) -> bool:
        """Whether AWS Organizations must be asked for accounts of units, or for names that the file leaves out."""
        return bool(self.ous) or any(account.name == account.id for account in self.accounts.values())


def _session(arn: str) -> str:
    """Return the session's name in the ARN of an assumed role (IAM user guide, "IAM identifiers")."""
    role, _, session = arn.partition(":assumed-role/")[2].partition("/")
    return session if role else ""
