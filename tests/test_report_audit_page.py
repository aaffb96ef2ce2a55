"""The audit as people read it: each figure can be followed, nothing hostile acts, and what is not there is said."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.catalogue import Catalogue
from chalicelib.ledger.keys import incident_pk
from cli.reports.audit import render_html, render_json, render_markdown
from cli.reports.audit_page import sections
from cli.reports.audit_report import AuditReport, Read, report
from cli.reports.audit_said import LISTED, Cell, number
from cli.reports.audit_seen import seen
from cli.reports.charts import Chart, Series, drawn
from tests.audit_reports import START, Quarter, quarter

HOSTILE = "<script>alert(1)</script>|`x`[a](http://evil.example.com)'\"&<img src=x onerror=alert(2)>\u202e{{ 7 * 7 }}"
"""What an attacker may name a resource, and write into a reason."""


class Page(HTMLParser):
    """What a page has: its elements, its ids, where its links lead, and what it says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[str] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append(tag)
        self.attributes += told
        self.ids += [told["id"] or ""] if "id" in told else []
        self.links += [told["href"] or ""] if "href" in told else []

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.fixture(scope="module")
def made(catalogue: Catalogue) -> Iterator[Quarter]:
    with quarter(catalogue, few=True) as made:
        yield made


@pytest.fixture(scope="module")
def told(made: Quarter) -> AuditReport:
    return made.audit()


@pytest.fixture(scope="module")
def hostile(made: Quarter) -> AuditReport:
    """Return the audit of a ledger in which everything that an event or a person can name is hostile."""
    table, now = made.engine().ledger.table, made.clock.now
    found = []
    for id_ in made.ids.values():
        items = table.query(incident_pk(id_))
        spoiled = {
            sk: {**item, "body": _spoiled(item["body"])} if "body" in item else item for sk, item in items.items()
        }
        found.append(seen(id_, spoiled, made.catalogue, now))
    return report(Read(found, (), ()), made.catalogue, made.lab.organization, START, now, now)


