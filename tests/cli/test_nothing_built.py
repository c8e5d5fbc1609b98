"""Commands that read a warehouse in which nothing was built say how to build it, at the place that the user named."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import duckdb
import pytest
from builds import called
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.storage import make_or_open_warehouse

READING = [
    ("sql", "from questions"),
    ("quality", "{out}"),
    ("export", "{out}"),
    ("review", "export", "{out}"),
    ("review", "import", "{out}/reviews.csv"),
]


def refused(arguments: tuple[str, ...], warehouse: Path, out: Path) -> str:
    """What a command says that ends with an error."""
    words = [word.format(out=out) for word in arguments]
    done = called(*words, "--warehouse", str(warehouse))
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def build_named(said: str) -> list[str]:
    """The command in the message, as a shell reads it."""
    (command,) = re.findall("`(.*)`", said)
    return shlex.split(command)


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_a_folder_that_is_not_there(arguments: tuple[str, ...], tmp_path: Path) -> None:
    warehouse = tmp_path / "not here"
    said = refused(arguments, warehouse, tmp_path)
    assert build_named(said) == ["reasonmed", "build", "--warehouse", str(warehouse)]
    assert not warehouse.exists()


@pytest.mark.parametrize("arguments", READING[:-1], ids=" ".join)
def test_an_empty_warehouse(arguments: tuple[str, ...], tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    make_or_open_warehouse(warehouse)
    said = refused(arguments, warehouse, tmp_path / "out")
    assert build_named(said) == ["reasonmed", "build", "--warehouse", str(warehouse)]


def test_empty_training_sets(tmp_path: Path) -> None:
    spec, staged = TABLES["sft_reasonmed"], tmp_path / "staged.parquet"
    with duckdb.connect() as con:
        con.execute(spec.ddl())
        con.table(spec.name).write_parquet(str(staged))
    warehouse = make_or_open_warehouse(tmp_path / "w")
    warehouse.publish(spec, None, staged, run_id="run", fingerprint="", profile="simulated", statistics={})
    said = refused(("export", "{out}"), tmp_path / "w", tmp_path / "out")
    assert said.startswith("reasonmed: the training sets are empty")
    assert build_named(said) == ["reasonmed", "build", "--warehouse", str(tmp_path / "w")]
