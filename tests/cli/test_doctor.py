"""What `reasonmed doctor` prints, and what the command line loads before it is needed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
from builds import called, reasonmed


def test_problems_of_a_profile_are_aligned_findings(tmp_path: Path) -> None:
    (tmp_path / "[b].toml").write_text(
        'extends = "simulated"\n[rules]\nrewrite_rounds = 99\nfallback_paths = -2\n', encoding="utf-8"
    )
    done = called("doctor", "--profile", "[b].toml", "--warehouse", "w", cwd=tmp_path)
    assert done.returncode == 1
    rows = done.stdout.splitlines()
    assert [row.split()[:2] for row in rows[:3]] == [["ok", "versions"], ["ok", "disk"], ["wrong", "profile"]]
    assert [row.index(f"{tmp_path}/[b].toml: rules.") for row in rows[2:]] == [rows[0].index("Python")] * 2


def test_a_value_set_for_the_run_is_checked(tmp_path: Path) -> None:
    options = ["--profile", "simulated", "--warehouse", str(tmp_path / "w"), "--set", "rules.audit_share=2"]
    done = called("doctor", *options)
    assert done.returncode == 1
    assert "simulated.toml, as set for this run: rules.audit_share: Input should be less than" in done.stdout


def test_a_warehouse_that_it_cannot_read_is_a_finding(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "build.duckdb")) as con:
        con.execute("create macro layout_version() as 999")
    done = called("doctor", "--profile", "simulated", "--warehouse", str(tmp_path))
    assert done.returncode == 1
    assert "the warehouse has layout version 999" in done.stdout


def test_the_command_line_loads_nothing_heavy_before_a_command_needs_it() -> None:
    heavy = {"dagster", "duckdb", "polars", "pydantic", "pandera", "openai", "aiohttp", "great_expectations", "sqlglot"}
    code = f"import sys; from reasonmed_assets.cli.app import app; print(sorted({heavy!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version() -> None:
    done = reasonmed("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"reasonmed-assets \d+\.\d+\.\d+, Python 3\.\d+\.\d+\n", done.stdout)
