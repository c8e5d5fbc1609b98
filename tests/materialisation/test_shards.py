"""Long partitions in shards: the same rows, finished shards taken over, and faults found within and across shards.

The tables are staged again from the ledger of the rehearsal, so no call is made.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from builds import Built
from reasonmed_assets.quality.schema import QUESTION
from reasonmed_assets.quality.tables import TABLES

from reasonmed_assets import sql
from reasonmed_assets.assets import definitions
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.outcomes import EndpointError
from reasonmed_assets.materialisation.display import LogDisplay
from reasonmed_assets.materialisation.making import make, prepared
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.shards import Staged, drop_shards, stage_rows
from reasonmed_assets.materialisation.stage import Answers, Shard, Stage
from reasonmed_assets.storage import Warehouse

SOURCE, N = "mmlu", 2
DIVIDED = [name for name, spec in TABLES.items() if spec.unit == QUESTION and spec.missing]
TABLE = "verifications"


class Stopped(BaseException):
    """The run is killed."""


class Watched(LogDisplay):
    """Keeps the lines of shards; kills the run after some."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.stop_after = 0

    def shard_staged(self, table: str, partition: str | None, text: str) -> None:
        self.lines.append(text)
        if len(self.lines) == self.stop_after:
            raise Stopped


class Faults:
    """What is planted into the rows of a shard (the shard, and the columns that are replaced) or into its calls."""

    number = 0
    columns = ""
    answered = 0
    """The shard in which the only call of a further step is answered; -1: none."""


def with_faults(stage: Stage) -> None:
    stage.write()
    shard = stage.units if isinstance(stage.units, Shard) else None
    if shard is not None and Faults.answered:
        answers = stage.answers.setdefault("another step", Answers())
        is_answered = shard.number == Faults.answered
        answers.n_calls, answers.n_answered = answers.n_calls + 1, answers.n_answered + is_answered
        answers.unanswered = answers.unanswered if is_answered else "timed out"
    if shard is not None and shard.number == Faults.number:
        rows = stage.path.with_name("faulty.parquet")
        with duckdb.connect() as con:
            origin, copy = sql.parquet(stage.path), sql.literal(rows)
            con.execute(f"copy (select * replace ({Faults.columns}) from {origin}) to {copy} (format parquet)")
        rows.replace(stage.path)


class Staging:
    """Stages tables of a copy of the rehearsal again."""

    def __init__(self, folder: Path) -> None:
        self.watched = Watched()
        begun = BuildSettings.begin({"warehouse": str(folder)}, once=True)
        self.session = BuildSession(begun, lambda: self.watched)

    @property
    def warehouse(self) -> Warehouse:
        return self.session.warehouse

    @contextmanager
    def __call__(
        self,
        table: str = TABLE,
        *,
        n: int = N,
        made_from: str = "now",
        is_retry: bool = False,
        is_faulty: bool = False,
        stop_after: int = 0,
    ) -> Iterator[Staged]:
        """What was staged, while it is there."""
        definition = definitions()[table]
        if is_faulty:
            definition = replace(definition, stage_rows=with_faults)
        self.watched.lines.clear()
        self.watched.stop_after = stop_after
        with prepared(definition, self.session, SOURCE, run_id="run", log=None) as ready:
            keys = ready.keys
            yield stage_rows(definition, ready.stage, n, made_from=made_from, keys=keys, is_retry=is_retry)

    def stop(self) -> Path:
        """A run is killed after its first shard; returns what it keeps."""
        with suppress(Stopped), self(stop_after=1):
            pass
        (kept,) = self.kept()
        return kept

    def kept(self, table: str = TABLE) -> list[Path]:
        return sorted(self.warehouse.shards_folder(table, SOURCE).glob("*/*.parquet"))

    def is_as_published(self, staged: Staged, table: str = TABLE) -> bool:
        with self.warehouse.read() as con:
            published = con.execute(f"select row_hash from {table} where source = $1 order by all", [SOURCE]).fetchall()
            now = con.execute(f"select row_hash from {sql.parquet(*staged.files)} order by all").fetchall()
        return now == published != []


