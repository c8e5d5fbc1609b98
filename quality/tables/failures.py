"""Table `failures`."""

from functools import partial

import polars as pl
from reasonmed_assets.quality.schema import Table, column, table

_measured = partial(column, origin="publish")


@table(
    "failures",
    group="provenance",
    grain="One row per partition of a table whose last run failed.",
    key="failure_id",
    partitioned_by=None,
)
class Failures(Table):
    """One row per partition of a table whose last run failed. Written by the storage layer, removed by a publish."""

    failure_id: str = _measured("Table and partition.", unique=True)
    table_name: str = _measured("Table that was not made.")
    partition: str = _measured("Partition that was not made; empty for a table without partitions.")
    run_id: str = _measured("Dagster run.")
    failed_at: pl.Datetime = _measured("When (UTC).")
    reason: str = _measured("Why, in the words of the run.")
