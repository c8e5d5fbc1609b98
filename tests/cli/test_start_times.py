"""Short commands import nothing that they do not need; what that takes, `benchmarks/start_times.py` measures."""

from __future__ import annotations

import subprocess
import sys

import pytest
from builds import Built, a_shell

HEAVY = ["aiohttp", "dagster", "great_expectations", "matplotlib", "numpy", "openai", "pandas", "pandera", "polars"]
HEAVY += ["pyarrow", "sqlalchemy", "sqlglot"]
RUN = f"""
import sys
from reasonmed_assets.cli.app import app
try:
    app()
finally:
    print("imported:", [name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""


def _imported(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], env=a_shell(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.partition("imported: ")[2].strip()


@pytest.mark.parametrize("arguments", [("--help",), ("build", "--help"), ("--version",)])
def test_help_imports_no_heavy_package(arguments: tuple[str, ...]) -> None:
    assert _imported(*arguments) == "[]"


def test_queries_import_no_heavy_package(rehearsal: Built) -> None:
    here = ("--warehouse", str(rehearsal.folder))
    path_id = str(rehearsal.value("select min(path_id) from reasoning_paths"))
    assert _imported("sql", "select source, count(*) from example group by all", *here) == "[]"
    assert _imported("show", path_id, *here) == "[]"
    assert _imported("trace", path_id, *here) == "[]"
