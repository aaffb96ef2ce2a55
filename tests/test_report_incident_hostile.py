"""What an attacker wrote into an event, or AWS into an answer, is shown in a report, and does nothing there."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from chalicelib.catalogue import Catalogue
from chalicelib.decision import Action, Decision
from chalicelib.ledger import Stored, Told
from chalicelib.model import Actor, Call, Ceiling, Change, Finding, Mode, Outcome, Resource, Severity
from chalicelib.notify import Kind, Notice
from chalicelib.notify.escape import line
from chalicelib.notify.notice import ResourceLine, Verdict, Who
from cli.reports.incident import IncidentReport, Kept, report
from cli.reports.incident_evidence import Evidence
from cli.reports.incident_html import render_html
from cli.reports.incident_json import render_json
from cli.reports.incident_markdown import render_markdown
from cli.reports.markdown import code, fenced, text
from tests.replaying import NOW

AT = NOW.isoformat()
PLAIN = "x"
HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an image": '"><img src=https://example.com/x onerror=alert(1)>',
    "the end of what it is in": "</summary></details></pre></style></title></main>--> ]]>",
    "an attribute": "' onmouseover='alert(1)",
    "a template": "{{ 7 * 7 }}{% raw %}${7*7}#{7*7}",
    "an entity": "&lt;b&gt;&#60;i&#62;",
    "a link": "[a](javascript:alert(1)) <https://example.com> https://example.com www.example.com",
    "a picture": "![a](https://example.com/x.png)",
    "formats": "**a** __b__ ~~c~~ `d` ``e`` ```\nf\n``` $g$ | h |",
    "blocks": "# a\n\n- b\n\n1. c\n\n> d\n\n---\n\n    e\n\n```\nf",
    "a mention": "@here @octocat a@example.com",
    "what nobody sees": "adm\u200bin\u202e\x00\x1b[2J\ud800",
    "a lot": "<b>" * 5000,
}


def evil(said: str) -> tuple[Stored, Notice]:
    """Return an incident, and its message, in which every text that somebody else can write is this one."""
    resource = Resource(said, said, said, said, details={said: said})
    finding = Finding(
        *(said, "1", said, said, said, said, Severity.HIGH, said, said, AT, AT),
        event={"detail": {said: said}, "time": said},
        count=2,
        resources=(resource,),
        actor=Actor(*[said] * 9),
    )
    change = Change(
        id=said,
        incident="inc-1",
        finding=said,
        rule=said,
        remediation=said,
        resource=resource,
        mode=Mode.APPROVE,
        outcome=Outcome.FAILED,
        before={said: {"kept": said}, "list": [said]},
        after={said: {"kept": [said]}, "list": []},
        ceilings=(Ceiling(said, Mode.APPROVE, said),),
        reason=said,
        calls=(Call(f"ec2:Modify{said}", {said: said}, said, "", AT), Call("ec2:Modify", {}, "r", said)),
        digest="d",
        at=AT,
    )
    decision = Decision(Action.UNDO, "inc-1", said, AT, said, reason=said, result=said)
    shown = line(said, 500)  # as `compose` leaves every text of a notice
    notice = Notice(
        *("n", "inc-1", Kind.INCIDENT, shown, Verdict.NOT_CONTAINED, Severity.HIGH),
        *(shown, shown, shown, shown, shown, shown, shown, AT, AT),
        resources=(ResourceLine(shown, shown, shown, shown),),
        who=Who(*[shown] * 5),
        look_at=shown,
        at=AT,
        tally=shown,
    )
    receipts = {said: {said: said}, "slack": {"error": said}}
    told = (Told("n", notice.to_json(), receipts, AT), Told("m", replace(notice, to=said).to_json()))
    stored = Stored("inc-1", AT, (finding,), (said,), (change,), told, decisions=(decision,), acknowledged_by=said)
    return stored, notice


def reported(said: str, catalogue: Catalogue) -> IncidentReport:
    stored, notice = evil(said)
    shown = line(said, 500)
    proven = Evidence(False, "bad", shown, (shown,), (shown,), ())
    return report(Kept(stored, {}, proven), notice, catalogue, NOW)


class Skeleton(HTMLParser):
    """The tags of a page with their attributes, without any text; and where it leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.leads: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))
        self.leads += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((f"/{tag}", ()))


