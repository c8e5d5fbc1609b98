"""Fifty builds with random edits: each state that was published can be read again, row for row."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from builds import called
from reasonmed_assets.quality import tables as _tables  # noqa: F401
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.sources import SAMPLE_DIR
from reasonmed_assets.storage import open_warehouse

BUILDS = 50
MADE = ("benchmark_questions", "overrides", "question_matches", "raw_questions", "questions", "rejected_questions")
SELECT = ("--select", " or ".join(f"key:{table}" for table in MADE))
"""Tables that no model fills, so that fifty builds take minutes."""
EDITS: dict[str, list[Any]] = {
    "rules.near_duplicate_ratio": [60, 80, 90],
    "rules.contamination_ratio": [50, 90],
    "rules.group_ratio": [50, 80],
    "rules.validation_share": [0.05, 0.5, 1.0],
    "rules.shuffle_options": ["none", "seeded"],
    "rules.reject_duplicates": [True, False],
}
"""Values of the profile, of which one may be set before a build."""
OF_NOW = ("failures", "builds")
"""Tables that say of a build how it ended later, and only what has failed last."""


@pytest.mark.slow
def test_each_of_fifty_states_reads_as_the_copy_of_that_time(tmp_path: Path) -> None:
    chance = random.Random(13)
    data = Path(shutil.copytree(SAMPLE_DIR, tmp_path / "data"))
    (tmp_path / "mine.toml").write_text('extends = "simulated"\n[sources]\ndeclared = ["mmlu", "medqa"]\n')
    folder = tmp_path / "w"
    first = ("--profile", str(tmp_path / "mine.toml"), "--data-dir", str(data), "--limit", "9")
    allowed = [word for name, spec in TABLES.items() if spec.guard for word in ("--allow-shrink", name)]
    saved: dict[int, dict[str, list[Any]]] = {}
    for number in range(BUILDS):
        options = first if number == 0 else _edit(chance, data)
        done = called("build", "--warehouse", str(folder), *options, *allowed, *SELECT)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        saved[_last_publish(folder)] = _rows(folder)
    warehouse = open_warehouse(folder)
    with warehouse.snapshot() as con:
        changed = con.sql("select count(*), sum(rows_inserted), sum(rows_deleted) from publishes").fetchall()
    n_bytes = sum(warehouse.history().n_bytes.values())
    size = (folder / "reasonmed.duckdb").stat().st_size
    print(f"{len(saved)} states, publishes, rows inserted, removed {changed}, history {n_bytes}, snapshot {size} bytes")
    for seq, tables in saved.items():
        with warehouse.as_of(seq) as con:
            for table, rows in tables.items():
                assert con.execute(f"from {table} order by all").fetchall() == rows, (seq, table)
    if len(saved) > 10:
        kept = json.loads(called("history", "--keep", "10", "--yes", "--json", "--warehouse", str(folder)).stdout)
        assert [build["is_readable"] for build in kept[-10:]] == [True] * 10
        for seq, tables in list(saved.items())[-9:]:
            with warehouse.as_of(seq) as con:
                for table, rows in tables.items():
                    assert con.execute(f"from {table} order by all").fetchall() == rows, (seq, table)


def _edit(chance: random.Random, data: Path) -> tuple[str, ...]:
    """Change a file, or give the options of a build that changes something."""
    kind = chance.choice(["limit", "value", "file"])
    if kind == "limit":
        return ("--limit", str(chance.randint(1, 12)))
    if kind == "value":
        name = chance.choice(list(EDITS))
        return ("--set", f"{name}={json.dumps(chance.choice(EDITS[name]))}")
    file = chance.choice(sorted([*data.rglob("*train.jsonl"), *data.rglob("*_test.csv")]))
    lines = file.read_text(encoding="utf-8").splitlines() or [""]
    at = chance.randrange(len(lines))
    lines[at : at + 1] = chance.choice([[], [lines[at], lines[0]], [lines[at].replace("patient", "person")]])
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return ()


def _last_publish(folder: Path) -> int:
    with open_warehouse(folder).snapshot() as con:
        ((seq,),) = con.execute("select max(seq) from publishes").fetchall()
    return int(seq)


def _rows(folder: Path) -> dict[str, list[Any]]:
    with open_warehouse(folder).snapshot() as con:
        return {name: con.execute(f"from {name} order by all").fetchall() for name in TABLES if name not in OF_NOW}
