"""organization.toml on what holds countermeasure back: rules, break-glass, exemptions, budgets; and on who is who."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.errors import InvalidOrganization
from chalicelib.model import Actor, Mode, Rule, Severity
from chalicelib.organization import (
    BreakGlass,
    Budgets,
    Channels,
    Environment,
    Exemption,
    Organization,
    Protected,
    RuleMode,
    Window,
    parse,
    refuse_unknown_rules,
    unknown_rules,
)

FULL = """
[organization]
id = "o-exampleorgid"
hub = "222222222222"

[environments.sandbox]
mode = "enforce"
approvers = ["U0123456789"]

[environments.prod]
mode = "approve"
approvers = ["U0123456789", "arn:aws:iam::222222222222:user/ann"]
approvals = 2
undo_by_another = true

[accounts]
111122223333 = { name = "shop", environment = "prod" }
444455556666 = { name = "shop sandbox", environment = "sandbox" }

[protected]
resources = ["arn:aws:ec2:*:*:instance/i-0abc", "prod-db-*"]

[rules."signin.root_login"]
mode = "observe"
environments = { prod = "approve" }
accounts = { "444455556666" = "off" }

[break_glass]
principals = ["arn:aws:iam::*:role/break-glass"]

[[break_glass.windows]]
environment = "prod"
from = 2026-08-01T22:00:00+02:00
until = 2026-08-02T04:00:00+02:00
reason = "database migration"
owner = "jane"

[[break_glass.windows]]
account = "444455556666"
from = 2026-08-01T22:00:00Z
until = 2026-08-01T22:00:01Z
reason = "a second"
owner = "ann"

[[exemptions]]
rule = "config.*"
reason = "moves to the new account"
owner = "jane@example.com"
until = 2026-09-30

[[exemptions]]
rule = "signin.root_login"
resource = "legacy-*"
account = "111122223333"
environment = "prod"
mode = "approve"
reason = "agreed"
owner = "ann"
until = 2026-08-01

[budgets]
rule = 0
total = 10

[approvals]
minutes = 5

[people]
alice = "U0123456789"
"bob@example.com" = "W0123456789"
"root@111122223333" = "U9876543210"

