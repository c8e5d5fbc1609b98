"""The verifier's votes brought together: the majority, and the reply that stands for it."""

from __future__ import annotations

from typing import Any

import duckdb
import orjson
import pytest
from queries import connect, run

COLUMNS = "n_votes, n_votes_correct, verdict, verdict_reason, model, outcome, all_attempts, all_call_keys"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return connect()


def vote(con: Any, *verdicts: str | None) -> None:
    """One path with these votes, in the order of their samples; None for an unusable reply."""
    con.execute("create table calls (row_id varchar, path_id varchar, sample bigint)")
    con.execute(
        "create table replies (row_id varchar, value varchar, raw_text varchar, outcome varchar, error_kind varchar,"
        " is_missing boolean, call_keys varchar[], model varchar, attempts bigint)"
    )
    # The last vote is stored first.
    for sample, verdict in reversed(list(enumerate(verdicts, start=1))):
        value = {} if verdict is None else {"verdict": verdict, "reason": f"reason {sample}"}
        outcome = "malformed" if verdict is None else "completed"
        con.execute("insert into calls values (?, 'p', ?)", [f"p/{sample}", sample])
        con.execute(
            "insert into replies values (?, ?, null, ?, null, false, ?, ?, ?)",
            [f"p/{sample}", orjson.dumps(value).decode(), outcome, [f"k{sample}"], f"m{sample}", sample],
        )


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (("correct",), (1, 1, "correct", "reason 1", "m1", "completed", 1, ["k1"])),
        (("error", "correct", "correct"), (3, 2, "correct", "reason 2", "m2", "completed", 6, ["k1", "k2", "k3"])),
        (("correct", "error"), (2, 1, "error", "reason 2", "m2", "completed", 3, ["k1", "k2"])),
        ((None, "error", "correct"), (2, 1, "error", "reason 2", "m2", "completed", 6, ["k1", "k2", "k3"])),
        ((None, None), (0, 0, None, None, "m1", "malformed", 3, ["k1", "k2"])),
    ],
)
def test_the_first_vote_that_agrees_with_the_majority_stands(con: Any, verdicts: Any, expected: Any) -> None:
    vote(con, *verdicts)
    assert run(con, "relations/votes", COLUMNS) == [expected]
