"""What calls cost, and what for: a small warehouse whose dollars are added up by hand.

| call | role | dollars | serves |
|---|---|---|---|
| g1 | generator | 0.40 | a path of q1 and one of q2 |
| v1 | verifier | 0.10 (paid by another warehouse) | q1 |
| s1 | summariser | 0.06 | the first example of q1 |
| r1 | refiner | 0.20 | slot 1 of q2, which became an example |
| r2 | refiner | 0.24 | slot 2 of q2, which was dropped |
| g3 | generator | 0.50 | q3, whose tier is unresolved |
| g4 | generator | 0.16 | q4, which has no tier yet |
| x | verifier | 0.05 + 0.03, two attempts | no row: the step that asked failed |
"""

from __future__ import annotations

import duckdb
import pytest
from queries import SOURCE, connect, fill
from reasonmed_assets.quality.derived.served_rows import served_rows
from reasonmed_assets.quality.schema import TABLES, Missing, TableSpec, column
from reasonmed_assets.quality.tables.call_columns import CallColumns

from reasonmed_assets.rules.ids import make_id
from reasonmed_assets.storage.views import create_views, shipped_views

E11, E12, E21, E22 = (make_id(question, slot) for question in ("q1", "q2") for slot in "12")
CALLS = [
    ("g1", 1, "generator", "reasoning_paths", 0.40),
    ("v1", 1, "verifier", None, 0.10),
    ("s1", 1, "summariser", "answer_summaries", 0.06),
    ("r1", 1, "refiner", "refined_paths", 0.20),
    ("r2", 1, "refiner", "refined_paths", 0.24),
    ("g3", 1, "generator", "reasoning_paths", 0.50),
    ("g4", 1, "generator", "reasoning_paths", 0.16),
    ("x", 1, "verifier", "verifications", 0.05),
    ("x", 2, "verifier", "verifications", 0.03),
]
TIERS = {"q1": "easy", "q2": "medium", "q3": "unresolved"}


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = connect()
    create_views(con, shipped_views(), kind="view")
    paths = [("p1", "q1", "g1"), ("p2", "q2", "g1"), ("p3", "q3", "g3"), ("p4", "q4", "g4")]
    fill(con, "reasoning_paths", [{"path_id": p, "question_id": q, "call_keys": [key]} for p, q, key in paths])
    fill(con, "verifications", [{"path_id": "p1", "question_id": "q1", "call_keys": ["v1"]}])
    rewrites = [("r1", 1), ("r2", 2)]
    fill(con, "refined_paths", [{"path_id": k, "question_id": "q2", "slot": n, "call_keys": [k]} for k, n in rewrites])
    fill(con, "answer_summaries", [{"example_id": E11, "question_id": "q1", "call_keys": ["s1"]}])
    fill(con, "difficulty_tiers", [{"question_id": q, "tier": tier} for q, tier in TIERS.items()])
    final = [(E11, "q1"), (E12, "q1"), (E21, "q2")]
    fill(con, "reasonmed", [{"example_id": e, "question_id": q, "tier": TIERS[q]} for e, q in final])
    fill(con, "dropped_examples", [{"example_id": E22, "question_id": "q2", "tier": "medium"}])
    for key, attempt, role, made_for, cost in CALLS:
        row = {"call_key": key, "attempt": attempt, "role": role, "model": "m", "cost_usd": cost, "prompt_tokens": 8}
        fill(con, "llm_calls", [row | {"made_for": made_for, "made_for_source": made_for and SOURCE}])
    con.execute("create temp view attempts as from llm_calls")
    con.execute(f"insert into call_uses by name {_call_uses()}")
    return con


def _call_uses() -> str:
    from reasonmed_assets import sql

    return sql.query("tables/call_uses").text


def _sums(con: duckdb.DuckDBPyConnection, by: str, what: str = "cost_usd") -> dict[object, float]:
    return dict(con.execute(f"select {by}, round(sum({what}), 6) from cost group by all").fetchall())


def test_dollars_by_what_they_were_spent_on(con: duckdb.DuckDBPyConnection) -> None:
    assert _sums(con, "spent_on") == {"examples": 0.76, "dropped": 0.74, "pending": 0.16, "unused": 0.08}


def test_what_others_paid_is_no_expense_of_this_warehouse(con: duckdb.DuckDBPyConnection) -> None:
    assert _sums(con, "spent_on", "paid_usd") == {"examples": 0.66, "dropped": 0.74, "pending": 0.16, "unused": 0.08}


def test_dollars_by_role_tier_and_source(con: duckdb.DuckDBPyConnection) -> None:
    assert _sums(con, "role") == {"generator": 1.06, "verifier": 0.18, "refiner": 0.44, "summariser": 0.06}
    assert _sums(con, "tier") == {"easy": 0.36, "medium": 0.64, "unresolved": 0.50, None: 0.24}
    assert _sums(con, "source") == {SOURCE: 1.74}


