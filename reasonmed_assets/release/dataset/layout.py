"""Where things lie in a release, and how its rows are read again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from reasonmed_assets import sql
from reasonmed_assets.release import set_forms
from reasonmed_assets.release.dataset import record
from reasonmed_assets.release.dataset.columns import ROW
from reasonmed_assets.release.dataset.folder import digest_of
from reasonmed_assets.release.dataset.lineage import FILES
from reasonmed_assets.release.set_forms import TRAINERS_ENDINGS, set_name
from reasonmed_assets.storage import row_hash_sql
from reasonmed_assets.vocabulary import FOLDS

SETS, DEFAULT_SET = set_forms.SETS, set_forms.DEFAULT_SET
LINEAGE, PICTURES = "lineage", "pictures"
RECORD, CARD, INDEX, CROISSANT = record.RECORD, "README.md", "dataset_info.json", "croissant.json"
PAGE = "browse.html"
ONE_SET = SETS[0]
"""All sets have the same examples: what does not differ between them is read of this one."""


def shard(table: str, fold: str, at: int, of: int) -> str:
    """The name of a Parquet file, its number counted from 0, as the hub has them."""
    return f"data/{table}/{fold}-{at:05d}-of-{of:05d}.parquet"


def shards(sets: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, list[str]]]:
    """Set -> fold -> names of its files.

    Args:
        sets: number of files by set and fold.
    """
    return {
        table: {
            fold: [shard(table, fold, at, folds[fold]) for at in range(folds[fold])] for fold in FOLDS if fold in folds
        }
        for table, folds in sorted(sets.items())
    }


def data_files(sets: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The names of the files that hold rows."""
    of_sets = [name for folds in shards(sets).values() for names in folds.values() for name in names]
    whole = [set_name(table, fold) for table, folds in sets.items() for fold in folds]
    forms = [f"{name}{ending}" for name in whole for ending in TRAINERS_ENDINGS]
    return sorted([*of_sets, *forms, *(f"{LINEAGE}/{name}.parquet" for name in FILES)])


def digests(folder: Path, sets: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of those files and of the record; what is no file is left out."""
    found = {name: digest_of(folder / name) for name in (*data_files(sets), RECORD)}
    return {name: ((folder / name).stat().st_size, digest) for name, digest in found.items() if digest}


def uncompressed(folder: Path, sets: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """The size of the rows of each Parquet file before compression, in bytes."""
    files = [name for name in data_files(sets) if name.endswith(".parquet")]
    return {name: _uncompressed(folder / name) for name in files}


def _uncompressed(file: Path) -> int:
    found = pq.read_metadata(file)
    return sum(found.row_group(at).total_byte_size for at in range(found.num_row_groups))


def show(con: duckdb.DuckDBPyConnection, folder: Path, sets: Mapping[str, Mapping[str, int]]) -> None:
    """Make views of a release's Parquet files: `released_<name>` of each set and file of the lineage, and `rows`."""
    for table, folds in shards(sets).items():
        files = [folder / name for names in folds.values() for name in names]
        con.execute(f"create or replace temp view {sql.identifier(f'released_{table}')} as from {sql.parquet(*files)}")
    con.execute(f"create or replace temp view rows as from released_{ONE_SET}")
    for name in FILES:
        file = folder / LINEAGE / f"{name}.parquet"
        con.execute(f"create or replace temp view released_{name} as from {sql.parquet(file)}")


def content(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """The number of rows of each file or set, and the hash of what they hold, whatever their order."""
    columns = dict.fromkeys(SETS, ROW) | dict(FILES)
    found = {}
    for name, of_rows in columns.items():
        row_hash = row_hash_sql(sql.identifier(one.name) for one in of_rows)
        # A sum does not depend on the order, and is made without the rows in memory.
        sums = f"sum(md5_number_upper({row_hash})) || ' ' || sum(md5_number_lower({row_hash}))"
        ((n_rows, digest),) = con.execute(f"select count(*), md5({sums}) from released_{name}").fetchall()
        found[name] = {"rows": n_rows, "hash": digest}
    return found
