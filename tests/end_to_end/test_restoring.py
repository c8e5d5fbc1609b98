"""What a warehouse held before: listed, read, dropped, and published again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from builds import Built, called
from reasonmed_assets.quality import tables as _tables  # noqa: F401
from reasonmed_assets.quality.schema import TABLES

import reasonmed_assets
from reasonmed_assets import sql
from reasonmed_assets.orchestration.history import dagster_instance, live_runs
from reasonmed_assets.release.export import ExportError, export_training_sets
from reasonmed_assets.storage import WarehouseError, open_warehouse
from reasonmed_assets.storage.duckdb_file import DuckDBFile
from reasonmed_assets.vocabulary import OVERRIDE_KINDS

EDITED = "sft_response"


@pytest.fixture(scope="module")
def edited(rehearsal: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the rehearsal, in which a publish took one row of a table away and changed another."""
    folder = tmp_path_factory.mktemp("restoring")
    warehouse = open_warehouse(Path(shutil.copytree(rehearsal.folder, folder / "w")))
    rows = folder / "rows.parquet"
    with warehouse.read() as con:
        ranked = f"select *, row_number() over (order by example_id) as rank from {EDITED}"
        changed = "if(rank = 2, output || '!', output) as output, if(rank = 2, 'other', row_hash) as row_hash"
        edit = f"select * exclude (rank) replace ({changed}) from ({ranked}) where rank > 1"
        con.execute(f"copy ({edit}) to {sql.literal(rows)} (format parquet)")
    warehouse.publish(TABLES[EDITED], None, rows, run_id="r", fingerprint="f", profile="simulated", statistics={})
    warehouse.refresh_snapshot()
    return folder / "w"


@pytest.fixture
def warehouse(edited: Path, tmp_path: Path) -> Path:
    """A copy of that for one test."""
    return Path(shutil.copytree(edited, tmp_path / "w"))


def rows_of(folder: Path) -> list[Any]:
    """What the edited table holds."""
    return Built(folder, "").query(f"from {EDITED} order by all")


def decide(folder: Path) -> None:
    """Publish a decision of a person."""
    spec, warehouse = TABLES["overrides"], open_warehouse(folder)
    given = {"override_id": "o", "kind": OVERRIDE_KINDS[0], "entry": "1", "reason": "r", "decided_by": "p"}
    given |= {"decided_on": "2026-11-01", "note": "n", "is_applied": "false", sql.ROW_HASH: "h"}
    types = spec.duckdb_types().items()
    values = ", ".join(
        f"{sql.literal(given[name]) if name in given else 'null'}::{data_type} as {name}" for name, data_type in types
    )
    rows = folder.with_name("overrides.parquet")
    duckdb.execute(f"copy (select {values}) to {sql.literal(rows)} (format parquet)")
    warehouse.publish(spec, None, rows, run_id="r", fingerprint="f", profile="simulated", statistics={})
    warehouse.refresh_snapshot()


