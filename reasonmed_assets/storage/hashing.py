"""The hash by which a publish finds changed rows."""

from __future__ import annotations

from collections.abc import Iterable

from reasonmed_assets.sql import ROW_HASH


def row_hash_sql(columns: Iterable[str]) -> str:
    """SQL expression: MD5 (hex) over all columns but `row_hash`, in the given order.

    Every value enters as its length, a colon and its text, null as length -1: no two different rows give the same
    input, whatever characters the texts hold.

    Args:
        columns: column names in declared order, for example `spec.columns`.
    """
    parts = [f"coalesce(strlen({name}::varchar), -1), ':', {name}::varchar" for name in columns if name != ROW_HASH]
    return f"md5(concat({', '.join(parts)}))"
