"""`reasonmed diff` over builds, publishes, warehouses and exports: what it tells, as text, JSON and a page."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from builds import called
from html_page import Page
from reasonmed_assets.quality.tables import TABLES

import reasonmed_assets
from reasonmed_assets import sql
from reasonmed_assets.lineage.diff import sides
from reasonmed_assets.lineage.diff.comparison import diff
from reasonmed_assets.lineage.diff.sides import opened
from reasonmed_assets.storage import Warehouse, make_or_open_warehouse, row_hash_sql

BEGIN = dict.fromkeys(
    ("started_by", "process", "project", "profile", "profile_values", "models", "prompts", "packages"), "{}"
)
SETS = ("sft_cot", "sft_response", "sft_reasonmed")
PARTS = {"rules.medium_min_correct": "2"}


def publish(warehouse: Warehouse, table: str, rows: Sequence[Mapping[str, Any]], build: int, **parts: str) -> None:
    """Publish rows; columns that are not given have a value of their type."""
    spec = TABLES[table]
    partition = "mmlu" if spec.partitioned_by else None
    types = {name: kind for name, kind in spec.duckdb_types().items() if name != "row_hash"}
    with warehouse.staging_area(table, partition, "run") as area, duckdb.connect() as con:
        con.execute(f"create table rows ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
        for row in rows:
            values = [row.get(name, _filler(name, kind)) for name, kind in types.items()]
            con.execute(f"insert into rows values ({', '.join('?' for _ in types)})", values)
        file = area / "rows.parquet"
        hashed = f"select *, {row_hash_sql(types)} as row_hash from rows"
        con.execute(f"copy ({hashed}) to {sql.literal(file)} (format parquet)")
        warehouse.publish(
            spec,
            partition,
            file,
            run_id="r",
            fingerprint=str(parts),
            profile="p",
            statistics={},
            parts=parts,
            build=build,
        )


def _filler(name: str, kind: str) -> Any:
    if name == "source":
        return "mmlu"
    if kind.startswith("timestamp"):
        return datetime(2026, 11, 20)
    return [] if kind.endswith("[]") else 0 if kind in ("bigint", "double") else False if kind == "boolean" else name


def tiers(*names: str) -> list[dict[str, Any]]:
    return [{"question_id": f"q{at}", "tier": name} for at, name in enumerate(names)]


def build(warehouse: Warehouse, tier: str, output: str, parts: Mapping[str, str]) -> int:
    """One build: tiers of three questions and an example of each training set."""
    facts = BEGIN | {"build_id": output, "started_at": datetime.now(UTC).replace(tzinfo=None)}
    number = warehouse.begin_build(facts, is_publishing=True)
    assert number is not None
    publish(
        warehouse, "questions", [{"question_id": f"q{at}", "question": f"What is <{at}>?"} for at in range(3)], number
    )
    publish(warehouse, "difficulty_tiers", tiers("easy", tier, "difficult"), number, **parts)
    parts_of_set = {"table difficulty_tiers": "1", "rules.template": output}
    for name in SETS:
        row = {"example_id": "e1", "output": output, "fold": "train"}
        publish(warehouse, name, [row, row | {"example_id": "e2", "output": "same"}], number, **parts_of_set)
    return number


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with two builds, a copy as of the first, and exports of both."""
    folder = tmp_path_factory.mktemp("diff")
    warehouse = make_or_open_warehouse(folder / "w")
    first = make_or_open_warehouse(folder / "first")
    build(first, "medium", "one", PARTS)
    first.refresh_snapshot()
    for tier, output, parts in (("medium", "one", PARTS), ("easy", "two", {"rules.medium_min_correct": "3"})):
        build(warehouse, tier, output, parts)
        export = folder / f"export {output}"
        export.mkdir()
        with warehouse.read() as con:
            for name in SETS:
                target = sql.literal(export / f"{name}.parquet")
                con.execute(f"copy (select * exclude (row_hash) from {name}) to {target} (format parquet)")
                records = con.sql(f"select instruction, input, output from {name}").pl().to_dicts()
                (export / f"{name}.json").write_text(json.dumps(records))
    # Calls of the second build, accounted for after its end.
    publish(warehouse, "llm_calls", [{"call_key": "late"}], 3)
    warehouse.refresh_snapshot()
    return folder


def test_two_builds_of_one_warehouse(folder: Path) -> None:
    found = diff(folder / "w", "b1", "b2")
    assert found.causes == {"threshold": 4}
    assert found.tiers == {("difficult", "difficult"): 1, ("easy", "easy"): 1, ("medium", "easy"): 1}
    (row,) = [one for one in found.tables if one.table == "difficulty_tiers"]
    assert (row.before, row.after, row.added, row.removed, row.changed) == (3, 3, 0, 0, 1)
    assert (row.columns, row.causes) == ({"tier": 1}, {"threshold": 1})
    assert {(share.figure, share.before, share.after) for share in found.shares if share.name == "mmlu"} == {
        ("tier easy", 1, 2),
        ("tier medium", 1, 0),
    }
    assert found.before.startswith("build b1 (publish 5)")
    (example,) = [one for one in found.examples if one.table == "difficulty_tiers"]
    assert (example.row_id, example.question) == ("q1", "What is <1>?")
    assert (example.values, example.detail) == ({"tier": ("medium", "easy")}, "rules.medium_min_correct")


def test_calls_are_those_that_are_known_now(folder: Path) -> None:
    with opened(folder / "w", "b1", "b2") as compared:
        assert compared.con.execute("select call_key from after_llm_calls").fetchall() == [("late",)]


