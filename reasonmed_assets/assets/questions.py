"""Questions: records as published, their duplicates and contaminations, and which of them the build keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

import polars as pl

from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.materialisation.definition import Input, TableDefinition
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.people.overrides import OVERRIDDEN_COLUMNS, match_overrides, read_overrides
from reasonmed_assets.rules.matching import MATCHED_COLUMNS, find_matches
from reasonmed_assets.sources import Reading, SourceError, read_source, unreadable_frame

BUILD_ROLES = ("train", "stand_in")


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
    frame = _all_questions(session, BUILD_ROLES, OVERRIDDEN_COLUMNS)
    stage.write({"matched": match_overrides(session.overrides, frame)})


def rejected_questions(stage: Stage) -> None:
    """The unreadable records, beside those that a match or a person turned away."""
    stage.write({"unreadable": unreadable_frame(stage.session.unreadable(stage.source))})


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
