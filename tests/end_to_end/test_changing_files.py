"""Input files that change while a build runs: all its tables are of one content, and the next build is of the next."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from builds import Built

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation.display import LogDisplay
from reasonmed_assets.orchestration.build import BuildSummary, build
from reasonmed_assets.sources import SAMPLE_DIR

SOURCE, OTHER = "medmcqa", "pubmedqa"
FILE = "medmcqa/dev.json"
TABLES = ("benchmark_questions", "question_matches", "raw_questions")
_APPEND = "import sys, time\nwith open(sys.argv[1], 'ab', 0) as file:\n while True: file.write(b' '); time.sleep(0.001)"


class Watching(LogDisplay):
    """A display that changes something as soon as a table is published."""

    def __init__(self, table: str, change: Callable[[], object]) -> None:
        super().__init__()
        self._table, self._change = table, change

    def table_published(self, table: str, partition: str | None, rows: int, seconds: float, note: str) -> None:
        if table == self._table:
            self._change()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE_DIR, tmp_path / "data"))


def made(
    data: Path, at: str = "", change: Callable[[], object] = lambda: None, sources: Sequence[str] = ()
) -> tuple[BuildSummary, Built]:
    """A build of the tables that are made from files, during which `change` is called when table `at` is published."""
    warehouse = data.with_name("warehouse")
    declared = {"sources.declared": [SOURCE, OTHER]}
    settings = BuildSettings(profile="simulated", warehouse=str(warehouse), data_dir=str(data), set=declared)
    selection = " or ".join(f"key:{table}" for table in TABLES)
    return build(settings, lambda: Watching(at, change), selection=selection, sources=sources), Built(warehouse, "")


def made_while_written(data: Path) -> tuple[BuildSummary, Built]:
    """A build while another process writes to the file; it is large enough that reading it takes a moment."""
    with (data / FILE).open("ab") as file:
        file.write(b" " * 64 * 1024**2)
    writer = subprocess.Popen([sys.executable, "-c", _APPEND, str(data / FILE)])
    try:
        return made(data)
    finally:
        writer.kill()
        writer.wait()


def records(built: Built) -> object:
    return built.value(f"select count(*) from raw_questions where source = '{SOURCE}'")


def test_all_tables_of_a_build_are_of_one_content(data: Path) -> None:
    lines = (data / FILE).read_bytes().splitlines(keepends=True)
    shorter = b"".join(lines[:-1])

    def replace() -> None:
        (data / "new").write_bytes(shorter)
        (data / "new").replace(data / FILE)

    summary, built = made(data, "question_matches", replace)
    # Every table is of the content that was there first, and the file is named.
    assert (summary.problems, summary.changed, records(built)) == ([], [data / FILE], len(lines))
    digests = f"select count(distinct parts::json ->> 'files of {SOURCE}') from publishes where partition != '{OTHER}'"
    assert built.value(digests) == 1

    # One that changes while it is read stops its source alone; what was published of it stays and counts for others.
    summary, built = made_while_written(data)
    problem, *_ = summary.problems
    assert problem.startswith(f"{SOURCE}: raw_questions: {data / FILE}: it changed while it was read")
    assert ("raw_questions", OTHER) in summary.published and ("question_matches", None) in summary.published
    assert (summary.changed, records(built)) == ([data / FILE], len(lines))
    assert summary.left_out[0].endswith(f"all sources, {SOURCE} is as it was published before, or not there")

    (data / FILE).write_bytes(shorter)
    summary, built = made(data)
    assert (summary.problems, summary.changed, records(built)) == ([], [], len(lines) - 1)
    assert summary.left_out == []


def test_a_first_build_goes_on_with_the_other_sources(data: Path) -> None:
    summary, built = made_while_written(data)
    assert {problem.partition(":")[0] for problem in summary.problems} == {SOURCE}
    assert records(built) == 0
    assert built.value(f"select count(*) from raw_questions where source = '{OTHER}'")


def test_a_source_whose_files_cannot_be_used_stops_alone(data: Path) -> None:
    (data / FILE).write_text("question,answer\n")
    # A build of the other source names it as well.
    summary, _ = made(data, sources=(OTHER,))
    assert [problem.partition(":")[0] for problem in summary.problems] == [SOURCE]
    summary, built = made(data)
    assert {problem.partition(":")[0] for problem in summary.problems} == {SOURCE}
    assert FILE in summary.problems[0]
    assert summary.left_out[0].endswith(f"all sources, {SOURCE} is as it was published before, or not there")
    assert records(built) == 0
    assert built.value(f"select count(*) from raw_questions where source = '{OTHER}'")


def test_an_overrides_file_is_read_once_and_a_change_is_named(data: Path) -> None:
    file = data / "overrides.toml"
    file.write_text("")
    settings = BuildSettings(
        profile="simulated",
        warehouse=str(data.with_name("warehouse")),
        data_dir=str(data),
        set={"sources.overrides": str(file), "sources.declared": [OTHER]},
    )
    new = f'[[drop]]\nquestion_id = "{"0" * 16}"\nreason = "x"\ndecided_by = "y"\ndecided_on = 2026-11-20\n'
    displays = iter(range(100))

    def display() -> Watching:
        if next(displays) == 1:
            file.write_text(new)
        return Watching("none", lambda: None)

    for changed, entries in (([file], 0), ([], 1)):
        summary = build(settings, display, selection="key:overrides")
        assert (summary.problems, summary.changed) == ([], changed)
        assert Built(settings.warehouse_folder, "").value("select count(*) from overrides") == entries
