"""The guardrails: each is a ceiling with a reason, the lowest wins, and nobody is fooled into looking away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.guardrails import (
    GUARDRAILS,
    Situation,
    ceilings,
    environment_mode,
    lowest,
    other_account,
    own_actions,
    rule_mode,
    standing,
    undone_before,
)
from chalicelib.model import Actor, Ceiling, Finding, Mode, Resource, Rule, Severity, Standing
from chalicelib.organization import Account, Organization

DEV, PROD, UNKNOWN = "444455556666", "777788889999", "123456789012"
ORGANIZATION = Organization(
    id="o-exampleorgid",
    hub="222222222222",
    environments={"dev": Mode.ENFORCE, "prod": Mode.APPROVE, "frozen": Mode.OFF},
    accounts={
        DEV: Account(DEV, "shop-dev", "dev"),
        PROD: Account(PROD, "shop", "prod"),
        "555566667777": Account("555566667777", "old shop", "frozen"),
    },
)
FINDING = Finding(
    id="f-1",
    revision="1",
    source="cloudtrail",
    type="StopLogging",
    title="StopLogging by somebody",
    description="",
    severity=Severity.HIGH,
    account=DEV,
    region="us-east-1",
    first_seen="2026-08-01T12:00:00Z",
    last_seen="2026-08-01T12:00:00Z",
    event={},
)
RULE = Rule("test.rule", "Test", {}, Severity.HIGH, "")
TRAIL = Resource("AWS::CloudTrail::Trail", "main", DEV, "us-east-1")
PLAIN = Situation(FINDING, RULE, TRAIL, ORGANIZATION)


def of_account(account: str) -> Situation:
    return replace(PLAIN, finding=replace(FINDING, account=account), resource=replace(TRAIL, account=account))


def by(actor: Actor | None, source: str = "cloudtrail", account: str = DEV) -> Situation:
    situation = of_account(account)
    return replace(situation, finding=replace(situation.finding, actor=actor, source=source))


def test_where_no_guardrail_objects_countermeasure_enforces() -> None:
    assert ceilings(PLAIN) == ()
    assert lowest(()) is Mode.ENFORCE


@pytest.mark.parametrize("mode", Mode)
def test_a_rule_goes_no_further_than_its_own_mode(mode: Mode) -> None:
    said = rule_mode(replace(PLAIN, rule=replace(RULE, mode=mode)))
    expected = Ceiling("rule mode", mode, f"the rule is set to {mode.name}")
    assert said == (None if mode is Mode.ENFORCE else expected)


ENVIRONMENTS = {
    "enforced": (DEV, None),
    "asked first": (PROD, Ceiling("environment mode", Mode.APPROVE, "prod (shop) is set to APPROVE")),
    "left alone": ("555566667777", Ceiling("environment mode", Mode.OFF, "frozen (old shop) is set to OFF")),
    "unknown": (UNKNOWN, Ceiling("unknown account", Mode.OBSERVE, f"{UNKNOWN} is not in organization.toml")),
}


@pytest.mark.parametrize(("account", "expected"), ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_the_environment_of_the_account_sets_how_far_we_go(account: str, expected: Ceiling | None) -> None:
    assert environment_mode(of_account(account)) == expected


def test_it_is_the_account_of_the_resource_that_counts_and_that_of_the_finding_where_there_is_no_resource() -> None:
    crossing = replace(PLAIN, resource=replace(TRAIL, account=PROD))
    told_only = replace(crossing, resource=None)
    assert (crossing.account, told_only.account) == (PROD, DEV)
    assert environment_mode(crossing) == Ceiling("environment mode", Mode.APPROVE, "prod (shop) is set to APPROVE")
    assert environment_mode(told_only) is None


def test_a_finding_of_one_account_that_names_a_resource_of_another_is_asked_about() -> None:
    crossing = replace(PLAIN, resource=replace(TRAIL, account=PROD))
    assert other_account(crossing) == Ceiling("other account", Mode.APPROVE, f"{DEV} names a resource of {PROD}")
    assert other_account(PLAIN) is None
    assert other_account(replace(PLAIN, resource=None)) is None


STANDINGS = {
    Standing.ACTIVE: None,
    Standing.SAMPLE: Ceiling("finding", Mode.OBSERVE, "sample finding"),
    Standing.ARCHIVED: Ceiling("finding", Mode.OFF, "archived finding"),
    Standing.SUPPRESSED: Ceiling("finding", Mode.OFF, "suppressed finding"),
    Standing.PASSED: Ceiling("finding", Mode.OFF, "passed: the resource is compliant"),
}


@pytest.mark.parametrize("found", Standing)
def test_only_an_active_finding_is_acted_on_and_only_a_sample_is_shown_besides(found: Standing) -> None:
    assert standing(replace(PLAIN, finding=replace(FINDING, standing=found))) == STANDINGS[found]


def role(path: str = "", name: str = "countermeasure-responder", account: str = DEV, partition: str = "aws") -> str:
    return f"arn:{partition}:iam::{account}:role/{path}{name}"


def session(name: str = "countermeasure-responder", account: str = DEV, partition: str = "aws") -> str:
    return f"arn:{partition}:sts::{account}:assumed-role/{name}/inc-1"


OWN = {
    "by issuer": Actor(issuer_arn=role()),
    "by session": Actor(arn=session()),
    "by both": Actor(arn=session(), issuer_arn=role()),
}


@pytest.mark.parametrize("source", ["cloudtrail", "signin"])
@pytest.mark.parametrize("actor", OWN.values(), ids=OWN)
def test_what_countermeasure_did_itself_is_not_answered(actor: Actor, source: str) -> None:
    assert own_actions(by(actor, source)) == Ceiling(
        "own action", Mode.OFF, "countermeasure did this itself, as countermeasure-responder"
    )


@pytest.mark.parametrize("source", ["guardduty", "securityhub"])
@pytest.mark.parametrize("actor", OWN.values(), ids=OWN)
def test_a_detection_about_our_own_credentials_is_told_and_not_acted_on(actor: Actor, source: str) -> None:
    assert own_actions(by(actor, source)) == Ceiling(
        "own action", Mode.OBSERVE, "this is about countermeasure-responder, the role that countermeasure acts as"
    )


IMPOSTORS = {
    "nobody": None,
    "nobody that the event names": Actor(),
    "a role under a path": Actor(issuer_arn=role("evil/")),
    "a role under a path, whose session looks like ours": Actor(arn=session(), issuer_arn=role("evil/")),
    "a role under a path that reads like ours": Actor(issuer_arn=role("x:role/")),
    "a role whose name ends as ours does": Actor(arn=session("x-countermeasure-responder")),
    "an issuer whose name ends as ours does": Actor(issuer_arn=role(name="x-countermeasure-responder")),
    "a role whose name begins as ours does": Actor(arn=session("countermeasure-responder-x")),
    "an issuer whose name begins as ours does": Actor(issuer_arn=role(name="countermeasure-responder-x")),
    "another case": Actor(issuer_arn=role(name="Countermeasure-Responder")),
    "a session named as our role": Actor(arn=f"arn:aws:sts::{DEV}:assumed-role/admin/countermeasure-responder"),
    "a user named as our role": Actor(arn=f"arn:aws:iam::{DEV}:user/countermeasure-responder"),
    "a user under a path that reads like ours": Actor(
        arn=f"arn:aws:iam::{DEV}:user/x:assumed-role/countermeasure-responder/u"
    ),
    "a role of an unknown account": Actor(arn=session(account=UNKNOWN), issuer_arn=role(account=UNKNOWN)),
    "a session of an unknown account": Actor(arn=session(account=UNKNOWN)),
    "a role of another account of ours": Actor(arn=session(account=PROD), issuer_arn=role(account=PROD)),
    "a session of another account of ours": Actor(arn=session(account=PROD)),
    "a role of another partition": Actor(issuer_arn=role(partition="aws-cn")),
    "a session of another partition": Actor(arn=session(partition="aws-cn")),
    "only the name": Actor(name="countermeasure-responder", user_agent=role()),
}


@pytest.mark.parametrize("actor", IMPOSTORS.values(), ids=IMPOSTORS)
def test_who_only_bears_our_name_is_answered_like_anyone(actor: Actor | None) -> None:
    assert own_actions(by(actor)) is None


def test_in_an_account_that_we_do_not_know_nobody_is_us() -> None:
    impostor = Actor(arn=session(account=UNKNOWN), issuer_arn=role(account=UNKNOWN))
    assert own_actions(by(impostor, account=UNKNOWN)) is None


def test_a_rule_that_was_undone_on_a_resource_is_only_shown_there_with_the_reason() -> None:
    undone = replace(PLAIN, undone={"test.rule": "by ann: a build server"})
    assert undone_before(undone) == Ceiling(
        "undone before", Mode.OBSERVE, "this rule was undone on this resource: by ann: a build server"
    )
    assert undone_before(replace(undone, rule=replace(RULE, id="test.other"))) is None


EVERYTHING = Situation(
    replace(
        FINDING,
        standing=Standing.ARCHIVED,
        actor=Actor(issuer_arn=role()),
        event={"countermeasure": {"ceiling": "observe"}},
    ),
    replace(RULE, mode=Mode.APPROVE),
    replace(TRAIL, account=PROD),
    ORGANIZATION,
    {"test.rule": "by ann"},
)


def test_every_reason_is_kept_and_the_lowest_comes_first() -> None:
    said = ceilings(EVERYTHING)
    assert [(ceiling.guardrail, ceiling.mode) for ceiling in said] == [
        ("finding", Mode.OFF),
        ("own action", Mode.OFF),
        ("undone before", Mode.OBSERVE),
        ("replayed", Mode.OBSERVE),
        ("rule mode", Mode.APPROVE),
        ("environment mode", Mode.APPROVE),
        ("other account", Mode.APPROVE),
    ]
    assert len(said) == len(GUARDRAILS)
    assert lowest(said) is Mode.OFF


def test_the_lowest_ceiling_wins_in_whatever_order_they_come() -> None:
    high, low = Ceiling("a", Mode.APPROVE, ""), Ceiling("b", Mode.OBSERVE, "")
    assert (lowest((high, low)), lowest((low, high))) == (Mode.OBSERVE, Mode.OBSERVE)


def tag_lookup(_: Situation) -> Ceiling | None:
    raise LookupError("no answer")


def test_a_guardrail_that_cannot_be_evaluated_lowers_to_approve_and_says_why() -> None:
    assert ceilings(PLAIN, (tag_lookup,)) == (
        Ceiling("tag lookup", Mode.APPROVE, "could not be evaluated: LookupError: no answer"),
    )


def test_a_guardrail_that_cannot_be_evaluated_silences_no_other() -> None:
    said = ceilings(EVERYTHING, (tag_lookup, *GUARDRAILS))
    assert len(said) == len(GUARDRAILS) + 1
    assert lowest(said) is Mode.OFF


def test_a_guardrail_that_meets_an_environment_without_a_mode_fails_closed() -> None:
    broken = replace(ORGANIZATION, environments={})
    assert ceilings(replace(PLAIN, organization=broken)) == (
        Ceiling("environment mode", Mode.APPROVE, "could not be evaluated: KeyError: 'dev'"),
    )
