"""The rows of one question in every table, their calls and their publishes, by id.

Which tables hold them follows from the view `table_references`. Every query filters by id before it joins: a trace
reads a few rows of tables that hold millions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.sql import literal

Row = dict[str, Any]

_PLACE = re.compile(r"\$(\d+)")
_SHORTEST_PREFIX = 4
_LISTED = 10
_CALL_TABLES = ("llm_calls", "call_uses")


class TraceError(ReasonmedError):
    """Nothing, or more than one thing, is meant by what was asked; the message says what there is and what to try."""


@dataclass(frozen=True)
class Found:
    """The row that was asked for.

    Attributes:
        table: its table; `llm_calls` for a call.
        id: its id.
    """

    table: str
    id: str


@dataclass
class Rows:
    """All rows that belong to one question.

    Attributes:
        asked: the row that was asked for.
        question_id: the question; None where there is only a record that could not be read, or an unused call.
        tables: rows by table, in the order in which data moves; only tables that have some.
        others: published records of other questions that matches name, by raw_id.
        calls: attempts of the calls behind the rows, by call key.
        shares: (table, row id, call key) -> the part of the call that counts for the row.
        publishes: the last publish of each table's partition that has rows here.
        keys: key of each table.
    """

    asked: Found
    question_id: str | None
    tables: dict[str, list[Row]] = field(default_factory=dict)
    others: dict[str, Row] = field(default_factory=dict)
    calls: dict[str, list[Row]] = field(default_factory=dict)
    shares: dict[tuple[str, str, str], float] = field(default_factory=dict)
    publishes: dict[str, Row] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def of(self, table: str, **values: Any) -> list[Row]:
        """Rows of a table that have these values."""
        return [row for row in self.tables.get(table, []) if all(row.get(name) == v for name, v in values.items())]

    def first(self, table: str, **values: Any) -> Row | None:
        """The first of them, if any."""
        return next(iter(self.of(table, **values)), None)

    def cost_of(self, call_keys: Iterable[str], share: dict[str, float] | None = None) -> tuple[float, float]:
        """Dollars of calls as far as known, and attempts of unknown cost, each call by its share (None: whole)."""
        usd = unknown = 0.0
        for key in call_keys:
            part = 1.0 if share is None else share.get(key, 0.0)
            for attempt in self.calls.get(key, []):
                cost = attempt["cost_usd"]
                usd += 0.0 if cost is None else cost * part
                unknown += part if cost is None else 0.0
        return usd, unknown

    @property
    def cost(self) -> tuple[float, float]:
        """What all rows cost: dollars as far as known, attempts of unknown cost, each by its share."""
        costs = [self.cost_of([key], {key: share}) for (_, _, key), share in self.shares.items()]
        if not self.shares:
            costs = [self.cost_of(self.calls)]
        return sum(usd for usd, _ in costs), sum(unknown for _, unknown in costs)


def _literal(value: str | list[str]) -> str:
    """A value as SQL; a list as what follows `in`."""
    return literal(value) if isinstance(value, str) else f"({', '.join(map(literal, value)) or 'null'})"


def filled(query: str, values: Sequence[str | list[str]]) -> str:
    """A query with `$1` and so on replaced by values: a parameter makes DuckDB import pandas."""
    return _PLACE.sub(lambda found: _literal(values[int(found[1]) - 1]), query)


@dataclass(frozen=True)
class _Reference:
    table: str
    key: str
    column: str
    parent: str
    parent_column: str


class Snapshot:
    """What a trace needs to know of the tables of an open snapshot.

    Args:
        con: a read connection on the snapshot.

    Raises:
        TraceError: an earlier version wrote it, and it may only be read.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        try:
            rows = self.rows("select * exclude (kind) from table_references")
        except duckdb.CatalogException as error:
            raise TraceError(
                "an earlier version of this program wrote the snapshot, and the warehouse may only be read: copy the "
                "warehouse to where it can be written, and trace there"
            ) from error
        self.references = [_Reference(*row.values()) for row in rows]
        columns = self.rows(
            "select table_name, list(column_name order by column_index) as names from duckdb_columns()"
            " where database_name = current_database() and not internal and table_oid in"
            " (select table_oid from duckdb_tables()) group by table_name order by min(table_oid)"
        )
        self.columns: dict[str, list[str]] = {row["table_name"]: row["names"] for row in columns}
        keys = {one.parent: one.parent_column for one in self.references} | {
            one.table: one.key for one in self.references
        }
        self.keys = {table: keys[table] for table in self.columns if table in keys}

    def rows(self, query: str, *values: str | list[str]) -> list[Row]:
        """Rows of a query, filled with values."""
        relation = self._con.execute(filled(query, values))
        names = [column[0] for column in relation.description or ()]
        return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]

    def found(self, table: str, test: str, *values: str | list[str], order: str = "rowid") -> list[Row]:
        """Whole rows of a table, found by the columns of the test first.

        Where one of several ids is meant, DuckDB otherwise reads every column of every row before it tests.
        """
        return self.rows(
            f"select * from {table} where rowid in (select rowid from {table} where {test}) order by {order}", *values
        )

    @property
    def givers(self) -> dict[str, str]:
        """The tables whose key is of no other table's row, each with its key; calls come last."""
        borrowed = {(one.table, one.column) for one in self.references}
        own = {table: key for table, key in self.keys.items() if (table, key) not in borrowed}
        calls = own.pop("llm_calls", None)
        return own | ({"llm_calls": calls} if calls else {})


