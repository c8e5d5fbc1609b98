"""Training: the three sets for supervised fine-tuning, over all sources, with the same examples."""

from __future__ import annotations

import dagster as dg

from reasonmed_assets import sql
from reasonmed_assets.materialisation.materialise import Stage, StageRows, table_asset

TRAINING_TABLES = {
    "sft_cot": "The output is the path alone.",
    "sft_response": "The output is the short answer alone.",
    "sft_reasonmed": "The output is the path, then the short answer.",
}
"""The three sets, and what the output of each is."""


def assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of this group."""
    return [
        table_asset(
            table,
            _from_query(table),
            deps=["questions", "reasonmed", "answer_summaries"],
            partitions_def=None,
            kinds={"sql"},
        )
        for table in TRAINING_TABLES
    ]


def _from_query(table: str) -> StageRows:
    def stage_rows(stage: Stage) -> None:
        with stage.read() as con:
            stage.write(con, sql.query(f"tables/{table}").text)

    stage_rows.__doc__ = TRAINING_TABLES[table]
    return stage_rows
