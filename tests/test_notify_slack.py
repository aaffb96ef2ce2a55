"""What a notice looks like in Slack, and that no event can bend it or make it too long to be taken."""

import json
import re
from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.model import Outcome, Severity
from chalicelib.notify import text
from chalicelib.notify.escape import units
from chalicelib.notify.notice import ChangeLine, Kind, Notice, ResourceLine, Verdict, Who
from chalicelib.notify.slack_blocks import COLOURS, render
from tests.test_notify_compose import INSTANCE, MINING, exposed_key, mining, only, told


def mrkdwn(*lines):
    return {"type": "mrkdwn", "text": "\n".join(lines), "verbatim": True}


def section(*lines):
    return {"type": "section", "text": mrkdwn(*lines)}


EU = "https://eu-west-1.console.aws.amazon.com"
HEADLINE = (
    "Not contained: EC2 instance is mining cryptocurrency · i-0a1b2c3d4e5f60718 and 1 more in shop-prod, eu-west-1"
)
VERDICT = "*HIGH* · *Not contained.* At least one step did not work. Act by hand. (1 failed, 1 contained)"
DETAIL = [
    section(
        "*Isolate an EC2 instance*: contained",
        "`i-0a1b2c3d4e5f60718` EC2 Instance",
        "`eni-0: sg-web` → `eni-0: quarantine`",
        "What uses it stops at once.",
    ),
    section("*Why not further*", "• The budget of 20 actions an hour is spent."),
    section("*Check next*", "Look for other instances of the same image."),
    section("*Undo*", "`countermeasure undo inc-1f2e3d`"),
    {
        "type": "context",
        "elements": [
            mrkdwn(
                f"<{EU}/guardduty/home?region=eu-west-1#/findings?search=id%3Db8c1d2e3f4a5968778695a4b3c2d1e0f"
                "|Open the finding>"
            ),
            mrkdwn("ATT&amp;CK T1496"),
        ],
    },
]
ABOUT = [
    {
        "type": "section",
        "fields": [
            mrkdwn("*Account*", "shop-prod `444455556666`"),
            mrkdwn("*Environment*", "production"),
            mrkdwn("*Region*", "eu-west-1"),
            mrkdwn("*Source*", "guardduty `CryptoCurrency:EC2/BitcoinTool.B!DNS`"),
            mrkdwn("*First seen*", "<!date^1762137670^{date_short_pretty} {time_secs}|2025-11-03 02:41:10 UTC>"),
            mrkdwn(
                "*Last seen*", "<!date^1762139062^{date_short_pretty} {time_secs}|2025-11-03 03:04:22 UTC> (3 times)"
            ),
            mrkdwn("*Rule*", "EC2 instance is mining cryptocurrency `guardduty.ec2_mining_cryptocurrency`"),
            mrkdwn("*Incident*", "`inc-1f2e3d`"),
        ],
    },
    section(
        "*Resources*",
        "`i-0a1b2c3d4e5f60718` EC2 Instance · "
        f"<{EU}/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0a1b2c3d4e5f60718|console>",
        "`sg-0a1b2c3d4e5f60718` EC2 SecurityGroup · "
        f"<{EU}/ec2/home?region=eu-west-1#SecurityGroup:groupId=sg-0a1b2c3d4e5f60718|console>",
    ),
    section(
        "*Who* `arn:aws:sts::444455556666:assumed-role/shop-web/i-0a1b2c3d4e5f60718`",
        "*From* `198.51.100.7`",
        "*With* `aws-cli/2.15.0`",
        "*Key* `ASIAIOSFODNN7EXAMPLE`",
        "*MFA* `no`",
    ),
]
TOP = [
    {"type": "header", "text": {"type": "plain_text", "text": HEADLINE, "emoji": False}},
    section(VERDICT),
    section(
        "*Snapshot an instance's volumes*: failed",
        "`i-0a1b2c3d4e5f60718` EC2 Instance",
        "planned: `none` → `snapshotted`",
        "Reason: `UnauthorizedOperation: ec2:CreateSnapshots`",
    ),
]


def test_an_incident_reads_from_the_verdict_down():
    assert render(told(mining())) == {
        "text": f"HIGH · {HEADLINE}",
        "blocks": TOP,
        "attachments": [{"color": "#e8710a", "blocks": ABOUT + DETAIL}],
    }


def test_a_reply_in_the_thread_does_not_repeat_where_and_who():
    assert render(told(mining(), Kind.FOLLOW_UP), in_thread=True) == {
        "text": f"HIGH · {HEADLINE}",
        "blocks": TOP,
        "attachments": [{"color": "#e8710a", "blocks": DETAIL}],
    }