def find(snapshot: Snapshot, wanted: str) -> Found:
    """The row that an id, the beginning of one, a publisher's id or words of a question mean.

    Raises:
        TraceError: nothing or several things are meant.
    """
    wanted = wanted.strip().encode(errors="replace").decode()
    by_id = _by_id(snapshot, wanted) if wanted else []
    exact = [one for one in by_id if one.id == wanted]
    native = [] if exact else _by_native_id(snapshot, wanted)
    # A word may be of hex digits, and a publisher's number how an id begins.
    found = exact or list(dict.fromkeys([*native, *by_id, *([] if native else _by_words(snapshot, wanted))]))
    if len(found) == 1 or (exact and len({one.id for one in found}) == 1):
        return found[0]
    if not found:
        raise TraceError(
            f"nothing has the id {wanted!r}, and no question has these words. Ids are those of records (raw_id), "
            "questions, paths, examples, scores, reviews and calls, or their first characters; a few words of the "
            "question do as well. A question of a source that was not built is in no table."
        )
    listed = [f"  {one.id}  {one.table}{_beginning(snapshot, one)}" for one in found[:_LISTED]]
    more = ["  ..."] if len(found) > _LISTED else []
    raise TraceError(
        "\n".join([f"{wanted!r} means several rows; give one of these ids, or more words:", *listed, *more])
    )


def _by_id(snapshot: Snapshot, wanted: str) -> list[Found]:
    found: list[Found] = []
    for table, key in snapshot.givers.items():
        if table == "llm_calls" and found:
            break
        test = f"starts_with({key}, $1)" if len(wanted) >= _SHORTEST_PREFIX else f"{key} = $1"
        rows = snapshot.rows(f"select distinct {key} as id from {table} where {test} limit {_LISTED + 1}", wanted)
        found += [Found(table, row["id"]) for row in rows]
    if not found:
        # Records that could not be read are in no other table.
        rows = snapshot.rows("select raw_id from rejected_questions where starts_with(raw_id, $1)", wanted)
        found = [Found("rejected_questions", row["raw_id"]) for row in rows if len(wanted) >= _SHORTEST_PREFIX]
    return found


