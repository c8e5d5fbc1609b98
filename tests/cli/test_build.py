"""What `reasonmed build` reads and prints."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from builds import called


@dataclass(frozen=True)
class Done:
    """A build with a profile of one's own, whose texts would be markup.

    Attributes:
        folder: the warehouse.
        options: of the build, without what was selected.
        output: what it printed.
        read: the files of profiles that it opened, in order.
    """

    folder: Path
    options: list[str]
    output: str
    read: list[str]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    profiles = tmp_path_factory.mktemp("build")
    (profiles / "base.toml").write_text('extends = "simulated"\n', encoding="utf-8")
    (profiles / "mine.toml").write_text(
        'extends = "base.toml"\ndescription = "[bold]b[/bold] [/] :smile: [link=x]"\n', encoding="utf-8"
    )
    folder = profiles / "it's [b] [red]w[/red]"
    options = ["--profile", str(profiles / "mine.toml"), "--warehouse", str(folder)]
    read, is_building = [], True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if is_building and event == "open" and (name := Path(str(arguments[0])).name) in ("mine.toml", "base.toml"):
            read.append(name)

    sys.addaudithook(watch)
    done = called("build", *options, "--source", "mmlu", "--select", "key:benchmark_questions or key:raw_questions")
    is_building = False
    assert done.returncode == 0, done.stdout + done.stderr
    return Done(folder, options, done.stdout, read)


def test_a_build_reads_its_profile_once(done: Done) -> None:
    assert done.read == ["mine.toml", "base.toml"]


def test_texts_are_data_and_hints_can_be_pasted(done: Done) -> None:
    """A folder and a description that would be markup are printed as they are; commands name the warehouse."""
    folder, options = done.folder, done.options
    assert "[bold]b[/bold] [/] :smile: [link=x]" in done.output
    assert f"Warehouse: {folder}\n" in done.output
    assert "Rows" in done.output and "Tiers" not in done.output and "Model calls" not in done.output
    for command in ('reasonmed sql "select tier, count(*) from reasonmed group by all"', "reasonmed quality"):
        (line,) = [line for line in done.output.splitlines() if command in line]
        assert line.endswith(f'{command} --warehouse "{folder}"')
    select = "key:raw_questions or key:questions or key:reasoning_paths"
    stopped = called("build", *options, "--replace", "--source", "mmlu", "--limit", "1", "--set", "seed=1",
                        "--select", select, "--budget-calls", "0")  # fmt: skip
    assert stopped.returncode == 1
    assert stopped.stdout.splitlines()[-1].strip() == (
        f'reasonmed build --profile {options[1]} --warehouse "{folder}" --limit 1 --set seed=1 '
        f'--source mmlu --select "{select}" --budget-calls 0'
    )
    checked = called("doctor", *options)
    rows = checked.stdout.splitlines()
    details = ("Python 3", "19 records", "24 records", "simulated endpoint")
    assert len({row.index(detail) for row in rows for detail in details if detail in row}) == 1, rows


def test_the_tables_that_may_shrink_are_known_before_anything_else_is_loaded() -> None:
    code = "from reasonmed_assets.cli.build import _guarded; print(_guarded(['questions']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "('questions',)\n", done.stderr