@pytest.fixture(scope="module")
def copied(rehearsal: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staging]:
    folder = tmp_path_factory.mktemp("shards") / "warehouse"
    shutil.copytree(rehearsal.folder, folder, ignore=shutil.ignore_patterns(".dagster", "staging", "quarantine"))
    staging = Staging(folder)
    yield staging
    staging.session.close()


@pytest.fixture
def staging(copied: Staging) -> Iterator[Staging]:
    yield copied
    for table in DIVIDED:
        drop_shards(copied.warehouse, TABLES[table], SOURCE)


@pytest.mark.parametrize("table", DIVIDED)
def test_rows_and_calls_do_not_depend_on_the_number_of_shards(staging: Staging, table: str) -> None:
    before = staging.session.n_calls
    with staging(table) as staged:
        assert len(staged.files) == N
        assert staging.is_as_published(staged, table)
        assert {"schema", "partition"} <= staged.outcomes.keys()
        assert all(outcome.passed for outcome in staged.outcomes.values())
    assert [line.split(":")[0] for line in staging.watched.lines] == [f"shard {k} of {N}" for k in range(1, N + 1)]
    made, reused = (now - then for now, then in zip(staging.session.n_calls, before, strict=True))
    assert (made, reused > 0) == (0, True)
    assert len(staging.kept(table)) == N


@pytest.mark.parametrize("of", [1, 2, 3, 7, 1000])
def test_every_question_is_in_one_shard(of: int) -> None:
    ids = ["", "0", "7fff", "8000000000000000", "ffffffffffffffff", "written by hand"]
    conditions = [Shard(number, of).condition(TABLES["questions"], "ids") for number in range(1, of + 1)]
    with duckdb.connect() as con:
        con.execute("create table ids as select unnest($1) as question_id", [ids])
        found = [row for one in conditions for row in con.execute(f"from ids where {one}").fetchall()]
    assert sorted(found) == sorted((one,) for one in ids)


def test_a_killed_run_leaves_its_finished_shards_to_the_next(staging: Staging) -> None:
    assert staging.stop().name == "1-of-2.parquet"
    before = staging.session.n_calls
    with staging() as staged:
        assert staged.n_taken_over == 1
        assert staging.is_as_published(staged)
        assert ["taken over" in line for line in staging.watched.lines] == [True, False]
        n_rest = duckdb.sql(f"select sum(n_votes) from {sql.parquet(staged.files[1])}").fetchall()[0][0]
    assert staging.session.n_calls == (before[0], before[1] + n_rest)


def test_what_was_made_from_something_else_is_not_taken_over(staging: Staging) -> None:
    staging.stop()
    with staging(made_from="something else") as staged:
        assert staged.n_taken_over == 0
    assert len({path.parent for path in staging.kept()}) == 1, "those of another fingerprint are gone"
    with duckdb.connect(str(staging.session.settings.warehouse_folder / "build.duckdb")) as con:
        con.execute("update publishes set content_hash = reverse(content_hash) where table_name = 'questions'")
    with staging() as staged:
        assert staged.n_taken_over == 0
    with staging(is_retry=True) as staged:
        assert staged.n_taken_over == 0
    assert len(staging.kept()) == N