def _by_native_id(snapshot: Snapshot, wanted: str) -> list[Found]:
    rows = snapshot.rows(f"select raw_id from raw_questions where native_id = $1 limit {_LISTED + 1}", wanted)
    return [Found("raw_questions", row["raw_id"]) for row in rows]


def _by_words(snapshot: Snapshot, wanted: str) -> list[Found]:
    words = wanted.lower().split()
    if not words:
        return []
    test = " and ".join(f"contains(lower(question), ${n})" for n in range(1, len(words) + 1))
    rows = snapshot.rows(
        f"select min(raw_id) as raw_id from raw_questions where {test} group by question_id limit {_LISTED + 1}", *words
    )
    return [Found("raw_questions", row["raw_id"]) for row in rows]


def _beginning(snapshot: Snapshot, one: Found) -> str:
    """How the question of a row begins, where the row has one."""
    if "question" not in snapshot.columns[one.table]:
        return ""
    key = snapshot.keys[one.table]
    rows = snapshot.rows(f"select source, question from {one.table} where {key} = $1", one.id)
    return "".join(f"  {row['source']}: {' '.join(row['question'].split())[:70]}" for row in rows[:1])


def gather(snapshot: Snapshot, asked: Found) -> Rows:
    """Everything that belongs to the question of a row.

    Raises:
        TraceError: a call serves rows of several questions.
    """
    question_id, raw_ids, calls = _subject(snapshot, asked)
    rows = Rows(asked, question_id, keys=snapshot.keys)
    ids: dict[str, set[str]] = {"raw_id": set(raw_ids)}
    if question_id is not None:
        for table, columns in snapshot.columns.items():
            if "question_id" in columns:
                _add(rows, table, snapshot.rows(f"select * from {table} where question_id = $1", question_id))
        for table, found in rows.tables.items():
            key = snapshot.keys.get(table)
            ids.setdefault(key or "", set()).update(row[key] for row in found if key is not None)
    for table, columns in snapshot.columns.items():
        if "question_id" not in columns or not rows.tables.get(table):
            _add(rows, table, _referring(snapshot, table, ids, skip_question="question_id" in columns))
    if asked.table not in _CALL_TABLES and not rows.tables.get(asked.table):
        # A review or an override that names no question of the warehouse.
        key = snapshot.keys[asked.table]
        _add(rows, asked.table, snapshot.rows(f"select * from {asked.table} where {key} = $1", asked.id))
    rows.others = _others(snapshot, rows, ids["raw_id"])
    _add_calls(snapshot, rows, calls)
    _add_publishes(snapshot, rows)
    rows.tables = {table: rows.tables[table] for table in snapshot.columns if table in rows.tables}
    return rows


def _subject(snapshot: Snapshot, asked: Found) -> tuple[str | None, list[str], list[str]]:
    """The question of a row, its records where it has no question, and its calls where nothing uses them."""
    if asked.table == "llm_calls":
        return _question_of_call(snapshot, asked.id)
    key, columns = snapshot.keys[asked.table], snapshot.columns[asked.table]
    wanted = [name for name in ("question_id", "raw_id", "example_id") if name in columns]
    (row, *_) = snapshot.rows(f"select {', '.join(wanted)} from {asked.table} where {key} = $1", asked.id)
    if row.get("question_id"):
        return row["question_id"], [], []
    if row.get("example_id"):
        for table in ("reasonmed", "dropped_examples"):
            for one in snapshot.rows(f"select question_id from {table} where example_id = $1", row["example_id"]):
                return one["question_id"], [], []
    raw_ids = [row["raw_id"]] if row.get("raw_id") else []
    for table in ("raw_questions", "benchmark_questions"):
        for one in snapshot.rows(f"select question_id from {table} where raw_id = $1", *(raw_ids or [""])):
            return one["question_id"], raw_ids, []
    return None, raw_ids, []