def test_every_severity_has_its_own_colour():
    assert set(COLOURS) == set(Severity)
    assert len(set(COLOURS.values())) == len(Severity)


def test_the_same_notice_reads_as_text():
    assert text.render(told(exposed_key())).splitlines() == [
        "Contained: Access key was published · AKIAIOSFODNN7EXAMPLE in shop-prod, us-east-1",
        "CRITICAL: Changed, and seen to hold. (1 contained)",
        "",
        "Account:  shop-prod (111122223333) production",
        "Region:   us-east-1",
        "Rule:     Access key was published (health.access_key_exposed)",
        "Source:   health AWS_RISK_CREDENTIALS_EXPOSED",
        "Seen:     2025-11-03T02:58:00Z",
        "Incident: inc-1f2e3d",
        "ATT&CK:   T1552.001, T1078.004",
        "Resource: AKIAIOSFODNN7EXAMPLE (IAM AccessKey)  https://us-east-1.console.aws.amazon.com/iam/home"
        "?region=us-east-1#/users/details/deploy-bot?section=security_credentials",
        "",
        "Disable an access key: contained",
        "  AKIAIOSFODNN7EXAMPLE (IAM AccessKey)",
        "  Active -> Inactive",
        "  Impact: What uses it stops at once.",
        "  Note: Undo needs a confirmation: whoever leaked it can use it again",
        "",
        "Check next: Look for what the key did since it was published.",
        "",
        "Undo: countermeasure undo inc-1f2e3d",
    ]


ATTACKS = {
    "a broadcast": "<!channel> <!here|x> <!subteam^S0EXAMPLE>",
    "a link that lies": "<https://evil.example.com|https://console.aws.amazon.com>",
    "a bare link": "https://evil.example.com/login",
    "a verdict of its own": "x` *CRITICAL* · *Contained.* `y",
    "an emoji": ":white_check_mark:",
    "a new line": "x\n*Undo*\n`curl evil.example.com`",
    "unseen characters": "a\u202eb\u200bc\x00d",
    "a very long name": "n" * 10_000,
    "nothing but escapes": "&<>" * 10_000,
}


def attacked(words):
    """Return the notice of an incident in which every text that an event controls is these words."""
    actor = replace(MINING.actor, arn=words, ip=words, user_agent=words, access_key_id=words, mfa=words)
    resource = replace(INSTANCE, type=words, id=words, account=words, region=words, details={"user": words})
    finding = replace(
        MINING,
        id=words,
        type=words,
        title=words,
        account=words,
        region=words,
        first_seen=words,
        last_seen=words,
        resources=(resource,),
        actor=actor,
    )
    response = only(Outcome.FAILED).responses[0]
    change = replace(response.changes[0], resource=resource, before=words, after=[words], reason=words)
    rule = replace(response.rule, title=words)  # a finding without a rule gives its own title
    return told(
        replace(only(Outcome.FAILED), finding=finding, responses=(replace(response, rule=rule, changes=(change,)),))
    )


