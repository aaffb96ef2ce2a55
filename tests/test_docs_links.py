"""Every link of every page leads somewhere: files, their parts, pictures; addresses outside are well-formed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.pages import ROOT, anchors, links, pages

SHORTENERS = {"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "aka.ms", "t.ly", "rb.gy"}
HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
PAGES = pages()


def broken(page: Path) -> Iterator[str]:
    """Yield what is wrong with the links of a page."""
    root = ROOT if ROOT in page.parents else page.parent
    for link in links(page):
        parts = urlsplit(link.target)
        if parts.scheme or parts.netloc:
            if parts.scheme != "https" or not HOST.fullmatch(parts.netloc) or parts.netloc in SHORTENERS:
                yield f"{link.target} is no address that says where it leads, by https"
            continue
        path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if not path.exists():
            yield f"{link.target} is not there"
        elif not path.is_relative_to(root):
            yield f"{link.target} leads out of the repository"
        elif parts.fragment and path.suffix != ".md":
            yield f"{link.target} names a part of what is no page"
        elif parts.fragment and unquote(parts.fragment) not in anchors(path):
            yield f"{link.target} names a part that {path.name} does not have"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken(page)) == []


def test_the_pages_that_people_start_from_are_among_them_and_lead_to_all_others() -> None:
    """From the README, every page can be reached by links: none is forgotten."""
    seen: set[Path] = set()
    left = [ROOT / "README.md"]
    while left:
        page = left.pop()
        if page in seen:
            continue
        seen.add(page)
        targets = ((page.parent / urlsplit(link.target).path).resolve() for link in links(page))
        left += [path for path in targets if path.suffix == ".md" and path.is_file()]
    assert len(PAGES) > 20
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in seen] == []


def test_every_decision_has_its_line_in_their_index_in_order() -> None:
    folder = ROOT / "docs" / "decisions"
    written = [path.name for path in sorted(folder.glob("[0-9]*.md"))]
    assert [link.target for link in links(folder / "README.md")] == written
    assert [int(name[:3]) for name in written] == list(range(1, len(written) + 1))


PARTS = '# One `two`: (three)?\n\n## Same\n\n## Same\n\n## snake_case - and more\n\n<a name="by-hand"></a>\n'


@pytest.mark.parametrize("part", ["one-two-three", "same", "same-1", "snake_case---and-more", "by-hand"])
def test_a_part_is_named_as_github_names_it(tmp_path: Path, part: str) -> None:
    (tmp_path / "there.md").write_text(PARTS)
    page = tmp_path / "page.md"
    page.write_text(f"[x](there.md#{part})")
    assert list(broken(page)) == []


WRONG = {
    "a file that is not there": ("[x](gone.md)", "gone.md is not there"),
    "a part that is not there": ("[x](there.md#same-2)", "there.md#same-2 names a part that there.md does not have"),
    "a part of its own": ("# Here\n[x](#there)", "#there names a part that page.md does not have"),
    "a picture": ("![x](gone.png)", "gone.png is not there"),
    "a picture in HTML": ('<img src="gone.png" alt="">', "gone.png is not there"),
    "a file outside": ("[x](..)", ".. leads out of the repository"),
    "a part of no page": ("[x](code.py#L1)", "code.py#L1 names a part of what is no page"),
    "by its definition": ("[x]\n\n[x]: gone.md", "gone.md is not there"),
    "http": ("[x](http://example.com/)", "http://example.com/ is no address"),
    "a shortener": ("[x](https://bit.ly/abc)", "https://bit.ly/abc is no address"),
    "a password in it": ("[x](https://a:b@example.com/)", "https://a:b@example.com/ is no address"),
    "an address without a name": ("<https://192.0.2.1/>", "https://192.0.2.1/ is no address"),
    "another scheme": ("[x](file:///etc/passwd)", "file:///etc/passwd is no address"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_leads_nowhere_is_found(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "there.md").write_text(PARTS)
    (tmp_path / "code.py").touch()
    page = tmp_path / "page.md"
    page.write_text(text)
    [found] = broken(page)
    assert found.startswith(said)
