"""The guardrails: each is a ceiling with a reason, the lowest wins, and nobody is fooled into looking away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.guardrails import GUARDRAILS, Facts, Situation, ceilings, lowest
from chalicelib.guardrails.event import break_glass_principal, other_account, own_actions, standing
from chalicelib.guardrails.modes import (
    break_glass_window,
    environment_mode,
    exempted,
    kill_switch,
    rule_mode,
    undone_before,
)
from chalicelib.guardrails.resource import allowed_region, governed_region, protected_resource
from chalicelib.guardrails.situation import Guardrail
from chalicelib.model import Actor, Ceiling, Finding, Mode, Resource, Rule, Severity, Standing
from chalicelib.organization import (
    Account,
    BreakGlass,
    Environment,
    Exemption,
    Organization,
    Protected,
    RuleMode,
    Window,
)

DEV, PROD, UNKNOWN = "444455556666", "777788889999", "123456789012"
ORGANIZATION = Organization(
    id="o-exampleorgid",
    hub="222222222222",
    environments={
        "dev": Environment("dev", Mode.ENFORCE),
        "prod": Environment("prod", Mode.APPROVE),
        "frozen": Environment("frozen", Mode.OFF),
    },
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
NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
PLAIN = Situation(FINDING, RULE, TRAIL, ORGANIZATION, {}, Facts(NOW))


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


SWITCHES: dict[str, tuple[tuple[Mode, str] | None, Ceiling | None]] = {
    "there is none, or it is set to enforce": (None, None),
    "it cannot be read": ((Mode.APPROVE, "why"), Ceiling("kill switch", Mode.APPROVE, "why")),
    "observe": ((Mode.OBSERVE, "why"), Ceiling("kill switch", Mode.OBSERVE, "why")),
    "off": ((Mode.OFF, "why"), Ceiling("kill switch", Mode.OFF, "why")),
}


@pytest.mark.parametrize(("said", "expected"), SWITCHES.values(), ids=SWITCHES)
def test_the_kill_switch_holds_for_everything(said: tuple[Mode, str] | None, expected: Ceiling | None) -> None:
    assert kill_switch(replace(PLAIN, facts=Facts(NOW, lambda: said))) == expected


RULED = replace(ORGANIZATION, rules={"test.rule": RuleMode(Mode.OBSERVE, {"dev": Mode.ENFORCE}, {PROD: Mode.OFF})})
RULE_MODES = {
    "raised for an environment": (DEV, None),
    "lowered for an account": (
        PROD,
        Ceiling("rule mode", Mode.OFF, f"the rule is set to OFF for {PROD} in organization.toml"),
    ),
    "lowered everywhere else": (
        UNKNOWN,
        Ceiling("rule mode", Mode.OBSERVE, "the rule is set to OBSERVE in organization.toml"),
    ),
}


@pytest.mark.parametrize(("account", "expected"), RULE_MODES.values(), ids=RULE_MODES)
def test_the_mode_that_the_organization_sets_takes_the_place_of_the_rules_own(
    account: str, expected: Ceiling | None
) -> None:
    situation = replace(of_account(account), rule=replace(RULE, mode=Mode.APPROVE), organization=RULED)
    assert rule_mode(situation) == expected


def test_a_raised_rule_goes_no_further_than_its_environment() -> None:
    raised = replace(ORGANIZATION, rules={"test.rule": RuleMode(Mode.ENFORCE)})
    situation = replace(of_account(PROD), rule=replace(RULE, mode=Mode.OBSERVE), organization=raised)
    assert lowest(ceilings(situation)) is Mode.APPROVE


def principal(name: str, kind: str = "role", account: str = DEV) -> Resource:
    return Resource(f"AWS::IAM::{kind.capitalize()}", name, account, "us-east-1")


KEY = Resource("AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", DEV, "us-east-1", details={"user": "deployer"})
SESSION = Resource("AWS::STS::AssumedRole", "break-glass/jane", DEV, "us-east-1")
INSTANCE = Resource("AWS::EC2::Instance", "i-0abc", DEV, "us-east-1")
GUARDED = Protected(
    principals=("arn:aws:iam::*:role/break-glass", "arn:aws:iam::*:role/aws-reserved/*", f"arn:aws:iam::{DEV}:user/d*"),
    resources=("arn:aws:ec2:*:*:instance/i-0abc", "prod-db-*", "arn:aws:s3:::kept-*"),
)


def _kept(what: str, by: str) -> Ceiling:
    return Ceiling("protected", Mode.OBSERVE, f"{what} is protected {by}")


SSO = "AWSReservedSSO_Admin_0123456789abcdef"
PROTECTED: dict[str, tuple[Resource | None, Ceiling | None]] = {
    "a role": (
        principal("break-glass"),
        _kept(f"arn:aws:iam::{DEV}:role/break-glass", "as a principal by arn:aws:iam::*:role/break-glass"),
    ),
    "a session of the role": (
        SESSION,
        _kept(f"arn:aws:iam::{DEV}:role/break-glass", "as a principal by arn:aws:iam::*:role/break-glass"),
    ),
    "a role under a path that AWS keeps": (
        principal(SSO),
        _kept(
            f"arn:aws:iam::{DEV}:role/aws-reserved/sso.amazonaws.com/{SSO}",
            "as a principal by arn:aws:iam::*:role/aws-reserved/*",
        ),
    ),
    "a key of a user": (
        KEY,
        _kept(f"arn:aws:iam::{DEV}:user/deployer", f"as a principal by arn:aws:iam::{DEV}:user/d*"),
    ),
    "an ARN": (INSTANCE, _kept("i-0abc", "by arn:aws:ec2:*:*:instance/i-0abc")),
    "an ARN without an account": (
        Resource("AWS::S3::Bucket", "kept-logs", DEV, "us-east-1"),
        _kept("kept-logs", "by arn:aws:s3:::kept-*"),
    ),
    "a name": (replace(TRAIL, id="prod-db-1"), _kept("prod-db-1", "by prod-db-*")),
    "another role": (principal("deployer"), None),
    "a role whose name ends so": (principal("x-break-glass"), None),
    "a user of another account": (principal("deployer", "user", PROD), None),
    "a key of nobody that the event names": (replace(KEY, details={}), None),
    "another instance": (replace(INSTANCE, id="i-0abcd"), None),
    "another name": (replace(TRAIL, id="the-prod-db-1"), None),
    "no resource": (None, None),
}


@pytest.mark.parametrize(("resource", "expected"), PROTECTED.values(), ids=PROTECTED)
def test_what_is_protected_is_only_watched(resource: Resource | None, expected: Ceiling | None) -> None:
    guarded = replace(ORGANIZATION, protected=GUARDED)
    assert protected_resource(replace(PLAIN, resource=resource, organization=guarded)) == expected


EMERGENCY = BreakGlass(
    principals=("arn:aws:iam::*:role/break-glass", f"arn:aws:iam::{UNKNOWN}:role/auditor", "arn:aws:iam::*:user/em/*")
)
BREAK_GLASS = {
    "a role, by its issuer": (Actor(issuer_arn=role(name="break-glass")), role(name="break-glass")),
    "a role, by its session": (Actor(arn=session("break-glass")), role(name="break-glass")),
    "a role of another account of ours": (
        Actor(issuer_arn=role(name="break-glass", account=PROD)),
        role(name="break-glass", account=PROD),
    ),
    "a role of a named account": (
        Actor(issuer_arn=role(name="auditor", account=UNKNOWN)),
        role(name="auditor", account=UNKNOWN),
    ),
    "a user under a path": (Actor(arn=f"arn:aws:iam::{DEV}:user/em/ann"), f"arn:aws:iam::{DEV}:user/em/ann"),
    "a role of an account that nobody knows": (Actor(issuer_arn=role(name="break-glass", account=UNKNOWN)), ""),
    "a session whose issuer is under a path": (
        Actor(arn=session("break-glass"), issuer_arn=role("evil/", "break-glass")),
        "",
    ),
    "a role under a path that reads like it": (Actor(issuer_arn=role("x:role/", "break-glass")), ""),
    "another role": (Actor(issuer_arn=role(name="x-break-glass")), ""),
    "a session that is called so": (Actor(arn=f"arn:aws:sts::{DEV}:assumed-role/admin/break-glass"), ""),
    "only the name": (Actor(name="break-glass"), ""),
    "nobody": (None, ""),
}


@pytest.mark.parametrize(("actor", "who"), BREAK_GLASS.values(), ids=BREAK_GLASS)
def test_what_is_done_in_an_emergency_is_only_watched(actor: Actor | None, who: str) -> None:
    expected = Ceiling("break-glass principal", Mode.OBSERVE, f"done by {who}, which is kept for emergencies")
    situation = replace(by(actor), organization=replace(ORGANIZATION, break_glass=EMERGENCY))
    assert break_glass_principal(situation) == (expected if who else None)


SECOND = timedelta(seconds=1)
WINDOW = Window(NOW, NOW + timedelta(hours=4), "database migration", "jane", environment="prod")
WINDOWS = {
    "its first second": (PROD, WINDOW, NOW, "prod"),
    "its last second": (PROD, WINDOW, NOW + timedelta(hours=4) - SECOND, "prod"),
    "of the account": (PROD, replace(WINDOW, environment="", account=PROD), NOW, PROD),
    "before it": (PROD, WINDOW, NOW - SECOND, ""),
    "when it is over": (PROD, WINDOW, NOW + timedelta(hours=4), ""),
    "elsewhere": (DEV, WINDOW, NOW, ""),
    "of another account": (PROD, replace(WINDOW, environment="", account=DEV), NOW, ""),
    "where nobody knows the account": (UNKNOWN, WINDOW, NOW, ""),
}


@pytest.mark.parametrize(("account", "window", "now", "where"), WINDOWS.values(), ids=WINDOWS)
def test_where_people_work_by_hand_we_only_watch(account: str, window: Window, now: datetime, where: str) -> None:
    open_ = replace(ORGANIZATION, break_glass=BreakGlass(windows=(window,)))
    expected = Ceiling(
        "break-glass window",
        Mode.OBSERVE,
        f"people work by hand in {where} until 2026-08-01 16:00 UTC: database migration (jane)",
    )
    said = break_glass_window(replace(of_account(account), organization=open_, facts=Facts(now)))
    assert said == (expected if where else None)


AGREED = Exemption("test.*", "moves soon", "jane", date(2026, 8, 1))
EXEMPT = Ceiling("exemption", Mode.OBSERVE, "exempt until 2026-08-01: moves soon (jane)")
EXEMPTIONS: dict[str, tuple[tuple[Exemption, ...], Ceiling | None]] = {
    "of the rule": ((AGREED,), EXEMPT),
    "of the resource by name": ((replace(AGREED, resource="ma*"),), EXEMPT),
    "of the resource by ARN": ((replace(AGREED, resource="arn:aws:cloudtrail:*:*:trail/main"),), EXEMPT),
    "of all that it says": ((replace(AGREED, resource="main", account=DEV, environment="dev"),), EXEMPT),
    "to ask first": ((replace(AGREED, mode=Mode.APPROVE),), replace(EXEMPT, mode=Mode.APPROVE)),
    "two, of which the lower counts": (
        (replace(AGREED, mode=Mode.APPROVE), replace(AGREED, mode=Mode.OFF, reason="noise", owner="ann")),
        Ceiling(
            "exemption",
            Mode.OFF,
            "exempt until 2026-08-01: moves soon (jane); exempt until 2026-08-01: noise (ann)",
        ),
    ),
    "none": ((), None),
    "of another rule": ((replace(AGREED, rule="config.*"),), None),
    "of a rule that is called like its beginning": ((replace(AGREED, rule="test"),), None),
    "of another resource": ((replace(AGREED, resource="other"),), None),
    "of another account": ((replace(AGREED, account=PROD),), None),
    "of another environment": ((replace(AGREED, environment="prod"),), None),
    "expired": ((replace(AGREED, until=date(2026, 7, 31)),), None),
}


@pytest.mark.parametrize(("exemptions", "expected"), EXEMPTIONS.values(), ids=EXEMPTIONS)
def test_an_agreed_exception_holds_for_what_it_says(
    exemptions: tuple[Exemption, ...], expected: Ceiling | None
) -> None:
    assert exempted(replace(PLAIN, organization=replace(ORGANIZATION, exemptions=exemptions))) == expected


def test_an_exemption_of_a_resource_says_nothing_of_a_rule_that_only_tells() -> None:
    exempt = replace(ORGANIZATION, exemptions=(replace(AGREED, resource="*"),))
    assert exempted(replace(PLAIN, resource=None, organization=exempt)) is None


REGIONS = {
    "the home region": (TRAIL, "us-east-1", True),
    "a governed region": (replace(TRAIL, region="eu-west-1"), "us-east-1", True),
    "another region": (replace(TRAIL, region="eu-west-3"), "us-east-1", False),
    "a resource of IAM, in a finding of another region": (principal("admin"), "eu-west-3", True),
    "no resource, a finding of another region": (None, "eu-west-3", False),
}


@pytest.mark.parametrize(("resource", "region", "heard"), REGIONS.values(), ids=REGIONS)
def test_in_a_region_that_is_not_heard_we_only_watch(resource: Resource | None, region: str, heard: bool) -> None:
    governing = replace(ORGANIZATION, regions=("eu-west-1",))
    situation = replace(PLAIN, finding=replace(FINDING, region=region), resource=resource, organization=governing)
    expected = Ceiling("governed region", Mode.OBSERVE, "eu-west-3 is not governed: see regions in organization.toml")
    assert governed_region(situation) == (None if heard else expected)


ALLOWED: dict[str, tuple[tuple[str, ...], bool, bool]] = {
    "one that nobody is to use": (("us-east-1",), True, True),
    "one that may be used": (("us-east-1", "eu-west-1"), True, False),
    "where all may be used": ((), True, False),
    "one that nobody is to use, for any other rule": (("us-east-1",), False, True),
    "one that may be used, for any other rule": (("us-east-1", "eu-west-1"), False, True),
}


@pytest.mark.parametrize(("allowed", "elsewhere", "speaks"), ALLOWED.values(), ids=ALLOWED)
def test_a_rule_about_other_regions_speaks_only_of_regions_that_nobody_is_to_use(
    allowed: tuple[str, ...], elsewhere: bool, speaks: bool
) -> None:
    organization = replace(ORGANIZATION, regions=("us-east-1", "eu-west-1"), allowed_regions=allowed)
    resource = replace(TRAIL, region="eu-west-1")
    said = allowed_region(Situation(FINDING, replace(RULE, elsewhere=elsewhere), resource, organization))
    assert (said is None) == speaks
    assert said is None or said.mode is Mode.OFF


EVERYTHING = Situation(
    replace(
        FINDING,
        standing=Standing.ARCHIVED,
        actor=Actor(issuer_arn=role()),
        event={"countermeasure": {"ceiling": "observe"}},
    ),
    replace(RULE, mode=Mode.APPROVE, elsewhere=True),
    replace(TRAIL, account=PROD, region="eu-west-3"),
    replace(
        ORGANIZATION,
        protected=Protected(resources=("main",)),
        break_glass=BreakGlass((f"arn:aws:iam::{DEV}:role/*",), (WINDOW,)),
        exemptions=(AGREED,),
    ),
    {"test.rule": "by ann"},
    Facts(NOW, lambda: (Mode.APPROVE, "why")),
)


def test_every_reason_is_kept_and_the_lowest_comes_first() -> None:
    said = ceilings(EVERYTHING)
    assert [(ceiling.guardrail, ceiling.mode) for ceiling in said] == [
        ("allowed region", Mode.OFF),
        ("finding", Mode.OFF),
        ("own action", Mode.OFF),
        ("exemption", Mode.OBSERVE),
        ("break-glass window", Mode.OBSERVE),
        ("break-glass principal", Mode.OBSERVE),
        ("protected", Mode.OBSERVE),
        ("governed region", Mode.OBSERVE),
        ("undone before", Mode.OBSERVE),
        ("replayed", Mode.OBSERVE),
        ("kill switch", Mode.APPROVE),
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


GUARDS = st.sampled_from(
    [
        lambda situation: None,
        tag_lookup,
        *(lambda situation, mode=mode: Ceiling("some", mode, "why") for mode in Mode),
        *GUARDRAILS,
    ]
)


@given(st.sampled_from([PLAIN, EVERYTHING]), st.lists(GUARDS, max_size=6), GUARDS, st.integers(0, 6))
def test_no_guardrail_that_is_added_ever_raises_the_mode(
    situation: Situation, guards: list[Guardrail], more: Guardrail, place: int
) -> None:
    before, after = (tuple(guards), (*guards[:place], more, *guards[place:]))
    assert lowest(ceilings(situation, after)) <= lowest(ceilings(situation, before))
    assert set(ceilings(situation, before)) <= set(ceilings(situation, after))
