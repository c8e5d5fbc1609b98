"""The recipes of CONTRIBUTING.md, followed: the files that they show are written and used as they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality import declarations
from reasonmed_assets.quality.auditing import CheckOutcome, prepare, run_check
from reasonmed_assets.quality.parameters import set_variables, variables
from reasonmed_assets.quality.schema import ROW_HASH, TABLES

from reasonmed_assets import sql
from reasonmed_assets.assets import definitions
from reasonmed_assets.config import load_profile
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.lineage.edges import Lineage
from reasonmed_assets.materialisation.factory import table_asset
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.orchestration.code_location import build_defs
from reasonmed_assets.sources import load_declaration, read_source

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SOURCE = "mmlu"


def recipe(title: str) -> str:
    """The section "Add a ..." of the page."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def write_files(title: str, folder: Path) -> dict[str, Path]:
    """Write the files that a recipe shows below a folder."""
    found = {}
    for name, text in re.findall(r"^```\w+ file=(\S+)\n(.*?)^```$", recipe(title), re.MULTILINE | re.DOTALL):
        found[name] = folder / name
        found[name].parent.mkdir(parents=True, exist_ok=True)
        found[name].write_text(text, encoding="utf-8")
    return found


def checks_of(table: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, declarations.CheckDeclaration]:
    """The checks of a table whose assertions lie in this folder; distributions left out (their library is slow)."""
    monkeypatch.setattr(declarations, "_FOLDER", folder / "quality" / "assertions")
    declared = declarations._declared.__wrapped__(table)
    return {check.name: check for check in declared if check.name != "distributions"}


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Four questions of two sources, three of them with a subject."""
    con = duckdb.connect()
    con.execute(sql.macros_text())
    con.execute(
        "create table questions as select * from (values ('q1', 'mmlu', 'anatomy'), ('q2', 'mmlu', 'anatomy'),"
        " ('q3', 'mmlu', null), ('q4', 'medqa', 'surgery')) as rows (question_id, source, subject)"
    )
    return con


def test_a_source(tmp_path: Path) -> None:
    file = write_files("Add a source", tmp_path)["nursing.toml"]
    reading = read_source(load_declaration(str(file)), tmp_path, {})
    assert reading.unreadable == []
    assert [(question.source, question.gold_text) for question in reading.questions] == [("nursing", "30 s")]
    settings = BuildSettings(profile="embedded", set={"sources.declared": ["mmlu", str(file)]})
    specs = build_defs(settings=settings).resolve_all_asset_specs()
    partitions = {spec.key.to_user_string(): spec.partitions_def for spec in specs}
    for name, spec in TABLES.items():
        if spec.is_partitioned:
            assert partitions[name].get_partition_keys() == ["mmlu", "nursing"]


COPIED = ("reasonmed_assets", "quality", "sql", "tests", "pyproject.toml")
IN_THE_COPY = """
import json, sys
import pytest, reasonmed_assets
from reasonmed_assets.cli.app import app
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.lineage.edges import edges_of
from reasonmed_assets.orchestration.code_location import build_defs

profile, warehouse, source = sys.argv[1:]
options = ["--profile", profile, "--warehouse", warehouse, "--source", source, "--limit", "1"]
selection = '+key:"critiques" or key:"llm_calls" or key:"call_uses"'
app(["build", *options, "--select", selection], standalone_mode=False)
specs = build_defs(settings=BuildSettings(profile=profile, warehouse=warehouse)).resolve_all_asset_specs()
deps = {spec.key.to_user_string(): sorted(dep.asset_key.to_user_string() for dep in spec.deps) for spec in specs}
faults = pytest.main(["-n", "0", "-p", "no:cacheprovider", "tests/quality/test_assertions.py", "-k", "critiques"])
edges = [[edge.table, edge.column, edge.roles] for edge in edges_of("critiques")["gravity"]]
print(json.dumps({"package": reasonmed_assets.__file__, "deps": deps["critiques"], "edges": edges, "faults": faults}))
"""


def copy_of_the_project(folder: Path) -> Path:
    """The project's files with what is compiled of them, the packages in the places from which they are imported."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy(ROOT / name, folder / name)
    for name in ("quality", "sql"):
        (folder / "reasonmed_assets" / name).symlink_to(folder / name)
    return folder


