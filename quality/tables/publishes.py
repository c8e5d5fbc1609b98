"""Table `publishes`."""

from functools import partial

import polars as pl
from reasonmed_assets.quality.schema import Table, column, table

_measured = partial(column, origin="publish")


@table(
    "publishes",
    group="provenance",
    grain="One row per publish of a table's partition.",
    key="publish_id",
    partitioned_by=None,
)
class Publishes(Table):
    """One row per publish of a table's partition. Written by the storage layer in the publish's own transaction."""

    publish_id: str = _measured("Table, partition and number of the publish.", unique=True)
    seq: int = _measured(
        "Number of the publish in this warehouse, from 1; tables of one publish have numbers of their own.", ge=1
    )
    table_name: str = _measured("Table that was published.")
    partition: str = _measured("Partition that was published; empty for a table without partitions.")
    run_id: str = _measured("Dagster run.")
    build: int = _measured(
        "Number of the build (table `builds`); null in a publish of a version that kept none.", nullable=True, ge=1
    )
    published_at: pl.Datetime = _measured("When (UTC).")
    rows: int = _measured("Rows of the partition after the publish.", ge=0)
    rows_inserted: int = _measured("Rows that were inserted (new or changed).", ge=0)
    rows_deleted: int = _measured("Rows that were deleted (gone or changed).", ge=0)
    content_hash: str = _measured(
        "MD5 over the row hashes of the partition, sorted and joined; null in a publish of a version that kept none.",
        nullable=True,
    )
    fingerprint: str = _measured("Hash of what the rows were made from; empty where calls are missing.")
    parts: str = _measured(
        "What the rows were made from, as a JSON object: SQL, macros, prompts, schema, code, profile values, inputs.",
        nullable=True,
    )
    profile: str = _measured("Name of the profile.")
    recipe: int = _measured(
        "Version of the warehouse's recipe (table `recipes`); null in a publish of a version that kept none.",
        nullable=True,
        ge=1,
    )
    statistics: str = _measured("Figures of the partition as a JSON object, to compare the next build with.")
