"""What of a release is rendered from its record alone: the index of trainers, the pictures, card and Croissant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reasonmed_assets.pages.figures.charts import HEIGHT
from reasonmed_assets.release.dataset import layout
from reasonmed_assets.release.dataset.description.card import card, templates
from reasonmed_assets.release.dataset.description.croissant import croissant
from reasonmed_assets.release.set_forms import index_entries, set_name

_COLOURS = {
    "s0": "#0072b2",
    "s1": "#e69f00",
    "s2": "#009e73",
    "s3": "#cc79a7",
    "s4": "#d55e00",
    "s5": "#7f7f7f",
    "mark": "#1b1b1b",
}
"""As in the style of the pages, in light."""
_TOP, _LINE, _LETTER = 68, 42, 8


def rendered(record: Mapping[str, Any], digests: Mapping[str, tuple[int, str]]) -> dict[str, str]:
    """Name -> text of each file.

    Args:
        record: see `record.gathered`, as JSON holds it.
        digests: size in bytes and SHA-256 of the data files, by name.
    """
    names = [set_name(table, fold) for table, folds in sorted(record["shards"].items()) for fold in folds]
    index = {key: entry for name in names for key, entry in index_entries(name).items()}
    pictures = {f"{layout.PICTURES}/{chart['name']}.svg": _picture(chart) for chart in record["charts"]}
    return {
        layout.INDEX: json.dumps(index, indent=2) + "\n",
        layout.CARD: card(record),
        layout.CROISSANT: croissant(record, digests),
        **pictures,
    }


def _picture(chart: Mapping[str, Any]) -> str:
    colours = [_COLOURS[name] for name in chart["colours"]]
    legend, x = [], 16
    for at, name in enumerate(chart["series"]):
        shown = name.replace("_", " ")
        legend.append((shown, x, colours[at % len(colours)]))
        x += 40 + _LETTER * len(shown)
    lines = [
        (row, _TOP + at * _LINE, [(bar, colours[bar["series"] % len(colours)]) for bar in row["bars"]])
        for at, row in enumerate(chart["rows"])
    ]
    height = _TOP + _LINE * len(lines) + int(HEIGHT)
    return templates().get_template("picture.svg").render(chart=chart, legend=legend, lines=lines, height=height)
