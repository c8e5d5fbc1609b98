"""The questions of the page: drawn by a seeded hash, each with all that was made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import orjson

from reasonmed_assets import sql

Row = dict[str, Any]

_BATCH = 256
_PARTS = ("overrides", "examples", "paths", "rewrites", "scores", "reviews")
_OF_PEOPLE = ("overrides", "reviews")
"""What people said of a question; where examples are chosen for others, it is not shown."""
_NAMES = ("decided_by", "reviewer")
"""Columns that hold people's names."""


def drawn(con: duckdb.DuckDBPyConnection, seed: int, among: str | None) -> list[str]:
    """The ids of all questions that may be shown, in the order in which they are drawn.

    Args:
        con: a read connection on the published tables.
        seed: gives the order.
        among: a relation of the connection with the ids of the examples (`example_id`) whose questions may be shown;
            None: every question.
    """
    chosen = "questions" if among is None else f"reasonmed semi join {sql.identifier(among)} using (example_id)"
    found = con.execute(
        f"select distinct question_id, id_of(['{seed:d}', 'browse', question_id]) as draw from {chosen} order by draw"
    )
    return [question_id for question_id, _ in found.fetchall()]


def questions(
    con: duckdb.DuckDBPyConnection,
    ids: list[str],
    among: str | None,
    *,
    with_names: bool,
    called: Callable[[str], str] = str,
) -> Iterator[list[Row]]:
    """The questions with all that was made of each, some at a time, in the order of `ids`.

    Of the values, those that say nothing (null, false, empty) are left out.

    Args:
        con: a read connection on the published tables.
        ids: the questions.
        among: as for `drawn`; of a question only these examples are then shown, and the texts that they stand on.
        with_names: whether to say who decided and who reviewed.
        called: gives the name by which a model is shown.
    """
    hidden = () if with_names else _NAMES
    parts = [part for part in _PARTS if among is None or part not in _OF_PEOPLE]
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        con.execute(f"set variable drawn = [{', '.join(map(sql.literal, batch))}]")
        found = {row["question_id"]: _said(row, hidden) for row in _rows(con, "questions")}
        for part in parts:
            for row in _rows(con, part):
                if row.get("model"):
                    row["model"] = called(row["model"])
                found[row["question_id"]].setdefault(part, []).append(_said(row, hidden))
        if among is not None:
            _keep_only(found, _chosen(con, among))
        yield [found[one] for one in batch]


def as_json(question: Row) -> bytes:
    """A question as JSON that may stand in an element of a page: it holds no `<`."""
    return orjson.dumps(question).replace(b"<", b"\\u003c")


def _rows(con: duckdb.DuckDBPyConnection, part: str) -> Iterator[Row]:
    cursor = con.execute(sql.query(f"browse/{part}").text)
    names = [column[0] for column in cursor.description or ()]
    while rows := cursor.fetchmany(_BATCH):
        yield from (dict(zip(names, row, strict=True)) for row in rows)


def _said(row: Row, hidden: tuple[str, ...]) -> Row:
    return {
        name: value
        for name, value in row.items()
        if name not in (*hidden, "question_id") and value is not None and value is not False and value not in ("", [])
    }


def _chosen(con: duckdb.DuckDBPyConnection, among: str) -> set[str]:
    query = f"""
        select example_id from {sql.identifier(among)} semi join
        (select example_id from reasonmed where question_id in (select unnest(getvariable('drawn')))) using (example_id)
    """
    return {example_id for (example_id,) in con.execute(query).fetchall()}


def _keep_only(found: dict[str, Row], chosen: set[str]) -> None:
    for question in found.values():
        examples = [one for one in question.get("examples", []) if one["id"] in chosen]
        texts = {one.get("path_id") for one in examples}
        question["examples"] = examples
        for part in ("paths", "rewrites"):
            question[part] = [one for one in question.get(part, []) if one["id"] in texts]
        question["scores"] = [one for one in question.get("scores", []) if one["example_id"] in chosen]
