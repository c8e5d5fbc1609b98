"""The difference of two states as a page: it loads nothing and runs no script; examples open by mouse and keyboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from reasonmed_assets.config.hints import command
from reasonmed_assets.lineage.diff.causes import CAUSES
from reasonmed_assets.lineage.diff.comparison import Diff
from reasonmed_assets.pages.rendering import templates


def render(found: Diff, warehouse: Path, states: Sequence[str]) -> str:
    """The page.

    Args:
        found: the difference.
        warehouse: folder of the warehouse, to name it.
        states: the two states as they were named, for the command that writes the page anew.
    """
    return (
        templates()
        .get_template("diff.html")
        .render(
            diff=found,
            tiers=found.tier_names,
            meanings={cause.name: cause.meaning for cause in CAUSES},
            warehouse=warehouse,
            command=command("diff", *states, warehouse=warehouse),
            written_at=dt.datetime.now(dt.UTC),
        )
    )
