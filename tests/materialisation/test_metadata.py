"""What a materialisation shows of a table: the lineage of its columns, a command to paste."""

from __future__ import annotations

import dagster as dg
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.config import load_profile
from reasonmed_assets.materialisation.metadata import (
    column_lineage,
    columns_page,
    example_query,
    made_from_table,
    price_table,
)


def _upstream(table: str) -> dict[str, set[str]]:
    found = column_lineage(TABLES[table]).deps_by_column
    return {
        name: {f"{dep.asset_key.to_user_string()}.{dep.column_name}" for dep in deps} for name, deps in found.items()
    }


def test_a_column_has_the_columns_that_it_is_made_from() -> None:
    lineage = _upstream("sft_reasonmed")
    assert lineage["output"] == {"reasonmed.path_text", "answer_summaries.summary"}
    assert list(lineage) == [name for name in TABLES["sft_reasonmed"].columns if name != "row_hash"]


def test_no_upstream_column_is_downstream_of_the_table() -> None:
    """Dagster has no cycles: what the build before left is no upstream column."""
    assert _upstream("question_matches") == {}
    assert not {name for columns in _upstream("refined_paths").values() for name in columns if "refined" in name}


def test_a_table_without_upstream_columns_has_no_lineage() -> None:
    assert column_lineage(TABLES["publishes"]) == dg.TableColumnLineage({})


def test_the_example_query_names_partition_and_warehouse() -> None:
    assert example_query(TABLES["questions"], "mmlu", "/data/my w") == (
        """reasonmed sql "select * from questions where source = 'mmlu' limit 10" --warehouse "/data/my w\""""
    )


def test_the_plain_table_has_every_column_with_what_it_is_made_from() -> None:
    def shown(table: str) -> dict[str, str]:
        return {str(one.data["column"]): str(one.data["made from"]) for one in made_from_table(TABLES[table]).records}

    assert list(shown("sft_cot")) == list(TABLES["sft_cot"].columns)
    assert shown("sft_cot")["output"] == "reasonmed.answer_letter, reasonmed.path_text"
    assert shown("sft_cot")["row_hash"] == "[publish]"
    assert "questions.question (prompt of summariser)" in shown("answer_summaries")["raw_text"]
    assert columns_page(TABLES["sft_cot"]).value == "/pages/quality/columns/index.html#sft_cot"


def test_prices_have_no_column_that_none_of_the_models_declares() -> None:
    columns = {tuple(record.data) for record in price_table(load_profile("simulated"), ["generator"]).records}
    assert columns == {("role", "model", "input", "cached_input", "cache_write", "output")}
