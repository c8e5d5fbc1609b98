"""The recipes of CONTRIBUTING.md, followed: the files that they show are written and used as they say."""

from __future__ import annotations

import importlib
import re
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
from reasonmed_assets.assets import asking as steps
from reasonmed_assets.assets import questions as group
from reasonmed_assets.config import load_profile
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.lineage import Lineage
from reasonmed_assets.materialisation.materialise import Stage
from reasonmed_assets.orchestration.code_location import build_defs
from reasonmed_assets.roles import ROLES
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
        if spec.partitioned:
            assert partitions[name].get_partition_keys() == ["mmlu", "nursing"]


def test_a_role_has_every_place_that_the_recipe_names() -> None:
    text = recipe("Add a role")
    modules: dict[str, Any] = {}
    for name in re.findall(r"`((?:reasonmed_assets|sql|tests)/[\w./<>]+)`", text):
        uses = {
            "<role>": ROLES,
            "<step>": [step.calls.removeprefix("calls/") for step in vars(steps).values() if type(step) is steps.Step],
        }
        mark = next((mark for mark in uses if mark in name), None)
        for one in uses[mark] if mark else [""]:
            assert (ROOT / name.replace(mark or " ", one)).is_file(), name
        if mark is None and name.startswith("reasonmed_assets/") and name.endswith(".py"):
            modules[name] = importlib.import_module(name.removesuffix(".py").replace("/", "."))
    for symbol in ("Step", "run_step"):
        assert f"`{symbol}`" in text
        assert any(hasattr(module, symbol) for module in modules.values()), symbol


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
    monkeypatch.setattr(sql.files, "FOLDER", new_table["sql/tables/subject_counts.sql"].parents[1])
    checks = checks_of("subject_counts", tmp_path, monkeypatch)
    assert list(checks) == ["schema", "key", "partition", "counts", "references"]
    assert [column for column, edges in Lineage().edges("subject_counts").items() if not edges] == [ROW_HASH]
    module = dict(vars(group))
    exec(new_table["reasonmed_assets/assets/questions.py"].read_text(encoding="utf-8"), module)
    (asset,) = module["assets"](dg.StaticPartitionsDefinition([SOURCE]))
    assert asset.key == dg.AssetKey("subject_counts")
    assert {key.name for key in asset.check_keys} >= set(checks)

    profile, spec = load_profile("simulated"), TABLES["subject_counts"]
    con.execute(spec.ddl())
    set_variables(con, variables(profile, SOURCE))

    class Staged(Stage):
        @contextmanager
        def read(self, files: Any = None) -> Iterator[duckdb.DuckDBPyConnection]:
            yield con

    session: Any = None
    stage = Staged(spec, SOURCE, session, tmp_path / "staged.parquet", "run", None)
    module["subject_counts"](stage)
    assert con.sql(f"select source, subject, n_questions from '{stage.path}'").fetchall() == [("mmlu", "anatomy", 2)]

    def outcomes(path: Path) -> dict[str, CheckOutcome]:
        prepare(con, spec, SOURCE, path, profile)
        return {name: run_check(con, spec, check, path, profile) for name, check in checks.items()}

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
