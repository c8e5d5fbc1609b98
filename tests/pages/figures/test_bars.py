"""The bar chart of a table: what its SVG holds for values as queries give them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from reasonmed_assets.pages.figures.bars import COLOURS, bar_chart

_SVG = "{http://www.w3.org/2000/svg}"


def _bars(svg: str) -> list[tuple[str, float]]:
    """(colour, width) of every bar, in order."""
    drawn = ElementTree.fromstring(svg).iter(f"{_SVG}rect")
    return [(one.attrib["fill"], float(one.attrib["width"])) for one in drawn if one.attrib["height"] == "16"]


def _texts(svg: str) -> list[str]:
    return [str(one.text) for one in ElementTree.fromstring(svg).iter(f"{_SVG}text")]


def test_bars_are_as_long_as_their_values_and_say_them() -> None:
    svg = bar_chart("Questions by tier", [("easy", "questions", 4), ("difficult", "questions", 1234.0)])
    (_, short), (_, long) = _bars(svg)
    assert short / long == pytest.approx(4 / 1234, abs=0.001)
    assert _texts(svg) == ["Questions by tier", "easy", "4", "difficult", "1,234"]


def test_series_have_colours_and_a_legend_and_an_absent_one_no_bar() -> None:
    svg = bar_chart("Verdicts", [("a", "correct", 2), ("a", "error", 1), ("b", "error", 2)])
    assert [colour for colour, _ in _bars(svg)] == [COLOURS[0], COLOURS[1], COLOURS[1]]
    assert _texts(svg)[:3] == ["Verdicts", "correct", "error"]


def test_texts_are_data_and_values_may_be_none_or_nothing() -> None:
    svg = bar_chart("a < b", [("<i>", "x & y", 0), ("none", "x & y", None), (None, "z", 0.0)])  # type: ignore[list-item]
    assert _texts(svg) == ["a < b", "x & y", "z", "<i>", "0", "none", "None", "0"]
    assert all(0 <= width <= 700 for _, width in _bars(svg))


def test_a_control_character_and_what_is_no_number_leave_the_picture_whole() -> None:
    svg = bar_chart("x\x00", [("a\x1b", "s", float("nan")), ("b\n", "s", float("inf")), ("c", "s\x07", 2.0)])
    assert _texts(svg) == ["x�", "s", "s�", "a�", "b�", "c", "2"]
    assert len(_bars(svg)) == 1


def test_everything_lies_within_the_picture() -> None:
    rows = [(f"label {at} " * 9, f"series {at}", float(at)) for at in range(9)]
    root = ElementTree.fromstring(bar_chart("Many", rows))
    for one in root.iter(f"{_SVG}rect"):
        assert float(one.get("x", 0)) + float(one.attrib["width"]) <= float(root.attrib["width"])
        assert float(one.get("y", 0)) + float(one.attrib["height"]) <= float(root.attrib["height"])
