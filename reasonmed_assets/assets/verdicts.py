"""Verdicts: what the verifier and the answer check say of every path, and how far the verifier can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import dagster as dg

from reasonmed_assets import sql
from reasonmed_assets.assets.asking import AUDIT, VERIFY, Step, run_step
from reasonmed_assets.materialisation.materialise import Stage, table_asset
from reasonmed_assets.rules.alterations import audited_texts


def verifications(stage: Stage) -> None:
    """Asked for every usable path; an error path is not correct without a call."""
    paths = stage.scratch("paths")
    with stage.read() as con:
        con.sql("from reasoning_paths where source = getvariable('source')").write_parquet(str(paths))
    votes = collect_votes(stage, VERIFY, {"paths": paths})
    with stage.read({"votes": votes}) as con:
        stage.write(con, sql.query("tables/verifications").text)


def verifier_audit(stage: Stage) -> None:
    """A seeded share of the verified paths, judged again by a call of its own, and as many errors planted into correct
    paths: the answer swapped, a negation changed, a figure changed."""
    audited = stage.scratch("audited")
    with stage.read() as con:
        sample = con.sql(sql.query("relations/verifier_audit/audit_sample").text).pl()
    audited_texts(sample, stage.session.profile.seed).write_parquet(audited)
    files = run_step(stage, AUDIT, files={"audited": audited})
    with stage.read({"audited": audited, **files.views}) as con:
        stage.write(con, sql.query("tables/verifier_audit").text)


def collect_votes(stage: Stage, step: Step, files: Mapping[str, Path | Sequence[Path]], tag: str = "") -> Path:
    """Have the view `paths` judged; returns a file with one row per judged path (see sql/relations/votes.sql)."""
    replies = run_step(stage, step, files=files, tag=tag)
    path = stage.scratch(f"votes{tag}")
    with stage.read(replies.views) as con:
        con.sql(sql.query("relations/votes").text).write_parquet(str(path))
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
        ),
        table_asset(
            "verifier_audit",
            verifier_audit,
            deps=["questions", "reasoning_paths", "verifications"],
            partitions_def=sources,
            kinds={"openai"},
            views=["verifier_trust"],
        ),
    ]
