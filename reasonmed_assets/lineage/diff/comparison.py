"""What differs between two states, put together: rows, causes, tiers, shares, examples."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from reasonmed_assets.lineage.diff import changes, shares, why
from reasonmed_assets.lineage.diff.causes import NAMES, rank_sql
from reasonmed_assets.lineage.diff.shares import Share
from reasonmed_assets.lineage.diff.sides import AFTER, BEFORE, Compared, opened, state_before
from reasonmed_assets.quality.tables import TABLES
from reasonmed_assets.vocabulary import TIERS

NOT_THERE = "not there"
"""The tier of a question that a state does not have."""
_EXAMPLES = 3
_SHOWN_COLUMNS = 4
_SHOWN_CHARACTERS = 160


@dataclass(frozen=True)
class TableDiff:
    """How the rows of a table differ.

    Attributes:
        table: its name.
        before, after: rows in each state.
        added, removed, changed: rows that differ.
        columns: column -> rows in which it differs, of those that are in both states.
        causes: cause -> rows; they add up to all rows that differ.
    """

    table: str
    before: int
    after: int
    added: int
    removed: int
    changed: int
    columns: Mapping[str, int]
    causes: Mapping[str, int]


@dataclass(frozen=True)
class Example:
    """A row that differs.

    Attributes:
        table, row_id, source: which row.
        question: how its question begins, where it has one.
        change: added, removed or changed.
        values: column -> (before, after), cut short; of a few columns.
        cause, detail: why.
        root: table and id of the row where the cause comes from; empty where that is the row itself.
    """

    table: str
    row_id: str
    source: str | None
    question: str | None
    change: str
    values: Mapping[str, tuple[str | None, str | None]]
    cause: str
    detail: str | None
    root: str


@dataclass(frozen=True)
class Diff:
    """What differs between two states, and why.

    Attributes:
        before, after: what they are, for people.
        tables: the tables whose rows are compared, in the order in which data moves.
        causes: cause -> rows of all tables, in the order of `causes.CAUSES`; they add up to all rows that differ.
        details: (cause, what of it, rows), the most frequent first.
        tiers: (tier before, tier after) -> questions.
        shares: counts and shares that differ, by source and model.
        n_compared: comparisons that the shares' tests were judged over.
        examples: a few rows of each cause.
    """

    before: str
    after: str
    tables: tuple[TableDiff, ...]
    causes: Mapping[str, int]
    details: tuple[tuple[str, str, int], ...]
    tiers: Mapping[tuple[str, str], int]
    shares: tuple[Share, ...]
    n_compared: int
    examples: tuple[Example, ...]

    @property
    def n_rows(self) -> int:
        """Rows that differ."""
        return sum(self.causes.values())

    @property
    def tier_names(self) -> list[str]:
        """The tiers that questions have in either state, the easiest first."""
        there = {tier for pair in self.tiers for tier in pair}
        return [tier for tier in (*TIERS, NOT_THERE) if tier in there]

    def summary(self) -> str:
        """One line: how many rows differ, why, and how many questions have another tier."""
        if not self.n_rows:
            return "no row differs"
        said = ", ".join(f"{cause} {n:,}" for cause, n in self.causes.items())
        moved = sum(n for pair, n in self.tiers.items() if pair[0] != pair[1] and NOT_THERE not in pair)
        return f"{self.n_rows:,} rows differ ({said}); {moved:,} questions have another tier"

    def to_json(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        found = asdict(self)
        found["tiers"] = [
            {"before": before, "after": after, "questions": n} for (before, after), n in self.tiers.items()
        ]
        found["details"] = [{"cause": cause, "what": what, "rows": n} for cause, what, n in self.details]
        return found | {"rows": self.n_rows}

    def _repr_html_(self) -> str:
        """For notebooks."""
        rows = "".join(
            f"<tr><td>{one.table}</td><td>{one.added:,}</td><td>{one.removed:,}</td><td>{one.changed:,}</td>"
            f"<td>{html.escape(', '.join(f'{cause} {n:,}' for cause, n in one.causes.items()))}</td></tr>"
            for one in self.tables
            if one.causes
        )
        head = "<tr><th>table</th><th>added</th><th>removed</th><th>changed</th><th>why</th></tr>"
        return f"<p>{html.escape(self.summary())}</p><table>{head}{rows}</table>"


def diff(warehouse: Path, before: str, after: str | None = None) -> Diff:
    """What differs between two states, or what one build changed.

    Args:
        warehouse: folder of the warehouse whose builds and publishes are named.
        before: a build (`b7`), a publish (`41`), or the folder of a warehouse or an export.
        after: the same; None: `before` is a build, which is compared with what was before it.

    Raises:
        DiffError: one of them is none of these.
        WarehouseError: there is no such build or publish, or its history was dropped.
    """
    states = (state_before(warehouse, before), before) if after is None else (before, after)
    with opened(warehouse, *states) as compared:
        return compare(compared)


def compare(compared: Compared) -> Diff:
    """The same, of two states that are open."""
    changes.find(compared)
    why.find(compared)
    con, (before, after) = compared.con, compared.sides
    con.execute(
        "create or replace temp table told as "
        "select * from changes inner join reasons using (table_name, row_id) "
        f"where table_name in ({', '.join(repr(name) for name in compared.shown)})"
    )
    found, n_compared = shares.shares(compared)
    return Diff(
        before.title,
        after.title,
        tuple(_tables(compared)),
        _counts(con, "from told"),
        tuple(
            con.execute(
                "select cause, detail, count(*) as n from told where detail is not null group by cause, detail "
                f"order by {rank_sql('cause')}, n desc, detail limit 40"
            ).fetchall()
        ),
        _tiers(compared),
        tuple(found),
        n_compared,
        tuple(_examples(con)),
    )


def _counts(con: duckdb.DuckDBPyConnection, rows: str) -> dict[str, int]:
    found = dict(con.execute(f"select cause, count(*) {rows} group by cause").fetchall())
    return {name: found[name] for name in NAMES if name in found}


def _tables(compared: Compared) -> Iterator[TableDiff]:
    con = compared.con
    for name in compared.shown:
        kinds = dict(
            con.execute("select change, count(*) from told where table_name = $1 group by all", [name]).fetchall()
        )
        columns = con.execute(
            "select one, count(*) from (select unnest(columns) as one from told where table_name = $1) "
            "group by all order by 2 desc, 1",
            [name],
        ).fetchall()
        yield TableDiff(
            name,
            _n_rows(con, f"{BEFORE}_{name}"),
            _n_rows(con, f"{AFTER}_{name}"),
            kinds.get("added", 0),
            kinds.get("removed", 0),
            kinds.get("changed", 0),
            dict(columns),
            _counts(con, f"from told where table_name = '{name}'"),
        )


def _n_rows(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    row = con.execute(f"select count(*) from {rows}").fetchone()
    assert row is not None
    return int(row[0])


def _tiers(compared: Compared) -> dict[tuple[str, str], int]:
    if "difficulty_tiers" not in compared.shown:
        return {}
    rows = compared.con.execute(
        f"""
        select coalesce(b.tier, '{NOT_THERE}'), coalesce(a.tier, '{NOT_THERE}'), count(*)
        from {BEFORE}_difficulty_tiers as b
        full join {AFTER}_difficulty_tiers as a on b.question_id = a.question_id
        group by all
        order by all
        """
    ).fetchall()
    return {(before, after): n for before, after, n in rows}


def _examples(con: duckdb.DuckDBPyConnection) -> Iterator[Example]:
    """The first rows of each cause, of tables in the order in which data moves, those that are roots first."""
    listed = ", ".join(repr(name) for name in TABLES)
    rows = con.execute(
        f"""
        select table_name, row_id, question_id, source, change, columns, cause, detail, root_table, root_id
        from told
        qualify
            row_number() over (
                partition by cause
                order by root_table != table_name, list_position([{listed}], table_name), row_id
            ) <= {_EXAMPLES}
        order by {rank_sql("cause")}, list_position([{listed}], table_name), row_id
        """
    ).fetchall()
    values_of = {table: _values(con, table, [row[1] for row in rows if row[0] == table]) for table, *_ in rows}
    for table, row_id, question_id, source, change, columns, cause, detail, root_table, root_id in rows:
        root = "" if (root_table, root_id) == (table, row_id) else f"{root_table} {root_id}"
        shown = columns[:_SHOWN_COLUMNS] if change == "changed" else list(TABLES[table].shown)
        old, new = (found.get(row_id, {}) for found in values_of[table])
        values = {name: (old.get(name), new.get(name)) for name in shown}
        question = _question(con, question_id)
        yield Example(table, row_id, source, question, change, values, cause, detail, root)


def _values(
    con: duckdb.DuckDBPyConnection, table: str, row_ids: list[str]
) -> tuple[dict[str, dict[str, str | None]], dict[str, dict[str, str | None]]]:
    """Column -> value, cut short, of some rows by id, before and after: each state is read once."""
    names, key = list(TABLES[table].columns), TABLES[table].key
    cut = ", ".join(f'left("{name}"::varchar, {_SHOWN_CHARACTERS})' for name in names)

    def found(side: str) -> dict[str, dict[str, str | None]]:
        rows = con.execute(f"select {key}, {cut} from {side}_{table} where {key} in (select unnest($1))", [row_ids])
        return {str(row_id): dict(zip(names, values, strict=True)) for row_id, *values in rows.fetchall()}

    return found(BEFORE), found(AFTER)


def _question(con: duckdb.DuckDBPyConnection, question_id: str | None) -> str | None:
    if question_id is None:
        return None
    for side in (AFTER, BEFORE):
        row = con.execute(
            f"select left(question, {_SHOWN_CHARACTERS}) from {side}_questions where question_id = $1", [question_id]
        ).fetchone()
        if row:
            return str(row[0])
    return None
