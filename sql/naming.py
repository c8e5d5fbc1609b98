"""How values, names and files are written in SQL: the only quoter of the project."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

ROW_HASH = "row_hash"
"""The column by which a publish finds what changed."""
ROWS_PER_GROUP = 10_240
"""Of a Parquet file. A writer and each reader hold a whole group, of texts of some KB."""
STAGED = f"(format parquet, compression zstd, row_group_size {ROWS_PER_GROUP})"
"""How `copy` writes a table's rows."""


def literal(text: str | Path) -> str:
    """SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


Files = Path | Sequence[Path]
"""A file, or several with the same columns."""


def each_of(files: Files) -> Sequence[Path]:
    """The files, be it one."""
    return [files] if isinstance(files, Path) else files


def parquet(*files: Path, by_name: bool = False) -> str:
    """SQL table expression over Parquet files with the same columns; `by_name`: with those of any, matched by name.

    Whatever characters a path holds mean themselves: no wildcards, and no partition columns made of `name=value`.
    """
    plain = (literal(pattern(file)) for file in files)
    return f"read_parquet([{', '.join(plain)}], hive_partitioning = false, union_by_name = {by_name})"


def pattern(path: Path) -> str:
    """A path as the pattern that it alone fits."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))
