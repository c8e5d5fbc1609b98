"""The recipe in use: builds, and clicks on Materialize after them, as the runs that the UI launches."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from builds import Built, called
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run

from reasonmed_assets.config.recipes.book import RecipeBook, read_book
from reasonmed_assets.config.settings import SettingsError
from reasonmed_assets.orchestration.code_location import RECIPE_TAG, build_defs
from reasonmed_assets.orchestration.history import dagster_instance
from reasonmed_assets.orchestration.starting import begin, for_code_server, refuse_unready
from reasonmed_assets.sources import SAMPLE_DIR

TABLES = ("overrides", "question_matches", "raw_questions", "questions")
MADE = ("benchmark_questions", *TABLES)
SELECT = ("--select", " or ".join(f"key:{table}" for table in MADE))
Click = Callable[..., dg.DagsterRun]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a warehouse of one source, limited to two questions, and people's decisions on two of them."""
    folder = tmp_path_factory.mktemp("recipe")
    shutil.copytree(SAMPLE_DIR, folder / "data")
    (folder / "mine.toml").write_text('extends = "simulated"\n[sources]\ndeclared = ["mmlu"]\n')
    entry = '[[drop]]\nquestion_id = "{}"\nreason = "x"\ndecided_by = "y"\ndecided_on = 2026-11-20\n'
    (folder / "decided.toml").write_text(entry.format("0" * 16) + entry.format("1" * 16))
    places = ("--warehouse", str(folder / "w"), "--data-dir", str(folder / "data"))
    options = ("--profile", str(folder / "mine.toml"), "--overrides", str(folder / "decided.toml"), "--limit", "2")
    done = called("build", *places, *options, *SELECT)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def warehouse(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it for one test, which code locations find as `reasonmed ui` has them find it."""
    folder = Path(shutil.copytree(built / "w", tmp_path / "w"))
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(folder))
    return folder


def book_of(warehouse: Path) -> RecipeBook:
    book = read_book(warehouse)
    assert book is not None
    return book


def counts(warehouse: Path) -> list[Any]:
    return [Built(warehouse, "").value(f"select count(*) from {table}") for table in TABLES]


@pytest.fixture(scope="module")
def job(built: Path) -> dg.JobDefinition:
    """The job of all assets, of a code location that stays loaded as that of the UI does."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("REASONMED_WAREHOUSE", str(built / "w"))
        return build_defs().resolve_implicit_global_asset_job_def()


@pytest.fixture
def click(warehouse: Path, job: dg.JobDefinition) -> Click:
    """Materialises a table as the UI does: a run of the job of all assets, which starts from what is kept by then."""

    def run(
        table: str,
        config: dict[str, Any] | None = None,
        tags: dict[str, str] | None = None,
        parent: dg.DagsterRun | None = None,
    ) -> dg.DagsterRun:
        partition = {} if table == "overrides" else {"dagster/partition": "mmlu"}
        with dagster_instance(warehouse) as instance:
            created = instance.create_run_for_job(
                job.get_subset(asset_selection={dg.AssetKey(table)}),
                run_config={"resources": {"build": {"config": config}}} if config else {},
                tags=(dict(parent.tags) if parent else {}) | (tags or {}) | partition,
                asset_selection=frozenset({dg.AssetKey(table)}),
                parent_run_id=parent.run_id if parent else None,
                root_run_id=parent.run_id if parent else None,
            )
            execute_run(InMemoryJob(job), created, instance)
            found = instance.get_run_by_id(created.run_id)
        assert found is not None
        return found

    return run


def said_in(warehouse: Path, run: dg.DagsterRun) -> str:
    with dagster_instance(warehouse) as instance:
        return "\n".join(record.user_message for record in instance.all_logs(run.run_id))


def test_two_clicks_after_a_build_from_the_command_line_change_nothing(warehouse: Path, click: Click) -> None:
    before = counts(warehouse)
    assert before[0] == 2 and before[3] == 2
    for table in ("overrides", "questions"):
        run = click(table)
        assert (run.status, run.tags[RECIPE_TAG]) == (dg.DagsterRunStatus.SUCCESS, "1")
    assert counts(warehouse) == before
    book = book_of(warehouse)
    assert (len(book.versions), bool(book.version(1).first_build)) == (1, True)
    assert Built(warehouse, "").value("select count(*) from publishes where recipe = 1") >= len(TABLES)


@pytest.mark.slow
def test_what_the_launchpad_changes_holds_for_that_run(warehouse: Path, click: Click) -> None:
    assert click("questions", {"limit": 1}).status == dg.DagsterRunStatus.SUCCESS
    assert counts(warehouse)[3] == 1
    assert len(book_of(warehouse).versions) == 1
    click("questions")
    assert counts(warehouse)[3] == 2


@pytest.mark.slow
def test_a_repeated_run_has_the_recipe_of_now_and_names_the_difference(warehouse: Path, click: Click) -> None:
    first = click("questions")
    done = called("recipe", "set", "--limit", "1", "--warehouse", str(warehouse))
    assert "limit 2 -> 1, kept for this warehouse" in done.stdout
    again = click("questions", parent=first)
    assert (again.tags[RECIPE_TAG], counts(warehouse)[3]) == ("2", 1)
    assert "made by the recipe of the warehouse, version 2: limit 2 -> 1" in said_in(warehouse, again)

    # As earlier versions configured their runs.
    recipe = book_of(warehouse).version(1).recipe
    everything = {"profile": recipe.profile, "warehouse": "/elsewhere", "limit": 50, "set": {}, "data_dir": None}
    earlier = click("questions", everything, parent=first)
    assert (earlier.status, counts(warehouse)[3]) == (dg.DagsterRunStatus.SUCCESS, 1)
    assert "limit 50 -> 1" in said_in(warehouse, earlier)
    # One that is no repetition may not name another place.
    assert click("questions", everything).status == dg.DagsterRunStatus.FAILURE


@pytest.mark.slow
def test_a_backfill_keeps_the_version_that_it_started_with(warehouse: Path, click: Click) -> None:
    assert click("raw_questions", tags={"dagster/backfill": "b"}).tags[RECIPE_TAG] == "1"
    called("recipe", "set", "--limit", "1", "--warehouse", str(warehouse))
    assert click("questions", tags={"dagster/backfill": "b"}).tags[RECIPE_TAG] == "1"
    assert counts(warehouse)[3] == 2
    assert click("questions", tags={"dagster/backfill": "another"}).tags[RECIPE_TAG] == "2"
    assert counts(warehouse)[3] == 1
    of_runs = "select build_id, outcome, recipe, len(run_ids) from builds where number > 1 order by number"
    assert Built(warehouse, "").query(of_runs) == [("b", "complete", 1, 1), ("another", "complete", 2, 1)]


@pytest.mark.slow
def test_what_the_ui_was_started_with_is_kept_by_the_first_run_that_publishes(
    warehouse: Path, click: Click, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"warehouse": str(warehouse), "limit": 1}
    for name, value in for_code_server(begin(given), given, once=False).items():
        monkeypatch.setenv(name, value)
    assert len(book_of(warehouse).versions) == 1, "nothing published yet"
    assert click("questions").tags[RECIPE_TAG] == "2"
    assert [version.recipe.limit for version in book_of(warehouse).versions] == [2, 1]
    # What another process keeps later holds from then on.
    called("recipe", "set", "--limit", "2", "--warehouse", str(warehouse))
    assert click("questions").tags[RECIPE_TAG] == "3"
    assert counts(warehouse)[3] == 2


def test_options_of_a_build_change_the_recipe_unless_the_build_is_refused(warehouse: Path) -> None:
    place = ("--warehouse", str(warehouse))
    refused = called("build", *place, "--limit", "1", "--source", "nowhere")
    assert refused.returncode == 1 and "kept for this warehouse" not in refused.stdout
    assert called("build", *place, "--data-dir", str(SAMPLE_DIR)).returncode == 1
    assert len(book_of(warehouse).versions) == 1

    once = called("build", *place, "--limit", "1", "--once", "--select", "key:questions")
    assert "limit 2 -> 1, for this run only" in once.stdout, once.stdout
    assert (len(book_of(warehouse).versions), counts(warehouse)[3]) == (1, 1)

    done = called("build", *place, "--limit", "1", "--select", "key:questions")
    assert "limit 2 -> 1, kept for this warehouse" in done.stdout
    assert (len(book_of(warehouse).versions), counts(warehouse)[3]) == (2, 1)
    rows = Built(warehouse, "").query("select version, question_limit, changes from recipes order by version")
    assert rows[1] == (2, 1, "limit 2 -> 1")
    shown = called("recipe", *place).stdout
    assert "version 2, " in shown and "  limit: 1" in shown
    listed = called("recipe", "versions", *place).stdout
    assert "reasonmed build" in listed and "   limit 2 -> 1" in listed
    assert "limit 1 -> 2" in called("recipe", "return", "1", *place).stdout
    assert book_of(warehouse).versions[-1].recipe == book_of(warehouse).version(1).recipe
    assert "version 9" in called("recipe", "return", "9", *place).stderr


def test_a_profile_that_was_edited_stops_until_it_is_taken_in(warehouse: Path, built: Path, tmp_path: Path) -> None:
    place = ("--warehouse", str(warehouse))
    file = tmp_path / "own.toml"
    file.write_text((built / "mine.toml").read_text() + "[rules]\nrewrite_rounds = 2\n")
    assert called("recipe", "set", "--profile", str(file), *place).returncode == 0
    file.write_text(file.read_text().replace("= 2", "= 1"))
    stopped = called("build", *place, *SELECT)
    assert stopped.returncode == 1 and "rules.rewrite_rounds 2 -> 1" in stopped.stderr, stopped.stdout
    assert called("ui", *place).returncode == 1, "as every run of it would"
    taken = called("recipe", "set", "--profile", str(file), *place)
    assert "profile: rules.rewrite_rounds 2 -> 1, kept for this warehouse" in taken.stdout
    assert called("doctor", *place).returncode == 0
    file.unlink()
    assert f"{file}" in called("build", *place).stderr


@pytest.mark.parametrize("missing", ["data", "overrides"])
def test_a_recipe_that_names_what_is_gone_is_refused_before_anything_starts(
    warehouse: Path, tmp_path: Path, missing: str
) -> None:
    place = ("--warehouse", str(warehouse))
    gone = tmp_path / "gone"
    if missing == "data":
        shutil.copytree(SAMPLE_DIR, gone)
        assert called("recipe", "set", "--data-dir", str(gone), *place).returncode == 0
        shutil.rmtree(gone)
        with pytest.raises(SettingsError, match="there is no data directory"):
            refuse_unready(begin({"warehouse": str(warehouse)}))
    else:
        gone.write_text("")
        assert called("recipe", "set", "--overrides", str(gone), *place).returncode == 0
        gone.unlink()
    for command in (("build",), ("ui",)):
        refused = called(*command, *place)
        assert refused.returncode == 1 and str(gone) in refused.stderr, refused.stdout


def as_earlier(warehouse: Path, *, with_history: bool) -> None:
    """Make a warehouse as an earlier version left it: a binding, and all settings in the configuration of each run."""
    book = book_of(warehouse)
    recipe = book.version(1).recipe
    (warehouse / "recipes.json").unlink()
    former = {"provider_kind": book.provider_kind, "data_dir": book.data_dir, "warehouse_id": book.warehouse_id}
    (warehouse / "binding.json").write_text(json.dumps(former))
    config = {"profile": recipe.profile, "warehouse": "/w", "data_dir": recipe.data_dir, "ledger": None, "limit": 2}
    config |= {"retry_unresolved": False, "set": recipe.set}
    with closing(sqlite3.connect(warehouse / ".dagster" / "history" / "runs.db")) as connection:
        if not with_history:
            connection.execute("delete from runs")
        for number, text in connection.execute("select id, run_body from runs").fetchall():
            body = json.loads(text)
            body["run_config"]["resources"] = {"build": {"config": config}}
            connection.execute("update runs set run_body = ? where id = ?", [json.dumps(body), number])
        connection.commit()


def test_an_earlier_warehouse_is_taken_over_from_its_last_run(warehouse: Path, click: Click) -> None:
    known = book_of(warehouse)
    as_earlier(warehouse, with_history=True)
    before = counts(warehouse)
    for table in ("overrides", "questions"):
        assert click(table).status == dg.DagsterRunStatus.SUCCESS
    assert counts(warehouse) == before
    book = book_of(warehouse)
    assert (book.warehouse_id, len(book.versions)) == (known.warehouse_id, 1)
    assert book.version(1).recipe == known.version(1).recipe
    assert not (warehouse / "binding.json").exists()


@pytest.mark.slow
def test_where_nothing_tells_profile_and_limit_the_next_build_asks_for_them(warehouse: Path) -> None:
    profile = book_of(warehouse).version(1).recipe.profile
    decided = str(book_of(warehouse).version(1).recipe.set["sources.overrides"])
    data = str(book_of(warehouse).data_dir)
    as_earlier(warehouse, with_history=False)
    place = ("--warehouse", str(warehouse))
    for command in (("build", *place), ("build", *place, "--profile", profile), ("ui", *place)):
        asked = called(*command)
        assert asked.returncode == 1 and "give --profile and --limit" in asked.stderr, asked.stdout
    assert (warehouse / "binding.json").exists()
    done = called(
        "build",
        *place,
        "--profile",
        profile,
        "--limit",
        "2",
        "--source",
        "mmlu",
        "--data-dir",
        data,
        "--overrides",
        decided,
        *SELECT,
    )
    assert done.returncode == 0, done.stdout
    recipe = book_of(warehouse).version(1).recipe
    assert (recipe.limit, recipe.limits) == (2, {}), "what is given is all that is known"


def test_what_the_environment_says_is_not_kept(warehouse: Path, tmp_path: Path) -> None:
    said = {"REASONMED_LIMIT": "7", "REASONMED_SET": '{"seed": 5}', "REASONMED_OVERRIDES": '{"seed": 6}'}
    said |= {"REASONMED_DATA_DIR": str(tmp_path), "REASONMED_PROFILE": "paper"}
    before = book_of(warehouse).latest
    assert before is not None
    done = called("recipe", "set", "--limit", "1", "--warehouse", str(warehouse), **said)
    assert done.returncode == 0, done.stderr
    after = book_of(warehouse).latest
    assert after is not None
    assert after.recipe == replace(before.recipe, limit=1)
