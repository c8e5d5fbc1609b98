"""The lineage of all columns as one page: tables in order of flow, what each column comes from and feeds.

The page is `templates/columns.html` with its script; it holds its data, loads nothing, and works from disk. A table is
at `#table`, a column at `#table.column`.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets import sql
from reasonmed_assets.config.hints import command
from reasonmed_assets.pages.rendering import templates
from reasonmed_assets.quality.declarations import UNAUDITED, check_names
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TABLES, TableSpec

if TYPE_CHECKING:
    from reasonmed_assets.lineage.edges import Columns, Edge

FOLDER = "columns"
"""Folder of the page within that of the quality report: its own, since it is the one that has a script."""

_ACCOUNT, _ACCOUNT_TITLE = "provenance", "Account: calls, prompts, recipes, publishes"


def place_of(table: str) -> str:
    """Where a table is shown, within the folder of the quality report."""
    return f"{FOLDER}/index.html#{table}"


def render(con: duckdb.DuckDBPyConnection, records: Sequence[AuditRecord], warehouse: Path) -> str:
    """The page.

    Args:
        con: a read connection on the published tables and views; tables may be empty.
        records: the last audit of every partition of the declared tables.
        warehouse: folder of the warehouse, to name it.

    Raises:
        LineageError: a column cannot be followed to the tables that it is made from.
    """
    environment = templates()
    script = environment.get_template("columns.js").render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("columns.html").render(
        warehouse=warehouse,
        command=command("quality", warehouse=warehouse),
        written_at=dt.datetime.now(dt.UTC),
        steps=_steps(),
        later=[(_ACCOUNT_TITLE, _of_account()), ("Views", [query.makes for query in sql.queries("views")])],
        relations=_relations(con, records),
        # The digest names the script as it is in the page.
        script=script,
        digest=digest,
    )


def _steps() -> list[tuple[str, list[str]]]:
    """The tables by the longest way that data takes to them."""
    depth: dict[str, int] = {}
    for name in TABLES:
        read = {edge.table for edges in _edges_of(name).values() for edge in edges if not edge.is_previous}
        depth[name] = 1 + max((depth[one] for one in read if one in depth), default=0)
    flow = [name for name, spec in TABLES.items() if spec.group != _ACCOUNT]
    found = {depth[name]: [one for one in flow if depth[one] == depth[name]] for name in flow}
    return [(f"Step {number}", names) for number, names in sorted(found.items())]


def _edges_of(name: str) -> Columns:
    # sqlglot is loaded only where lineage is shown.
    from reasonmed_assets.lineage.edges import edges_of

    return edges_of(name)


def _origins_of(name: str) -> Mapping[str, str]:
    from reasonmed_assets.lineage.edges import origins_of

    return origins_of(name)


def _of_account() -> list[str]:
    return [name for name, spec in TABLES.items() if spec.group == _ACCOUNT]


def _relations(con: duckdb.DuckDBPyConnection, records: Sequence[AuditRecord]) -> dict[str, Any]:
    spent = {row[0]: row[1:] for row in con.execute(
        "select table_name, sum(cost_usd), sum(unknown_attempts) from call_costs group by table_name"
    ).fetchall()}  # fmt: skip
    publishes = {row[0]: row[1:] for row in con.execute(
        "select table_name, max(seq), max(published_at), count(distinct partition) from publishes group by table_name"
    ).fetchall()}  # fmt: skip
    found = {}
    for name, spec in TABLES.items():
        (n_rows,) = con.execute(f"select count(*) from {name}").fetchone() or (0,)
        usd, unknown = spent.get(name, (None, 0))
        seq, at, partitions = publishes.get(name, (None, None, 0))
        found[name] = {
            "about": spec.grain,
            "group": spec.group,
            "key": spec.key,
            "rows": n_rows,
            "usd": usd,
            "unknown": round(unknown or 0),
            "publish": seq,
            "is_written_by_publishes": name in UNAUDITED,
            "at": at and f"{at:%Y-%m-%d %H:%M}",
            "partitions": f"{partitions} by {spec.partitioned_by}" if spec.partitioned_by else "",
            "columns": _columns(spec),
            "checks": _checks(name, [one for one in records if one.table == name]),
            "sql": dict(_queries(name)),
        }
    for query in sql.queries("views"):
        origins = _origins_of(query.makes)
        columns = [
            {"name": column, "type": "", "about": "", "from": _edges(edges), "origin": origins.get(column, "")}
            for column, edges in _edges_of(query.makes).items()
        ]
        found[query.makes] = {
            "about": query.description, "group": "view", "columns": columns, "checks": [],
            "sql": dict(_queries(query.makes)),
        }  # fmt: skip
    return found


def _columns(spec: TableSpec) -> list[dict[str, Any]]:
    types, origins, edges = spec.duckdb_types(), spec.origins, _edges_of(spec.name)
    return [
        {
            "name": name,
            "type": types[name] + ("" if column.nullable else ", never null"),
            "about": column.description,
            "from": _edges(edges[name]),
            "origin": origins.get(name, ""),
        }
        for name, column in spec.columns.items()
    ]


def _edges(edges: Iterable[Edge]) -> list[list[Any]]:
    """(table, column, how) of each edge."""
    return [
        [
            e.table,
            e.column,
            "the build before" if e.is_previous else f"prompt of {', '.join(e.roles)}" if e.roles else "",
        ]
        for e in edges
    ]


def _checks(table: str, records: Sequence[AuditRecord]) -> list[dict[str, Any]]:
    found = []
    for check in check_names(table):
        results = [(record, one) for record in records for one in record.outcomes if one.name == check.name]
        failed = [record.partition or "all" for record, one in results if not one.passed]
        found.append(
            {
                "name": check.name,
                "about": check.description,
                "effect": "blocks" if check.is_blocking else "warns",
                "result": f"failed: {', '.join(failed)}" if failed else "passed" if results else "not run yet",
                "state": ("bad" if check.is_blocking else "warn") if failed else "good" if results else "",
            }
        )
    return found


def _queries(name: str) -> Iterator[tuple[str, str]]:
    """The files of SQL that make a table or view: its query, the relations that it reads, the calls of its step."""
    waiting, seen = [f"tables/{name}" if name in TABLES else f"views/{name}"], set[str]()
    while waiting:
        query = sql.find(waiting.pop(0))
        if query is None or query.name in seen:
            continue
        seen.add(query.name)
        yield f"sql/{query.name}.sql", query.text
        relations: Mapping[str, sql.Query | None] = {one: sql.relation(one, name) for one in query.relations}
        waiting += [found.name for found in relations.values() if found is not None]
        waiting += [query.step] if query.step else []
