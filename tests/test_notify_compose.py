"""What is told of an incident: composed from what was found and done. Its incidents serve the other notice tests."""

from dataclasses import replace

import pytest

from chalicelib.errors import NotDelivered
from chalicelib.model import (
    Actor,
    Call,
    Ceiling,
    Change,
    Finding,
    Incident,
    Mode,
    Outcome,
    Remediation,
    Resource,
    Response,
    Rule,
    Severity,
    Standing,
)
from chalicelib.notify.compose import compose
from chalicelib.notify.notice import MEANING, ChangeLine, Kind, Notice, ResourceLine, Verdict, Who
from chalicelib.notify.verdicts import VERDICTS

KEY = Resource(
    "AWS::IAM::AccessKey", "AKIAIOSFODNN7EXAMPLE", "111122223333", "us-east-1", details={"user": "deploy-bot"}
)
GROUP = Resource("AWS::EC2::SecurityGroup", "sg-0a1b2c3d4e5f60718", "444455556666", "eu-west-1")
INSTANCE = Resource("AWS::EC2::Instance", "i-0a1b2c3d4e5f60718", "444455556666", "eu-west-1")


def remediation(id: str, title: str, type: str, **more: str) -> Remediation:
    return Remediation(
        id=id,
        title=title,
        resource_type=type,
        reads=("ec2:Describe*",),
        writes=("ec2:Modify*",),
        impact=more.pop("impact", "What uses it stops at once."),
        read=lambda aws, resource: None,
        desired=lambda now, resource: now,
        write=lambda aws, resource, now, then: None,
        **more,
    )


REMEDIATIONS = {
    each.id: each
    for each in (
        remediation(
            "iam.disable_access_key",
            "Disable an access key",
            "AWS::IAM::AccessKey",
            confirm_undo="whoever leaked it can use it again",
        ),
        remediation("ec2.isolate_instance", "Isolate an EC2 instance", "AWS::EC2::Instance"),
        remediation("ec2.close_open_ingress", "Close world-open ingress", "AWS::EC2::SecurityGroup"),
        remediation(
            "ec2.snapshot_volumes",
            "Snapshot an instance's volumes",
            "AWS::EC2::Instance",
            impact="",
            irreversible="the snapshots are evidence",
        ),
    )
}

EXPOSED_KEY_RULE = Rule(
    id="health.access_key_exposed",
    title="Access key was published",
    pattern={},
    severity=Severity.CRITICAL,
    look_at="Look for what the key did since it was published.",
    attack=("T1552.001", "T1078.004"),
)
MINING_RULE = Rule(
    id="guardduty.ec2_mining_cryptocurrency",
    title="EC2 instance is mining cryptocurrency",
    pattern={},
    severity=Severity.HIGH,
    look_at="Look for other instances of the same image.",
    attack=("T1496",),
)

EXPOSED_KEY = Finding(
    id="arn:aws:health:us-east-1::event/RISK/AWS_RISK_CREDENTIALS_EXPOSED/EXAMPLE",
    revision="1",
    source="health",
    type="AWS_RISK_CREDENTIALS_EXPOSED",
    title="AWS_RISK_CREDENTIALS_EXPOSED",
    description="",
    severity=Severity.HIGH,
    account="111122223333",
    region="us-east-1",
    first_seen="2025-11-03T02:58:00Z",
    last_seen="2025-11-03T02:58:00Z",
    event={},
    resources=(KEY,),
)
MINING = Finding(
    id="b8c1d2e3f4a5968778695a4b3c2d1e0f",
    revision="2",
    source="guardduty",
    type="CryptoCurrency:EC2/BitcoinTool.B!DNS",
    title="The instance queries a domain of a mining pool",
    description="",
    severity=Severity.MEDIUM,
    account="444455556666",
    region="eu-west-1",
    first_seen="2025-11-03T02:41:10Z",
    last_seen="2025-11-03T03:04:22Z",
    event={},
    count=3,
    resources=(INSTANCE, GROUP),
    actor=Actor(
        type="AssumedRole",
        arn="arn:aws:sts::444455556666:assumed-role/shop-web/i-0a1b2c3d4e5f60718",
        ip="198.51.100.7",
        user_agent="aws-cli/2.15.0",
        access_key_id="ASIAIOSFODNN7EXAMPLE",
        mfa="no",
    ),
)


