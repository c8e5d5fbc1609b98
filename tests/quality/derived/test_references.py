"""References between tables: what follows from other declarations, what is wrong, and the edges of rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import pytest
from builds import Built
from reasonmed_assets.quality.derived.references import (
    ReferenceDeclarationError,
    check_references,
    references_of,
    row_lineage,
)
from reasonmed_assets.quality.schema import TABLES, Table, TableSpec, column


def _spec(key: str, **columns: Any) -> TableSpec:
    model = type("Extra", (Table,), {"__annotations__": dict.fromkeys(columns, str), **columns})
    return TableSpec("extra", "extra", "One row per thing.", key, None, model)


def _found(table: str) -> list[tuple[str, tuple[str, ...], str]]:
    return [(one.column, one.tables, one.kind) for one in references_of(TABLES[table], TABLES.values())]


def test_the_declared_tables_say_whose_ids_they_hold() -> None:
    check_references(TABLES.values())
    assert _found("sft_cot") == [
        ("example_id", ("reasonmed",), "made_from"),
        ("question_id", ("questions",), "made_from"),
    ]
    assert _found("questions") == [("raw_id", ("raw_questions",), "made_from")]
    assert _found("verifications") == [
        ("path_id", ("reasoning_paths",), "made_from"),
        ("question_id", ("questions",), "made_from"),
    ]
    both = ("reasoning_paths", "refined_paths")
    assert ("parent_path_id", both, "made_from") in _found("refined_paths")
    assert ("near_copy_of", both, "similar_to") in _found("ranked_paths")
    assert _found("raw_questions") == _found("benchmark_questions") == []


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"best_path_id": column("x")}, "column best_path_id has the name of an id: give it `id_of='path_id'`"),
        ({"twin": column("x", id_of="twin_id")}, "column twin is `id_of='twin_id'`, which no table gives"),
        ({"path_id": column("x", id_of="path_id")}, "column path_id needs no `id_of`"),
    ],
)
def test_half_declared_and_wrong_ids_are_errors(columns: dict[str, Any], problem: str) -> None:
    spec = _spec("extra_id", extra_id=column("x"), **columns)
    with pytest.raises(ReferenceDeclarationError, match=problem):
        check_references([*TABLES.values(), spec])
    with pytest.raises(ValueError, match="give `id_of`"):
        column("x", kind="similar_to")


def test_a_key_of_another_table_is_given_there() -> None:
    """A new table with a row per example: as its declaration says, or as one that gives ids of its own."""
    own = _spec("example_id", example_id=column("x"))
    assert references_of(own, [*TABLES.values(), own]) == []
    following = replace(own, one_row_per="reasonmed")
    (one,) = references_of(following, [*TABLES.values(), following])
    assert (one.column, one.tables) == ("example_id", ("reasonmed",))


def test_edges_lead_from_each_row_to_what_it_is_made_from(world: duckdb.DuckDBPyConnection) -> None:
    edges = world.sql(
        "select parent_table, parent_id, kind, publish from row_lineage"
        " where child_table = 'refined_paths' and child_id = 'difficult/regenerated/1/2' order by 1, 2"
    ).fetchall()
    assert edges == [
        ("llm_calls", "refined_paths:difficult/regenerated/1/2", "call", None),
        ("questions", "difficult", "made_from", None),
        ("reasoning_paths", "difficult/qwen/1", "made_from", None),
    ]


def test_every_reference_of_the_rehearsal_is_an_edge_and_leads_to_a_row(rehearsal: Built) -> None:
    """Edges are counted against the columns themselves; only ids of records that were not read lead nowhere."""
    for name, spec in TABLES.items():
        for one in references_of(spec, TABLES.values()):
            parents = " union ".join(f"select {one.id} from {parent}" for parent in one.tables)
            ((held, resolved, edges),) = rehearsal.query(
                f"select count({one.column}), count({one.column}) filter ({one.column} in ({parents})),"
                f" (select count(*) from row_lineage where child_table = '{name}' and kind = '{one.kind}'"
                f" and parent_table in {(*one.tables, '')} and child_id in (select {spec.key} from {name}"
                f" where {one.column} = parent_id)) from {name}"
            )
            assert edges == resolved, (name, one)
            if name not in ("question_matches", "rejected_questions", "overrides"):
                assert resolved == held, (name, one)


def test_every_training_record_reaches_a_published_record(rehearsal: Built) -> None:
    reached = (
        "with recursive up as (select child_id as record, parent_table, parent_id from row_lineage"
        " where child_table = 'sft_reasonmed' union select up.record, edges.parent_table, edges.parent_id from up"
        " inner join row_lineage as edges on up.parent_table = edges.child_table and up.parent_id = edges.child_id"
        " where edges.kind = 'made_from')"
        " select count(distinct record) from up where parent_table = 'raw_questions'"
    )
    assert rehearsal.value(reached) == rehearsal.value("select count(*) from sft_reasonmed") != 0
    publishes = "select count(*), count(publish), count(distinct publish) from row_lineage where kind != 'about'"
    ((edges, with_publish, distinct),) = rehearsal.query(publishes)
    assert edges == with_publish > distinct


def test_a_new_tables_references_are_edges() -> None:
    own = replace(_spec("extra_id", extra_id=column("x"), path_id=column("x")), name="extra")
    assert "from extra as child\n    inner join refined_paths as parent" in row_lineage([*TABLES.values(), own])
