"""organization.toml: what a good file means, and that a bad one is refused in one line that names key and remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib.errors import InvalidOrganization
from chalicelib.model import Mode
from chalicelib.organization import Account, Channels, Environment, Organization, parse, read

ROOT = Path(__file__).parents[1]
GOOD = """
[organization]
id = "o-exampleorgid"
hub = "222222222222"
external_id = "ssm:/countermeasure/external-id"
partition = "aws-us-gov"

[environments]
sandbox = { mode = "enforce" }
prod = { mode = "approve" }
frozen = { mode = "off" }
security = { mode = "observe" }

[accounts]
222222222222 = { name = "security", environment = "security" }
111122223333 = { name = "shop sandbox", environment = "sandbox" }

[notify]
topic = "arn:aws-us-gov:sns:us-gov-west-1:222222222222:countermeasure"
slack_channel = "#security"
slack_secret = "secretsmanager:countermeasure/slack"
"""
SHORT = """
[organization]
id = "o-exampleorgid"
hub = "222222222222"
[environments]
[accounts]
"""


def test_a_good_file_is_the_organization_that_it_tells_of(tmp_path: Path) -> None:
    path = tmp_path / "organization.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert read(path) == Organization(
        id="o-exampleorgid",
        hub="222222222222",
        environments={
            "sandbox": Environment("sandbox", Mode.ENFORCE),
            "prod": Environment("prod", Mode.APPROVE),
            "frozen": Environment("frozen", Mode.OFF),
            "security": Environment("security", Mode.OBSERVE),
        },
        accounts={
            "222222222222": Account("222222222222", "security", "security"),
            "111122223333": Account("111122223333", "shop sandbox", "sandbox"),
        },
        channels=Channels(
            topic="arn:aws-us-gov:sns:us-gov-west-1:222222222222:countermeasure",
            slack_channel="#security",
            slack_secret="secretsmanager:countermeasure/slack",
        ),
        external_id="ssm:/countermeasure/external-id",
        partition="aws-us-gov",
        responder="countermeasure-responder",
    )


def test_what_may_be_left_out_is_empty_and_the_partition_is_the_usual_one() -> None:
    assert parse(SHORT) == Organization("o-exampleorgid", "222222222222", {}, {}, Channels(), "", "aws")


def test_an_account_has_the_mode_of_its_environment_and_an_unknown_one_has_none() -> None:
    ours = parse(GOOD)
    assert (ours.mode("222222222222"), ours.mode("111122223333")) == (Mode.OBSERVE, Mode.ENFORCE)
    assert ours.account("111122223333") == Account("111122223333", "shop sandbox", "sandbox")
    assert (ours.account("123456789012"), ours.mode("123456789012")) == (None, None)


def test_the_repositorys_own_organization_is_valid_and_its_hub_is_only_watched() -> None:
    ours = read(ROOT / "organization.toml")
    assert ours.mode(ours.hub) is Mode.OBSERVE
    assert {account.environment for account in ours.accounts.values()} <= set(ours.environments)
    assert (ours.partition, ours.channels) == ("aws", Channels())


MODES = "off|observe|approve|enforce"
CHANNEL = "[CGD][A-Z0-9]{6,20}|#[a-z0-9_-]{1,80}|"
SECRET = "(ssm|secretsmanager):.+|"
SANDBOX = '111122223333 = { name = "shop sandbox", environment = "sandbox" }'
BAD: dict[str, tuple[str, str, str]] = {
    "an unknown table": (
        "[notify]",
        "[notifications]",
        "notifications: unknown key; allowed are organization, environments, accounts, regions, rules, protected, "
        "break_glass, exemptions, budgets, incidents, approvals, people, notify, evidence",
    ),
    "an unknown key of the organization": (
        "hub =",
        "owner =",
        "organization.owner: unknown key; allowed are id, hub, external_id, partition",
    ),
    "an unknown key of an environment": (
        'prod = { mode = "approve" }',
        'prod = { mode = "approve", until = "2026-08-01" }',
        "environments.prod.until: unknown key; allowed are mode, accounts, ous, approvers, approvals, undo_by_another",
    ),
    "an unknown key of an account": (
        SANDBOX,
        '111122223333 = { name = "shop sandbox", env = "sandbox" }',
        "accounts.111122223333.env: unknown key; allowed are name, environment",
    ),
    "an unknown key of notify": (
        "slack_channel =",
        "slack_chanel =",
        "notify.slack_chanel: unknown key; allowed are topic, slack_channel, slack_secret, escalation_channel, alone",
    ),
    "no id": ('id = "o-exampleorgid"', "", "organization.id is missing"),
    "no hub": ('hub = "222222222222"', "", "organization.hub is missing"),
    "no mode": ('prod = { mode = "approve" }', "prod = {}", "environments.prod.mode is missing"),
    "no name": (
        SANDBOX,
        '111122223333 = { environment = "sandbox" }',
        "accounts.111122223333.name is missing",
    ),
    "no environment": (
        SANDBOX,
        '111122223333 = { name = "shop" }',
        "accounts.111122223333.environment is missing",
    ),
    "an empty id": (
        '"o-exampleorgid"',
        '""',
        "organization.id: '' is not allowed; it must match o-[a-z0-9]{10,32}",
    ),
    "an id that is none": (
        '"o-exampleorgid"',
        '"exampleorgid"',
        "organization.id: 'exampleorgid' is not allowed; it must match o-[a-z0-9]{10,32}",
    ),
    "a number for a text": (
        'hub = "222222222222"',
        "hub = 222222222222",
        "organization.hub: 222222222222 is not allowed; it must match [0-9]{12}",
    ),
    "a list for a text": (
        'hub = "222222222222"',
        'hub = ["222222222222"]',
        "organization.hub: ['222222222222'] is not allowed; it must match [0-9]{12}",
    ),
    "a hub of digits that are not ours": (
        'hub = "222222222222"',
        'hub = "٢٢٢٢٢٢٢٢٢٢٢٢"',
        "organization.hub: '٢٢٢٢٢٢٢٢٢٢٢٢' is not allowed; it must match [0-9]{12}",
    ),
    "a text on two lines": (
        'hub = "222222222222"',
        'hub = "222222222222\\n"',
        "organization.hub: '222222222222\\n' is not allowed; it must match [0-9]{12}",
    ),
    "a partition that is none": (
        '"aws-us-gov"',
        '"gov"',
        "organization.partition: 'gov' is not allowed; it must match aws(-[a-z-]+)?",
    ),
    "a text for a table": ('prod = { mode = "approve" }', 'prod = "approve"', "environments.prod: must be a table"),
    "a text for an account": (SANDBOX, '111122223333 = "sandbox"', "accounts.111122223333: must be a table"),
    "a short account id": (
        "111122223333 =",
        "11112222333 =",
        "accounts.11112222333: an account id has 12 digits",
    ),
    "an account id of digits that are not ours": (
        "111122223333 =",
        '"١١١١٢٢٢٢٣٣٣٣" =',
        "accounts.١١١١٢٢٢٢٣٣٣٣: an account id has 12 digits",
    ),
    "a name that is too long": (
        '"shop sandbox"',
        f'"{"x" * 65}"',
        f"accounts.111122223333.name: '{'x' * 65}' is not allowed; it must match [\\w .@-]{{1,64}}",
    ),
    "a name that is markup": (
        '"shop sandbox"',
        '"<shop>"',
        "accounts.111122223333.name: '<shop>' is not allowed; it must match [\\w .@-]{1,64}",
    ),
    "an unknown environment": (
        'environment = "sandbox"',
        'environment = "sandpit"',
        "accounts.111122223333.environment: no such environment; use one of sandbox, prod, frozen, security",
    ),
    "a mode that is none": (
        '"approve"',
        '"ask"',
        f"environments.prod.mode: 'ask' is not allowed; it must match {MODES}",
    ),
    "a mode in capitals": (
        '"approve"',
        '"APPROVE"',
        f"environments.prod.mode: 'APPROVE' is not allowed; it must match {MODES}",
    ),
    "a mode that is a boolean": (
        '{ mode = "off" }',
        "{ mode = false }",
        f"environments.frozen.mode: False is not allowed; it must match {MODES}",
    ),
    "a topic by its name": (
        '"arn:aws-us-gov:sns:us-gov-west-1:222222222222:countermeasure"',
        '"countermeasure"',
        "notify.topic: 'countermeasure' is not allowed; it must match arn:aws[a-z-]*:sns:.+|",
    ),
    "a channel without its #": (
        '"#security"',
        '"security"',
        f"notify.slack_channel: 'security' is not allowed; it must match {CHANNEL}",
    ),
    "the Slack secret itself": (
        '"secretsmanager:countermeasure/slack"',
        '"xoxb-EXAMPLE"',
        f"notify.slack_secret: this value is not allowed; it must match {SECRET}",
    ),
    "the external id itself": (
        '"ssm:/countermeasure/external-id"',
        '"EXAMPLE-external-id"',
        f"organization.external_id: this value is not allowed; it must match {SECRET}",
    ),
    "nested without end": (
        'prod = { mode = "approve" }',
        "prod = " + "[" * 10_000,
        "not TOML that anybody would write: it is nested too deep",
    ),
    "a number of more digits than Python reads": (
        'prod = { mode = "approve" }',
        "prod = " + "9" * 5_000,
        "not TOML: Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits; "
        "use sys.set_int_max_str_digits() to increase the limit",
    ),
    "no TOML": (
        "[environments]",
        "[environments",
        "not TOML: Expected ']' at the end of a table declaration (at line 8, column 14)",
    ),
    "a key twice": (
        'prod = { mode = "approve" }',
        'prod = { mode = "approve" }\nprod = { mode = "off" }',
        "not TOML: Cannot overwrite a value (at line 11, column 24)",
    ),
}


@pytest.mark.parametrize(("there", "instead", "problem"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_in_one_line_that_names_the_file_the_key_and_what_is_allowed(
    tmp_path: Path, there: str, instead: str, problem: str
) -> None:
    assert GOOD.count(there) == 1
    path = tmp_path / "organization.toml"
    path.write_text(GOOD.replace(there, instead), encoding="utf-8")
    with pytest.raises(InvalidOrganization) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {problem}"
    assert "\n" not in str(caught.value)


WITHOUT_END = {
    "a number of more digits than Python writes": (
        "\n[approvals]\nminutes = 0x" + "f" * 5_000,
        "approvals.minutes: int ",
    ),
    "a value as long as a book": (f'\n[people]\nann = "{"x" * 10**6}"', 'people."ann": \'xxx'),
    "a key of several lines": ('\n[people]\n"a\\nb" = 1', "people: 'a\\nb' is not allowed"),
    "a table of several lines": ('\n["a\\nb"]', "a\N{REPLACEMENT CHARACTER}b: unknown key"),
}


@pytest.mark.parametrize(("more", "start"), WITHOUT_END.values(), ids=WITHOUT_END)
def test_whatever_is_refused_is_quoted_on_one_line_that_people_read_to_its_end(more: str, start: str) -> None:
    with pytest.raises(InvalidOrganization) as caught:
        parse(GOOD + more)
    said = str(caught.value)
    assert (said.startswith(start), said.isprintable(), len(said) <= 500) == (True, True, True), said[:200]


@pytest.mark.parametrize("name", ["organization", "environments", "accounts"])
def test_a_table_that_must_be_there_is_named_when_it_is_missing_or_is_none(name: str) -> None:
    tables = {
        "organization": {"id": "o-exampleorgid", "hub": "222222222222"},
        "environments": {"dev": {"mode": "off"}},
        "accounts": {},
    }
    with pytest.raises(InvalidOrganization) as caught:
        parse(toml({key: table for key, table in tables.items() if key != name}))
    assert str(caught.value) == f"[{name}] is missing"
    with pytest.raises(InvalidOrganization) as caught:
        parse(toml({**tables, name: "x"}))
    assert str(caught.value) == f"{name}: must be a table"


def test_notify_must_be_a_table() -> None:
    with pytest.raises(InvalidOrganization) as caught:
        parse('notify = "#security"\n' + SHORT)
    assert str(caught.value) == "notify: must be a table"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "organization.toml"
    with pytest.raises(InvalidOrganization) as caught:
        read(path)
    assert str(caught.value) == f"{path}: cannot be read: [Errno 2] No such file or directory: '{path}'"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidOrganization) as caught:
        read(tmp_path)
    assert str(caught.value) == f"{tmp_path}: cannot be read: [Errno 21] Is a directory: '{tmp_path}'"


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "organization.toml"
    path.write_bytes(GOOD.replace("shop sandbox", "h\u00e4user").encode("latin-1"))
    with pytest.raises(InvalidOrganization) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: cannot be read: 'utf-8' codec can't decode byte 0xe4 in position ")
    assert "\n" not in str(caught.value)


def toml(tables: dict[str, object]) -> str:
    """Return a TOML text of inline tables, which here are JSON with `=`."""
    return "\n".join(f"{name} = {json.dumps(table).replace(': ', ' = ')}" for name, table in tables.items())
