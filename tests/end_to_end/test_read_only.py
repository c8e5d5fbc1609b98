"""A warehouse that this user may only read: its snapshot is read, a build says one line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from builds import Built, reasonmed
from forked import forked_commands

_WITHOUT_ROOTS_RIGHTS = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]


@pytest.fixture
def locked(rehearsal: Built, tmp_path: Path) -> Iterator[Path]:
    """A copy of the rehearsal in which nothing can be written."""
    folder = Path(shutil.copytree(rehearsal.folder, tmp_path / "warehouse"))
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    yield folder
    for path in folders:
        path.chmod(0o755)


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`reasonmed` without the rights of root."""
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and there is no setpriv to take that right away")
    rights = _WITHOUT_ROOTS_RIGHTS if os.geteuid() == 0 else []
    with forked_commands(tmp_path_factory.mktemp("commands"), rights) as command:
        yield command


def _run(commands: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return reasonmed(*arguments, "--warehouse", str(folder), command=[commands], COLUMNS="500")


FILES = {
    "build.duckdb": r"build\.duckdb may not be written: change its mode",
    "ledger.sqlite": r"ledger\.sqlite: .*readonly database",
    ".dagster/history/runs.db": r"history of runs in .* cannot be used: .*readonly database.* make it writable",
    "audits": r"/audits may only be read: .*change its mode",
    ".dagster/history": r"history of runs in .* cannot be used: .*readonly database.* make it writable",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_may_only_be_read_is_named_in_one_line(
    name: str, commands: Path, rehearsal: Built, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(rehearsal.folder, tmp_path / "warehouse"))
    mode = (folder / name).stat().st_mode
    (folder / name).chmod(mode & ~0o222)
    counted = _run(commands, folder, "sql", "--format", "csv", "select count(*) > 0 as found from reasonmed")
    assert counted.stdout == "found\ntrue\n", counted.stderr
    done = _run(
        commands, folder, "build", "--profile", "simulated", "--source", "mmlu", "--set", "seed=77", "--limit", "1"
    )
    said = done.stderr + " ".join(done.stdout.split())
    assert done.returncode == 1
    assert re.search(FILES[name], said), said
    assert "Traceback" not in said
    (folder / name).chmod(mode)
    assert _run(commands, folder, "clean").returncode == 0


def test_a_warehouse_that_may_only_be_read_is_read(locked: Path, commands: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return _run(commands, locked, *arguments)

    before = sorted(locked.rglob("*"))
    counted = run("sql", "--format", "csv", "select count(*) > 0 as found from reasonmed")
    assert counted.stdout == "found\ntrue\n", counted.stderr
    for done in (
        run("quality", str(tmp_path / "pages")),
        run("export", str(tmp_path / "sets"), "--allow", "simulated", "--allow", "stand-in"),
    ):
        assert done.returncode == 0, done.stderr
    said = run("doctor", "--profile", "simulated")
    assert "may only be read: `sql`, `export` and `quality DIR` do so" in " ".join(said.stdout.split())
    build = run("build", "--profile", "simulated")
    assert (build.returncode, build.stderr.count("\n")) == (1, 1)
    assert "may only be read: give another folder with --warehouse" in build.stderr
    assert sorted(locked.rglob("*")) == before
