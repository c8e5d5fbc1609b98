"""What is measured in texts (similarity, loops, citations, scripts), as temp table `measured` for the checks.

The texts are read in batches and only the measures are kept: after a change those of other rows are not read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from reasonmed_assets.sql import literal

from reasonmed_assets.rules.leaks import invented_citations
from reasonmed_assets.rules.similarity import edit_ratio

_BATCH_ROWS = 2_000
LOOP_WORDS = 8
LOOP_TIMES = 10
"""A text loops when the same `LOOP_WORDS` words follow each other more than `LOOP_TIMES` times."""


FOREIGN = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Cyrillic}\p{Arabic}\p{Hebrew}\p{Thai}\p{Devanagari}]"
"""Scripts that a text in a language with Latin letters does not need; Greek letters belong to medicine."""


@dataclass(frozen=True)
class _Measure:
    """The texts of a table (a query whose last columns `of_row` takes), and the measures of a row."""

    sql: str
    schema: dict[str, Any]
    of_row: Callable[..., tuple[Any, ...]]


def measure(con: duckdb.DuckDBPyConnection, table: str, known: str = "") -> None:
    """Write the temp table `measured` for the staged rows of a table; nothing for a table without measures.

    Args:
        con: the audit's connection.
        table: the table.
        known: the query of measures that are known already: their rows are not measured again; none where it is empty.

    The tables and their columns:
        reasoning_paths: path_id, characters, is_foreign (a script that Latin texts do not need), has_no_reasoning,
            is_looping; paths with a text only.
        refined_paths: path_id, parent_ratio (edit ratio with the parent, 0 to 100), n_invented (citations that the
            question lacks); accepted texts only.
        reasonmed: question_id, edit_ratio of its two paths.
        answer_summaries: example_id, path_ratio (edit ratio with the path); accepted ones only.
    """
    if table not in _MEASURES:
        return
    wanted = _MEASURES[table]
    key = next(iter(wanted.schema))
    con.register("measured_rows", pl.DataFrame(schema=wanted.schema))
    con.execute(f"create or replace temp table measured as {known or 'from measured_rows'}")
    new = f"select texts.* from ({wanted.sql}) as texts anti join measured using ({key})" if known else wanted.sql
    frames = [
        pl.DataFrame([(row[0], *wanted.of_row(*row[1:])) for row in rows], schema=wanted.schema, orient="row")
        for rows in _batches(con, new)
    ]
    con.register("measured_rows", pl.concat([pl.DataFrame(schema=wanted.schema), *frames]))
    # A key that appears twice must not multiply the rows of the checks that join these measures.
    con.execute(f"insert into measured select distinct on ({key}) * from measured_rows")
    con.unregister("measured_rows")


def write_measures(con: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    """Write `measured` as Parquet, where there is something to keep."""
    # Rows that lack a column are not measured; they fail their checks.
    with suppress(duckdb.CatalogException):
        if table in _MEASURES:
            con.execute(f"copy measured to {literal(file)} (format parquet)")


def measures_key(table: str) -> str:
    """The column by which measures are of a row; empty for a table without measures."""
    return next(iter(_MEASURES[table].schema)) if table in _MEASURES else ""


def texts_of(table: str) -> str:
    """The query of the texts that `measured` is made from; empty for a table without measures."""
    return _MEASURES[table].sql if table in _MEASURES else ""


def is_looping(text: str) -> bool:
    """True when eight words in a row occur more than ten times in the text (check 6)."""
    words = text.lower().split()
    often = {word for word, n in Counter(words).items() if n > LOOP_TIMES}
    if not _has_run(words, often):
        return False
    grams = Counter(tuple(words[at : at + LOOP_WORDS]) for at in range(len(words) - LOOP_WORDS + 1))
    return max(grams.values()) > LOOP_TIMES


def _has_run(words: list[str], often: set[str]) -> bool:
    """True when eight words in a row are all frequent ones: without such a run there is no loop."""
    return bool(often) and b"\x01" * LOOP_WORDS in bytes(map(often.__contains__, words))


def _batches(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[list[tuple[Any, ...]]]:
    cursor = con.execute(sql)
    while rows := cursor.fetchmany(_BATCH_ROWS):
        yield rows


def _of_rewrite(text: str, parent: str | None, question: str) -> tuple[float | None, int]:
    return (None if parent is None else edit_ratio(text, parent)), len(invented_citations(text, question))


_MEASURES = {
    "reasoning_paths": _Measure(
        # A text of ASCII alone, most are, holds no other script.
        f"""
        select
            path_id,
            length(path_text) as characters,
            case
                when strlen(path_text) = length(path_text) then false
                else regexp_matches(path_text, '{FOREIGN}')
            end as is_foreign,
            coalesce(trim(reasoning_text), '') = '' as has_no_reasoning,
            path_text
        from staged
        where path_text is not null
        """,
        {
            "path_id": pl.String,
            "characters": pl.Int64,
            "is_foreign": pl.Boolean,
            "has_no_reasoning": pl.Boolean,
            "is_looping": pl.Boolean,
        },
        lambda *values: (*values[:-1], is_looping(values[-1])),
    ),
    "refined_paths": _Measure(
        """
        select
            staged.path_id,
            staged.path_text,
            parents.path_text as parent_text,
            concat_ws(' ', questions.context, questions.question, array_to_string(questions.options, ' ')) as given
        from staged
        inner join questions on staged.question_id = questions.question_id
        left join reasoning_paths as parents on staged.parent_path_id = parents.path_id
        where staged.is_accepted and staged.path_text is not null
        """,
        {"path_id": pl.String, "parent_ratio": pl.Float64, "n_invented": pl.Int64},
        _of_rewrite,
    ),
    "reasonmed": _Measure(
        """
        select firsts.question_id, firsts.path_text, seconds.path_text as other_text
        from staged as firsts
        inner join staged as seconds on firsts.question_id = seconds.question_id
        where firsts.slot = 1 and seconds.slot = 2
        """,
        {"question_id": pl.String, "edit_ratio": pl.Float64},
        lambda first, second: (edit_ratio(first, second),),
    ),
    "answer_summaries": _Measure(
        """
        select staged.example_id, staged.summary, examples.path_text
        from staged
        inner join reasonmed as examples on staged.example_id = examples.example_id
        where staged.is_accepted and staged.summary is not null
        """,
        {"example_id": pl.String, "path_ratio": pl.Float64},
        lambda summary, path: (edit_ratio(summary, path),),
    ),
}