def test_a_call_counts_once_with_all_its_attempts(con: duckdb.DuckDBPyConnection) -> None:
    assert _sums(con, "'all'", "calls") == {"all": 8}
    assert _sums(con, "'all'", "attempts") == {"all": 9}
    assert _sums(con, "'all'", "prompt_tokens") == {"all": 72}


def test_an_example_costs_its_own_calls_and_its_part_of_the_questions(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("select example_id, round(cost_usd, 6), round(paid_usd, 6) from cost_per_example").fetchall()
    assert {key: (cost, paid) for key, cost, paid in rows} == {
        E11: (0.21, 0.16),  # (0.20 + 0.10) / 2 + 0.06; another warehouse paid v1
        E12: (0.15, 0.10),
        E21: (0.40, 0.40),  # 0.20 + 0.20
    }


def test_a_row_that_is_for_one_example_says_which(con: duckdb.DuckDBPyConnection) -> None:
    columns = "used_by, row_id, source, question_id, example_id, call_key"
    assert con.execute(f"select {columns} from served_rows where used_by = 'refined_paths' order by 2").fetchall() == [
        ("refined_paths", "r1", SOURCE, "q2", E21, "r1"),
        ("refined_paths", "r2", SOURCE, "q2", E22, "r2"),
    ]


def test_a_call_that_a_row_names_twice_serves_it_once(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update refined_paths set call_keys = ['r1', 'again', 'r1'] where path_id = 'r1'")
    served = con.execute("select call_key from served_rows where row_id = 'r1' order by all").fetchall()
    assert served == [("again",), ("r1",)]


class Probes(CallColumns):
    """A table that models fill, and whose calls serve no question."""

    probe_id: str = column("Hash of the probe.", unique=True)


def test_a_new_table_that_names_calls_is_among_the_served_rows_and_costed() -> None:
    con = connect()
    spec = TableSpec(
        "probes", "verdicts", "One row per probe.", "probe_id", None, Probes, missing=Missing("outcome is null")
    )
    con.execute(spec.ddl().replace(" not null", ""))
    views = shipped_views() | {"served_rows": served_rows([*TABLES.values(), spec])}
    create_views(con, views, kind="view")
    con.execute("insert into probes (probe_id, call_keys) values ('b1', ['x1', 'x2'])")
    for key in ("x1", "x2"):
        fill(con, "llm_calls", [{"call_key": key, "attempt": 1, "role": "verifier", "made_for": "probes"}])
    con.execute("create temp view attempts as from llm_calls")
    con.execute(f"insert into call_uses by name {_call_uses()}")
    assert con.execute("select table_name, row_id, spent_on, calls from call_costs order by call_key").fetchall() == [
        ("probes", "b1", "other", 1),
        ("probes", "b1", "other", 1),
    ]


def test_what_is_unknown_is_apart_and_never_zero() -> None:
    con = connect()
    create_views(con, shipped_views(), kind="view")
    of_all = {"role": "verifier", "model": "m", "made_for": "verifications", "made_for_source": SOURCE}
    known = {"prompt_tokens": 10, "completion_tokens": 5, "reserved_usd": 0.5}
    fill(
        con,
        "llm_calls",
        [
            of_all | known | {"call_key": "a", "attempt": 1, "is_declined": False, "cost_usd": 0.1},
            of_all | {"call_key": "b", "attempt": 1, "is_declined": False, "reserved_usd": 0.3},
            of_all | {"call_key": "b", "attempt": 2, "is_declined": True, "reserved_usd": 0.3, "cost_usd": 0.0},
            of_all | {"call_key": "c", "attempt": 1, "is_declined": False, "reserved_usd": 0.2},
            of_all | known | {"call_key": "d", "attempt": 1, "is_declined": False, "model": "x", "reserved_usd": None},
        ],
    )
    costs = "select call_key, prompt_tokens, cost_usd, paid_usd, unknown_attempts, unknown_usd from call_costs"
    assert con.execute(f"{costs} order by 1").fetchall() == [
        ("a", 10, 0.1, 0.1, 0, 0),
        ("b", None, 0.0, 0.0, 1, 0.3),
        ("c", None, None, None, 1, 0.2),
        ("d", 10, None, None, 1, 0),
    ]
    columns = "model, requests, declined, reserved_usd, settled_usd, no_usage, no_usage_usd, no_price"
    assert con.execute(f"select {columns} from spending").fetchall() == [
        ("m", 3, 1, 1.0, 0.1, 2, 0.5, 0),
        ("x", 1, 0, None, None, 0, None, 1),
    ]
    from reasonmed_assets.cli.terminal import spending_lines

    assert list(spending_lines(con.sql("from spending").pl().to_dicts())) == [
        "2 calls reported no usage; $0.50 reserved for them.",
        "1 calls have no price: declare `prices` of x in the profile (0 for a free one).",
    ]