def _spoiled(body: str) -> str:
    """Return a record with hostile names, reasons and people."""

    def spoil(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: spoil(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [spoil(inner) for inner in value]
        return HOSTILE if name in {"reason", "by", "title", "account", "region", "result"} and value else value

    told = json.loads(body)
    if "resource" in told:
        told["resource"]["id"] = HOSTILE
    return json.dumps(spoil(told))


def test_every_figure_is_as_many_as_the_incidents_behind_it_or_more_changes_of_them(told: AuditReport) -> None:
    for section in sections(told):
        for table in section.tables:
            for cell in (cell for row in table.rows for cell in row if cell.ids and cell.look == "number"):
                first = int(cell.text.partition(" ")[0])
                assert first >= len(cell.ids)
                assert set(cell.ids) <= {each.id for each in (*told.incidents, *told.said)}


def test_every_link_leads_to_a_place_on_the_page_and_no_id_stands_twice(told: AuditReport) -> None:
    page = Page(render_html(told))
    own = {link.removeprefix("#") for link in page.links if link.startswith("#")}
    assert own <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert {each.id for each in told.incidents} <= set(page.ids)
    assert [link for link in page.links if not link.startswith("#")] == ["data:,"]


def test_the_page_has_no_script_and_asks_for_nothing(told: AuditReport) -> None:
    page = Page(render_html(told))
    assert not {"script", "img", "iframe", "object", "image", "use"} & set(page.tags)
    assert not [name for name in page.attributes if name.startswith("on") or name in {"src", "xlink:href"}]
    assert page.tags.count("h1") == 1


def test_each_chart_has_a_title_a_sentence_in_its_stead_and_its_numbers(told: AuditReport) -> None:
    text = render_html(told)
    charts = re.findall(
        r'<figure.*?<figcaption>(.*?)</figcaption>.*?aria-label="(.*?)".*?<summary>The numbers', text, re.S
    )
    assert [title for title, _ in charts] == [
        "Incidents per week, by severity",
        "Incidents by rule",
        "How incidents stand",
        "Time from receipt until contained",
    ]
    assert all(says for _, says in charts)


def test_hostile_names_are_shown_and_do_nothing(hostile: AuditReport) -> None:
    text = render_html(hostile)
    page = Page(text)
    assert not {"script", "img"} & set(page.tags)
    assert not [name for name in page.attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in " ".join(page.said)
    assert "\u202e" not in text
    assert "49" not in [said.strip() for said in page.said]


def test_hostile_names_neither_end_a_cell_nor_format_in_markdown(hostile: AuditReport) -> None:
    text = render_markdown(hostile)
    assert "\u202e" not in text
    assert "alert(1)" in text
    tables = re.findall(r"^\|.*\n\|---.*\n(?:\|.*\n?)+", text, re.M)
    assert len(tables) > 10
    for table in tables:
        columns = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(columns) == 1, table[:500]
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", re.sub(r"\\`", "", text))
    assert not re.search(r"(?<!\\)<(script|img)", outside)
    assert not re.search(r"(?<!\\)\]\(", outside)


def test_hostile_names_stay_json(hostile: AuditReport) -> None:
    found = json.loads(render_json(hostile))
    assert "<script>alert(1)</script>" in json.dumps(found["deeds"])


def test_a_chart_escapes_its_labels_and_shows_what_is_there() -> None:
    chart = Chart("t", HOSTILE, ("<b>a</b>", HOSTILE, "none"), (Series("n", "plain", (3, 1, 0)),))
    page = Page(str(drawn(chart)))
    assert set(page.tags) <= {"svg", "g", "rect", "path", "text", "title"}
    assert "<b>a</b>" in page.said
    assert {"3", "1", "0"} <= set(page.said)
    assert not page.ids


def test_standing_bars_are_as_high_as_their_numbers() -> None:
    chart = Chart("t", "says", ("a", "b"), (Series("X", "s-high", (1, 4)), Series("Y", "s-low", (2, 0))), stands=True)
    text = str(drawn(chart))
    heights = [float(found) for found in re.findall(r'<g class="bar"><rect [^>]*? height="([\d.]+)"', text)]
    one = heights[0]
    assert [round(height / one, 2) for height in heights] == [1, 4, 2]
    assert text.count('class="s-high"') == text.count('class="s-low"') > 0


def test_drawing_changes_nothing_for_the_import_of_other_modules() -> None:
    drawn(Chart("T", "said", ("one",), (Series("S", "high", (1.0,)),)))
    assert [finder for finder in sys.meta_path if not hasattr(finder, "find_spec")] == []


def test_a_long_list_behind_a_figure_says_how_many_more_there_are() -> None:
    cell = number([f"inc-{each}" for each in range(LISTED + 7)])
    assert (cell.text, len(cell.listed), cell.more) == (str(LISTED + 7), LISTED, 7)
    assert Cell("x").more == 0


def test_an_empty_period_is_said_and_not_drawn(made: Quarter) -> None:
    empty = made.audit(START - timedelta(days=900), START - timedelta(days=810))
    text = render_html(empty)
    said = " ".join(Page(text).said)
    assert "<figure" not in text
    for each in (
        "No incidents of no rules were opened",
        "No incident.",
        "No response failed.",
        "Nothing was taken back.",
    ):
        assert each in said
    assert "None seen." in said
    assert "nothing was measured" in said
    assert "| all | 0 of 0 | none | none | none | none | 0 |" in render_markdown(empty)


def test_the_period_and_its_bounds_are_said_in_utc(told: AuditReport) -> None:
    said = " ".join(Page(render_html(told)).said)
    assert f"{START:%Y-%m-%d %H:%M} to {datetime.fromisoformat(told.until):%Y-%m-%d %H:%M} UTC" in said
