"""What `reasonmed build` reads and prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from builds import called


def test_a_build_reads_its_profile_once(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('extends = "simulated"\n', encoding="utf-8")
    (tmp_path / "mine.toml").write_text('extends = "base.toml"\n', encoding="utf-8")
    options = ["--profile", str(tmp_path / "mine.toml"), "--warehouse", str(tmp_path / "w"), "--source", "mmlu"]
    read, is_building = [], True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if is_building and event == "open" and (name := Path(str(arguments[0])).name) in ("mine.toml", "base.toml"):
            read.append(name)

    sys.addaudithook(watch)
    done = called("build", *options, "--select", "key:benchmark_questions or key:raw_questions")
    is_building = False
    assert done.returncode == 0, done.stdout + done.stderr
    assert read == ["mine.toml", "base.toml"]


def test_texts_are_data_and_hints_can_be_pasted(tmp_path: Path) -> None:
    """A folder and a description that would be markup are printed as they are; commands name the warehouse."""
    (tmp_path / "mine.toml").write_text(
        'extends = "simulated"\ndescription = "[bold]b[/bold] [/] :smile: [link=x]"\n', encoding="utf-8"
    )
    folder = tmp_path / "it's [b] [red]w[/red]"
    options = ["--profile", str(tmp_path / "mine.toml"), "--warehouse", str(folder)]
    done = called("build", *options, "--source", "mmlu", "--select", "key:raw_questions")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[bold]b[/bold] [/] :smile: [link=x]" in done.stdout
    assert f"Warehouse: {folder}\n" in done.stdout
    assert "Rows" in done.stdout and "Tiers" not in done.stdout and "Model calls" not in done.stdout
    for command in ('reasonmed sql "select tier, count(*) from reasonmed group by all"', "reasonmed quality"):
        (line,) = [line for line in done.stdout.splitlines() if command in line]
        assert line.endswith(f'{command} --warehouse "{folder}"')
    select = "key:raw_questions or key:questions or key:reasoning_paths"
    stopped = called("build", *options, "--replace", "--source", "mmlu", "--limit", "1", "--set", "seed=1",
                        "--select", select, "--budget-calls", "0")  # fmt: skip
    assert stopped.returncode == 1
    assert stopped.stdout.splitlines()[-1].strip() == (
        f'reasonmed build --profile {tmp_path}/mine.toml --warehouse "{folder}" --limit 1 --set seed=1 '
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
