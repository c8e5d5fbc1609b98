"""The bar chart of a table, as an SVG that stands alone: Dagster shows it where it shows no page of ours."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import isfinite
from typing import TypeGuard

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#7f7f7f")
"""Of the series, as in the style of the pages, in light; they repeat after the last one."""
_WIDTH, _TOP, _BAR, _GAP, _LETTER, _VALUE = 700, 40, 18, 12, 8.4, 70
"""Pixels; of a letter, those that a wide one takes."""
_LONGEST = 36
"""Characters of a label."""


def bar_chart(title: str, rows: Sequence[tuple[str, str, float | None]]) -> str:
    """A bar for each value, those of a label together, each with its number; a legend where there are several series.

    Args:
        title: what is drawn.
        rows: (label, series, value) in the order in which labels and series appear; without a value, or with one that
            is no number, there is no bar.
    """
    labels = list(dict.fromkeys(str(label) for label, _, _ in rows))
    shown = {label: label if len(label) <= _LONGEST else f"{label[:_LONGEST]} …" for label in labels}
    series = list(dict.fromkeys(str(name) for _, name, _ in rows))
    values = {(str(label), str(name)): value for label, name, value in rows if _is_drawn(value)}
    left = 16 + _LETTER * max(map(len, shown.values()))
    scale = (_WIDTH - left - _VALUE) / max(values.values(), default=0) if any(values.values()) else 0
    drawn, y = _legend(series) if len(series) > 1 else ([], _TOP)
    for label in labels:
        of_label = [(at, values[label, name]) for at, name in enumerate(series) if (label, name) in values]
        middle = y + _BAR * max(len(of_label), 1) / 2 + 5
        drawn.append(f'<text x="{left - 8:.0f}" y="{middle:.0f}" text-anchor="end">{_text(shown[label])}</text>')
        for at, value in of_label:
            width = max(scale * value, 1)
            drawn.append(
                f'<rect x="{left:.0f}" y="{y:.0f}" width="{width:.1f}" height="{_BAR - 2}" fill="{_colour(at)}"/>'
                f'<text x="{left + width + 6:.1f}" y="{y + 13:.0f}" font-size="12">{value:,.4g}</text>'
            )
            y += _BAR
        y += _GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{y:.0f}" viewBox="0 0 {_WIDTH} {y:.0f}" '
        'font-family="sans-serif" font-size="13" fill="#1b1b1b" role="img">'
        f'<rect width="{_WIDTH}" height="{y:.0f}" fill="#ffffff"/>'
        f'<text x="16" y="24" font-size="15" font-weight="bold">{_text(title)}</text>{"".join(drawn)}</svg>'
    )


def _legend(series: Sequence[str]) -> tuple[list[str], int]:
    """The names of the series in lines, and where the bars begin below them."""
    drawn, x, y = [], 16.0, _TOP
    for at, name in enumerate(series):
        width = 40 + _LETTER * len(name)
        if x > 16 and x + width > _WIDTH:
            x, y = 16, y + 20
        drawn.append(
            f'<rect x="{x:.0f}" y="{y}" width="12" height="12" fill="{_colour(at)}"/>'
            f'<text x="{x + 18:.0f}" y="{y + 11}">{_text(name)}</text>'
        )
        x += width
    return drawn, y + 24


def _is_drawn(value: float | None) -> TypeGuard[float]:
    return value is not None and isfinite(value)


def _text(text: str) -> str:
    """A text as XML can hold it: no control characters."""
    return escape("".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text))


def _colour(at: int) -> str:
    return COLOURS[at % len(COLOURS)]