@pytest.mark.parametrize("damage", ["a byte", "half a record", "another record"])
def test_a_damaged_shard_is_made_again(staging: Staging, damage: str) -> None:
    rows = staging.stop()
    record = rows.with_suffix(".json")
    content = bytearray(rows.read_bytes())
    content[len(content) // 2] ^= 1
    if damage == "a byte":
        rows.write_bytes(content)
    elif damage == "half a record":
        record.write_bytes(record.read_bytes()[:40])
    else:
        record.write_text(json.dumps(["no record"]), encoding="utf-8")
    with staging() as staged:
        assert staged.n_taken_over == 0
        assert staging.is_as_published(staged)


def test_a_check_that_could_not_be_run_is_run_when_its_shard_is_taken_over(staging: Staging) -> None:
    record = staging.stop().with_suffix(".json")
    told = json.loads(record.read_text(encoding="utf-8"))
    for outcome in told["outcomes"]:
        outcome |= {"passed": False, "error": "could not run: out of memory"}
    record.write_text(json.dumps(told), encoding="utf-8")
    with staging() as staged:
        assert staged.n_taken_over == 1
        assert all(outcome.passed for outcome in staged.outcomes.values())


def test_whether_a_step_is_answered_at_all_is_judged_over_all_shards(
    staging: Staging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Faults, "answered", 2)
    with staging(is_faulty=True) as staged:
        assert len(staged.files) == N
    drop_shards(staging.warehouse, TABLES[TABLE], SOURCE)
    monkeypatch.setattr(Faults, "answered", -1)
    with pytest.raises(EndpointError, match="none of its 2 calls was answered"), staging(is_faulty=True):
        pass


def test_the_rows_of_a_shard_that_fail_a_check_stop_the_table_and_the_others_are_kept(
    staging: Staging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Faults, "number", 2)
    monkeypatch.setattr(Faults, "columns", "-1 as attempts")
    with staging(is_faulty=True) as staged:
        assert str(staged.failed) == "shard 2 of 2"
        assert {name for name, outcome in staged.outcomes.items() if not outcome.passed} == {"schema"}
    assert len(staging.kept()) == 1
    monkeypatch.setattr(Faults, "number", 0)
    with staging(is_faulty=True) as staged:
        assert (staged.failed, staged.n_taken_over) == (None, 1)


def test_a_fault_across_shards_is_found_when_all_are_staged(staging: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    table, session = "reasoning_paths", staging.session
    with duckdb.connect(str(session.settings.warehouse_folder / "build.duckdb")) as con:
        con.execute("update publishes set fingerprint = '' where table_name = $1", [table])
        ((n_questions, n_rows, first),) = con.execute(
            f"select count(distinct question_id), count(*), arg_min(path_id, question_id) from {table} "
            "where source = $1",
            [SOURCE],
        ).fetchall()
    in_two = session.profile.machine.model_copy(update={"shard_questions": n_questions - 1})
    monkeypatch.setattr(session, "profile", session.profile.model_copy(update={"machine": in_two}))
    definition = replace(definitions()[table], stage_rows=with_faults)
    monkeypatch.setattr(Faults, "number", 2)
    monkeypatch.setattr(Faults, "columns", "-1 as attempts")
    made = make(definition, session, SOURCE, run_id="stopped", log=None)
    assert made.failure is not None
    assert f"{table} {SOURCE}: shard 2 of 2: 1 blocking checks failed" in str(made.failure.description)
    drop_shards(staging.warehouse, TABLES[table], SOURCE)
    monkeypatch.setattr(Faults, "columns", f"if(row_number() over () = 1, '{first}', path_id) as path_id")
    made = make(definition, session, SOURCE, run_id="run", log=None)
    assert made.failure is not None
    assert "key" in {str(check.check_name) for check in made.checks if not check.passed}
    assert "twice in the staged rows" in str(made.failure.description)
    assert "shard" not in str(made.failure.description).splitlines()[0]
    assert len(staging.kept(table)) == 2
    (kept,) = [one.file for one in staging.warehouse.quarantined() if one.run_id == "run"]
    assert duckdb.sql(f"select count(*) from {sql.parquet(kept)}").fetchall() == [(n_rows,)]
    monkeypatch.setattr(Faults, "number", 0)
    drop_shards(staging.warehouse, TABLES[table], SOURCE)
    made = make(definition, session, SOURCE, run_id="run", log=None)
    assert (made.metadata["shards"], made.metadata["shards_taken_over"]) == (2, 0)
    assert (made.metadata["rows_inserted"], made.metadata["rows_deleted"]) == (0, 0)
    assert staging.kept(table) == []