def markdown_of(page: str) -> list[str]:
    """Return what a Markdown renderer makes of a page, without its texts: blocks, and what is in a line."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)
    inside = [child.type for token in tokens for child in token.children or () if child.type != "softbreak"]
    return [token.type for token in tokens] + [each for each in inside if each != "text"]


@pytest.fixture(scope="module")
def harmless(catalogue: Catalogue) -> IncidentReport:
    return reported(PLAIN, catalogue)


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
class TestWhatSomebodyElseWrote:
    def test_it_is_no_part_of_the_page(self, catalogue: Catalogue, harmless: IncidentReport, said: str) -> None:
        found, plain = Skeleton(render_html(reported(said, catalogue))), Skeleton(render_html(harmless))
        assert found.tags == plain.tags
        assert [each for each in found.leads if not each.startswith(("#", "data:,"))] == []

    def test_it_is_no_markdown(self, catalogue: Catalogue, harmless: IncidentReport, said: str) -> None:
        assert markdown_of(render_markdown(reported(said, catalogue))) == markdown_of(render_markdown(harmless))

    def test_it_is_bounded_and_seen(self, catalogue: Catalogue, said: str) -> None:
        found = reported(said, catalogue)
        for page in (render_html(found), render_markdown(found)):
            assert not set(page) & set("\u200b\u202e\x00\x1b\ud800")
            assert len(page.encode()) < 2_000_000

    def test_json_has_it_as_text(self, catalogue: Catalogue, said: str) -> None:
        found = json.loads(render_json(reported(said, catalogue)))
        assert found["changes"][0]["before"] == evil(said)[0].changes[0].before
        assert len(found["findings"][0]["title"]) <= 500


SCHEMA = {
    *("schema_version", "generated_at", "incident", "opened_at", "stage", "title", "headline", "verdict", "tone"),
    *("meaning", "tally", "severity", "sample", "grouped", "account", "account_name", "environment", "region"),
    *("count", "resources", "who", "look_at", "commands", "spans", "milestones", "changes", "asked", "decisions"),
    *("acknowledged_by", "snoozed_until", "notices", "rules", "undo_command", "undo", "evidence", "findings"),
}


def test_the_shape_of_the_json_is_what_it_was(harmless: IncidentReport) -> None:
    found = json.loads(render_json(harmless))
    assert (set(found), found["schema_version"]) == (SCHEMA, 1)
    assert set(found["changes"][0]) == {
        *("number", "id", "rule", "remediation", "title", "impact", "resource", "mode", "approved", "ceilings"),
        *("outcome", "tone", "reason", "decided_at", "moments", "contained_at", "holds_until", "differs", "diff"),
        *("before", "after", "calls", "calls_left_out"),
    }
    assert set(found["milestones"][0]) == {"at", "kind", "tone", "title", "lines", "more", "after", "gap"}
    assert set(found["evidence"]) == {"verifies", "tone", "said", "faults", "waiting", "seals"}


def test_every_text_of_the_report_is_on_one_line(catalogue: Catalogue) -> None:
    def texts(value: Any) -> list[str]:
        if is_dataclass(value):
            kept = [each.name for each in fields(value) if each.name not in {"before", "after", "event"}]
            return [found for name in kept for found in texts(getattr(value, name))]
        if isinstance(value, tuple):
            return [found for each in value for found in texts(each)]
        return [value] if isinstance(value, str) else []

    found = texts(reported("a\nb\u200bc" + "d" * 9000, catalogue).changes)
    assert len(found) > 20
    assert [each for each in found if "\n" in each or "\u200b" in each or len(each) > 2001] == []


class TestMarkdown:
    @pytest.mark.parametrize("said", ["a `b` c", "`", "``a", "a```b````", "a|b", "<b>"])
    def test_code_is_exactly_what_it_is_of(self, said: str) -> None:
        [block] = [token for token in MarkdownIt().parse(f"- {code(said)}") if token.type == "inline"]
        assert [(each.type, each.content) for each in block.children or ()] == [("code_inline", said)]

    def test_a_fence_ends_where_it_should(self) -> None:
        said = "a\n```\n````\n~~~\nb"
        [block] = [token for token in MarkdownIt().parse(f"{fenced(said, 'json')}\n\n# c") if token.type == "fence"]
        assert (block.content, block.info) == (f"{said}\n", "json")

    @pytest.mark.parametrize("said", ["a.b-c (d) e/f: g", "arn:aws:iam::1:role/a+b=c,d.e", "10.2 of 3, #4 + 5"])
    def test_prose_reads_as_it_was_written(self, said: str) -> None:
        [block] = [token for token in MarkdownIt().parse(text(said)) if token.type == "inline"]
        assert "".join(each.content for each in block.children or ()) == said