def test_publishes_and_warehouses_are_compared_alike(folder: Path) -> None:
    wanted = diff(folder / "w", "b1", "b2")
    for before, after in (("5", "9"), (str(folder / "first"), "b2"), (str(folder / "first"), str(folder / "w"))):
        found = diff(folder / "w", before, after)
        assert (found.causes, found.tiers, found.tables) == (wanted.causes, wanted.tiers, wanted.tables)
    assert diff(folder / "w", "b2").causes == wanted.causes
    assert diff(folder / "w", "b1").summary().startswith("12 rows differ")
    backwards = diff(folder / "w", "b2", "b1")
    assert backwards.tiers["easy", "medium"] == 1 and backwards.causes == wanted.causes


def test_an_export_is_found_again_by_its_rows_with_the_causes(folder: Path) -> None:
    found = diff(folder / "w", str(folder / "export one"), str(folder / "export two"))
    assert [(one.table, one.changed, one.causes) for one in found.tables] == [
        (name, 1, {"threshold": 1}) for name in SETS
    ]
    assert "publish 5 of" in found.before and "publish 9 of" in found.after


def test_an_export_that_no_publish_made_and_one_of_json_alone_tell_rows(folder: Path, tmp_path: Path) -> None:
    found = diff(tmp_path / "none", str(folder / "export one"), str(folder / "export two"))
    assert found.causes == {"unknown": 3} and "of no publish" in found.before
    for output in ("one", "two"):
        export = tmp_path / output
        export.mkdir()
        for name in SETS:
            (export / f"{name}.json").write_bytes((folder / f"export {output}" / f"{name}.json").read_bytes())
    by_content = diff(tmp_path / "none", str(tmp_path / "one"), str(folder / "export two"))
    assert [(one.added, one.removed, one.changed) for one in by_content.tables] == [(1, 1, 0)] * 3


def test_json_against_a_build_or_a_warehouse_is_compared_by_content(folder: Path, tmp_path: Path) -> None:
    for name in SETS:
        (tmp_path / f"{name}.json").write_bytes((folder / "export one" / f"{name}.json").read_bytes())
    only_parquet = tmp_path / "parquet"
    only_parquet.mkdir()
    for name in SETS:
        shutil.copy(folder / "export two" / f"{name}.parquet", only_parquet)
    assert diff(folder / "w", str(tmp_path), "b1").n_rows == 0
    for after in ("b2", str(folder / "w"), str(only_parquet)):
        found = diff(folder / "w", str(tmp_path), after)
        assert [(one.table, one.added, one.removed) for one in found.tables] == [(name, 1, 1) for name in SETS]


def test_an_export_from_before_history_begins_has_no_causes(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "w", tmp_path / "w")
    make_or_open_warehouse(tmp_path / "w").drop_history(9)
    found = diff(tmp_path / "w", str(folder / "export one"), str(folder / "export two"))
    assert "of no publish" in found.before and "publish 9 of" in found.after
    assert [(one.table, one.changed) for one in found.tables] == [(name, 1) for name in SETS]


def test_an_export_of_sets_that_came_back_is_found_again(tmp_path: Path) -> None:
    """The rows of one set are again as they were in the export: only the publishes before fit all sets."""
    with duckdb.connect() as con:
        con.execute("create table publishes (table_name varchar, content_hash varchar, seq bigint)")
        for name in SETS:
            con.execute(f"create table e_{name} as select '{name}' as row_hash")
        published = [(SETS[0], 1), (SETS[1], 2), (SETS[2], 3), (SETS[0], -4), (SETS[1], -5), (SETS[1], 6)]
        for name, seq in published:
            con.execute("insert into publishes values ($1, $2, $3)", [name, _md5(name) if seq > 0 else "x", abs(seq)])
        for begins, wanted in ((0, 3), (3, 3), (4, None)):
            warehouse: Any = SimpleNamespace(history=lambda begins=begins: SimpleNamespace(begins=begins))
            assert sides._publish_of_export(con, "e", warehouse) == wanted


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_what_is_neither_a_state_nor_a_folder_is_named(folder: Path, tmp_path: Path) -> None:
    place = ("--warehouse", str(folder / "w"))
    for names, said in (
        (("b1", "b9"), "there is no build b9: the builds of this warehouse are b1 to b2"),
        (("99", "b1"), "there is no publish 99"),
        (("b1", "nowhere"), "'nowhere' is no build (b7), no publish (41) and no folder"),
        (("b1", str(tmp_path)), "neither a warehouse nor an export"),
    ):
        done = called("diff", *names, *place)
        assert (done.returncode, said in done.stderr) == (1, True), done.stderr


def test_text_json_and_page_tell_the_same(folder: Path, tmp_path: Path) -> None:
    place = ("--warehouse", str(folder / "w"))
    page = tmp_path / "diff.html"
    text = called("diff", "b1", "b2", *place).stdout
    assert "4 rows differ (threshold 4); 1 questions have another tier" in text
    assert "difficulty_tiers q1 changed: threshold, rules.medium_min_correct" in text
    written = called("diff", "b1", "b2", *place, "--json", "--html", str(page))
    told = json.loads(written.stdout)
    assert (told["rows"], told["causes"]) == (4, {"threshold": 4})
    assert {"before": "medium", "after": "easy", "questions": 1} in told["tiers"]
    shown = page.read_text(encoding="utf-8")
    assert "What is &lt;1&gt;?" in shown and Page(page).loaded == []
    wh = reasonmed_assets.Warehouse(folder / "w")
    assert wh.diff("b1", "b2").to_json()["causes"] == told["causes"]
    assert "<table>" in wh.diff("b1", "b2")._repr_html_()
