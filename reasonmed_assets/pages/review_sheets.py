"""The sample for reviewers as files: one CSV, and one page that needs neither a server nor a network."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from reasonmed_assets import sql
from reasonmed_assets.config import Profile
from reasonmed_assets.config.hints import command
from reasonmed_assets.people.reviews import EXAMPLE, FILLED_IN, ReviewError, as_cell
from reasonmed_assets.quality.parameters import variables
from reasonmed_assets.storage import Warehouse
from reasonmed_assets.vocabulary import REVIEW_VERDICTS

_SHOWN = ("source", "tier", "question", "context", "options", "key", "path", "summary", "override_note")


def export_sheets(warehouse: Warehouse, profile: Profile, folder: Path) -> list[str]:
    """Write `reviews.csv` and `reviews.html` with a seeded sample, spread over sources and tiers.

    Args:
        warehouse: the warehouse.
        profile: gives the seed and the size of the sample.
        folder: where to write; created if absent.

    Returns:
        One line per file.

    Raises:
        ReviewError: there are no examples, or a file exists already: it may hold a reviewer's work.
    """
    files = {kind: folder / f"reviews.{kind}" for kind in ("csv", "html")}
    for file in files.values():
        if os.path.lexists(file):
            raise ReviewError(f"{file} exists already and may be filled in: give another folder")
    rows = _sample(warehouse, profile)
    if not rows:
        build = command("build", warehouse=warehouse.name)
        raise ReviewError(f"warehouse {warehouse.name} has no examples yet: build it with `{build}`")
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(files["csv"], rows)
    files["html"].write_text(_page(rows, profile), encoding="utf-8")
    return [f"{file}: {len(rows)} examples" for file in files.values()]


def _sample(warehouse: Warehouse, profile: Profile) -> list[dict[str, Any]]:
    with warehouse.read(variables(profile)) as con:
        return con.sql(sql.query("relations/review_sample").text).pl().to_dicts()


def _write_csv(file: Path, rows: list[dict[str, Any]]) -> None:
    # With a byte-order mark, without which spreadsheets assume another encoding.
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, [*EXAMPLE, *_SHOWN, *FILLED_IN], restval="", extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            texts = row | {"options": "\n".join(row["options"])}
            writer.writerow(
                {name: as_cell(value) if isinstance(value, str) else value for name, value in texts.items()}
            )


def _page(rows: list[dict[str, Any]], profile: Profile) -> str:
    environment = Environment(
        loader=PackageLoader("reasonmed_assets.pages"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    kinds = sorted({row["provider_kind"] for row in rows})
    return environment.get_template("review.html").render(
        examples=rows, verdicts=REVIEW_VERDICTS, columns=[*EXAMPLE, *FILLED_IN], profile=profile.name, kinds=kinds
    )
