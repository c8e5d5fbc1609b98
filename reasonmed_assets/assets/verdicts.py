"""Verdicts: what the verifier and the answer check say of every path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import dagster as dg

from reasonmed_assets import sql
from reasonmed_assets.llm.steps import VERIFY, Step, run_step
from reasonmed_assets.materialise import Stage, table_asset


def verifications(stage: Stage) -> None:
    """Asked for every usable path; an error path is not correct without a call."""
    paths = stage.scratch("paths")
    with stage.read() as con:
        con.sql("from reasoning_paths where source = getvariable('source')").write_parquet(str(paths))
    votes = collect_votes(stage, VERIFY, {"paths": paths})
    with stage.read({"votes": votes}) as con:
        stage.write(con, sql.load("tables/verifications"))


def collect_votes(stage: Stage, step: Step, files: Mapping[str, Path | Sequence[Path]], tag: str = "") -> Path:
    """Have the view `paths` judged; returns a file with one row per judged path (see sql/calls/votes.sql)."""
    replies = run_step(stage, step, files=files, tag=tag)
    path = stage.scratch(f"votes{tag}")
    with stage.read(replies.views) as con:
        con.sql(sql.load("calls/votes")).write_parquet(str(path))
    return path


def assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of this group."""
    return [
        table_asset(
            "verifications",
            verifications,
            deps=["questions", "reasoning_paths"],
            partitions_def=sources,
            kinds={"openai"},
        )
    ]
