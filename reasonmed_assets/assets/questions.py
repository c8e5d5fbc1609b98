"""Questions: records as published, their duplicates and contaminations, and which of them the build keeps."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import fields
from typing import Any

import polars as pl

from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.materialisation.code import code_of
from reasonmed_assets.materialisation.definition import Input, TableDefinition
from reasonmed_assets.materialisation.fingerprint import sql_parts
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.materialisation.transform import transform_of
from reasonmed_assets.people.overrides import OVERRIDDEN_COLUMNS, match_overrides, read_overrides
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.rules.matching import MATCHED_COLUMNS, find_matches
from reasonmed_assets.sources import Reading, SourceError, Unreadable, read_source, unreadable_frame
from reasonmed_assets.sources.fields import FieldError, TooLongError
from reasonmed_assets.storage.publishing import last_publish

BUILD_ROLES = ("train", "stand_in")
_PLACE = ("split", "file", "row")


def raw_questions(stage: Stage) -> None:
    """The records of the source's training splits; unreadable ones go to `rejected_questions`."""
    reading = stage.session.reading(stage.source)
    stage.frames["source_files"] = _source_files(reading).filter(pl.col("split_role").is_in(BUILD_ROLES))
    stage.write({"published": _of_roles(reading, BUILD_ROLES)})


def benchmark_questions(stage: Stage) -> None:
    """The records of the benchmark splits of every declared source."""
    session = stage.session
    files = pl.concat([_source_files(session.last_reading(source)) for source in session.declarations])
    stage.frames["source_files"] = files.filter(pl.col("split_role") == "benchmark")
    stage.write({"published": _all_questions(session, ("benchmark",))})


def question_matches(stage: Stage) -> None:
    """Matches over the files of every source; questions that this warehouse kept before win."""
    matches = find_matches(
        _all_questions(stage.session, BUILD_ROLES, MATCHED_COLUMNS),
        _all_questions(stage.session, ("benchmark",), MATCHED_COLUMNS),
        set(pl.read_parquet(stage.make("kept"), glob=False)["question_id"]),
        stage.rules,
        list(stage.session.declarations),
    )
    stage.write({"matches": matches})


def overrides(stage: Stage) -> None:
    """The entries of the overrides file, matched with the records of every source."""
    session = stage.session
    records = pl.concat([_overridable(session, source) for source in session.declarations])
    stage.write({"matched": match_overrides(session.overrides, records)})


def rejected_questions(stage: Stage) -> None:
    """The unreadable records, beside those that a match or a person turned away."""
    stage.write({"unreadable": _unreadable(stage.session, stage.source)})


def _unreadable(session: BuildSession, source: str) -> pl.DataFrame:
    """The records of a source's files that are no usable questions."""
    columns = ", ".join(field.name for field in fields(Unreadable))
    reasons = ", ".join(f"'{reason}'" for reason in (FieldError.reason, TooLongError.reason))
    query = f"select {columns} from rejected_questions where source = $1 and reason in ({reasons})"
    known = _published(session, source, "rejected_questions", query, rejected_questions)
    return unreadable_frame(session.reading(source).unreadable) if known is None else known


def _overridable(session: BuildSession, source: str) -> pl.DataFrame:
    """What overrides read of a source's training records, one file after another."""
    columns = (*OVERRIDDEN_COLUMNS, *_PLACE)
    query = f"select {', '.join(columns)} from raw_questions where source = $1"
    known = _published(session, source, "raw_questions", query, raw_questions)
    if known is None:
        known = _of_roles(session.last_reading(source), BUILD_ROLES, columns)
    return known.select(columns).sort(_PLACE).drop(_PLACE)


def _published(
    session: BuildSession, source: str, table: str, query: str, made_by: Callable[[Stage], None]
) -> pl.DataFrame | None:
    """Rows of what is published of a source, where that is of its files as they are: to decode these takes longer.

    Args:
        session: the run.
        source: the source.
        table: the table.
        query: yields the rows.
        made_by: the function that stages the table.

    Returns:
        None where other files, SQL or code made what is published, and where the files cannot be used.
    """
    try:
        files = {name: json.dumps(state) for name, state in _files_of_one(session, source).items()}
    except SourceError:
        return None
    made_from = files | {"code": code_of((made_by, read_source)).digest}
    made_from |= sql_parts(transform_of(table), TABLES[table])
    with session.warehouse.read() as con:
        last = last_publish(con, table, source)
        if last is None or last.parts is None or not made_from.items() <= last.parts.items():
            return None
        return con.execute(query, [source]).pl()


def _all_questions(session: BuildSession, roles: Collection[str], columns: Collection[str] = ()) -> pl.DataFrame:
    """The records of every declared source whose split has one of the roles, in order of priority.

    Those of a source that is stopped by its files are the published ones: a match with them still counts.
    """
    return pl.concat([_of_roles(session.last_reading(source), roles, columns) for source in session.declarations])


def _of_roles(reading: Reading, roles: Collection[str], columns: Collection[str] = ()) -> pl.DataFrame:
    return reading.questions.frame(columns, pl.col("split_role").is_in(roles))


def _source_files(reading: Reading) -> pl.DataFrame:
    """What was counted in a source's files, by file and split: records, how many of them are unreadable, and
    how many of these only as a text is too long, and whether the number of the first option is assumed."""
    unreadable = Counter((record.file, record.split) for record in reading.unreadable)
    too_long = Counter((one.file, one.split) for one in reading.unreadable if one.reason == "too_long")
    rows = [
        {
            "file": file.file,
            "split": file.split,
            "split_role": file.split_role,
            "records": file.records,
            "n_unreadable": unreadable[file.file, file.split],
            "n_too_long": too_long[file.file, file.split],
            "is_base_assumed": file.is_base_assumed,
        }
        for file in reading.files
    ]
    schema: dict[str, Any] = dict.fromkeys(("file", "split", "split_role"), pl.String)
    schema |= dict.fromkeys(("records", "n_unreadable", "n_too_long"), pl.Int64)
    schema["is_base_assumed"] = pl.Boolean
    return pl.DataFrame(rows, schema=schema)


def _files_of_one(session: BuildSession, partition: str | None) -> dict[str, Any]:
    return {f"files of {partition}": session.input_digest(str(partition))}


def _files_of_all(session: BuildSession, partition: str | None) -> dict[str, Any]:
    digests = {f"files of {source}": _last_state(session, source) for source in session.declarations}
    return digests | {"sources, by priority": list(session.declarations)}


def _last_state(session: BuildSession, source: str) -> str:
    try:
        return session.input_digest(source)
    except SourceError:
        return "its files cannot be used: the published records"


def _overrides(session: BuildSession, partition: str | None) -> dict[str, Any]:
    return {"overrides file": session.overrides.digest}


_SOURCE = Input("file", _files_of_one, code=(read_source,))
_SOURCES = Input("file", _files_of_all, code=(read_source,))
_DECISIONS = Input("file", _overrides, code=(read_overrides,))

DEFINITIONS = (
    TableDefinition("raw_questions", run_step, raw_questions, [_SOURCE]),
    TableDefinition("benchmark_questions", run_step, benchmark_questions, [_SOURCES]),
    TableDefinition("question_matches", run_step, question_matches, [_SOURCES]),
    TableDefinition("overrides", run_step, overrides, [_SOURCES, _DECISIONS]),
    TableDefinition("rejected_questions", run_step, rejected_questions, [_SOURCE]),
)
