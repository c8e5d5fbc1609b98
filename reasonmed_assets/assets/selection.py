"""Selection: the correct paths of Easy and Medium questions, scored and ranked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.materialisation.definition import TableDefinition
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.rules.similarity import NEAR_COPY_COLUMNS, copies_in

_BATCH_ROWS = 20_000


def ranked_paths(stage: Stage) -> None:
    """The ranking, and which of its paths nearly copy a better one."""
    ranking, ratio = stage.make("ranking"), stage.rules.near_copy_ratio
    found = (copies_in(some.lazy(), ratio) for some in _whole_questions(ranking))
    copies = stage.gather("near_copies", found, dict.fromkeys(NEAR_COPY_COLUMNS, pl.String))
    stage.write({"ranking": ranking, "near_copies": copies})


def _whole_questions(ranking: Path) -> Iterator[pl.DataFrame]:
    """The texts of a ranking, some questions at a time; a question's paths are together."""
    rest: pl.DataFrame | None = None
    columns = ["question_id", "path_id", "path_text"]
    for batch in pq.ParquetFile(ranking).iter_batches(batch_size=_BATCH_ROWS, columns=columns):
        frame = pl.DataFrame(batch) if rest is None else pl.concat([rest, pl.DataFrame(batch)])
        is_last = frame["question_id"] == frame["question_id"][-1]
        yield frame.filter(~is_last)
        rest = frame.filter(is_last)
    if rest is not None:
        yield rest


DEFINITIONS = (TableDefinition("ranked_paths", run_step, ranked_paths),)
