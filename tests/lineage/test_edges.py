"""The edges of every table and view: complete, true to the declared columns, and as recorded.

After a wanted change: `REASONMED_WRITE_SNAPSHOT=1 pytest tests/lineage/test_edges.py`; then read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

import duckdb
import pytest
import sqlglot
from reasonmed_assets.quality.schema import ROW_HASH, TABLES
from sqlglot import exp

from reasonmed_assets import sql
from reasonmed_assets.lineage import view
from reasonmed_assets.lineage.edges import Edge, Lineage, edges_of, origins_of
from reasonmed_assets.lineage.query import LineageError
from reasonmed_assets.storage.views import create_views, shipped_views

VIEWS = [query.makes for query in sql.queries("views")]
QUESTION = {"questions.context", "questions.question", "questions.options"}
KEY = {"questions.gold_letter", "questions.gold_text"}


def _names(edges: tuple[Edge, ...], role: str | None = None) -> set[str]:
    """The upstream columns; of those that a role's prompt shows, where one is given."""
    return {f"{edge.table}.{edge.column}" for edge in edges if role is None or role in edge.roles}


def test_the_edges_are_as_recorded() -> None:
    if os.environ.get("REASONMED_WRITE_SNAPSHOT"):
        view.main()
    assert view.text() == sql.query(f"views/{view.NAME}").text


def test_the_view_has_every_column_of_every_table_and_view() -> None:
    with duckdb.connect() as con:
        rows = con.sql(sql.query(f"views/{view.NAME}").text).fetchall()
    listed = {(table, column) for table, column, *_ in rows}
    assert listed == {(name, column) for name in [*TABLES, *VIEWS] if name != view.NAME for column in edges_of(name)}
    assert ("quality_scores", "score", "questions", "gold_text", "prompt", ["evaluator"]) in rows
    assert ("sft_cot", "instruction", "questions", "options", "computed", None) in rows
    assert ("question_matches", "decision", "questions", "question_id", "previous", None) in rows
    assert ("reasoning_paths", "temperature", None, None, "profile", None) in rows


@pytest.mark.parametrize("name", [*TABLES, *VIEWS])
def test_every_edge_names_a_declared_column(name: str) -> None:
    for column, edges in edges_of(name).items():
        missing = {edge for edge in edges if edge.column not in TABLES[edge.table].columns}
        assert not missing, f"{name}.{column} is made from {missing}"


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_edges_or_an_origin(name: str) -> None:
    edges, origins = edges_of(name), TABLES[name].origins
    assert list(edges) == list(TABLES[name].columns)
    bare = [column for column in edges if not edges[column] and column not in origins]
    assert not bare, f"{name}: give {', '.join(bare)} an origin in quality/tables, or mend the SQL that makes them"
    both = [column for column in edges if edges[column] and column in origins]
    # Records are read from files; what the build before kept decides which of two rows goes.
    expected = [column for column in edges if edges[column]] if name == "question_matches" else []
    assert both == expected, f"{name}: made from columns, so they need no origin: {', '.join(both)}"


def test_a_views_columns_are_those_that_duckdb_sees() -> None:
    with duckdb.connect() as con:
        con.execute(sql.macros_text())
        for spec in TABLES.values():
            con.execute(spec.ddl())
        create_views(con, shipped_views(), kind="view")
        seen = {view: [row[0] for row in con.execute(f"describe {view}").fetchall()] for view in VIEWS}
    assert {view: list(edges_of(view)) for view in VIEWS} == seen


@pytest.mark.parametrize(
    ("column", "upstream"),
    [
        ("questions.gold_text", {"raw_questions.gold_text", "overrides.gold_text"}),
        ("questions.group_id", {"question_matches.group_id", "raw_questions.raw_id"}),
        ("rejected_questions.raw_text", {"raw_questions.native"}),
        ("verifications.path_error_kind", {"reasoning_paths.error_kind"}),
        ("verifier_audit.first_verdict", {"verifications.verdict"}),
        ("difficulty_tiers.n_correct", {"verifications.is_correct"}),
        ("difficulty_tiers.doubt_letter", {"verifications.answer_letter"}),
        ("ranked_paths.generator", {"verifications.generator"}),
        ("ranked_paths.near_copy_of", {"verifications.path_id", "reasoning_paths.path_text"}),
        ("reasonmed.path_id", {"reasoning_paths.path_id", "refined_paths.path_id"}),
        ("reasonmed.question_id", {"difficulty_tiers.question_id"}),
        ("reasonmed.generator", {"reasoning_paths.generator"}),
        ("reasonmed.path_text", {"reasoning_paths.path_text", "refined_paths.path_text"}),
        ("sft_cot.output", {"reasonmed.path_text", "reasonmed.answer_letter"}),
        ("sft_response.output", {"answer_summaries.summary"}),
        ("sft_reasonmed.output", {"reasonmed.path_text", "answer_summaries.summary"}),
        ("sft_cot.instruction", {"questions.question", "questions.options"}),
        ("reviews.is_stale", {"reasonmed.content_hash"}),
    ],
)
def test_what_a_column_is_computed_from(column: str, upstream: set[str]) -> None:
    table, name = column.split(".")
    edges = edges_of(table)[name]
    assert _names(edges) == upstream
    assert not any(edge.roles for edge in edges)


