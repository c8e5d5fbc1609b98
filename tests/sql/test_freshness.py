"""View `freshness`: what was made from which publishes, what is behind and why, what failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from quality_world import connect
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.storage.freshness import stale
from reasonmed_assets.storage.publishing import record_failure


@pytest.fixture(scope="module")
def world() -> duckdb.DuckDBPyConnection:
    con = connect()
    con.execute("delete from publishes")
    return con


@pytest.fixture
def con(world: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of two sources, in which each table was made once, after those that it is made from."""
    world.execute("delete from publishes; delete from failures")
    published(world, "overrides", "", 1, None, n=0)
    for at, source in ((2, "medqa"), (5, "mmlu")):
        published(world, "questions", source, at, {"overrides": None})
        published(world, "reasoning_paths", source, at + 1, {"questions": at})
        published(world, "reasonmed", source, at + 2, {"questions": at, "reasoning_paths": at + 1})
    published(world, "sft_cot", "", 8, {"reasonmed": 7})
    yield world


def published(
    con: duckdb.DuckDBPyConnection, table: str, partition: str, seq: int, made_from: dict[str, Any] | None, n: int = 1
) -> None:
    """Record a publish that inserted `n` rows."""
    parts = made_from and {"seed": "1"} | {f"table {name}": json.dumps(at) for name, at in made_from.items()}
    con.execute(
        "insert into publishes by name select $1 as seq, $2 as table_name, $3 as partition, $4 as rows_inserted, 0 as"
        " rows_deleted, 1 as rows, 'f' as fingerprint, $5 as parts, 'p' as profile, '{}' as statistics, 'r' as run_id,"
        " now()::timestamp as published_at, $1::varchar as publish_id, 'h' as row_hash",
        [seq, table, partition, n, parts and json.dumps(parts)],
    )


def behind(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Why each place is behind."""
    return {one.place: str(one.why) for one in stale(con) if one.why is not None}


def test_what_was_made_after_its_inputs_is_up_to_date(con: duckdb.DuckDBPyConnection) -> None:
    assert stale(con) == []
    found = con.execute("select made_from, is_behind, has_failed, is_complete from freshness where publish = 7")
    assert found.fetchall() == [(["questions 5", "reasoning_paths 6"], False, False, True)]


def test_a_change_of_one_source_is_followed_to_the_sets(con: duckdb.DuckDBPyConnection) -> None:
    published(con, "questions", "mmlu", 9, {"overrides": None})
    assert behind(con) == {
        "reasoning_paths/mmlu": "questions: publish 5 then, 9 now",
        "reasonmed/mmlu": "questions: publish 5 then, 9 now; reasoning_paths is behind",
        "sft_cot": "reasonmed is behind",
    }


def test_a_publish_that_changes_no_row_leaves_nothing_behind(con: duckdb.DuckDBPyConnection) -> None:
    published(con, "questions", "mmlu", 9, {"overrides": None}, n=0)
    assert stale(con) == []


def test_a_change_of_a_table_over_all_sources_reaches_each(con: duckdb.DuckDBPyConnection) -> None:
    published(con, "overrides", "", 9, None)
    assert behind(con).keys() == {
        *(
            f"{table}/{source}"
            for table in ("questions", "reasoning_paths", "reasonmed")
            for source in ("medqa", "mmlu")
        ),
        "sft_cot",
    }
    assert behind(con)["questions/medqa"] == "overrides: publish - then, 9 now"


def test_a_new_source_leaves_the_sets_behind_and_no_other_source(con: duckdb.DuckDBPyConnection) -> None:
    published(con, "reasonmed", "pubmedqa", 9, {})
    assert behind(con) == {"sft_cot": "reasonmed: publish 7 then, 9 now"}


def test_what_an_earlier_version_published_is_not_judged(con: duckdb.DuckDBPyConnection) -> None:
    published(con, "sft_response", "", 9, None)
    found = con.execute("select made_from, is_behind, why from freshness where table_name = 'sft_response'").fetchall()
    assert found == [(None, False, None)]


def test_a_failure_is_shown_beside_what_stays_published_and_alone(con: duckdb.DuckDBPyConnection) -> None:
    record_failure(con, TABLES["reasonmed"], "mmlu", "run", "it failed")
    record_failure(con, TABLES["verifications"], "mmlu", "run", "no reply")
    record_failure(con, TABLES["verifications"], "mmlu", "run", "x" * 5_000)
    record_failure(con, TABLES["llm_calls"], None, "run", "an account stops nothing")
    assert [(one.place, one.why, str(one.failure)[:9]) for one in stale(con)] == [
        ("reasonmed/mmlu", None, "it failed"),
        ("verifications/mmlu", None, "x" * 9),
    ]
    found = con.execute("select publish, has_failed, length(failure) from freshness where table_name = 'verifications'")
    assert found.fetchall() == [(None, True, 2_000)]


def test_restored_rows_say_of_which_publish_they_are(con: duckdb.DuckDBPyConnection) -> None:
    con.execute('update publishes set parts = json_merge_patch(parts, \'{"restored": "4"}\') where seq = 7')
    found = con.execute("select restored_from, is_behind from freshness where publish in (6, 7) order by publish")
    assert found.fetchall() == [(None, False), (4, True)]


def test_restored_rows_and_what_is_made_from_them_are_behind(con: duckdb.DuckDBPyConnection) -> None:
    published(con, "sft_response", "", 9, {})
    con.execute('update publishes set parts = json_merge_patch(parts, \'{"restored": "4"}\') where seq in (7, 9)')
    assert behind(con) == {
        "reasonmed/mmlu": "restored from publish 4",
        "sft_cot": "reasonmed is behind",
        "sft_response": "restored from publish 4",
    }
