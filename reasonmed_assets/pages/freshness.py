"""The page of view `freshness`: how fresh each partition of each table is, which Dagster cannot show at once.

`templates/freshness.html` loads nothing and runs no script, so that it opens from disk as well.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import jinja2

from reasonmed_assets.config.hints import command
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.storage import Warehouse
from reasonmed_assets.storage.freshness import Stale, freshness, stale_of

PAGE = "freshness.html"
"""Its file in the folder of the quality report."""
_LONGEST = 300


def write_freshness(warehouse: Warehouse, folder: Path | None = None) -> list[Stale]:
    """Write the page; returns what is not up to date.

    Args:
        warehouse: whose snapshot is read.
        folder: where to write; None: `quality/` in the warehouse, once something was published.
    """
    rows: list[dict[str, Any]] = []
    if warehouse.has_snapshot:
        with warehouse.snapshot() as con:
            rows = freshness(con)
    elif folder is None:
        return []
    folder = folder or warehouse.companion("quality")
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f".{PAGE}"
    new.write_text(render(rows, warehouse.name), encoding="utf-8")
    new.replace(folder / PAGE)
    return stale_of(rows)


def render(rows: list[dict[str, Any]], warehouse: str) -> str:
    """The page.

    Args:
        rows: of the view, by column.
        warehouse: its folder, to name it.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    partitions = sorted({row["partition"] for row in rows} - {""})
    by_place = {(row["table_name"], row["partition"]): row for row in rows}
    tables = [name for name in TABLES if any(row["table_name"] == name for row in rows)]
    return environment.get_template("freshness.html").render(
        warehouse=warehouse,
        build=command("build", warehouse=warehouse),
        query=command("sql", "from freshness", warehouse=warehouse),
        written_at=dt.datetime.now(dt.UTC),
        partitions=partitions,
        lines=[(name, [by_place.get((name, partition)) for partition in ("", *partitions)]) for name in tables],
        stale=[row for row in rows if row["is_behind"] or row["has_failed"]],
        longest=_LONGEST,
    )
