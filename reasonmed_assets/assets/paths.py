"""Paths: what the generators wrote, every sample of every question."""

from __future__ import annotations

import dagster as dg

from reasonmed_assets import sql
from reasonmed_assets.assets.asking import GENERATE, run_step
from reasonmed_assets.materialisation.materialise import Stage, table_asset


def reasoning_paths(stage: Stage) -> None:
    """Asked of every generator slot, one sample per temperature; a failed path has its outcome and no text."""
    files = run_step(stage, GENERATE)
    with stage.read(files.views) as con:
        stage.write(con, sql.query("tables/reasoning_paths").text)


def assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of this group."""
    return [
        table_asset("reasoning_paths", reasoning_paths, deps=["questions"], partitions_def=sources, kinds={"openai"})
    ]
