"""The record of builds, table `builds`: a row when a build begins to make rows, completed when it ends.

SQL on an open database that every implementation of `Warehouse` uses. A build of which a run is killed keeps its row
without an outcome. What a row says is gathered by `reasonmed_assets.materialisation.builds`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import duckdb

from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.publishing import insert_row, together
from reasonmed_assets.vocabulary import BUILD_OUTCOMES

if TYPE_CHECKING:
    from reasonmed_assets.quality.schema import TableSpec

BUILDS = "builds"
_KNOWN_LATER = ("recipe", "source_files")
"""Columns of which a build learns more while it runs."""
_NAMED = re.compile(r"(b?)(0|[1-9]\d*)")


def spec_of() -> TableSpec:
    """The table's declaration."""
    from reasonmed_assets.quality.tables import TABLES

    return TABLES[BUILDS]


def begin(con: duckdb.DuckDBPyConnection, facts: Mapping[str, Any]) -> int:
    """Keep that a build began; returns its number. One that has a row goes on in it, with what is known since.

    Args:
        con: a connection in which the table has its declared columns.
        facts: the columns that are known by then, `build_id` among them, without `number`.
    """
    run_ids = list(facts.get("run_ids", []))
    with together(con):
        row = con.execute(f"select number from {BUILDS} where build_id = $1", [facts["build_id"]]).fetchone()
        if row is not None:
            number = int(row[0])
            before = _row(con, number)
            known = {name: _joined(name, before[name], facts.get(name)) for name in _KNOWN_LATER}
            _replace(con, before | known | {"run_ids": _union(before, run_ids), "ended_at": None, "outcome": None})
            return number
        number = int(_value(con, f"select coalesce(max(number), 0) + 1 from {BUILDS}"))
        insert_row(con, spec_of(), dict(facts) | {"number": number, "run_ids": run_ids})
    return number


def end(con: duckdb.DuckDBPyConnection, number: int, facts: Mapping[str, Any]) -> None:
    """Keep how a build ended. What the runs of a backfill say, each at its own end, is added up.

    The build has ended when each run that began has.

    Args:
        con: a connection in which the table has its declared columns.
        number: of the build.
        facts: the columns that are known by then; `run_ids` are those of its runs that ended so.

    Raises:
        WarehouseError: the build has no row.
    """
    with together(con):
        before = _row(con, number)
        row = before | {name: _joined(name, before[name], value) for name, value in facts.items()}
        row["run_ids"] = _union(before, facts["run_ids"])
        outcomes = json.loads(before["run_outcomes"] or "{}") | dict.fromkeys(facts["run_ids"], facts["outcome"])
        row["run_outcomes"] = json.dumps(outcomes, sort_keys=True)
        row["outcome"] = max([facts["outcome"], *outcomes.values()], key=BUILD_OUTCOMES.index)
        if not outcomes.keys() >= set(row["run_ids"]):
            row |= {"ended_at": None, "outcome": None}
        _replace(con, row)


def _row(con: duckdb.DuckDBPyConnection, number: int) -> dict[str, Any]:
    names = [name for name in spec_of().columns if name != "row_hash"]
    values = con.execute(f"select {', '.join(names)} from {BUILDS} where number = $1", [number]).fetchone()
    if values is None:
        raise WarehouseError(f"build b{number} has no row in table {BUILDS}: another warehouse was put in this place")
    return dict(zip(names, values, strict=True))


def _replace(con: duckdb.DuckDBPyConnection, row: Mapping[str, Any]) -> None:
    con.execute(f"delete from {BUILDS} where number = $1", [row["number"]])
    insert_row(con, spec_of(), row)


def _union(before: Mapping[str, Any], run_ids: list[str]) -> list[str]:
    return list(dict.fromkeys([*before["run_ids"], *run_ids]))


def publish_named(con: duckdb.DuckDBPyConnection, name: str) -> int:
    """The number of the publish that a person names: itself, as `41`, or the last one of a build, as `b7`; 0: none yet.

    Raises:
        WarehouseError: it is no such name, or there is no such publish or build.
    """
    found = _NAMED.fullmatch(name)
    if found is None:
        raise WarehouseError(f"{name!r} is neither a build, as b7, nor the number of a publish, as 41")
    if found[1]:
        return publish_of(con, int(found[2]))
    last = int(_value(con, "select coalesce(max(seq), 0) from publishes"))
    if int(found[2]) > last:
        raise WarehouseError(f"there is no publish {name}: the last one is {last}")
    return int(found[2])


def publish_of(con: duckdb.DuckDBPyConnection, number: int) -> int:
    """The number of a build's last publish; of one that published nothing, that of the last one before; 0: none.

    Raises:
        WarehouseError: there is no such build.
    """
    known = [row[0] for row in con.execute(f"select number from {BUILDS} order by 1").fetchall()]
    if number not in known:
        known_ones = f"the builds of this warehouse are b{known[0]} to b{known[-1]}" if known else "none is recorded"
        raise WarehouseError(f"there is no build b{number}: {known_ones} (table builds)")
    return int(
        _value(
            con,
            f"""
            select coalesce(max(seq) filter (publishes.build = builds.number), max(seq), 0)
            from {BUILDS} as builds
            left join publishes
                on publishes.build = builds.number
                or publishes.published_at <= coalesce(builds.ended_at, builds.started_at)
            where builds.number = $1
            """,
            number,
        )
    )


def publish_before(con: duckdb.DuckDBPyConnection, number: int) -> int:
    """The number of the last publish before the first one of a build; 0: none.

    Raises:
        WarehouseError: there is no such build.
    """
    last = publish_of(con, number)
    return int(_value(con, "select coalesce(min(seq) - 1, $2) from publishes where build = $1", number, last))


def _joined(name: str, before: Any, value: Any) -> Any:
    """What a column says after one more run has ended."""
    if before is None or value is None:
        return before if value is None else value
    if name == "problems":
        return f"{before}\n{value}"
    if name == "source_files":
        return json.dumps(json.loads(before) | json.loads(value), sort_keys=True)
    return value


def _value(con: duckdb.DuckDBPyConnection, query: str, *values: Any) -> Any:
    row = con.execute(query, list(values)).fetchone()
    assert row is not None
    return row[0]