@pytest.mark.parametrize("words", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_event_cannot_bend_the_message(words):
    message = render(attacked(words))
    holds_slacks_limits(message)
    for shown in mrkdwn_texts(message):
        for sequence in re.findall(r"<[^>]*>?", shown):
            assert re.fullmatch(r"<https://[a-z0-9.-]+\.console\.aws\.amazon\.com/[^|<>]*\|[\w ]+>", sequence)
        outside_code = re.sub(r"`[^`]*`", "", shown)
        assert "`" not in outside_code
        assert not re.search(r"@(here|channel|everyone)|:white_check_mark:|\*CRITICAL\*|\*Contained", outside_code)
        assert not re.search(r"^\*Undo\*$", shown, re.MULTILINE) or shown.startswith("*Undo*\n`countermeasure undo")
    assert not set(json.dumps(message, ensure_ascii=False)) & set("\u202e\u200b\x00")


def mrkdwn_texts(message):
    """Return every text that Slack reads as mrkdwn: those of blocks, and the fallback."""
    found = [message["text"]]
    for block in all_blocks(message):
        for each in (block.get("text"), *block.get("fields", ()), *block.get("elements", ())):
            if each and each["type"] == "mrkdwn":
                assert each["verbatim"] is True
                found.append(each["text"])
    return found


def all_blocks(message):
    return [*message["blocks"], *(block for each in message["attachments"] for block in each["blocks"])]


def holds_slacks_limits(message):
    """Assert the limits of docs.slack.dev, Block Kit reference, and the measured total."""
    assert 1 <= units(message["text"]) <= 300
    blocks = all_blocks(message)
    assert len(blocks) <= 50
    assert len(json.dumps(blocks)) <= 12_000
    for block in blocks:
        match block["type"]:
            case "header":
                assert 1 <= units(block["text"]["text"]) <= 150
            case "section":
                assert 1 <= units(block.get("text", {"text": "x"})["text"]) <= 3000
                assert len(block.get("fields", ())) <= 10
                assert all(1 <= units(field["text"]) <= 2000 for field in block.get("fields", ()))
            case "context":
                assert 1 <= len(block["elements"]) <= 10
                assert all(1 <= units(each["text"]) <= 3000 for each in block["elements"])
            case "actions":
                holds_the_limits_of_buttons(block["elements"])
            case other:
                raise AssertionError(other)


def holds_the_limits_of_buttons(elements):
    """Assert what the Block Kit reference says of actions blocks, buttons and confirmation dialogs."""
    assert 1 <= len(elements) <= 25
    assert len({each["action_id"] for each in elements}) == len(elements)
    for each in elements:
        assert 1 <= units(each["text"]["text"]) <= 75
        assert 1 <= units(each["action_id"]) <= 255
        assert 1 <= units(each["value"]) <= 2000
        assert each.get("style") in {None, "primary", "danger"}
        if dialog := each.get("confirm"):
            assert {name: dialog[name]["type"] for name in ("title", "text", "confirm", "deny")} == dict.fromkeys(
                ("title", "text", "confirm", "deny"), "plain_text"
            )
            assert 1 <= units(dialog["title"]["text"]) <= 100
            assert 1 <= units(dialog["text"]["text"]) <= 300
            assert all(1 <= units(dialog[name]["text"]) <= 30 for name in ("confirm", "deny"))


WORDS = st.sampled_from(
    ["", " ", "x", "&" * 400, "<" * 9000, '"\\' * 300, "😀" * 600, "→" * 600, "n" * 5000, "2025-11-03T02:41:10Z"]
) | st.text(max_size=40)
URLS = WORDS | st.sampled_from(["https://example.com/" + "&" * 300, "https://example.com/" + "a" * 480])


def texts_of(shape):
    return [each.name for each in fields(shape) if each.type == "str"]


def any_of(shape, **more):
    return st.builds(shape, **(dict.fromkeys(texts_of(shape), WORDS) | more))


NOTICES = any_of(
    Notice,
    count=st.integers(0, 10**9),
    left_out=st.integers(0, 10**9),
    resources=st.lists(any_of(ResourceLine, url=URLS), max_size=8).map(tuple),
    changes=st.lists(any_of(ChangeLine), max_size=8).map(tuple),
    who=any_of(Who),
    ceilings=st.lists(WORDS, max_size=8).map(tuple),
    attack=st.lists(WORDS, max_size=8).map(tuple),
    finding_url=URLS,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(NOTICES, st.booleans())
def test_slack_takes_any_notice(notice, in_thread):
    holds_slacks_limits(render(notice, in_thread=in_thread))


@pytest.mark.parametrize(
    "worst", ["😀" * 900, "&" * 900, '"' * 900, "→" * 900], ids=["wide", "escapes", "quotes", "far"]
)
def test_slack_takes_the_longest_of_everything(worst):
    url = "https://example.com/" + "a" * 480
    change = ChangeLine(*[worst] * 7, done=False, reason=worst, impact=worst, undo=worst)
    notice = Notice(
        **(dict.fromkeys(texts_of(Notice), worst) | {"finding_url": url}),
        kind=Kind.INCIDENT,
        verdict=Verdict.WAITING,
        severity=Severity.INFORMATIONAL,
        resources=(ResourceLine(worst, worst, worst, worst, url),) * 99,
        changes=(change,) * 99,
        who=Who(*[worst] * 5),
        ceilings=(worst,) * 99,
        attack=(worst,) * 99,
    )
    message = render(notice)
    holds_slacks_limits(message)
    assert len(message["attachments"][0]["blocks"]) >= 8


def test_what_does_not_fit_is_counted():
    changes = told(only(Outcome.CONTAINED)).changes * 30
    blocks = all_blocks(render(replace(told(only(Outcome.CONTAINED)), changes=changes, left_out=70)))
    shown = sum("*Isolate an EC2 instance*" in json.dumps(block) for block in blocks)
    assert section(f"… and {100 - shown} more: `countermeasure show inc-1f2e3d`") in blocks


def test_one_long_list_is_shortened_before_its_section_is_too_long():
    resource = ResourceLine("AWS::S3::Bucket", "b", "", "", "https://example.com/" + "a" * 480)
    message = render(replace(told(exposed_key()), resources=(resource,) * 12))
    holds_slacks_limits(message)
    (listed,) = [block for block in all_blocks(message) if "*Resources*" in json.dumps(block)]
    assert listed["text"]["text"].endswith("\n… and 8 more")
