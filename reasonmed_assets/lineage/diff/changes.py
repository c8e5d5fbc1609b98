"""Which rows differ between two states, in which columns, and which ids tie them to rows of other tables.

Makes the temporary tables `changes` (a row per row that differs), of each table with such rows `before_changed_<table>`
and `after_changed_<table>` (their key, the ids and what tells a cause), and `ids` (the ids that they hold).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import duckdb

from reasonmed_assets.lineage.diff.sides import AFTER, BEFORE, Compared
from reasonmed_assets.quality.derived.references import references_of
from reasonmed_assets.quality.schema import ROW_HASH, TableSpec
from reasonmed_assets.quality.tables import TABLES

_TELLING = ("call_keys", "model", "file", "row")
"""Columns beside ids that causes are found by."""
OF_A_QUESTION = ("raw_id", "question_id")
"""Ids that rows share which are of one question; rows that share another one are of one path or example."""


def find(compared: Compared) -> None:
    """Make the tables."""
    con = compared.con
    con.execute(
        """
        create or replace temp table changes (
            table_name varchar, row_id varchar, question_id varchar, source varchar, change varchar, columns varchar[]
        )
        """
    )
    con.execute("create or replace temp table ids (table_name varchar, row_id varchar, kind varchar, id varchar)")
    for spec in compared.tables:
        if _find_differing(con, spec):
            _find_rows(con, spec)
            _find_ids(con, spec)


@cache
def id_columns(spec: TableSpec) -> Mapping[str, str]:
    """Column -> the kind of the ids in it, which is the key of the tables that give them; the table's own key too."""
    data = [one for one in TABLES.values() if one.group != "provenance"]
    keys = {one.key for one in data}
    named = {one.column: one.id for one in references_of(spec, data)}
    return {column: column for column in spec.columns if column in keys} | named


def is_made_of_question(spec: TableSpec) -> bool:
    """Whether a row is made from all that a question has, not from one path or example: it refers to none."""
    return {one.id for one in references_of(spec, TABLES.values())} <= {*OF_A_QUESTION}


def is_about_question(spec: TableSpec) -> bool:
    """Whether a row says something of a question as a whole: it is neither a path nor an example, and is of none."""
    others = {kind for one in TABLES.values() if one.name != spec.name for kind in id_columns(one).values()}
    return is_made_of_question(spec) and (spec.key in OF_A_QUESTION or spec.key not in others)


def _find_differing(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> bool:
    """Make `differing`, the keys of rows whose hash differs, and say whether there are some."""
    name, key = spec.name, spec.key
    row = con.execute(
        f"""
        create or replace temp table differing as
        select {key} as row_id
        from (select {key}, {ROW_HASH} from {BEFORE}_{name}) as b
        full join (select {key}, {ROW_HASH} from {AFTER}_{name}) as a using ({key}, {ROW_HASH})
        where a.{ROW_HASH} is null or b.{ROW_HASH} is null
        group by all
        """
    ).fetchone()
    assert row is not None
    return row != (0,)


def _find_rows(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> None:
    name, key = spec.name, spec.key
    kept = [column for column in spec.columns if column in {key, *id_columns(spec), *_TELLING}]
    quoted = ", ".join(f'"{column}"' for column in kept)
    for side in (BEFORE, AFTER):
        con.execute(
            f"create or replace temp table {side}_changed_{name} as "
            f"select {quoted} from {side}_{name} where {key} in (select row_id from differing)"
        )
    columns = [column for column in spec.columns if column not in (ROW_HASH, key)]
    differences = ", ".join(f"case when b.{one} is distinct from a.{one} then '{one}' end" for one in columns)
    question = _either("question_id", spec)
    con.execute(
        f"""
        insert into changes
        select
            '{name}',
            coalesce(a.{key}, b.{key}) as row_id,
            {question},
            {_either("source", spec)},
            case when b.{key} is null then 'added' when a.{key} is null then 'removed' else 'changed' end as change,
            case
                when a.{key} is not null and b.{key} is not null
                    then list_filter([{differences}], lambda one: one is not null)
                else []
            end as columns
        from (from {BEFORE}_{name} semi join differing on {key} = differing.row_id) as b
        full join (from {AFTER}_{name} semi join differing on {key} = differing.row_id) as a on b.{key} = a.{key}
        where change != 'changed' or len(columns) > 0
        """
    )


def _either(column: str, spec: TableSpec) -> str:
    return f"coalesce(a.{column}, b.{column})" if column in spec.columns else "null"


def _find_ids(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> None:
    selects = [
        f"select '{spec.name}', {spec.key}, '{kind}', {column} "
        f"from {side}_changed_{spec.name} where {column} is not null"
        for side in (BEFORE, AFTER)
        for column, kind in id_columns(spec).items()
    ]
    columns = id_columns(spec)
    if "raw_id" in columns and "question_id" not in columns:
        # A record that was turned away names no question, and decisions of people name no record.
        selects += [
            f"select '{spec.name}', own.{spec.key}, 'question_id', raw.question_id "
            f"from {side}_changed_{spec.name} as own inner join {side}_raw_questions as raw on own.raw_id = raw.raw_id"
            for side in (BEFORE, AFTER)
        ]
    con.execute(f"insert into ids {' union '.join(selects)}")
