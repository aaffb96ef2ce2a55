"""The reports of the demo, opened from disk in a real browser: on a phone and a desk, light and dark, and printed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
WIDTHS, SCHEMES = (390, 1280), ("light", "dark")

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine"),
    pytest.mark.xdist_group("browser"),
]

CONTRAST = """() => {
  const bright = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const read = text => text.match(/[\\d.]+/g).map(Number);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const found = read(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const own = nodes.currentNode.parentElement;
    const style = getComputedStyle(own);
    if (!nodes.currentNode.textContent.trim() || !own.getClientRects().length || own.closest('title, desc')) continue;
    const ink = own.closest('svg') ? style.fill : style.color;
    const [a, b] = [bright(read(ink)), bright(behind(own))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${own.tagName}.${own.className.baseVal ?? own.className}`);
  }
  return [...new Set(poor)];
}"""

WRONG = """() => {
  const wrong = [];
  const all = selector => [...document.querySelectorAll(selector)];
  if (document.documentElement.lang !== 'en') wrong.push('no language');
  if (!document.title.trim()) wrong.push('no title');
  for (const one of ['h1', 'main', 'header', 'footer'])
    if (all(`body > ${one}, body > * > ${one}`).length !== 1) wrong.push(`not one ${one}`);
  const levels = all('h1, h2, h3, h4').map(each => +each.tagName[1]);
  levels.forEach((level, n) => {
    if (n && level > levels[n - 1] + 1) wrong.push(`h${level} after h${levels[n - 1]}`);
  });
  const ids = all('[id]').map(each => each.id);
  if (new Set(ids).size !== ids.length) wrong.push('an id stands twice');
  for (const each of all('a[href^="#"]'))
    if (!document.getElementById(each.getAttribute('href').slice(1))) wrong.push(`${each.href} leads nowhere`);
  for (const each of all('[aria-labelledby]'))
    for (const id of each.getAttribute('aria-labelledby').split(/\\s+/))
      if (!document.getElementById(id)) wrong.push(`nothing is called ${id}`);
  for (const each of all('img, svg:not([aria-hidden="true"]), [role="img"]'))
    if (!each.getAttribute('aria-label') && !each.getAttribute('aria-labelledby') && !each.getAttribute('alt')
        && !each.querySelector(':scope > title')) wrong.push(`${each.outerHTML.slice(0, 80)} has no text in its stead`);
  for (const each of all('table')) if (!each.querySelector('th[scope]')) wrong.push('a table without heads');
  for (const each of all('script, iframe, object, form, link[rel="stylesheet"]')) wrong.push(each.tagName);
  return wrong;
}"""


@dataclass(slots=True)
class Opened:
    """What a page did while it was open: all that it said or asked for, and what is wrong with it, by screen."""

    heard: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    wide: dict[int, int] = field(default_factory=dict)
    faint: dict[tuple[int, str], list[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Run the demo, and return the reports that it says it has written."""
    folder = tmp_path_factory.mktemp("demo")
    with chdir(folder):
        result = CliRunner().invoke(app, ["demo"])
    assert result.exit_code == 0, result.output
    return [folder / line.strip() for line in result.output.splitlines() if line.strip().endswith(".html")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def opened(reports: list[Path], browser: Any) -> dict[str, Opened]:
    """Open every report, unfold all that is folded, and look at it on every screen."""
    return {path.name: _look(browser.new_page(), path) for path in reports}


def _look(page: Any, path: Path) -> Opened:
    found, own = Opened(), path.as_uri()
    page.on("console", lambda message: found.heard.append(message.text))
    page.on("pageerror", lambda error: found.heard.append(str(error)))
    page.on("request", lambda asked: found.heard.append(asked.url) if asked.url not in {own, "data:,"} else None)
    page.goto(own)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    found.wrong = page.evaluate(WRONG)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if over := page.evaluate("document.documentElement.scrollWidth - window.innerWidth"):
            found.wide[width] = over
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            if poor := page.evaluate(CONTRAST):
                found.faint[width, scheme] = poor
    page.close()
    return found


def test_the_demo_writes_a_report_of_each_incident_and_the_audit(reports: list[Path]) -> None:
    assert [path.name.split("-inc-")[0] for path in reports] == [*(f"incident-{n}" for n in range(1, 6)), "audit.html"]
    assert all(path.stat().st_size > 10_000 for path in reports)


def test_nothing_is_asked_of_the_network_and_nothing_is_complained_of(opened: dict[str, Opened]) -> None:
    assert {name: found.heard for name, found in opened.items()} == {name: [] for name in opened}


def test_no_page_is_wider_than_its_screen(opened: dict[str, Opened]) -> None:
    assert {name: found.wide for name, found in opened.items()} == {name: {} for name in opened}


def test_every_text_stands_out_from_what_is_behind_it(opened: dict[str, Opened]) -> None:
    assert {name: found.faint for name, found in opened.items()} == {name: {} for name in opened}


def test_who_listens_to_a_page_finds_their_way(opened: dict[str, Opened]) -> None:
    assert {name: found.wrong for name, found in opened.items()} == {name: [] for name in opened}


def test_a_printed_report_has_what_is_folded_on_the_screen(reports: list[Path], browser: Any) -> None:
    page = browser.new_page()
    page.goto(reports[1].as_uri())
    event = page.locator("pre", has_text='"eventFirstSeen"')
    assert not event.is_visible()
    page.emulate_media(media="print")
    assert event.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF-")
    page.close()