def change(remediation: str, resource: Resource, outcome: Outcome, **more: object) -> Change:
    values = {
        "finding": "f",
        "mode": Mode.ENFORCE,
        "incident": "inc-1f2e3d",
        "rule": "r",
        "id": f"{remediation}/{resource.id}",
    }
    return Change(remediation=remediation, resource=resource, outcome=outcome, **(values | more))


UNTIL = "2025-11-04T03:00:00+00:00"
DISABLED = change("iam.disable_access_key", KEY, Outcome.CONTAINED, before="Active", after="Inactive")
SNAPSHOT_FAILED = change(
    "ec2.snapshot_volumes",
    INSTANCE,
    Outcome.FAILED,
    before=None,
    after="snapshotted",
    reason="UnauthorizedOperation: ec2:CreateSnapshots",
)
ISOLATED = change(
    "ec2.isolate_instance",
    INSTANCE,
    Outcome.CONTAINED,
    before={"eni-0": ["sg-web"], "eni-1": ["sg-db"]},
    after={"eni-0": ["quarantine"], "eni-1": ["sg-db"]},
)


def incident(finding: Finding, *responses: Response, **more: object) -> Incident:
    return Incident(id="inc-1f2e3d", finding=finding, responses=responses, **more)


def exposed_key() -> Incident:
    return incident(EXPOSED_KEY, Response(EXPOSED_KEY_RULE, (DISABLED,), Mode.ENFORCE))


def mining() -> Incident:
    ceiling = Ceiling("budget", Mode.APPROVE, "The budget of 20 actions an hour is spent.")
    response = Response(MINING_RULE, (ISOLATED, SNAPSHOT_FAILED), Mode.ENFORCE, (ceiling,))
    return incident(MINING, response, count=3, first_seen=MINING.first_seen, last_seen=MINING.last_seen)


def told(what: Incident, kind: Kind = Kind.INCIDENT, name: str = "shop-prod") -> Notice:
    return compose(
        what, remediations=REMEDIATIONS, account_name=name, environment="production", kind=kind, notice_id="n-1"
    )


def only(outcome: Outcome, **more: object) -> Incident:
    """Return an incident in which one remediation came to this outcome."""
    done = change("ec2.isolate_instance", INSTANCE, outcome, before="sg-web", after="quarantine", **more)
    return incident(MINING, Response(MINING_RULE, (done,), Mode.ENFORCE))


def test_a_contained_key_is_told_whole():
    assert told(exposed_key()) == Notice(
        id="n-1",
        incident="inc-1f2e3d",
        kind=Kind.INCIDENT,
        headline="Contained: Access key was published · AKIAIOSFODNN7EXAMPLE in shop-prod, us-east-1",
        verdict=Verdict.CONTAINED,
        severity=Severity.CRITICAL,
        source="health",
        rule="health.access_key_exposed",
        rule_title="Access key was published",
        account="111122223333",
        account_name="shop-prod",
        environment="production",
        region="us-east-1",
        first_seen="2025-11-03T02:58:00Z",
        last_seen="2025-11-03T02:58:00Z",
        finding_type="AWS_RISK_CREDENTIALS_EXPOSED",
        tally="1 contained",
        resources=(
            ResourceLine(
                "AWS::IAM::AccessKey",
                "AKIAIOSFODNN7EXAMPLE",
                "111122223333",
                "us-east-1",
                "https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1"
                "#/users/details/deploy-bot?section=security_credentials",
            ),
        ),
        who=Who(),
        changes=(
            ChangeLine(
                remediation="iam.disable_access_key",
                title="Disable an access key",
                resource_type="AWS::IAM::AccessKey",
                resource_id="AKIAIOSFODNN7EXAMPLE",
                before="Active",
                after="Inactive",
                outcome="contained",
                done=True,
                impact="What uses it stops at once.",
                undo="Undo needs a confirmation: whoever leaked it can use it again",
            ),
        ),
        attack=("T1552.001", "T1078.004"),
        look_at="Look for what the key did since it was published.",
        undo="countermeasure undo inc-1f2e3d",
    )


