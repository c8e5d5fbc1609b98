"""Selection: the correct paths of Easy and Medium questions, scored and ranked."""

from __future__ import annotations

import dagster as dg
import polars as pl

from reasonmed_assets import sql
from reasonmed_assets.assets.asking import RANK, run_step
from reasonmed_assets.materialisation.materialise import Stage, table_asset
from reasonmed_assets.rules.similarity import near_copies


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


def copies_in(paths: pl.LazyFrame, ratio: float) -> pl.DataFrame:
    """The paths that nearly copy an earlier one of their question: columns `path_id`, `near_copy_of`.

    Args:
        paths: `question_id`, `path_id`, `path_text`, a question's paths together and best first.
        ratio: edit ratio (0 to 100) from which on a text is a near copy.
    """
    rows: list[dict[str, str]] = []
    frame = paths.select("question_id", "path_id", "path_text").collect()
    for _, group in frame.group_by("question_id", maintain_order=True):
        ids = group["path_id"].to_list()
        found = near_copies(group["path_text"].to_list(), ratio)
        rows += [
            {"path_id": ids[at], "near_copy_of": ids[earlier]}
            for at, earlier in enumerate(found)
            if earlier is not None
        ]
    return pl.DataFrame(rows, schema={"path_id": pl.String, "near_copy_of": pl.String})


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
