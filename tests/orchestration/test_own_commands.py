"""Dagster's own commands in the folder of the project: what they load, their history, which calls they may make."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from builds import Built, a_shell
from dagster._core.instance.ref import InstanceRef
from dagster_dg_core.context import DgContext

from reasonmed_assets.config.settings import ALLOW_REAL_CALLS, SettingsError
from reasonmed_assets.materialisation.display import LogDisplay
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.orchestration.dagster_home import SETTINGS
from reasonmed_assets.orchestration.history import dagster_home_of
from reasonmed_assets.orchestration.project.forking import fork_runs
from reasonmed_assets.orchestration.project.history import ProjectHistory
from reasonmed_assets.orchestration.starting import begin_run, for_code_server
from reasonmed_assets.orchestration.ui.serving import LOCATION, MODULE

SHOWN = """{ runsOrError { ... on Runs { results { status } } }
  repositoriesOrError { ... on RepositoryConnection { nodes { location { name } } } } }"""
ROOT = Path(__file__).parents[2]
NO_REGISTRY = ("error sending request", "Could not connect", "NewConnectionError", "NameResolutionError", "No matching")


def test_dg_loads_the_code_location_that_the_ui_loads() -> None:
    context = DgContext.for_project_environment(ROOT, {})
    assert (context.code_location_target_module_name, context.code_location_name) == (MODULE, LOCATION)
    assert context.get_path_for_local_module(MODULE) == ROOT / "reasonmed_assets/orchestration/project/definitions.py"
    assert f"from {MODULE} import defs" in (ROOT / "definitions.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "parent"), [(["asset", "materialize"], None), (["api", "grpc"], multiprocessing.current_process())]
)
def test_only_the_code_server_forks_what_it_starts(
    arguments: list[str], parent: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["dagster", *arguments])
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: parent)
    fork_runs()
    assert multiprocessing.get_context("spawn").Process is SpawnProcess


def test_their_history_is_that_of_the_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (ROOT / "dagster.yaml").read_text(encoding="utf-8").endswith(SETTINGS)
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(tmp_path / "warehouse"))
    reference = InstanceRef.from_dir(str(tmp_path), config_dir=str(ROOT))
    home = dagster_home_of(tmp_path / "warehouse")
    with dg.DagsterInstance.from_ref(reference) as instance:
        assert isinstance(reference.storage, ProjectHistory)
        instance.add_dynamic_partitions("a", ["b"])
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert list(instance.get_dynamic_partitions("a")) == ["b"]


@contextmanager
def a_run() -> Iterator[BuildSession]:
    session = BuildSession(begin_run(), lambda: LogDisplay(log=None))
    try:
        yield session
    finally:
        session.close()


def test_their_runs_call_no_real_provider_unless_the_environment_allows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REASONMED_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("REASONMED_PROFILE", "open")
    with a_run() as run, pytest.raises(SettingsError, match=f"set {ALLOW_REAL_CALLS}=1"):
        _ = run.engine
    monkeypatch.setenv(ALLOW_REAL_CALLS, "1")
    with a_run() as run:
        assert run.engine.profile.name == "open"
    monkeypatch.delenv(ALLOW_REAL_CALLS)
    for name, value in for_code_server(begin_run(), {"profile": "open"}, once=False).items():
        monkeypatch.setenv(name, value)
    with a_run() as run:
        assert run.engine.profile.name == "open", "a run of `reasonmed ui` may"


def _dg(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dagster_dg_cli.cli", *arguments],
        cwd=ROOT, env=a_shell() | environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.mark.slow
def test_dg_lists_checks_and_launches(rehearsal: Built, tmp_path: Path) -> None:
    warehouse = Built(Path(shutil.copytree(rehearsal.folder, tmp_path / "warehouse")), "")
    place = {"REASONMED_WAREHOUSE": str(warehouse.folder)}
    listed = _dg("list", "defs", "--json", **place)
    assert listed.returncode == 0, listed.stderr
    assert {"questions", "sft_cot"} <= {asset["asset_key"] for asset in json.loads(listed.stdout)["assets"]}
    checked = _dg("check", "defs", **place)
    assert checked.returncode == 0, checked.stderr
    launched = _dg("launch", "--assets", "difficulty_tiers", "--partition", "mmlu", **place)
    assert launched.returncode == 0, launched.stderr
    with dg.DagsterInstance.from_config(str(dagster_home_of(warehouse.folder))) as instance:
        (run,) = instance.get_runs(limit=1)
        assert (run.status, run.tags["dagster/partition"]) == (dg.DagsterRunStatus.SUCCESS, "mmlu")
        (made,) = instance.fetch_materializations(dg.AssetKey("difficulty_tiers"), limit=1).records
        assert (made.run_id, made.partition_key) == (run.run_id, "mmlu")


@pytest.mark.slow
@pytest.mark.parametrize("command", [["-m", "dagster_dg_cli.cli", "dev"], ["-m", "dagster", "dev"]])
def test_the_development_server_shows_the_runs_of_the_warehouse(
    command: list[str], rehearsal: Built, tmp_path: Path
) -> None:
    warehouse = Path(shutil.copytree(rehearsal.folder, tmp_path / "warehouse"))
    port, said = "39417", tmp_path / "said.txt"
    with said.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *command, "--port", port],
            cwd=ROOT, env=a_shell() | {"REASONMED_WAREHOUSE": str(warehouse)}, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        found = _asked(process, port, SHOWN)
        assert len(found["runsOrError"]["results"]) >= 6
        assert [one["location"]["name"] for one in found["repositoriesOrError"]["nodes"]] == [LOCATION]
    finally:
        process.terminate()
        process.wait(60)
    assert ("superseded" in said.read_text()) == ("dagster" in command)


def _asked(process: subprocess.Popen[bytes], port: str, query: str) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", json.dumps({"query": query}).encode(), {"content-type": "application/json"}
    )
    while process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)["data"]
    raise AssertionError("the server has ended")


@pytest.mark.slow
def test_a_wheel_builds_from_any_folder_and_brings_one_package(tmp_path: Path) -> None:
    left_out = shutil.ignore_patterns(".*", "build", "*.egg-info", "warehouse", "tests")
    checkout = shutil.copytree(ROOT, tmp_path / "checkout", ignore=left_out)
    made = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", str(tmp_path), str(checkout)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if any(sign in made.stderr for sign in NO_REGISTRY):
        pytest.skip("no package registry is reached")
    assert made.returncode == 0, made.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    about = f"{wheel.name.rsplit('-', 3)[0]}.dist-info"
    assert {name.partition("/")[0] for name in names} == {"reasonmed_assets", about}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = "from reasonmed_assets.cli.app import app; app()"
    built = subprocess.run(
        [sys.executable, "-c", command, "build", "--profile", "simulated", "--limit", "1", "--source", "mmlu"],
        cwd=elsewhere, env=a_shell() | {"PYTHONPATH": str(tmp_path / "site")}, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    assert Built(elsewhere / "warehouse", "").value("select count(*) from sft_cot") == 2
