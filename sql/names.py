"""The tables, views and relations that a query names, by DuckDB's parser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from reasonmed_assets.sql.headers import QueryError

if TYPE_CHECKING:
    import duckdb


@cache
def names_in(text: str) -> frozenset[str]:
    """What a query reads, its own common table expressions left out. Nothing of it needs to exist.

    Raises:
        QueryError: it is no query.
    """
    row = _parser().cursor().execute("select json_serialize_sql($1::varchar)", [text]).fetchone()
    parsed = json.loads(row[0]) if row else {"error": True}
    if parsed["error"]:
        raise QueryError(f"this is no query: {parsed.get('error_message', '')}: {text[:200]}")
    return frozenset(_names(parsed["statements"], frozenset()))


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    import duckdb  # 30 MB, which a process that only makes calls does not need

    return duckdb.connect()


def _names(node: Any, own: frozenset[str]) -> Iterator[str]:
    if isinstance(node, list):
        for part in node:
            yield from _names(part, own)
    if not isinstance(node, dict):
        return
    if node.get("type") == "RECURSIVE_CTE_NODE":
        own |= {node["cte_name"]}
    for entry in (node.get("cte_map") or {}).get("map", ()):
        yield from _names(entry["value"], own)
        own |= {entry["key"]}
    if node.get("type") == "BASE_TABLE" and node["table_name"] not in own:
        yield node["table_name"]
    for name, part in node.items():
        if name != "cte_map":
            yield from _names(part, own)
