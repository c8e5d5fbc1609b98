"""Where rows of some questions or calls changed, these alone are worked: the result is that of working all of them.

The tables are staged again from the ledger of the rehearsal, so no call is made.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest
from builds import Built
from reasonmed_assets.quality.declarations import check_names
from reasonmed_assets.quality.schema import CALL
from reasonmed_assets.quality.tables import TABLES
from stores import attempt, record

from reasonmed_assets import sql
from reasonmed_assets.assets import definitions
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.ledger.records import Asker
from reasonmed_assets.materialisation.display import LogDisplay
from reasonmed_assets.materialisation.making import Made, make, prepared
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.shards import Staged, stage_changed, stage_rows
from reasonmed_assets.materialisation.stage import Answers, ChangedUnits, Stage
from reasonmed_assets.storage import Warehouse, open_warehouse
from reasonmed_assets.vocabulary import Outcome

SOURCE = "mmlu"
IN_ORDER = (
    "reasoning_paths", "verifications", "difficulty_tiers", "ranked_paths", "refined_paths", "reasonmed",
    "dropped_examples", "answer_summaries", "sft_cot", "sft_reasonmed", "sft_response", "llm_calls", "call_uses",
    "verifier_votes",
)  # fmt: skip


@contextmanager
def opened(copied: Path, tmp_path: Path) -> Iterator[BuildSession]:
    """A session over a copy of a warehouse."""
    folder = tmp_path / "warehouse"
    shutil.copytree(copied, folder, ignore=shutil.ignore_patterns(".dagster", "staging", "quarantine"))
    session = BuildSession(BuildSettings.begin({"warehouse": str(folder)}, once=True), LogDisplay)
    try:
        yield session
    finally:
        session.close()


@pytest.fixture
def session(rehearsal: Built, tmp_path: Path) -> Iterator[BuildSession]:
    """Over a copy of the rehearsal, in which one question is gone and one is of another group."""
    with opened(rehearsal.folder, tmp_path) as session:
        change(session)
        yield session


@dataclass(frozen=True)
class Worked:
    """The same change, after which every table was made.

    Attributes:
        folder: the warehouse.
        before: what was published of each table before it was made.
        made: what came of each.
        n_calls: how many calls were made for all.
    """

    folder: Path
    before: dict[str, list[tuple[str]]]
    made: dict[str, Made]
    n_calls: int


@pytest.fixture(scope="module")
def all_made(rehearsal: Built, tmp_path_factory: pytest.TempPathFactory) -> Worked:
    """One for the tests, which copy it."""
    before, made = {}, {}
    with opened(rehearsal.folder, tmp_path_factory.mktemp("all_made")) as session:
        change(session)
        for table in IN_ORDER:
            before[table] = published(session, table)
            made[table] = made_now(session, table)
        return Worked(session.settings.warehouse_folder, before, made, session.n_calls[0])


@pytest.fixture
def session_after(all_made: Worked, tmp_path: Path) -> Iterator[BuildSession]:
    """Over a copy of that."""
    with opened(all_made.folder, tmp_path) as session:
        yield session


def change(session: BuildSession) -> None:
    """Publish the questions without the first one, and with the last one in another group."""
    folder = session.settings.warehouse_folder
    file, new = folder / "published.parquet", folder / "new.parquet"
    session.warehouse.export(TABLES["questions"], SOURCE, file)
    with duckdb.connect() as con:
        con.execute(f"create view published as from {sql.parquet(file)}")
        last = "question_id = max(question_id) over ()"
        rows = (
            f"select * replace (if({last}, 'another', group_id) as group_id, "
            f"if({last}, md5(row_hash), row_hash) as row_hash) from published "
            "qualify question_id > min(question_id) over ()"
        )
        con.execute(f"copy ({rows}) to {sql.literal(new)} (format parquet)")
    session.warehouse.publish(
        TABLES["questions"],
        SOURCE,
        new,
        run_id="edit",
        fingerprint="edit",
        profile="simulated",
        statistics={},
        parts={},
    )


def partition_of(table: str) -> str | None:
    return SOURCE if TABLES[table].is_partitioned else None


def made_now(session: BuildSession, table: str) -> Made:
    return make(definitions()[table], session, partition_of(table), run_id="run", log=None)


@contextmanager
def staged(session: BuildSession, table: str, before: Callable[[], None] = lambda: None) -> Iterator[Staged | None]:
    """What is staged where some questions are worked; None: all are to be.

    Args:
        before: what happens between the look at what is published and the staging.
    """
    with prepared(definitions()[table], session, partition_of(table), run_id="look", log=None) as ready:
        assert ready.last is not None
        before()
        yield stage_changed(definitions()[table], ready.stage, ready.last, ready.parts, ready.changes)


def worked(session: BuildSession, table: str) -> int | None:
    """How many questions are worked; None: all."""
    with staged(session, table) as found:
        return found.changed.n if found and found.changed else None


def edit(session: BuildSession, statement: str) -> None:
    """Change the build file by hand."""
    with duckdb.connect(str(session.settings.warehouse_folder / "build.duckdb")) as con:
        con.execute(statement)


def published(session: BuildSession, table: str) -> list[tuple[str]]:
    with session.warehouse.read() as con:
        where = f"source = '{SOURCE}'" if TABLES[table].is_partitioned else "true"
        return con.execute(f"select row_hash from {table} where {where} order by all").fetchall()


def test_rows_and_checks_are_as_if_all_were_worked(all_made: Worked, session_after: BuildSession) -> None:
    session = session_after
    for table in IN_ORDER:
        before, made = all_made.before[table], all_made.made[table]
        assert made.failure is None
        now = published(session, table)
        # What was paid for stays in the account; a question that fell away may have been the only one to be dropped.
        assert now == before if table == "llm_calls" else 0 <= len(now) < len(before) or table == "dropped_examples"
        with prepared(definitions()[table], session, partition_of(table), run_id="all", log=None) as ready:
            keys = ready.keys
            of_all = stage_rows(definitions()[table], ready.stage, 1, made_from="", keys=keys, is_retry=False)
            with session.warehouse.read() as con:
                whole = con.execute(f"select row_hash from {sql.parquet(*of_all.files)} order by all").fetchall()
        assert now == whole
        assert all(check.passed for check in made.checks if check.severity.value == "ERROR")
        worked_on = made.metadata.get("questions_changed"), made.metadata.get("calls_changed")
        assert worked_on[0] in (1, 2) or (TABLES[table].unit == CALL and 0 < worked_on[1] < 200), table
    assert session.n_calls[0] == all_made.n_calls == 0
    assert worked(session, "verifications") is None  # nothing changed any more


def test_a_fault_in_a_changed_question_keeps_the_partition_back(session: BuildSession) -> None:
    def with_fault(stage: Stage) -> None:
        stage.write()
        assert isinstance(stage.units, ChangedUnits)
        rows = stage.path.with_name("faulty.parquet")
        with duckdb.connect() as con:
            query = f"select * replace (-1 as attempts) from {sql.parquet(stage.path)}"
            con.execute(f"copy ({query}) to {sql.literal(rows)} (format parquet)")
        rows.replace(stage.path)

    before = published(session, "reasoning_paths")
    faulty = replace(definitions()["reasoning_paths"], stage_rows=with_fault)
    # As it was published: of the same code.
    code = sql.literal(json.dumps({"code": faulty.code.digest}))
    edit(session, f"update publishes set parts = json_merge_patch(parts, {code}) where table_name = 'reasoning_paths'")
    made = make(faulty, session, SOURCE, run_id="run", log=None)
    assert made.failure is not None
    assert "schema" in str(made.failure.description)
    assert published(session, "reasoning_paths") == before


@pytest.mark.parametrize("cause", ["code", "settings", "no history", "calls were missing", "too many"])
def test_all_questions_are_worked_where_more_than_rows_of_some_changed(session: BuildSession, cause: str) -> None:
    table = "reasoning_paths"
    assert worked(session, table) == 2
    update = {
        "code": "parts = json_merge_patch(parts, json_object('code', 'another'))",
        "settings": "parts = json_merge_patch(parts, json_object('seed', '7'))",
        "calls were missing": "fingerprint = ''",
    }
    last = session.warehouse.last_publish("questions", SOURCE)
    assert last is not None
    if cause in update:
        edit(session, f"update publishes set {update[cause]} where table_name = '{table}'")
    elif cause == "no history":
        session.warehouse.drop_history(last.seq)
    else:
        machine = session.profile.machine.model_copy(update={"shard_questions": 1})
        session.profile = session.profile.model_copy(update={"machine": machine})
    assert worked(session, table) is None


def test_rows_that_another_run_publishes_meanwhile_do_not_stay(session: BuildSession, tmp_path: Path) -> None:
    table = "verifications"

    def published_by_another() -> None:
        session.warehouse.export(TABLES[table], SOURCE, tmp_path / "rows.parquet")
        session.warehouse.publish(
            TABLES[table], SOURCE, tmp_path / "rows.parquet",
            run_id="other", fingerprint="", profile="simulated", statistics={}, parts={},
        )  # fmt: skip

    def overtaken(stage: Stage) -> None:
        stage.write()
        if stage.units is not None:
            published_by_another()

    made_now(session, "reasoning_paths")
    with staged(session, table) as alone, staged(session, table, published_by_another) as late:
        assert alone is not None
        assert late is None
    definition = replace(definitions()[table], stage_rows=overtaken)
    code = sql.literal(json.dumps({"code": definition.code.digest}))
    edit(session, f"update publishes set parts = json_merge_patch(parts, {code}) where table_name = '{table}'")
    edit(session, f"update publishes set fingerprint = 'as before' where table_name = '{table}'")
    made = make(definition, session, SOURCE, run_id="run", log=None)
    assert made.failure is None
    assert "questions_changed" not in made.metadata
    last = session.warehouse.last_publish(table, SOURCE)
    assert last is not None
    assert last.fingerprint == made.fingerprint
    with session.warehouse.read() as con:
        left = con.execute(f"select count(*) from {table} anti join reasoning_paths using (path_id)").fetchone()
    assert left == (0,)


def test_what_checks_found_in_the_other_rows_is_kept_unless_some_failed(session: BuildSession) -> None:
    table = "reasoning_paths"
    by_row = {one.name for one in check_names(table) if one.is_by_unit}
    with staged(session, table) as found:
        assert found is not None
        assert by_row == found.outcomes.keys()
    record = json.loads(json.dumps(session.warehouse.audit_of(table, SOURCE)))
    for outcome in record["outcomes"]:
        outcome["passed"] = outcome["name"] != "states"
    session.warehouse.record_audit(table, SOURCE, record)
    with staged(session, table) as found:
        assert found is not None
        assert by_row - {"states"} == found.outcomes.keys()


def test_measures_that_are_lost_are_made_again(rehearsal: Built, session_after: BuildSession) -> None:
    def measures(warehouse: Warehouse) -> set[tuple[str]]:
        last = warehouse.last_publish("reasonmed", SOURCE)
        assert last is not None
        kept = warehouse.measures_of("reasonmed", SOURCE, last.seq)
        assert kept is not None
        with duckdb.connect() as con:
            return set(con.execute(f"from {sql.parquet(kept)}").fetchall())

    session = session_after
    before, now = measures(open_warehouse(rehearsal.folder)), measures(session.warehouse)
    assert set() < now < before
    change(session)
    for table in IN_ORDER[: IN_ORDER.index("reasonmed")]:
        made_now(session, table)
    for file in (session.settings.warehouse_folder / "audits" / "reasonmed").glob("**/*.parquet"):
        file.write_bytes(b"")
    made = made_now(session, "reasonmed")
    assert made.failure is None
    assert measures(session.warehouse) < now


def test_attempts_of_other_warehouses_at_the_same_calls_show_in_the_account(session: BuildSession) -> None:
    for table in ("reasoning_paths", "verifications"):
        made_now(session, table)
    with session.warehouse.read() as con:
        (key,) = con.execute("select max(call_key) from call_uses where role = 'verifier'").fetchone() or ("",)
    session.ledger.asker = Asker("another", "verifications", SOURCE)
    record(session.ledger, attempt(key, Outcome.TIMED_OUT, raw=None)._replace(provider_kind="simulated"))
    session.ledger.asker = None
    before = len(published(session, "llm_calls"))
    made = made_now(session, "llm_calls")
    assert made.metadata["calls_changed"] > 0
    assert len(published(session, "llm_calls")) == before + 1


def test_a_call_that_is_not_answered_leaves_its_question_for_the_next_build(session: BuildSession) -> None:
    def unanswered(stage: Stage) -> None:
        stage.write()
        stage.is_complete = False
        stage.answers["generate"] = Answers(1, 0, "timed out")

    table = definitions()["reasoning_paths"]
    with prepared(table, session, SOURCE, run_id="look", log=None) as ready:
        assert ready.last is not None
        failing = replace(table, stage_rows=unanswered)
        found = stage_changed(failing, ready.stage, ready.last, ready.parts, ready.changes)
        assert found is not None
        assert not ready.stage.is_complete