def _question_of_call(snapshot: Snapshot, call_key: str) -> tuple[str | None, list[str], list[str]]:
    uses = snapshot.rows("select used_by, row_id from call_uses where call_key = $1", call_key)
    questions: set[str] = set()
    for use in uses:
        if "question_id" in snapshot.columns[use["used_by"]]:
            key = snapshot.keys[use["used_by"]]
            rows = snapshot.rows(f"select question_id from {use['used_by']} where {key} = $1", use["row_id"])
            questions |= {row["question_id"] for row in rows}
    if len(questions) > 1:
        raise TraceError(
            f"the call {call_key} serves rows of {len(questions)} questions; trace one of them: "
            + ", ".join(sorted(questions)[:_LISTED])
        )
    return (questions.pop() if questions else None), [], [call_key]


def _add(rows: Rows, table: str, found: list[Row]) -> None:
    if found and table not in _CALL_TABLES:
        rows.tables.setdefault(table, []).extend(found)


def _referring(snapshot: Snapshot, table: str, ids: dict[str, set[str]], *, skip_question: bool) -> list[Row]:
    """Rows of a table that names no question, by the other ids that they hold."""
    columns = {
        one.column: one.parent_column
        for one in snapshot.references
        if one.table == table and not (skip_question and one.parent_column == "question_id")
    }
    if "row_id" in snapshot.columns[table] and table not in _CALL_TABLES:
        columns["row_id"] = "any"
    everything = sorted(set().union(*ids.values()))
    tests, values = [], []
    for column, parent in columns.items():
        held = everything if parent == "any" else sorted(ids.get(parent, ()))
        if held:
            values.append(held)
            tests.append(f"{column} in ${len(values)}")
    return snapshot.found(table, " or ".join(tests), *values) if tests else []


def _others(snapshot: Snapshot, rows: Rows, own: set[str]) -> dict[str, Row]:
    """The records of other questions that matches and rejections name."""
    named = {
        row.get(name)
        for table in ("question_matches", "rejected_questions")
        for row in rows.tables.get(table, [])
        for name in ("raw_id", "other_raw_id")
    }
    wanted = sorted(raw_id for raw_id in named if raw_id is not None and raw_id not in own)
    found = {}
    for table in ("raw_questions", "benchmark_questions") if wanted else ():
        columns = "raw_id, question_id, source, split, file, row, question, options, gold_letter"
        for row in snapshot.rows(
            f"select {columns}, '{table}' as table_name from {table} where raw_id in $1",
            wanted,
        ):
            found[row["raw_id"]] = row
    return found


def _add_calls(snapshot: Snapshot, rows: Rows, asked: list[str]) -> None:
    listed = [(table, row) for table, found in rows.tables.items() for row in found]
    keys = sorted({key for _, row in listed for key in row.get("call_keys") or ()} | set(asked))
    for attempt in snapshot.found("llm_calls", "call_key in $1", keys, order="started_at, attempt"):
        rows.calls.setdefault(attempt["call_key"], []).append(attempt)
    own = {(table, row[rows.keys[table]]) for table, row in listed if table in rows.keys}
    uses = snapshot.found("call_uses", "call_key in $1", keys)
    rows.shares = {
        (use["used_by"], use["row_id"], use["call_key"]): use["cost_share"]
        for use in uses
        if (use["used_by"], use["row_id"]) in own
    }


def _add_publishes(snapshot: Snapshot, rows: Rows) -> None:
    """The publishes of the tables that have rows here, and of the questions: those may have left the record out."""
    sources = {row.get("source") for found in rows.tables.values() for row in found}
    listed = snapshot.rows(
        "select * exclude (parts, statistics, fingerprint, row_hash) from publishes"
        " where table_name in $1 qualify row_number() over"
        " (partition by table_name, partition order by seq desc) = 1 order by seq",
        [*rows.tables, "questions"],
    )
    for publish in listed:
        if publish["partition"] == "" or publish["partition"] in sources:
            rows.publishes[publish["table_name"]] = publish
