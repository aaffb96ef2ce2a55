"""Charts as inline SVG, drawn by pygal: no script, no style of their own, no colour alone; the page gives the colours.

What pygal adds for its own pages (a script, a style sheet per chart, ids, tooltips that only a script can show) is left
out of what it draws, so that the page's own style holds, in light and dark and in print.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

WIDTH = 380
"""Units of a chart's width: that of a phone, so that its letters are as large there as they are meant."""

LETTER = 12
"""Units of a letter's height."""

_LINE, _FOOT, _NAMED = 26, 60, 34
"""Units of height of a bar that lies, what stands under bars that stand, and characters shown of a name."""

_LABELS = 6
"""How many names fit side by side under the bars."""


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind, one for each label. `look` is a class of the page's style: its colour and its pattern."""

    name: str
    look: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: bars that `stand` on a time axis and on each other, or that lie, one for each label.

    `says` is all of it in a sentence, for who does not see it.
    """

    title: str
    says: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    stands: bool = False


def drawn(chart: Chart) -> Markup:
    """Return a chart as SVG; every text in it is escaped."""
    made = _standing(chart) if chart.stands else _lying(chart)
    root = made.render_tree()
    _clean(root, [each.look for each in chart.series])
    root.attrib = {"class": "chart", "viewBox": root.get("viewBox", ""), "role": "img", "aria-label": chart.says}
    return Markup(tostring(root, encoding="unicode"))  # noqa: S704 - made of elements, whose texts are escaped


def _pygal() -> Any:
    """Return pygal, without what it adds to every later import: its maps alone need that, and Python 3.11 warns."""
    import pygal  # type: ignore[import-untyped] # noqa: PLC0415 - only who draws waits for it

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]
    return pygal


def _standing(chart: Chart) -> Any:
    top = max((sum(at) for at in zip(*(each.values for each in chart.series), strict=True)), default=0)
    every = -(-len(chart.labels) // _LABELS) or 1
    made = _pygal().StackedBar(
        **_common(240),
        x_labels_major=list(chart.labels[::every]),
        show_minor_x_labels=False,
        y_labels=_ticks(top),
        truncate_label=-1,
    )
    made.x_labels = list(chart.labels)
    for each in chart.series:
        made.add(each.name, list(each.values))
    return made


def _lying(chart: Chart) -> Any:
    """Return bars that lie, the first label at the top."""
    [series] = chart.series
    made = _pygal().HorizontalBar(
        **_common(_FOOT // 2 + _LINE * max(len(chart.labels), 1)),
        show_x_labels=False,
        print_values=True,
        print_values_position="top",
        truncate_label=-1,
        range=(0, max(max(series.values, default=0) * 1.15, 1)),  # room for the number behind the longest bar
        formatter=lambda value: f"{value:g}",
    )
    made.x_labels = [_cut(label) for label in reversed(chart.labels)]
    made.add(series.name, list(reversed(series.values)))
    return made


def _common(height: int) -> dict[str, Any]:
    style = _pygal().style.Style(label_font_size=LETTER, major_label_font_size=LETTER, value_font_size=LETTER)
    return {
        "width": WIDTH,
        "height": height,
        "style": style,
        "css": (),
        "js": (),
        "show_legend": False,
        "margin": 4,
        "spacing": 6,
        "disable_xml_declaration": True,
        "no_data_text": "",
    }


def _ticks(top: float) -> list[int]:
    """Return whole numbers from nothing to the top, a handful at most."""
    step = next(size for power in range(12) for size in (10**power, 2 * 10**power, 5 * 10**power) if top <= 5 * size)
    return list(range(0, max(-(-int(top) // step), 1) * step + 1, step))


def _cut(label: str) -> str:
    return label if len(label) <= _NAMED else f"{label[: _NAMED - 1]}…"


def _clean(root: Element, looks: Sequence[str]) -> None:
    """Leave out what only a script would use, and have each series look as the page says."""
    parents = {child: parent for parent in root.iter() for child in parent}
    for element in list(root.iter()):
        element.attrib.pop("id", None)
        element.attrib.pop("style", None)
        tag = element.tag if isinstance(element.tag, str) else ""  # a comment has none
        classes = element.get("class", "").split()
        if tag in {"defs", "title", "desc", ""} or "tooltip-overlay" in classes or _is_empty(element):
            parents[element].remove(element)
        for number, look in enumerate(looks):
            if f"color-{number}" in classes:
                element.set("class", look)
    for bar, said in _bars(root, parents):
        SubElement(bar, "title").text = said


def _is_empty(element: Element) -> bool:
    """Tell whether it is a bar of no height or no width."""
    return element.tag == "rect" and "0.0" in {element.get("height"), element.get("width")}


def _bars(root: Element, parents: dict[Element, Element]) -> Iterator[tuple[Element, str]]:
    """Yield each bar that is there, and what the page shows where somebody points at it."""
    for bar in root.iter("g"):
        if bar.get("class") == "bar" and bar.find("rect") is not None:
            told = {
                d.get("class", ""): d.text or "" for d, parent in parents.items() if d.tag == "desc" and parent is bar
            }
            yield bar, f"{told.get('x_label', '')}: {told.get('value', '')}"
