"""The bar charts of the quality report: values laid out as rectangles, which a template draws as inline SVG.

A drawing is 100 wide and 10 high, and is stretched to the width of the page; all text is beside it as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

HEIGHT = 10.0
COLOURS = ("s0", "s1", "s2", "s3", "s4", "s5")
"""Classes of `templates/style.css`."""


@dataclass(frozen=True)
class Bar:
    """A rectangle in the colour of a series."""

    x: float
    width: float
    series: int
    y: float = 0.0
    height: float = HEIGHT


@dataclass(frozen=True)
class Row:
    """One line of a chart: its label, its values as text, and its drawing."""

    label: str
    text: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Chart:
    """Lines that share a scale, the names of the series, and the values behind them.

    Attributes:
        name: id of the chart in the page.
        title: what is drawn.
        caption: what it shows and what to look for.
        series: names of the series, in the order of their colours.
        rows: the lines.
        columns: names of the columns of `numbers`.
        numbers: the rows of the query, to be read as a table.
        colours: class of each series in the style sheet; they repeat after the last one.
    """

    name: str
    title: str
    caption: str
    series: Sequence[str]
    rows: Sequence[Row]
    columns: Sequence[str]
    numbers: Sequence[Sequence[object]]
    colours: Sequence[str] = COLOURS


@dataclass(frozen=True)
class Part:
    """A part of the report: its charts, or why there are none yet."""

    name: str
    title: str
    charts: Sequence[Chart] = ()
    missing: str = ""


def stacked(label: str, values: Mapping[str, float], series: Sequence[str], total: float | None = None) -> Row:
    """The parts of a whole, side by side.

    Args:
        label: what the whole is.
        values: value by name of the series; absent ones count 0.
        series: all names, in the order of their colours.
        total: the value of the full width; None: the sum of the values.
    """
    whole = total or sum(values.values())
    bars, x = [], 0.0
    for at, name in enumerate(series):
        width = 100 * values.get(name, 0) / whole if whole else 0
        if width:
            bars.append(Bar(x, width, at))
        x += width
    text = ", ".join(f"{name.replace('_', ' ')} {number(values[name])}" for name in series if values.get(name))
    return Row(label, text or "none", bars)


def spread(label: str, text: str, quantiles: Sequence[float], top: float) -> Row:
    """10%, 25%, 50%, 75% and 90% of a distribution on a scale from 0 to `top`: a line, a box, and the median."""
    low, first, middle, third, high = (100 * value / top for value in quantiles)
    return Row(
        label,
        text,
        [
            Bar(low, high - low, 0, 4, 2),
            Bar(first, third - first, 0, 1, 8),
            Bar(max(middle - 0.4, 0), 0.8, 1),
        ],
    )


def number(value: float) -> str:
    """A number with thousands separated, and decimals only where it has any."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def nothing(name: str, title: str, table: str, otherwise: str = "") -> Part:
    """A part without charts, and why."""
    said = f"Nothing to show yet: table {table} has no rows" + (f", {otherwise}" if otherwise else "")
    return Part(name, title, missing=said)


def columns_and_rows(con: duckdb.DuckDBPyConnection, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Names of the columns, and the rows."""
    cursor = con.execute(query)
    return [column[0] for column in cursor.description or []], cursor.fetchall()
