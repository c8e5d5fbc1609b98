"""The schema of a released row, declared once: Parquet, the card, Croissant and the verification derive from it.

A column of a declared table is described there; only what a release adds is described here. Every training set has
these columns, so that a row can be read without any other file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality.schema import TABLES


@dataclass(frozen=True)
class Column:
    """A column of a Parquet file of a release.

    Attributes:
        name: its name.
        duckdb_type: its type in DuckDB: varchar, bigint, double, boolean, timestamp, or a list of one (`varchar[]`).
        description: what it is.
        is_nullable: whether null is allowed.
    """

    name: str
    duckdb_type: str
    description: str
    is_nullable: bool = False

    @property
    def is_list(self) -> bool:
        return self.duckdb_type.endswith("[]")

    @property
    def _kind(self) -> tuple[pa.DataType, str, str]:
        return _KINDS[self.duckdb_type.removesuffix("[]")]

    @property
    def arrow_type(self) -> pa.DataType:
        """Its type in Parquet, as pyarrow reads it."""
        return pa.list_(pa.field("element", self._kind[0])) if self.is_list else self._kind[0]

    @property
    def feature(self) -> dict[str, Any]:
        """Its feature, as `dataset_info` of a card on the hub has it."""
        kind = self._kind[1]
        return {"name": self.name, "list": kind} if self.is_list else {"name": self.name, "dtype": kind}

    @property
    def croissant_type(self) -> str:
        """Its data type in Croissant; of a list, that of its items."""
        return self._kind[2]


_KINDS = {
    "varchar": (pa.string(), "string", "sc:Text"),
    "bigint": (pa.int64(), "int64", "cr:Int64"),
    "double": (pa.float64(), "float64", "cr:Float64"),
    "boolean": (pa.bool_(), "bool", "sc:Boolean"),
    "timestamp": (pa.timestamp("us"), "timestamp[us]", "sc:DateTime"),
}


def columns_of(table: str, *names: str) -> tuple[Column, ...]:
    """Columns as a declared table has them; without names all, but the hash of the row."""
    spec = TABLES[table]
    types = spec.duckdb_types()
    chosen = names or tuple(name for name in spec.columns if name != "row_hash")
    return tuple(
        Column(name, types[name], spec.columns[name].description, spec.columns[name].nullable) for name in chosen
    )


def _model(name: str, which: str, *, is_nullable: bool = False) -> tuple[Column, Column]:
    revision = "Its declared revision: weights, quantisation, chat template."
    return (
        Column(f"{name}_model", "varchar", f"Model {which}, as declared.", is_nullable),
        Column(f"{name}_revision", "varchar", revision, is_nullable),
    )


ROW: tuple[Column, ...] = (
    *columns_of("reasonmed", "example_id", "question_id"),
    *columns_of("questions", "raw_id"),
    *columns_of("reasonmed", "path_id", "parent_path_id"),
    Column("base_path_id", "varchar", "The generated path that it goes back to; null where there is none.", True),
    Column("call_keys", "varchar[]", "Ledger keys of the calls behind path, verdict, rank and summary."),
    *columns_of("sft_reasonmed", "instruction", "input", "output", "fold"),
    *columns_of("questions", "source", "split", "split_role"),
    *columns_of("raw_questions", "file", "row"),
    *columns_of("questions", "native_id", "group_id", "subject", "language", "question", "context", "options"),
    *columns_of("questions", "option_order", "gold_letter", "gold_text", "published_gold_letter"),
    *columns_of("reasonmed", "tier", "slot", "is_label_doubt"),
    *columns_of("difficulty_tiers", "n_paths", "n_correct", "n_error", "n_missing"),
    *columns_of("reasonmed", "stage", "generator", "path_text", "answer_letter"),
    *columns_of("answer_summaries", "summary"),
    *columns_of("verifications", "verdict", "is_answer_match"),
    Column(
        "verdict_reason", "varchar", "Why it is correct or an error, from the verifier or from the answer check.", True
    ),
    Column("rank_score", "double", "The ranker's score of the path, or of the one that was rewritten; 0 to 5.", True),
    Column("quality_score", "double", "The evaluator's mean score, 1 to 10; null outside the scored sample.", True),
    Column("quality_score_before", "double", "The same of the text before it was rewritten.", True),
    *_model("path", "that wrote the path"),
    *_model("parent", "that wrote the path of `parent_path_id`", is_nullable=True),
    *_model("base", "that wrote the path that it goes back to", is_nullable=True),
    *_model("verifier", "that judged it", is_nullable=True),
    *_model("summary", "that wrote the summary"),
    *columns_of("sft_reasonmed", "provider_kind"),
    *columns_of("questions", "licence"),
    Column(
        "model_terms",
        "varchar[]",
        "Terms of the models that wrote its texts, as the profile declares them; `unknown` where it declares none.",
    ),
    Column("calls", "double", "Model calls made for it, and its part of those for its whole question."),
    Column("cost_usd", "double", "What they cost in US dollars; null where no cost is known.", True),
    Column("unknown_cost_calls", "double", "Attempts of these calls whose cost is unknown."),
    Column("path_hash", "varchar", "Hash of path_text."),
    Column("summary_hash", "varchar", "Hash of summary."),
)
"""Every training set has these columns; what differs between the sets is `output`."""


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The schema of a Parquet file with these columns."""
    return pa.schema([(column.name, column.arrow_type) for column in columns])
