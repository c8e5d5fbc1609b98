"""Questions: records as published, their duplicates and contaminations, and which of them the build keeps."""

from __future__ import annotations

from collections import Counter

import dagster as dg
import polars as pl

from reasonmed_assets import sql
from reasonmed_assets.materialisation.materialise import Stage, table_asset
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.people.overrides import match_overrides
from reasonmed_assets.rules.matching import find_matches
from reasonmed_assets.sources import Reading, questions_frame, unreadable_frame

BUILD_ROLES = ("train", "stand_in")


def raw_questions(stage: Stage) -> None:
    """Read from the source's files; unreadable records go to `rejected_questions`."""
    reading = stage.session.reading(stage.source)
    stage.frames["source_files"] = _source_files(reading).filter(pl.col("split_role").is_in(BUILD_ROLES))
    frame = questions_frame(reading.questions).filter(pl.col("split_role").is_in(BUILD_ROLES))
    with stage.read() as con:
        con.register("published", frame)
        stage.write(con, "select * from published")


def benchmark_questions(stage: Stage) -> None:
    """Read from the benchmark splits of every declared source."""
    session = stage.session
    files = pl.concat([_source_files(session.reading(source)) for source in session.declarations])
    stage.frames["source_files"] = files.filter(pl.col("split_role") == "benchmark")
    frame = _all_questions(session)
    with stage.read() as con:
        con.register("published", frame.filter(pl.col("split_role") == "benchmark"))
        stage.write(con, "select * from published")


def question_matches(stage: Stage) -> None:
    """Found over the files of every declared source, so that the result does not depend on which one was built first;
    rows that this warehouse kept earlier win, then source priority, then file order."""
    session = stage.session
    frame = _all_questions(session)
    with stage.read() as con:
        kept = {row[0] for row in con.execute("select question_id from questions").fetchall()}
    matches = find_matches(
        frame.filter(pl.col("split_role").is_in(BUILD_ROLES)),
        frame.filter(pl.col("split_role") == "benchmark"),
        kept,
        session.profile.rules,
        list(session.declarations),
    )
    with stage.read() as con:
        con.register("matches", matches)
        stage.write(con, "select * from matches")


def overrides(stage: Stage) -> None:
    """What people decided about single questions, in the file that the profile or `--overrides` names, matched with the
    records of every declared source."""
    session = stage.session
    frame = _all_questions(session).filter(pl.col("split_role").is_in(BUILD_ROLES))
    with stage.read() as con:
        con.register("matched", match_overrides(session.overrides, frame))
        stage.write(con, "select * from matched")


def questions(stage: Stage) -> None:
    """The records that neither a match nor a person turned away, with corrected keys; a limit takes the smallest seeded
    hashes."""
    with stage.read() as con:
        stage.write(con, sql.query("tables/questions").text)


def rejected_questions(stage: Stage) -> None:
    """Records turned away by a match or by a person, and those that could not be read, with their raw text."""
    reading = stage.session.reading(stage.source)
    with stage.read() as con:
        con.register("unreadable", unreadable_frame(reading.unreadable))
        stage.write(con, sql.query("tables/rejected_questions").text)


def assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of this group."""
    return [
        table_asset(
            "raw_questions",
            raw_questions,
            deps=[],
            partitions_def=sources,
            kinds={"python", "file"},
            fingerprint_parts=_files_of_one,
        ),
        table_asset(
            "benchmark_questions",
            benchmark_questions,
            deps=[],
            partitions_def=None,
            kinds={"python", "file"},
            fingerprint_parts=_files_of_all,
        ),
        table_asset(
            "question_matches",
            question_matches,
            deps=["benchmark_questions"],
            partitions_def=None,
            kinds={"python", "file"},
            fingerprint_parts=_files_of_all,
        ),
        table_asset(
            "overrides",
            overrides,
            deps=[],
            partitions_def=None,
            kinds={"python", "file"},
            fingerprint_parts=_files_and_overrides,
        ),
        table_asset(
            "questions",
            questions,
            deps=["raw_questions", "question_matches", "overrides"],
            partitions_def=sources,
            kinds={"sql"},
            fingerprint_parts=_limit,
        ),
        table_asset(
            "rejected_questions",
            rejected_questions,
            deps=["raw_questions", "question_matches", "overrides"],
            partitions_def=sources,
            kinds={"sql"},
            fingerprint_parts=_files_of_one,
        ),
    ]


def _all_questions(session: BuildSession) -> pl.DataFrame:
    """The records of every declared source, in order of priority, benchmarks included."""
    return pl.concat([questions_frame(session.reading(source).questions) for source in session.declarations])


def _source_files(reading: Reading) -> pl.DataFrame:
    """What was counted in a source's files, by file and split: records, and how many of them are unreadable."""
    unreadable = Counter((record.file, record.split) for record in reading.unreadable)
    rows = [
        {
            "file": file.file,
            "split": file.split,
            "split_role": file.split_role,
            "records": file.records,
            "n_unreadable": unreadable[file.file, file.split],
        }
        for file in reading.files
    ]
    schema = {"file": pl.String, "split": pl.String, "split_role": pl.String}
    return pl.DataFrame(rows, schema=schema | {"records": pl.Int64, "n_unreadable": pl.Int64})


def _files_of_one(session: BuildSession, partition: str | None) -> list[str]:
    return [session.input_digest(str(partition))]


def _files_of_all(session: BuildSession, partition: str | None) -> list[str]:
    return [session.input_digest(source) for source in session.declarations]


def _files_and_overrides(session: BuildSession, partition: str | None) -> list[str]:
    return [*_files_of_all(session, partition), session.overrides.digest]


def _limit(session: BuildSession, partition: str | None) -> list[str]:
    return [str(session.profile.limit)]
