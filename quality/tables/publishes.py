"""Table `publishes`."""

import polars as pl
from reasonmed_assets.quality.schema import Table, column, table


@table(
    "publishes",
    group="provenance",
    grain="One row per publish of a table's partition.",
    key="publish_id",
    partitioned=False,
)
class Publishes(Table):
    """One row per publish of a table's partition. Written by the storage layer in the publish's own transaction."""

    publish_id: str = column("Table, partition and number of the publish.", unique=True)
    seq: int = column(
        "Number of the publish in this warehouse, from 1; tables of one publish have numbers of their own.", ge=1
    )
    table_name: str = column("Table that was published.")
    partition: str = column("Partition that was published; empty for a table without partitions.")
    run_id: str = column("Dagster run.")
    published_at: pl.Datetime = column("When (UTC).")
    rows: int = column("Rows of the partition after the publish.", ge=0)
    rows_inserted: int = column("Rows that were inserted (new or changed).", ge=0)
    rows_deleted: int = column("Rows that were deleted (gone or changed).", ge=0)
    fingerprint: str = column("Hash of code, profile and inputs that the rows were made from.")
    profile: str = column("Name of the profile.")
    statistics: str = column("Figures of the partition as a JSON object, to compare the next build with.")
