"""Paths: what the generators wrote, every sample of every question."""

from __future__ import annotations

import dagster as dg
import polars as pl

from reasonmed_assets import sql
from reasonmed_assets.llm.steps import GENERATE, run_step
from reasonmed_assets.materialise import Stage, table_asset


def reasoning_paths(stage: Stage) -> None:
    """Asked of every generator slot, one sample per temperature; a failed path has its outcome and no text."""
    slots = stage.scratch("slots")
    _slots(stage).write_parquet(slots)
    files = run_step(stage, GENERATE, files={"slots": slots})
    with stage.read(files.views) as con:
        stage.write(con, sql.load("tables/reasoning_paths"))


def assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of this group."""
    return [table_asset("reasoning_paths", reasoning_paths, deps=["questions"], partitions_def=sources, kinds={"openai"})]


def _slots(stage: Stage) -> pl.DataFrame:
    """One row per generator slot and sample, with its sampling parameters."""
    rows = [
        {
            "slot": slot.slot,
            "model": slot.model,
            "sample": sample,
            "temperature": temperature,
            "top_p": slot.top_p,
            "max_tokens": slot.max_tokens,
        }
        for slot in stage.session.profile.roles.generator
        for sample, temperature in enumerate(slot.temperatures, start=1)
    ]
    return pl.DataFrame(rows, schema_overrides={"top_p": pl.Float64, "temperature": pl.Float64})