def test_the_step_that_failed_comes_first_and_decides():
    notice = told(mining())
    assert (notice.verdict, notice.tally) == (Verdict.NOT_CONTAINED, "1 failed, 1 contained")
    assert [(each.title, each.outcome, each.done) for each in notice.changes] == [
        ("Snapshot an instance's volumes", "failed", False),
        ("Isolate an EC2 instance", "contained", True),
    ]
    assert notice.ceilings == ("The budget of 20 actions an hour is spent.",)
    assert notice.finding_url == (
        "https://eu-west-1.console.aws.amazon.com/guardduty/home?region=eu-west-1"
        "#/findings?search=id%3Db8c1d2e3f4a5968778695a4b3c2d1e0f"
    )


def test_every_outcome_has_a_verdict_and_every_verdict_a_meaning():
    assert set(VERDICTS) == set(Outcome)
    assert set(MEANING) == set(Verdict)


@pytest.mark.parametrize(("outcome", "verdict"), VERDICTS.items())
def test_one_outcome_gives_its_verdict(outcome, verdict):
    notice = told(only(outcome))
    assert notice.verdict is verdict
    assert notice.headline.startswith(f"{verdict.capitalize()}: EC2 instance is mining")


@pytest.mark.parametrize(
    ("until", "verdict"),
    [(("", ""), Verdict.UNDONE), ((UNTIL, ""), Verdict.UNDONE), ((UNTIL, UNTIL), Verdict.EXPIRED)],
    ids=["by people", "one by people", "by itself"],
)
def test_what_was_taken_back_by_itself_has_expired(until, verdict):
    both = [
        change("ec2.isolate_instance", INSTANCE, Outcome.UNDONE, expires_at=until[0]),
        change("ec2.close_open_ingress", GROUP, Outcome.UNDONE, expires_at=until[1]),
    ]
    notice = told(incident(MINING, Response(MINING_RULE, tuple(both), Mode.ENFORCE)))
    assert notice.verdict is verdict
    assert [each.until for each in notice.changes] == ["", ""]


@pytest.mark.parametrize("outcome", Outcome)
def test_until_when_it_holds_is_said_of_what_is_in_place(outcome):
    [shown] = told(only(outcome, expires_at=UNTIL)).changes
    assert shown.until == (UNTIL if outcome in {Outcome.CONTAINED, Outcome.UNVERIFIED, Outcome.INTENDED} else "")


WORSE = list(VERDICTS)


@pytest.mark.parametrize("rank", range(len(WORSE) - 1))
@pytest.mark.parametrize("turned", [False, True], ids=["worse first", "worse last"])
def test_the_worse_of_two_outcomes_decides(rank, turned):
    both = [
        change("ec2.isolate_instance", INSTANCE, WORSE[rank]),
        change("ec2.close_open_ingress", GROUP, WORSE[rank + 1]),
    ]
    notice = told(incident(MINING, Response(MINING_RULE, tuple(both[::-1] if turned else both), Mode.ENFORCE)))
    assert notice.verdict is VERDICTS[WORSE[rank]]


def test_a_rule_without_a_remediation_only_tells():
    notice = told(incident(MINING, Response(MINING_RULE, (), Mode.ENFORCE)))
    assert (notice.verdict, notice.changes, notice.undo) == (Verdict.TOLD, (), "")


HALF_DONE = (Call("ec2:CreateTags", {}), Call("ec2:ModifyNetworkInterfaceAttribute", {}, error="Throttling"))
COMMAND = "countermeasure undo inc-1f2e3d"


SNAPSHOTTED = change("ec2.snapshot_volumes", INSTANCE, Outcome.CONTAINED, after="snapshotted")
UNDOING = {
    "contained": (only(Outcome.CONTAINED), COMMAND),
    "changed but not verified": (only(Outcome.UNVERIFIED), COMMAND),
    "an attempt that has not reported back": (only(Outcome.INTENDED), COMMAND),
    "failed half-way": (only(Outcome.FAILED, calls=HALF_DONE), COMMAND),
    "failed at its first call": (only(Outcome.FAILED, calls=HALF_DONE[1:]), ""),
    "observed": (only(Outcome.OBSERVED), ""),
    "waiting": (only(Outcome.AWAITING), ""),
    "compliant": (only(Outcome.COMPLIANT), ""),
    "undone": (only(Outcome.UNDONE), ""),
    "irreversible": (incident(MINING, Response(MINING_RULE, (SNAPSHOTTED,), Mode.ENFORCE)), ""),
}


