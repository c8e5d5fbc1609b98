"""Rewriting: Medium paths refined, Difficult ones regenerated, every text judged again."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import polars as pl

from reasonmed_assets import sql
from reasonmed_assets.assets.asking import REFINE, REGENERATE, VERIFY_REWRITES, run_step
from reasonmed_assets.assets.verdicts import collect_votes
from reasonmed_assets.materialisation.materialise import Stage, table_asset
from reasonmed_assets.rules.similarity import copies_in

_STAGES = {"refined": REFINE, "regenerated": REGENERATE}


def refined_paths(stage: Stage) -> None:
    """Rounds of rewriting and judging per path, then the next-ranked path; the rows of every round are kept."""
    rules = stage.session.profile.rules
    rounds = [stage.scratch("round_0")]
    with stage.read() as con:
        # No rounds yet: the same columns, no rows.
        stage.write(con, "select * exclude (row_hash) from refined_paths where false", rounds[0])
    if rules.difficult_base == "refined":
        rounds += _rewrite(stage, "refined", _targets(stage, -1, rounds), rounds)
    for turn in range(rules.fallback_paths + 1):
        targets = _targets(stage, turn, rounds)
        for _ in range(rules.rewrite_rounds):
            made = [path for kind in _STAGES for path in _rewrite(stage, kind, targets, rounds)]
            rounds += made
            if not made:
                break
    with stage.read({"rounds": rounds}) as con:
        stage.write(con, "select * from rounds")


def _targets(stage: Stage, turn: int, rounds: list[Path]) -> Path:
    """The slots to be rewritten in one turn, each with its path, by what the rounds before have come to."""
    path = stage.scratch(f"targets_{turn}")
    with stage.read({"rewrites": rounds}) as con:
        con.execute("set variable rewrite_turn = $1", [turn])
        con.sql(sql.query("relations/refined_paths/targets").text).write_parquet(str(path))
    return path


def _rewrite(stage: Stage, kind: str, targets: Path, rounds: list[Path]) -> list[Path]:
    """One round over the slots of one kind that still lack an accepted text: a file of rows, none without slots."""
    tag = f"_{kind}_{len(rounds)}"
    files = run_step(
        stage,
        _STAGES[kind],
        files={"targets": targets, "rewrites": rounds},
        variables={"rewrite_stage": kind},
        tag=tag,
    )
    paths = stage.scratch(f"paths{tag}")
    with stage.read(files.views) as con:
        con.sql(sql.query("relations/refined_paths/paths").text).write_parquet(str(paths))
    if not pl.scan_parquet(paths, glob=False).select(pl.len()).collect().item():
        return []
    votes = _votes(stage, paths, tag)
    copies = stage.scratch(f"near_copies{tag}")
    _copies(paths, rounds, stage.session.profile.rules.near_copy_ratio).write_parquet(copies)
    path = stage.scratch(f"round{tag}")
    with stage.read({"paths": paths, "votes": votes, "near_copies": copies}) as con:
        stage.write(con, sql.query("tables/refined_paths").text, path)
    return [path]


def _votes(stage: Stage, paths: Path, tag: str) -> Path:
    """The verifier's votes on the rewritten texts; on none of them where the profile does not verify again."""
    if not stage.session.profile.rules.verify_rewrites:
        unjudged = stage.scratch(f"unjudged{tag}")
        pl.read_parquet(paths, glob=False).clear().write_parquet(unjudged)
        paths = unjudged
    return collect_votes(stage, VERIFY_REWRITES, {"paths": paths}, tag)


def _copies(paths: Path, rounds: list[Path], ratio: float) -> pl.DataFrame:
    """The new texts that nearly copy an accepted text of their question, or the one for the slot before theirs."""
    columns = ["question_id", "path_id", "path_text"]
    accepted = pl.scan_parquet(rounds, glob=False).filter("is_accepted").select(columns)
    written = pl.scan_parquet(paths, glob=False).filter(pl.col("path_text").is_not_null())
    return copies_in(pl.concat([accepted, written.sort("question_id", "slot").select(columns)]), ratio)


def assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of this group."""
    return [
        table_asset(
            "refined_paths",
            refined_paths,
            deps=["questions", "reasoning_paths", "verifications", "difficulty_tiers", "ranked_paths"],
            partitions_def=sources,
            kinds={"openai"},
        )
    ]
