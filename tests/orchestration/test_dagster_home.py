"""Dagster's home in a warehouse: settings of earlier versions, settings of the user, databases of other Dagsters."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script.base import Script

from reasonmed_assets.orchestration import dagster_home
from reasonmed_assets.orchestration.dagster_home import HistoryError
from reasonmed_assets.orchestration.history import BuildError, dagster_instance, prepare_dagster_home

EARLIER = {
    "5630d57": "telemetry:\n  enabled: false\n",
    "55ba91e": dagster_home.SETTINGS.replace("would block all waiting runs", "would hold back all that wait"),
}


def home_with(settings: str, warehouse: Path) -> Path:
    home = warehouse / ".dagster"
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_text(settings, encoding="utf-8")
    return home


@pytest.mark.parametrize("revision", EARLIER)
def test_settings_that_the_user_did_not_change_are_brought_forward(revision: str, tmp_path: Path) -> None:
    home = home_with(EARLIER[revision], tmp_path)
    assert "the next build replaces the settings" in dagster_home.describe(home)
    assert prepare_dagster_home(tmp_path) == home
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == dagster_home.SETTINGS
    assert dagster_home.describe(home).startswith("Dagster ")
    assert ";" not in dagster_home.describe(home)


def test_settings_of_the_user_stay_and_are_named(tmp_path: Path) -> None:
    own = dagster_home.SETTINGS.replace("max_concurrent_runs: 1", "max_concurrent_runs: 4") + "# mine\n"
    home = home_with(own, tmp_path)
    prepare_dagster_home(tmp_path)
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == own
    said = dagster_home.describe(home)
    assert "which stay: max_concurrent_runs: 4; no max_concurrent_runs: 1" in said


def test_migrations_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with dagster_instance(tmp_path / "first") as instance:
        instance.create_run_for_job(_job())
    monkeypatch.setattr(Script, "_from_path", lambda _, path: pytest.fail(f"{path} is read again"))
    with dagster_instance(tmp_path / "second") as instance:
        run = instance.create_run_for_job(_job())
        assert instance.get_run_by_id(run.run_id) is not None
    assert len(revisions(tmp_path / "second" / ".dagster")) == 1


def revisions(home: Path, *new: str) -> set[str]:
    """The revisions of the databases, set first where one is given."""
    found = set()
    for name in ("history/runs.db", "history/runs/index.db", "schedules/schedules.db"):
        with closing(sqlite3.connect(home / name)) as connection, connection:
            connection.executemany("update alembic_version set version_num = ?", [new] if new else [])
            found |= {version for (version,) in connection.execute("select version_num from alembic_version")}
    return found


def test_databases_of_an_older_dagster_are_brought_forward(tmp_path: Path) -> None:
    with dagster_instance(tmp_path) as instance:
        run = instance.create_run_for_job(_job())
    home = tmp_path / ".dagster"
    (present,) = revisions(home)
    revisions(home, "6b7fb194ff9c")
    assert "history/runs.db, history/runs/index.db, schedules/schedules.db of an older" in dagster_home.describe(home)
    with dagster_instance(tmp_path) as instance:
        assert [found.run_id for found in instance.get_runs()] == [run.run_id]
    assert revisions(home) == {present}


def test_databases_of_a_newer_dagster_are_refused_and_left_as_they_are(tmp_path: Path) -> None:
    home = prepare_dagster_home(tmp_path)
    revisions(home, "from the future")
    with pytest.raises(HistoryError, match=r"newer Dagster \(revision from the future\).* Install that one, or move"):
        prepare_dagster_home(tmp_path)
    assert revisions(home) == {"from the future"}


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    home = prepare_dagster_home(tmp_path)
    (home / "history" / "runs.db").write_bytes(b"not a database" * 100)
    with pytest.raises(HistoryError, match=r"runs\.db is no database"):
        prepare_dagster_home(tmp_path)


def _job():
    import dagster as dg

    @dg.job
    def nothing() -> None:
        pass

    return nothing


def test_a_history_is_kept_under_any_path_that_is_not_refused(tmp_path: Path) -> None:
    name = "a#b & c'd\"e;%z\nh\\i {j} $HOME :l=~[m]*"
    warehouse = tmp_path / name
    while (left := 442 - len(str(warehouse))) > 1:
        warehouse /= "d" * min(200, left - 1)
    with dagster_instance(warehouse) as instance:
        assert not instance.telemetry_enabled
        assert _job().execute_in_process(instance=instance).success
    assert [folder.name for folder in tmp_path.iterdir()] == [name]
    with pytest.raises(BuildError, match=r"443 bytes.* up to 442"):
        prepare_dagster_home(warehouse.with_name(f"{warehouse.name}d"))