@pytest.mark.parametrize(("what", "expected"), UNDOING.values(), ids=UNDOING.keys())
def test_undo_is_offered_only_where_something_was_changed_that_can_be_undone(what, expected):
    assert told(what).undo == expected


def test_an_undone_change_is_shown_in_the_direction_it_went():
    (line,) = told(only(Outcome.UNDONE)).changes
    assert (line.before, line.after, line.done) == ("quarantine", "sg-web", True)


def test_a_sample_says_so_first():
    notice = told(incident(replace(MINING, standing=Standing.SAMPLE), *only(Outcome.OFF).responses))
    assert notice.sample
    assert notice.headline.startswith("[SAMPLE] Held back: ")


def test_a_remediation_that_is_no_longer_there_is_told_by_its_id():
    gone = change("ec2.was_renamed", INSTANCE, Outcome.CONTAINED)
    (line,) = told(incident(MINING, Response(MINING_RULE, (gone,), Mode.ENFORCE))).changes
    assert (line.title, line.impact, line.undo) == ("ec2.was_renamed", "", "")


def test_the_severest_rule_gives_the_title_and_all_rules_their_advice():
    low = replace(MINING_RULE, id="guardduty.other", title="Other", severity=Severity.LOW, look_at="Look elsewhere.")
    notice = told(incident(MINING, Response(low, (), Mode.ENFORCE), Response(MINING_RULE, (), Mode.ENFORCE)))
    assert (notice.rule, notice.severity) == (MINING_RULE.id, Severity.HIGH)
    assert notice.look_at == "Look elsewhere. Look for other instances of the same image."


def test_an_account_without_a_name_is_called_by_its_id():
    assert told(exposed_key(), name="").account_name == "111122223333"


def test_long_names_push_neither_verdict_nor_place_out_of_the_headline():
    long = "x" * 10_000
    finding = replace(MINING, region=long, resources=(replace(INSTANCE, id=long),))
    response = replace(mining().responses[0], rule=replace(MINING_RULE, title=long), changes=())
    headline = told(incident(finding, response), name=long).headline
    assert len(headline) == 150
    assert headline == f"Told: {'x' * 56}… · {'x' * 29}… in {'x' * 31}…, {'x' * 15}…"


def test_what_nobody_can_see_in_an_event_is_made_visible():
    actor = replace(MINING.actor, arn="arn:\x00user/adm\u200b\u200bin\u202e", user_agent="curl\r\nX: 1")
    notice = told(incident(replace(MINING, actor=actor), *mining().responses))
    assert (notice.who.principal, notice.who.user_agent) == ("arn:\ufffduser/adm\ufffdin\ufffd", "curl X: 1")


def test_a_storm_of_changes_is_bounded_and_counted():
    many = tuple(
        change("ec2.isolate_instance", replace(INSTANCE, id=f"i-{n}"), Outcome.CONTAINED, before="a" * 9999, after="b")
        for n in range(1000)
    )
    notice = told(incident(MINING, Response(MINING_RULE, many, Mode.ENFORCE)))
    assert (len(notice.changes), notice.left_out, notice.tally) == (30, 970, "1000 contained")
    assert len(notice.to_json()) < 100_000


@pytest.mark.parametrize("make", [exposed_key, mining, lambda: only(Outcome.DRIFTED)], ids=["key", "mining", "drift"])
def test_a_notice_comes_back_from_its_json_unchanged(make):
    notice = told(make(), Kind.FOLLOW_UP)
    assert Notice.from_json(notice.to_json()) == notice


def test_a_notice_kept_by_another_version_can_still_be_told():
    notice = told(exposed_key())
    newer = notice.to_json().replace('"attack":', '"mood":"calm","attack":').replace('"undo":', '"new":1,"undo":')
    assert Notice.from_json(newer) == notice
    older = notice.to_json().replace('"ceilings":[],', "")
    assert Notice.from_json(older) == notice


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"severity": "LOUD"}', "null"])
def test_a_broken_kept_notice_is_not_told_and_says_so(text):
    with pytest.raises(NotDelivered, match="A kept notice cannot be read"):
        Notice.from_json(text)