def said(folder: Path, *arguments: str) -> str:
    """What a command prints."""
    done = called(*arguments, "--warehouse", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_rows_are_read_as_of_a_build_and_a_publish(edited: Path, rehearsal: Built) -> None:
    before, now = len(rows_of(rehearsal.folder)), len(rows_of(edited))
    last = Built(edited, "").value("select max(seq) from publishes")
    for as_of, n in (("b1", before), (str(last), now), ("1", 0)):
        query = f"select count(*) as n from {EDITED}"
        answer = said(edited, "sql", query, "--as-of", as_of, "--format", "json", "--locked")
        assert json.loads(answer) == [{"n": n}]
    wh = reasonmed_assets.Warehouse(edited)
    assert sorted(wh.table(EDITED, as_of="b1").rows()) == rows_of(rehearsal.folder)
    gone = wh.sql(f"from {EDITED} anti join now.{EDITED} using (example_id)", "arrow", as_of="b1")
    assert gone.num_rows == 1
    refused = called("sql", "from questions", "--as-of", "b9", "--warehouse", str(edited))
    assert refused.returncode == 1 and "there is no build b9" in refused.stderr


def test_the_builds_are_listed_and_old_ones_dropped(warehouse: Path) -> None:
    said(warehouse, "restore", "b1")
    first, edit, restored = json.loads(said(warehouse, "history", "--json"))
    assert [first["build"], edit["build"], restored["build"]] == ["b1", None, "b2"]
    assert first["is_readable"] and edit["kept_bytes"] > 0 < restored["kept_bytes"]
    assert "History begins at publish 0 " in said(warehouse, "history", "--keep", "2", "--yes")
    told = called("history", "--keep", "1", "--warehouse", str(warehouse))
    assert "History before b2, 0.0 MB: nothing was dropped, --yes drops it" in told.stderr
    assert "History begins at publish 0 " in told.stdout
    assert not json.loads(said(warehouse, "history", "--keep", "1", "--yes", "--json"))[1]["is_readable"]
    refused = called("restore", "b1", "--warehouse", str(warehouse))
    assert refused.returncode == 1 and "cannot be read" in refused.stderr
    assert not list((warehouse / "history").glob("*/*"))


def test_restored_rows_are_a_build_that_the_next_one_makes_again(
    warehouse: Path, rehearsal: Built, tmp_path: Path
) -> None:
    decide(warehouse)
    last = Built(warehouse, "").value("select max(seq) from publishes")
    attempts = rehearsal.attempts()
    output = said(warehouse, "restore", "b1")
    assert f"{EDITED}: " in output and f"reasonmed restore {last} " in output
    assert rows_of(warehouse) == rows_of(rehearsal.folder)
    restored = Built(warehouse, "")
    build = "select contains(started_by, 'reasonmed restore b1'), outcome from builds where number = 2"
    assert restored.query(build) == [(True, "complete")]
    found = "select table_name, is_behind from freshness where restored_from is not null"
    assert restored.query(found) == [(EDITED, True)]
    assert restored.value("select count(*) from overrides") == 1
    with pytest.raises(ExportError, match=f"{EDITED}: restored from publish"):
        list(export_training_sets(warehouse, tmp_path / "export", {"simulated", "stand-in", "failing"}))
    with dagster_instance(warehouse) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(EDITED))
        assert event is not None and event.asset_materialization is not None
        assert "restored_from" in event.asset_materialization.metadata
    assert "already" in said(warehouse, "restore", "b1")
    again = said(warehouse, "build", "--select", f"key:{EDITED}")
    assert "restored from publish" in again
    assert rows_of(warehouse) == rows_of(rehearsal.folder)
    assert Built(warehouse, "").attempts() == attempts


def test_a_restore_that_fails_midway_is_a_failed_build_and_says_how_to_go_on(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def fails(*_: object, **__: object) -> None:
        with dagster_instance(warehouse) as instance:
            seen.append(live_runs(instance))
        raise WarehouseError("the disk is full")

    monkeypatch.setattr(DuckDBFile, "publish", fails)
    refused = called("restore", "b1", "--warehouse", str(warehouse))
    assert refused.returncode == 1
    assert "not all rows were restored; `reasonmed restore b1 " in refused.stderr and "disk is full" in refused.stderr
    assert [len(runs) for runs in seen] == [1], "others see that a restore is at work"
    with dagster_instance(warehouse) as instance:
        assert live_runs(instance) == []
    build = "select outcome, problems from builds where number = 2"
    assert Built(warehouse, "").query(build) == [("failed", "the disk is full")]


def test_rows_that_this_version_cannot_publish_are_refused(warehouse: Path) -> None:
    before = rows_of(warehouse)
    (kept,) = (warehouse / "history" / EDITED).glob("*")
    rewritten = f"select * replace (null::varchar as output) from {sql.parquet(kept)}"
    duckdb.execute(f"copy ({rewritten}) to {sql.literal(kept.with_suffix('.new'))} (format parquet)")
    kept.with_suffix(".new").rename(kept)
    refused = called("restore", "b1", "--warehouse", str(warehouse))
    assert refused.returncode == 1 and f"{EDITED}: schema" in refused.stderr and "--as-of" in refused.stderr
    assert rows_of(warehouse) == before
