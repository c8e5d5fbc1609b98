"""Tiers: Easy, Medium and Difficult questions by the number of error paths."""

from __future__ import annotations

import dagster as dg

from reasonmed_assets import sql
from reasonmed_assets.materialisation.materialise import Stage, table_asset


def difficulty_tiers(stage: Stage) -> None:
    """Unresolved where missing verdicts decide; label doubt is flagged in any tier."""
    with stage.read() as con:
        stage.write(con, sql.query("tables/difficulty_tiers").text)


def assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of this group."""
    return [
        table_asset(
            "difficulty_tiers",
            difficulty_tiers,
            deps=["questions", "verifications", "overrides"],
            partitions_def=sources,
            kinds={"sql"},
        )
    ]
