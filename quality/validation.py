"""Staged rows against the declared schema: pandera on one record batch after another, so that memory stays flat."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pandera.errors
import polars as pl
import pyarrow.parquet as pq
from reasonmed_assets.quality.schema import TableSpec

_BATCH_ROWS = 10_000


def schema_failures(spec: TableSpec, staged: Path, max_examples: int) -> tuple[int, list[dict[str, Any]]]:
    """Values and columns of a Parquet file that are not as declared.

    Uniqueness is left to the check `key`, which sees all batches and the other partitions.

    Returns:
        How many failures there are, and the first `max_examples` as column, rule, value and row (from 0).
    """
    schema = _without_uniqueness(spec)
    n_failing, first_row = 0, 0
    examples: list[dict[str, Any]] = []
    for batch in _batches(staged):
        failures = _failures(schema, batch)
        if failures is not None:
            n_failing += failures.height
            wanted = failures.head(max_examples - len(examples))
            examples += [_example(row, first_row) for row in wanted.iter_rows(named=True)]
            if failures["schema_context"].eq("DataFrameSchema").any() or failures["index"].is_null().any():
                break  # A wrong column or type would be told again for every batch.
        first_row += batch.height
    return n_failing, examples


def _without_uniqueness(spec: TableSpec) -> Any:
    schema = copy.deepcopy(spec.model.to_schema())
    for column in schema.columns.values():
        column.unique = False
    return schema


def _batches(staged: Path) -> Any:
    """The rows in batches, at least one (an empty file has columns too)."""
    file = pq.ParquetFile(staged)
    if file.metadata.num_rows == 0:
        yield pl.from_arrow(file.schema_arrow.empty_table())
        return
    for batch in file.iter_batches(batch_size=_BATCH_ROWS):
        yield pl.DataFrame(batch)


def _failures(schema: Any, batch: pl.DataFrame) -> pl.DataFrame | None:
    try:
        schema.validate(batch, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        return errors.failure_cases
    return None


def _example(failure: dict[str, Any], first_row: int) -> dict[str, Any]:
    index = failure["index"]
    return {
        "column": failure["column"],
        "rule": str(failure["check"]),
        "value": str(failure["failure_case"])[:300],
        "row": None if index is None else first_row + index,
    }