@pytest.mark.parametrize(
    ("column", "role", "upstream"),
    [
        ("reasoning_paths.path_text", "generator", QUESTION),
        ("verifications.verdict", "verifier", QUESTION | KEY | {"reasoning_paths.path_text"}),
        ("ranked_paths.score", "ranker", QUESTION | KEY | {"reasoning_paths.path_text"}),
        ("answer_summaries.answer_letter", "summariser", {*QUESTION, "reasonmed.path_text"} - {"questions.context"}),
    ],
)
def test_what_a_model_makes_comes_from_all_that_its_prompt_shows(column: str, role: str, upstream: set[str]) -> None:
    table, name = column.split(".")
    edges = edges_of(table)[name]
    assert _names(edges) == _names(edges, role) == upstream


def test_a_value_of_two_models_in_a_row_names_both() -> None:
    (question,) = (edge for edge in edges_of("refined_paths")["verdict"] if edge.column == "question")
    assert question.roles == ("refiner", "regenerator", "verifier")


def test_a_verdict_counts_for_what_is_computed_from_it() -> None:
    edges = edges_of("verifications")["is_correct"]
    assert _names(edges, "verifier") == QUESTION | KEY | {"reasoning_paths.path_text"}
    assert {"reasoning_paths.answer_letter", "reasoning_paths.error_kind"} <= _names(edges)


def test_the_state_before_is_told_apart() -> None:
    assert edges_of("question_matches")["decision"] == (Edge("questions", "question_id", is_previous=True),)
    again = {edge for edges in edges_of("refined_paths").values() for edge in edges if edge.table == "refined_paths"}
    assert again
    assert all(edge.is_previous for edge in again)


def test_macros_read_no_table() -> None:
    """So a call of one is computed from its arguments alone."""
    created = [one for one in sqlglot.parse(sql.macros_text(), dialect="duckdb") if one is not None]
    assert created
    assert not [table.name for one in created for table in one.expression.find_all(exp.Table)]


def test_a_count_of_rows_is_no_constant() -> None:
    counts = {"funnel": "paths", "model_agreement": "paths", "verdict_confusion": "paths", "verifier_trust": "n"}
    for name, column in counts.items():
        assert edges_of(name)[column] == ()
        assert origins_of(name)[column] == "count"
    assert origins_of("verifier_trust")["measure"] == "constant"


def _changed(queries: Mapping[str, str]) -> Lineage:
    """The lineage of the project with other texts of some queries."""

    def find(name: str) -> sql.Query | None:
        found = sql.find(name)
        return replace(found, text=queries[name]) if found is not None and name in queries else found

    return Lineage(find)


@pytest.mark.parametrize("name", [name for name in TABLES if any(edges_of(name).values())])
def test_a_lost_source_of_any_column_shows_there_and_nowhere_else(name: str) -> None:
    before = edges_of(name)
    lost = [column for column, edges in before.items() if edges]
    text = sql.query(f"tables/{name}").text
    for column in (lost[0], lost[len(lost) // 2], lost[-1]):
        cut = f"select * replace (null as {column}) from ({text}) as made"
        assert _changed({f"tables/{name}": cut}).edges(name) == {**before, column: ()}


@pytest.mark.parametrize(
    ("query", "old", "new", "table", "differences"),
    [
        ("views/training_material", "examples.path_text,", "'' as path_text,", "sft_cot", {
            "output": {"reasonmed.path_text"},
        }),
        ("tables/reasonmed", "refined.parent_path_id,", "null as parent_path_id,", "reasonmed", {
            "parent_path_id": {"refined_paths.parent_path_id"},
        }),
        ("calls/rank", "paths.path_text", "'' as path_text", "ranked_paths", {
            "score": {"reasoning_paths.path_text"},
            "justification": {"reasoning_paths.path_text"},
            "path_rank": {"reasoning_paths.path_text"},
            "selection_rank": {"reasoning_paths.path_text"},
            "near_copy_of": {"reasoning_paths.path_text"},
        }),
        ("relations/votes", "then votes.reason", "then ''", "verifications", {}),
    ],
)  # fmt: skip
def test_a_source_lost_in_any_query_on_the_way_shows(
    query: str, old: str, new: str, table: str, differences: dict[str, set[str]]
) -> None:
    text = sql.query(query).text
    assert old in text
    before, after = edges_of(table), _changed({query: text.replace(old, new)}).edges(table)
    lost = {column: _names(before[column]) - _names(after[column]) for column in before}
    assert {column: names for column, names in lost.items() if names} == differences


def test_what_is_made_by_nothing_is_refused() -> None:
    text = sql.query("tables/ranked_paths").text
    with pytest.raises(LineageError, match="tables/ranked_paths yields no tie_hash, which ranked_paths declares"):
        _changed({"tables/ranked_paths": f"select * exclude (tie_hash) from ({text}) as made"}).edges("ranked_paths")

    def find(name: str) -> sql.Query | None:
        return None if name == "relations/ranked_paths/ranking" else sql.find(name)

    with pytest.raises(LineageError, match="ranked_paths: nothing makes the relation ranking"):
        Lineage(find).edges("ranked_paths")
    with pytest.raises(LineageError, match="There is no query views/unknown"):
        Lineage().edges("unknown")


def test_a_call_without_a_field_of_its_prompt_is_refused() -> None:
    text = sql.query("calls/rank").text.replace("paths.path_text", "paths.path_text as text")
    with pytest.raises(LineageError, match=r"sql/calls/rank\.sql yields no path_text, which a prompt of ranker reads"):
        _changed({"calls/rank": text}).edges("ranked_paths")


def test_the_hash_of_a_row_is_of_no_other_column() -> None:
    assert all(edges_of(name)[ROW_HASH] == () for name in TABLES)
