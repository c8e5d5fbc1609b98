"""After an override the files of the sources are decoded only where they, or what makes rows of them, changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from builds import Built

from reasonmed_assets import sql
from reasonmed_assets.assets import definitions
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation import session as sessions
from reasonmed_assets.materialisation.display import LogDisplay
from reasonmed_assets.materialisation.making import prepared
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.sources import Reading, Unreadable, read_source, unreadable_frame

MADE = [("overrides", None), ("rejected_questions", "medqa"), ("rejected_questions", "mmlu")]
BROKEN = Unreadable("r", "mmlu", "test", "train", "data/broken.csv", 1, "malformed", "no options", "{}")
DECISION = 'reason = "Withdrawn."\ndecided_by = "Dr. A."\ndecided_on = 2026-11-20\n'


@pytest.fixture
def folder(rehearsal: Built, tmp_path: Path) -> Path:
    """A copy of the rehearsal, to which a record is added that is no usable question."""
    folder = tmp_path / "warehouse"
    shutil.copytree(rehearsal.folder, folder, ignore=shutil.ignore_patterns(".dagster", "staging", "quarantine"))
    with duckdb.connect(str(folder / "build.duckdb")) as con:
        con.register("broken", unreadable_frame([BROKEN]))
        con.execute("insert into rejected_questions by name select *, 'hash' as row_hash from broken")
    return folder


@pytest.fixture
def open_session(folder: Path, tmp_path: Path) -> Iterator[Callable[[], BuildSession]]:
    """Opens runs of a build in which a question of each source is dropped."""
    with duckdb.connect(str(folder / "reasonmed.duckdb"), read_only=True) as con:
        dropped = con.execute("select max(question_id) from questions group by source").fetchall()
    file, opened = tmp_path / "overrides.toml", list[BuildSession]()
    file.write_text("".join(f'[[drop]]\nquestion_id = "{one}"\n{DECISION}' for (one,) in dropped), encoding="utf-8")

    def begin() -> BuildSession:
        given = {"warehouse": str(folder), "set": {"sources.overrides": str(file)}}
        opened.append(BuildSession(BuildSettings.begin(given, once=True), LogDisplay))
        return opened[-1]

    yield begin
    for session in opened:
        session.close()


def rows(session: BuildSession) -> list[list[tuple[Any, ...]]]:
    """The rows of the tables, staged now."""
    found = []
    for table, partition in MADE:
        made = definitions()[table]
        with prepared(made, session, partition, run_id="run", log=None) as ready, duckdb.connect() as con:
            made.stage_rows(ready.stage)
            query = f"from {sql.parquet(ready.stage.path)} order by {made.spec.key}"
            found.append(con.execute(query).fetchall())
    return found


def refuse(*_: Any) -> Reading:
    raise AssertionError("a file is decoded")


def test_after_a_decision_no_file_is_decoded_and_rows_are_as_if_all_were(
    folder: Path, open_session: Callable[[], BuildSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refusing:
        refusing.setattr(sessions, "read_source", refuse)
        now = rows(open_session())
    assert [row[-3] for row in now[0]] == [True] * 4
    assert "malformed" in {row[6] for row in now[2]}
    read = set[str]()

    def reading(declaration: Any, *others: Any) -> Reading:
        read.add(declaration.name)
        found = read_source(declaration, *others)
        return Reading(found.questions, [BROKEN] if declaration.name == BROKEN.source else [], found.files)

    with duckdb.connect(str(folder / "build.duckdb")) as con:
        con.execute("update publishes set parts = json_merge_patch(parts, '{\"code\": \"another\"}'), fingerprint = ''")
    monkeypatch.setattr(sessions, "read_source", reading)
    session = open_session()
    assert rows(session) == now
    assert read == set(session.declarations)


def test_rows_that_other_sql_made_are_none_to_go_by(
    folder: Path, open_session: Callable[[], BuildSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(folder / "build.duckdb")) as con:
        con.execute(
            "update publishes set fingerprint = '', "
            'parts = json_merge_patch(parts, \'{"sql/tables/rejected_questions.sql": "another"}\') '
            "where table_name = 'rejected_questions'"
        )
    monkeypatch.setattr(sessions, "read_source", refuse)
    with pytest.raises(AssertionError, match="decoded"):
        rows(open_session())


def test_files_that_changed_are_decoded(
    open_session: Callable[[], BuildSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_session()
    session.declarations["mmlu"] = session.declarations["mmlu"].model_copy(update={"licence": "another"})
    monkeypatch.setattr(sessions, "read_source", refuse)
    with pytest.raises(AssertionError, match="decoded"):
        rows(session)