def add_to(checkout: Path, files: dict[str, Path]) -> None:
    """Put a recipe's files into a copy of the project; of a file that is there, a recipe shows what is added."""
    for name, file in files.items():
        text, place = file.read_text(encoding="utf-8"), checkout / name
        if place.exists():
            opening, entries = text.split(" = {\n")
            before = place.read_text(encoding="utf-8")
            at = re.search(rf"^{opening}\b.* = {{\n", before, re.MULTILINE)
            assert at is not None
            text = before[: at.end()] + entries.removesuffix("}\n") + before[at.end() :]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def test_a_role_with_a_table(tmp_path: Path) -> None:
    """Added to a copy of the project as the page says, it is built, checked, costed and placed in the graph."""
    files = write_files("Add a role", tmp_path / "recipe")
    profile, warehouse = files.pop("mine.toml"), tmp_path / "warehouse"
    checkout = copy_of_the_project(tmp_path / "checkout")
    add_to(checkout, files)
    assert len(files) <= 6
    # What was set for the tests around this one, such as plugins, is not for the tests in the copy.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-c", IN_THE_COPY, str(profile), str(warehouse), SOURCE],
        env=outside | {"PYTHONPATH": str(checkout)}, cwd=checkout, capture_output=True, text=True, check=False,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert Path(found["package"]).is_relative_to(checkout)
    assert found["deps"] == ["questions", "reasonmed"]
    shown = [("questions", "context"), ("questions", "options"), ("questions", "question"), ("reasonmed", "path_text")]
    assert found["edges"] == [[table, column, ["critic"]] for table, column in shown]
    assert found["faults"] == 0, done.stdout
    with duckdb.connect(str(warehouse / "reasonmed.duckdb"), read_only=True) as con:
        ((n_examples,),) = con.execute("select count(*) from reasonmed").fetchall()
        assert n_examples > 0
        critiques = con.execute("select gravity, weakest_step, outcome from critiques").fetchall()
        assert len(critiques) == n_examples
        assert all(
            gravity in (0, 1, 2) and sentence for gravity, sentence, outcome in critiques if outcome == "completed"
        )
        costs = "select table_name, spent_on, sum(calls) from call_costs where role = 'critic' group by all"
        assert con.execute(costs).fetchall() == [("critiques", "examples", n_examples)]
        assert con.execute("select distinct role from cost where role = 'critic'").fetchall() == [("critic",)]
        assert con.execute("select count(*) from call_costs where spent_on = 'unused'").fetchall() == [(0,)]


@pytest.fixture
def new_table(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """The files of "Add a table", the table declared as long as the test runs."""
    files = write_files("Add a table", tmp_path)
    exec(compile(files["quality/tables/subject_counts.py"].read_text(encoding="utf-8"), "subject_counts", "exec"), {})
    yield files
    del TABLES["subject_counts"]


def test_a_table(
    new_table: dict[str, Path], con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(sql.files.FOLDER / "macros.sql", tmp_path / "sql")
    monkeypatch.setattr(sql.files, "FOLDER", tmp_path / "sql")
    checks = checks_of("subject_counts", tmp_path, monkeypatch)
    assert list(checks) == ["schema", "key", "partition", "counts", "references"]
    assert [column for column, edges in Lineage().edges("subject_counts").items() if not edges] == [ROW_HASH]
    profile, spec = load_profile("simulated"), TABLES["subject_counts"]
    table = definitions()["subject_counts"]
    asset = table_asset(table, profile, {"source": dg.StaticPartitionsDefinition([SOURCE])})
    (of_table,) = asset.specs
    assert [dep.asset_key for dep in of_table.deps] == [dg.AssetKey("questions")]
    assert of_table.kinds == {"duckdb", "sql"}
    assert {key.name for key in asset.check_keys} >= set(checks)

    con.execute(spec.ddl())
    set_variables(con, variables(profile) | spec.partition_values(SOURCE))

    class Staged(Stage):
        @contextmanager
        def read(self, *given: Any) -> Iterator[duckdb.DuckDBPyConnection]:
            yield con

    session: Any = None
    path = tmp_path / "staged.parquet"
    stage = Staged(spec, table.transform, SOURCE, session, path, "run", None, table.ask, {})
    table.stage_rows(stage)
    assert con.sql(f"select source, subject, n_questions from '{stage.path}'").fetchall() == [("mmlu", "anatomy", 2)]

    def outcomes(path: Path) -> dict[str, CheckOutcome]:
        prepare(con, spec, SOURCE, path, profile)
        return {name: run_check(con, spec, check, profile) for name, check in checks.items()}

    assert [(name, one.error) for name, one in outcomes(stage.path).items() if not one.passed] == []
    wrong = tmp_path / "wrong.parquet"
    con.execute(f"copy (select * replace ('law' as subject, 3 as n_questions) from '{stage.path}') to '{wrong}'")
    failed = outcomes(wrong)
    assert {name for name in ("references", "counts") if failed[name].is_blocking_failure} == {"references", "counts"}


def test_a_check(con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = write_files("Add a check", tmp_path)
    check = checks_of("reasonmed", tmp_path, monkeypatch)["kept_questions"]
    assert (check.method_check, check.is_blocking, check.judges_model) == (14, True, False)
    planted: dict[str, Any] = {}
    exec(files["tests/quality/planted_faults.py"].read_text(encoding="utf-8"), planted)
    (statement,) = planted["_FAULTS"]["reasonmed", "kept_questions"]
    con.execute("create table rows as select 'e1' as example_id, 'q1' as question_id union all select 'e2', 'q4'")
    con.execute("create view staged as from rows")
    assert con.execute(str(check.sql)).fetchall() == []
    con.execute(statement)
    assert con.execute(str(check.sql)).fetchall() == [("e1", "unknown")]


@pytest.mark.parametrize("module", ["tests/orchestration/test_definitions.py", "tests/lineage/test_edges.py"])
def test_the_snapshots_are_refreshed_as_the_page_says(module: str) -> None:
    (command,) = (line for line in PAGE.splitlines() if line.startswith("REASONMED_WRITE_SNAPSHOT=1 pytest "))
    assert module in command
    assert f"REASONMED_WRITE_SNAPSHOT=1 pytest {module}" in (ROOT / module).read_text(encoding="utf-8")
