"""Statements over many keys or rows, in as few steps as SQLite allows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_KEYS_PER_QUERY = 500
"""SQLite takes a limited number of values in one statement."""

_ROWS_PER_STATEMENT = 128
_ROWS_PER_STEP = 8


def blob(digits: str) -> bytearray:
    """What hex digits stand for, as a value for a statement: Python's SQLite binds `bytes` three times as slowly."""
    return bytearray.fromhex(digits)


def select_by_key(
    connection: sqlite3.Connection, query: str, keys: Iterable[str], *before: object
) -> Iterator[tuple[Any, ...]]:
    """Rows of a query, some keys at a time: their marks take the place of `{marks}`, after the values `before`."""
    for cursor in _by_key(connection, query, keys, before):
        yield from cursor.fetchall()


def update_by_key(connection: sqlite3.Connection, update: str, keys: Iterable[str], *before: object) -> int:
    """How many rows an update of this form has changed."""
    return sum(cursor.rowcount for cursor in _by_key(connection, update, keys, before))


def _by_key(
    connection: sqlite3.Connection, statement: str, keys: Iterable[str], before: Iterable[object]
) -> Iterator[sqlite3.Cursor]:
    wanted = list(map(blob, keys))
    for first in range(0, len(wanted), _KEYS_PER_QUERY):
        some = wanted[first : first + _KEYS_PER_QUERY]
        marks = ",".join("?" * len(some))
        yield connection.execute(statement.format(marks=marks), [*before, *some])


def execute_many(
    connection: sqlite3.Connection, statement: str, rows: Sequence[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Run a statement over rows of values, which take the place of `{rows}`, and return what it yields.

    Many rows at a time: SQLite gives up the interpreter at every step, and while the event loop is busy it is a long
    wait until the next one. The numbers of rows are few, so that SQLite parses few statements.
    """
    found: list[tuple[Any, ...]] = []
    at = 0
    while at < len(rows):
        left = min(_ROWS_PER_STATEMENT, len(rows) - at)
        some = rows[at : at + (left - left % _ROWS_PER_STEP or left)]
        marks = ", ".join([f"({', '.join('?' * len(some[0]))})"] * len(some))
        found += connection.execute(statement.format(rows=marks), [value for row in some for value in row]).fetchall()
        at += len(some)
    return found