[notify]
escalation_channel = "#on-call"
alone = 8
"""
CEST = timezone(timedelta(hours=2))
SANDBOX = Environment("sandbox", Mode.ENFORCE, ("U0123456789",))
PROD = Environment("prod", Mode.APPROVE, ("U0123456789", "arn:aws:iam::222222222222:user/ann"), 2, True)


def test_every_key_is_part_of_the_organization() -> None:
    ours = parse(FULL)
    assert ours == Organization(
        id="o-exampleorgid",
        hub="222222222222",
        environments={"sandbox": SANDBOX, "prod": PROD},
        accounts=ours.accounts,
        channels=Channels(escalation="#on-call", alone=8),
        protected=Protected(resources=("arn:aws:ec2:*:*:instance/i-0abc", "prod-db-*")),
        rules={
            "signin.root_login": RuleMode(Mode.OBSERVE, {"prod": Mode.APPROVE}, {"444455556666": Mode.OFF}),
        },
        break_glass=BreakGlass(
            ("arn:aws:iam::*:role/break-glass",),
            (
                Window(
                    datetime(2026, 8, 1, 22, tzinfo=CEST),
                    datetime(2026, 8, 2, 4, tzinfo=CEST),
                    "database migration",
                    "jane",
                    environment="prod",
                ),
                Window(
                    datetime(2026, 8, 1, 22, tzinfo=UTC),
                    datetime(2026, 8, 1, 22, 0, 1, tzinfo=UTC),
                    "a second",
                    "ann",
                    account="444455556666",
                ),
            ),
        ),
        exemptions=(
            Exemption("config.*", "moves to the new account", "jane@example.com", date(2026, 9, 30)),
            Exemption(
                "signin.root_login",
                "agreed",
                "ann",
                date(2026, 8, 1),
                Mode.APPROVE,
                "legacy-*",
                "111122223333",
                "prod",
            ),
        ),
        budgets=Budgets(rule=0, account=50, total=10),
        approval_minutes=5,
        people={"alice": "U0123456789", "bob@example.com": "W0123456789", "root@111122223333": "U9876543210"},
    )


def test_a_budget_that_is_false_is_not_kept() -> None:
    content = FULL.replace("[budgets]\n", "[budgets]\naccount = false\n")
    assert parse(content).budgets == Budgets(rule=0, account=None, total=10)


def test_what_is_left_out_limits_nothing_and_budgets_and_approvals_have_their_usual_measure() -> None:
    ours = parse('[organization]\nid = "o-exampleorgid"\nhub = "222222222222"\n[environments]\n[accounts]')
    assert (ours.rules, ours.break_glass, ours.exemptions, ours.people) == ({}, BreakGlass(), (), {})
    assert (ours.budgets, ours.approval_minutes) == (Budgets(25, 50, 200), 60)


def test_an_account_has_its_environment_and_an_unknown_one_has_none() -> None:
    ours = parse(FULL)
    assert (ours.environment("111122223333"), ours.environment("444455556666")) == (PROD, SANDBOX)
    assert ours.environment("999999999999") is None


def rule(name: str, mode: Mode = Mode.ENFORCE) -> Rule:
    return Rule(name, name, {}, Severity.HIGH, "", mode=mode)


RULE_MODES = {
    "of the account": ("444455556666", (Mode.OFF, "the rule is set to OFF for 444455556666 in organization.toml")),
    "of the environment": ("111122223333", (Mode.APPROVE, "the rule is set to APPROVE for prod in organization.toml")),
    "of all, where nobody knows the account": (
        "999999999999",
        (Mode.OBSERVE, "the rule is set to OBSERVE in organization.toml"),
    ),
}


@pytest.mark.parametrize(("account", "expected"), RULE_MODES.values(), ids=RULE_MODES)
def test_the_most_specific_mode_of_a_rule_counts(account: str, expected: tuple[Mode, str]) -> None:
    assert parse(FULL).rule_mode(rule("signin.root_login"), account) == expected


def test_a_mode_that_is_set_takes_the_place_of_the_rules_own_also_a_higher_one() -> None:
    ours, cautious = parse(FULL), rule("signin.root_login", Mode.OFF)
    assert ours.rule_mode(cautious, "111122223333")[0] is Mode.APPROVE


def test_a_rule_that_is_not_named_keeps_its_own_mode() -> None:
    assert parse(FULL).rule_mode(rule("a.b", Mode.APPROVE), "111122223333") == (
        Mode.APPROVE,
        "the rule is set to APPROVE",
    )


def test_a_rule_that_is_only_set_for_one_account_keeps_its_own_mode_elsewhere() -> None:
    ours = parse(FULL.replace('mode = "observe"\nenvironments = { prod = "approve" }\n', ""))
    named = rule("signin.root_login", Mode.APPROVE)
    assert ours.rule_mode(named, "111122223333") == (Mode.APPROVE, "the rule is set to APPROVE")


def test_rules_that_the_catalogue_does_not_have_are_named_by_their_key(catalogue: Catalogue) -> None:
    told = FULL.replace('[rules."signin.root_login"]', '[rules."signin.root_logon"]')
    ours = parse(told.replace('"config.*"', '"confg.*"'))
    unknown = ('rules."signin.root_logon"', 'exemptions.rule = "confg.*"')
    assert unknown_rules(ours, catalogue) == unknown
    assert unknown_rules(parse(FULL), catalogue) == ()
    with pytest.raises(InvalidOrganization) as caught:
        refuse_unknown_rules(ours, catalogue)
    assert str(caught.value) == (
        f"organization.toml: {', '.join(unknown)}: no such rule; docs/catalogue.md lists all, each with its id"
    )


LAST_DAY = {
    "before it": (datetime(2026, 7, 31, 12, tzinfo=UTC), False),
    "its last second": (datetime(2026, 8, 1, 23, 59, 59, tzinfo=UTC), False),
    "the next second": (datetime(2026, 8, 2, tzinfo=UTC), True),
    "the next day elsewhere, the last in UTC": (datetime(2026, 8, 2, 1, tzinfo=CEST), False),
}


@pytest.mark.parametrize(("now", "over"), LAST_DAY.values(), ids=LAST_DAY)
def test_an_exemption_expires_with_the_end_of_its_day(now: datetime, over: bool) -> None:
    ours = parse(FULL)
    assert ours.expired(now) == (ours.exemptions[1:] if over else ())


ACTORS = {
    "an IAM user": (Actor(type="IAMUser", name="alice", account="111122223333"), "U0123456789"),
    "a session of an assumed role": (
        Actor(
            type="AssumedRole",
            arn="arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0/bob@example.com",
            name="AWSReservedSSO_Admin_0",
        ),
        "W0123456789",
    ),
    "a root user": (Actor(type="Root", name="alice", account="111122223333"), "U9876543210"),
    "another account's root user": (Actor(type="Root", account="444455556666"), ""),
    "a role that is called like somebody": (
        Actor(type="AssumedRole", arn="arn:aws:sts::111122223333:assumed-role/alice/i-0abc", name="alice"),
        "",
    ),
    "a session that is called like a root user": (
        Actor(type="AssumedRole", arn="arn:aws:sts::111122223333:assumed-role/admin/root@111122223333"),
        "",
    ),
    "a user that is called like a root user": (Actor(type="IAMUser", name="root@111122223333"), ""),
    "another case": (Actor(type="IAMUser", name="Alice"), ""),
    "a service": (Actor(type="AWSService", name="alice"), ""),
    "nobody": (None, ""),
    "nobody that the event names": (Actor(), ""),
}


@pytest.mark.parametrize(("actor", "user"), ACTORS.values(), ids=ACTORS)
def test_who_somebody_is_in_slack_is_told_by_the_exact_name_alone(actor: Actor | None, user: str) -> None:
    assert parse(FULL).person(actor) == user


RESOURCE = r"[\w+=,.@:/#*-]{1,1024}"
SAID = r"[^\x00-\x1f\x7f]{1,200}"
MODES = "off|observe|approve|enforce"
TWO = "needs approvers who are at least two people: two of them, a group (S...) or a role"
BAD: dict[str, tuple[str, str, str]] = {
    "three approvals": (
        "approvals = 2",
        "approvals = 3",
        "environments.prod.approvals: 3 is not allowed; it must be a whole number from 1 to 2",
    ),
    "approvals that are true": (
        "approvals = 2",
        "approvals = true",
        "environments.prod.approvals: True is not allowed; it must be a whole number from 1 to 2",
    ),
    "two approvals of one person": (
        '"U0123456789", "arn:aws:iam::222222222222:user/ann"',
        '"U0123456789"',
        f"environments.prod.approvals: 2 {TWO}",
    ),
    "two approvals of nobody": (
        'approvers = ["U0123456789", "arn:aws:iam::222222222222:user/ann"]\n',
        "",
        f"environments.prod.approvals: 2 {TWO}",
    ),
    "an undo by another where there is one person": (
        'approvers = ["U0123456789"]\n',
        'approvers = ["U0123456789"]\nundo_by_another = true\n',
        f"environments.sandbox.undo_by_another: {TWO}",
    ),
    "an undo by somebody": (
        "undo_by_another = true",
        'undo_by_another = "ann"',
        "environments.prod.undo_by_another: 'ann' is not allowed; it must be true or false",
    ),
    "a protected resource with a blank": (
        '"prod-db-*"',
        '"prod db"',
        f"protected.resources: 'prod db' is not allowed; each must match {RESOURCE}",
    ),
    "a protected resource of another partition": (
        '"arn:aws:ec2:*:*:instance/i-0abc"',
        '"arn:aws-cn:ec2:*:*:instance/i-0abc"',
        "protected.resources: arn:aws-cn:ec2:*:*:instance/i-0abc is not in the partition aws",
    ),
    "a rule that is no id": (
        '[rules."signin.root_login"]',
        '[rules."Root login"]',
        'rules."Root login": is no rule\'s id; it must match [a-z0-9_]+\\.[a-z0-9_]+, in quotes',
    ),
    "a rule without quotes": (
        '[rules."signin.root_login"]',
        "[rules.signin.root_login]",
        'rules."signin": is no rule\'s id; it must match [a-z0-9_]+\\.[a-z0-9_]+, in quotes',
    ),
    "a rule for which nothing is set": (
        '[rules."signin.root_login"]\n',
        '[rules."a.b"]\n[rules."signin.root_login"]\n',
        'rules."a.b": sets nothing; give mode, environments or accounts',
    ),
    "a rule's mode that is none": (
        '{ prod = "approve" }',
        '{ prod = "ask" }',
        f"rules.\"signin.root_login\".environments.prod: 'ask' is not allowed; it must match {MODES}",
    ),
    "a rule in an environment that is not there": (
        '{ prod = "approve" }',
        '{ production = "approve" }',
        'rules."signin.root_login".environments.production: no such environment; use one of sandbox, prod',
    ),
    "a rule in an account that is not there": (
        '{ "444455556666" = "off" }',
        '{ "444455556667" = "off" }',
        'rules."signin.root_login".accounts.444455556667: 444455556667 is in no environment; name it in [accounts]',
    ),
    "a break-glass principal by name": (
        '"arn:aws:iam::*:role/break-glass"',
        '"break-glass"',
        "break_glass.principals: 'break-glass' is not allowed; each must match "
        r"arn:aws[a-z-]*:iam::([0-9]{12}|\*):(role|user)/[\w+=,.@/*-]{1,576}",
    ),
    "a window for everything": (
        'environment = "prod"\nfrom',
        "from",
        "break_glass.windows[1]: give either environment or account",
    ),
    "a window for an environment and an account": (
        'environment = "prod"\nfrom',
        'environment = "prod"\naccount = "111122223333"\nfrom',
        "break_glass.windows[1]: give either environment or account",
    ),
    "a window without an offset": (
        "from = 2026-08-01T22:00:00+02:00",
        "from = 2026-08-01T22:00:00",
        "break_glass.windows[1].from: must be a date and time with its offset, as 2026-08-01T12:00:00+02:00",
    ),
    "a window that ends before it begins": (
        "until = 2026-08-02T04:00:00+02:00",
        "until = 2026-08-01T20:00:00+00:00",
        "break_glass.windows[1].until: is not after from",
    ),
    "a window without an end": (
        "until = 2026-08-02T04:00:00+02:00\n",
        "",
        "break_glass.windows[1].until is missing",
    ),
    "a window that nobody answers for": ('owner = "ann"\n\n', "\n", "break_glass.windows[2].owner is missing"),
    "an exemption without a reason": ('reason = "agreed"\n', "", "exemptions[2].reason is missing"),
    "an exemption that nobody answers for": (
        'owner = "jane@example.com"\n',
        "",
        "exemptions[1].owner is missing",
    ),
    "an exemption for ever": ("until = 2026-09-30\n", "", "exemptions[1].until is missing"),
    "an exemption until a text": (
        "until = 2026-09-30",
        'until = "2026-09-30"',
        "exemptions[1].until: must be a date without quotes, as 2026-08-01",
    ),
    "an exemption until a time": (
        "until = 2026-09-30",
        "until = 2026-09-30T12:00:00Z",
        "exemptions[1].until: must be a date without quotes, as 2026-08-01",
    ),
    "an exemption that exempts from nothing": (
        'mode = "approve"\nreason',
        'mode = "enforce"\nreason',
        "exemptions[2].mode: 'enforce' is not allowed; it must match off|observe|approve",
    ),
    "an exemption with a reason on two lines": (
        '"agreed"',
        '"agreed\\nby all"',
        f"exemptions[2].reason: 'agreed\\nby all' is not allowed; it must match {SAID}",
    ),
    "an exemption of an environment that is not there": (
        'environment = "prod"\nmode',
        'environment = "production"\nmode',
        "exemptions[2].environment: no such environment; use one of sandbox, prod",
    ),
    "a budget below nothing": (
        "rule = 0",
        "rule = -1",
        "budgets.rule: -1 is not allowed; it must be a whole number from 0 to 100000",
    ),
    "an unknown budget": (
        "rule = 0",
        "rules = 0",
        "budgets.rules: unknown key; allowed are rule, account, total",
    ),
    "a short approval": (
        "minutes = 5",
        "minutes = 4",
        "approvals.minutes: 4 is not allowed; it must be a whole number from 5 to 1440",
    ),
    "a person by the Slack name": (
        'alice = "U0123456789"',
        'alice = "@alice"',
        "people.\"alice\": '@alice' is not allowed; it must match [UW][A-Z0-9]{6,20}",
    ),
    "a root user of no account": (
        '"root@111122223333"',
        '"root@shop"',
        "people: 'root@shop' is not allowed; it must match root@[0-9]{12}|(?!root@)[\\w+=,.@-]{1,128}",
    ),
    "no message alone": (
        "alone = 8",
        "alone = -1",
        "notify.alone: -1 is not allowed; it must be a whole number from 0 to 100000",
    ),
    "a channel without its #": (
        '"#on-call"',
        '"on-call"',
        "notify.escalation_channel: 'on-call' is not allowed; it must match [CGD][A-Z0-9]{6,20}|#[a-z0-9_-]{1,80}|",
    ),
}


@pytest.mark.parametrize(("there", "instead", "problem"), BAD.values(), ids=BAD)
def test_what_is_not_allowed_is_refused_by_its_key(there: str, instead: str, problem: str) -> None:
    assert FULL.count(there) == 1
    with pytest.raises(InvalidOrganization) as caught:
        parse(FULL.replace(there, instead))
    assert str(caught.value) == problem


def test_one_table_is_no_list_of_exemptions() -> None:
    with pytest.raises(InvalidOrganization) as caught:
        parse(FULL[: FULL.index("[[exemptions]]")] + '[exemptions]\nrule = "config.*"')
    assert str(caught.value) == "exemptions: must be a list of tables: [[exemptions]]"


def test_where_units_may_hold_accounts_an_account_need_not_be_in_the_file() -> None:
    told = FULL.replace('mode = "enforce"\n', 'mode = "enforce"\nous = ["ou-abcd-11111111"]\n', 1)
    ours = parse(told.replace('{ "444455556666" = "off" }', '{ "999999999999" = "off" }'))
    assert ours.rule_mode(rule("signin.root_login"), "999999999999")[0] is Mode.OFF
