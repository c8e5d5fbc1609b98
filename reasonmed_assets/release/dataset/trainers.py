"""The forms that trainers read, made from the Parquet files of a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from reasonmed_assets.release.dataset import layout
from reasonmed_assets.release.set_forms import ROWS_AT_ONCE, set_name, write_trainers_forms

_COLUMNS = ["example_id", "instruction", "input", "output"]


def write_for_trainers(folder: Path, into: Path, sets: Mapping[str, Mapping[str, int]]) -> None:
    """Write alpaca and messages JSON, and prompts with completions, of each set and fold.

    Args:
        folder: of the release.
        into: where to write; the release itself, or elsewhere to compare.
        sets: number of Parquet files by set and fold.
    """
    for table, folds in layout.shards(sets).items():
        for fold, names in folds.items():
            write_trainers_forms(into, set_name(table, fold), _batches([folder / name for name in names]))


def _batches(files: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    for file in files:
        with pq.ParquetFile(file) as opened:
            yield from opened.iter_batches(ROWS_AT_ONCE, columns=_COLUMNS)
