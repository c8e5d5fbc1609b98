"""Selection: the correct paths of Easy and Medium questions, scored and ranked."""

from __future__ import annotations

import polars as pl

from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.materialisation.definition import TableDefinition
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.rules.similarity import copies_in


def ranked_paths(stage: Stage) -> None:
    """The ranking, and which of its paths nearly copy a better one."""
    ranking = stage.make("ranking")
    copies = copies_in(pl.scan_parquet(ranking, glob=False), stage.rules.near_copy_ratio)
    stage.write({"ranking": ranking, "near_copies": copies})


DEFINITIONS = (TableDefinition("ranked_paths", run_step, ranked_paths),)
