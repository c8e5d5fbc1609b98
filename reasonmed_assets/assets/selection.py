"""Selection: the correct paths of Easy and Medium questions, scored and ranked."""

from __future__ import annotations

import dagster as dg
import polars as pl

from reasonmed_assets import sql
from reasonmed_assets.assets.asking import RANK, run_step
from reasonmed_assets.materialisation.materialise import Stage, table_asset
from reasonmed_assets.rules.similarity import copies_in


def ranked_paths(stage: Stage) -> None:
    """Scores from the ranker; ties by a seeded hash; a near copy of a better path is never selected."""
    files = run_step(stage, RANK)
    ranking = stage.scratch("ranking")
    with stage.read(files.views) as con:
        con.sql(sql.query("relations/ranked_paths/ranking").text).write_parquet(str(ranking))
    copies = stage.scratch("near_copies")
    copies_in(pl.scan_parquet(ranking, glob=False), stage.session.profile.rules.near_copy_ratio).write_parquet(copies)
    with stage.read({"ranking": ranking, "near_copies": copies}) as con:
        stage.write(con, sql.query("tables/ranked_paths").text)


def assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of this group."""
    return [
        table_asset(
            "ranked_paths",
            ranked_paths,
            deps=["questions", "reasoning_paths", "verifications", "difficulty_tiers"],
            partitions_def=sources,
            kinds={"openai"},
        )
    ]
