"""Table `prompts`."""

import polars as pl
from reasonmed_assets.quality.schema import Table, column, table


@table(
    "prompts",
    group="provenance",
    grain="One row per prompt template that a row of this warehouse was made with, now or earlier.",
    key="prompt_hash",
    partitioned_by=None,
    shown=("role", "template"),
)
class Prompts(Table):
    """One row per prompt template that a row of this warehouse was made with, now or earlier."""

    prompt_hash: str = column("Hash of the template with the blocks that it shares; rows have it too.", unique=True)
    role: str = column("Model role that answers it.")
    template: str = column(
        "The template, then each shared block that it includes; null where only an earlier version had it.",
        nullable=True,
    )
    first_used: pl.Datetime = column("When the first call of a row that names it was sent (UTC).")
    last_used: pl.Datetime = column("When the last one was.")
