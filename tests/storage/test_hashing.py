"""The row hash tells all different rows apart."""

from __future__ import annotations

import hashlib
from typing import Any

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.storage import row_hash_sql

# Characters that would collide if values were merely joined.
TEXT = st.text(alphabet=":,1-[]'\" n\x1fé\\", max_size=4)
ROW = st.tuples(st.none() | TEXT, st.none() | TEXT, st.none() | st.lists(st.none() | TEXT, max_size=3))


def _hash(row: tuple[Any, ...]) -> str:
    found = duckdb.execute(
        f"select {row_hash_sql(['a', 'b', 'c', 'row_hash'])} "
        "from (select $1::varchar as a, $2::varchar as b, $3::varchar[] as c)",
        list(row),
    ).fetchone()
    assert found is not None
    return str(found[0])


@given(ROW, ROW)
def test_hashes_are_equal_exactly_when_rows_are(first: tuple[Any, ...], second: tuple[Any, ...]) -> None:
    assert (_hash(first) == _hash(second)) == (first == second)


def test_the_hash_is_the_same_everywhere() -> None:
    expected = hashlib.md5(b"1:a" + b"-1:" + b"11:['x, y', z]")
    assert _hash(("a", None, ["x, y", "z"])) == expected.hexdigest()


def test_the_row_hash_itself_does_not_enter() -> None:
    assert "row_hash" not in row_hash_sql(["a", "row_hash"])
