"""Rewriting: Medium paths refined, Difficult ones regenerated, every text judged again."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.materialisation.definition import TableDefinition
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.rules.similarity import copies_in

_ROLES = {"refined": "refiner", "regenerated": "regenerator"}
"""The role that writes the texts of each stage."""


def refined_paths(stage: Stage) -> None:
    """Rounds of rewriting and judging per path, then the next-ranked path; the rows of every round are kept."""
    with stage.kept_open():
        stage.write_all(_rounds(stage))


def _rounds(stage: Stage) -> list[Path]:
    """The files of all rounds, the first one empty."""
    rounds = [stage.scratch("round_0")]
    stage.write_empty(rounds[0])
    if stage.rules.difficult_base == "refined":
        rounds += _rewrite(stage, "refined", _targets(stage, -1, rounds), rounds)
    for turn in range(stage.rules.fallback_paths + 1):
        targets = _targets(stage, turn, rounds)
        for _ in range(stage.rules.rewrite_rounds):
            made = [path for kind in _ROLES for path in _rewrite(stage, kind, targets, rounds)]
            rounds += made
            if not made:
                break
    return rounds


def _targets(stage: Stage, turn: int, rounds: list[Path]) -> Path:
    """The slots to be rewritten in one turn, each with its path, by what the rounds before have come to."""
    return stage.make("targets", {"rewrites": rounds}, variables={"rewrite_turn": turn}, tag=f"_{turn}")


def _rewrite(stage: Stage, kind: str, targets: Path, rounds: list[Path]) -> list[Path]:
    """One round over the slots of one kind that still lack an accepted text: a file of rows, none without slots."""
    tag = f"_{kind}_{len(rounds)}"
    paths = stage.make(
        "paths",
        {"targets": targets, "rewrites": rounds},
        role=_ROLES[kind],
        variables={"rewrite_stage": kind},
        tag=tag,
    )
    texts = pl.scan_parquet(paths, glob=False)
    if pq.read_metadata(paths).num_rows == 0:
        return []
    # Where the profile does not verify again, none of the texts is judged.
    judged = paths if stage.rules.verify_rewrites else texts.clear().collect()
    votes = stage.make("votes", {"paths": judged}, tag=tag)
    copies = _copies(texts, rounds, stage.rules.near_copy_ratio)
    path = stage.scratch(f"round{tag}")
    stage.write({"paths": paths, "votes": votes, "near_copies": copies}, path)
    return [path]


def _copies(texts: pl.LazyFrame, rounds: list[Path], ratio: float) -> pl.DataFrame:
    """The new texts that nearly copy an accepted text of their question, or the one for the slot before theirs."""
    columns = ["question_id", "path_id", "path_text"]
    accepted = pl.scan_parquet(rounds, glob=False).filter("is_accepted").select(columns)
    new = texts.filter(pl.col("path_text").is_not_null()).sort("question_id", "slot").select(columns)
    return copies_in(pl.concat([accepted, new]), ratio)


DEFINITIONS = (TableDefinition("refined_paths", run_step, refined_paths),)
