"""Which prompts rows were made with, and which votes the verifier gave on them."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest
from queries import connect, fill, run

from reasonmed_assets import sql
from reasonmed_assets.storage.views import create_views, shipped_views


def _at(minute: int) -> datetime:
    return datetime(2026, 11, 1, 12, minute)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = connect()
    create_views(con, shipped_views(), kind="view")
    fill(con, "verifications", [{"path_id": "p1", "prompt_hash": "new", "call_keys": ["v2", "v1", "bad", "v3"]}])
    fill(con, "refined_paths", [{"path_id": "r1", "slot": 1, "prompt_hash": "rewrite", "call_keys": ["w1", "j1"]}])
    calls = [
        ("v1", "verifier", 1, "completed"),
        ("v2", "verifier", 2, "completed"),
        ("v3", "verifier", 3, "completed"),
        ("bad", "verifier", 4, "malformed"),
        ("w1", "refiner", 5, "completed"),
        ("j1", "verifier", 6, "completed"),
    ]
    for key, role, minute, outcome in calls:
        row = {"call_key": key, "attempt": 1, "role": role, "started_at": _at(minute), "is_accepted": True}
        fill(con, "llm_calls", [row | {"outcome": outcome, "model": "m"}])
    return con


def test_a_prompt_has_the_role_and_the_times_of_its_calls_and_one_no_longer_used_stays(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute("create temp table templates as select 'new' as prompt_hash, 'verifier' as role, 'Judge.' as template")
    con.execute(
        "create temp table kept as select * from (values ('old', 'ranker', 'Rank.', timestamp '2026-10-01',"
        " timestamp '2026-10-02'), ('rewrite', 'refiner', 'Rewrite.', timestamp '2026-10-01', timestamp '2026-10-02'))"
        " as t (prompt_hash, role, template, first_used, last_used)"
    )
    columns = "prompt_hash, role, template, first_used, last_used"
    assert sorted(run(con, "tables/prompts", columns)) == [
        ("new", "verifier", "Judge.", _at(1), _at(4)),
        ("old", "ranker", "Rank.", datetime(2026, 10, 1), datetime(2026, 10, 2)),
        ("rewrite", "refiner", "Rewrite.", datetime(2026, 10, 1), _at(5)),
    ]


def test_usable_votes_are_numbered_in_the_order_in_which_their_row_names_them(con: duckdb.DuckDBPyConnection) -> None:
    judged = "used_by, row_id, source, call_key, provider, model, place"
    rows = run(con, "relations/verifier_votes/judged", judged)
    assert {row[3] for row in rows} == {"v1", "v2", "v3", "j1"}
    con.execute(f"create temp table judged as {sql.query('relations/verifier_votes/judged').text}")
    con.execute(
        "create temp table read_votes as select key as call_key, 'Correct' as verdict, 'Sound.' as reason"
        " from unnest(['v2', 'v3', 'j1']) as t (key)"
    )
    assert sorted(run(con, "tables/verifier_votes", "used_by, row_id, call_key, vote")) == [
        ("refined_paths", "r1", "j1", 1),
        ("verifications", "p1", "v2", 1),
        ("verifications", "p1", "v3", 2),
    ], "one that cannot be read leaves no gap"
