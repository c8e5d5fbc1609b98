"""What a publish would remove for ever: the ids that vanish, each with what explains it, and the check `shrink`.

A row that changes keeps its id; it is no removal. A removal is explained where the row that it follows from is gone
(whose own table answers for that), where an override names it, and where it is beyond a limit that was typed for this
run. What is left may be at most `shrink_share_max` of the published rows, by the lower bound of the 95%
interval where they are few; it may neither empty the partition nor take a row that people decided on.
"""

from __future__ import annotations

from typing import Any

import duckdb
from reasonmed_assets.quality.schema import TABLES, TableSpec
from reasonmed_assets.sql import literal

IS_ALLOWED, IS_LIMIT_GIVEN = "is_shrink_allowed", "is_limit_given"
"""Variables of the audit's connection: `--allow-shrink` names the table; the limit was typed for this run."""

_MAX_NAMED = 5

DESCRIPTION = "No more rows than the allowed share go without a reason, and none that people decided on."
CHECK = """
with

unexplained as (select id, is_decided from removed where why is null),

found as (
    select
        count(unexplained.id) as n_removed,
        any_value(sizes.n_published) as of_published,
        any_value(sizes.n_staged) as n_left,
        count(unexplained.id) filter (where unexplained.is_decided) as n_decided,
        list(unexplained.id order by unexplained.is_decided desc, unexplained.id)[1:5] as examples
    from sizes
    left join unexplained on true
)

select *
from found
where
    not coalesce(getvariable('is_shrink_allowed'), false)
    and (
        n_decided > 0
        or (n_removed > 0 and n_left = 0)
        or is_above(n_removed, of_published, getvariable('threshold_shrink_share_max'))
    )
"""
"""Its violations: one row where too much would go, with examples, those that people decided on first."""


def guarded_tables() -> list[str]:
    """The tables whose rows do not vanish in silence."""
    return [name for name, spec in TABLES.items() if spec.guard is not None]


def find_removed(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> None:
    """Write the temp tables `removed` (id, why, is_decided) and `sizes` (n_published, n_staged) of a guarded table.

    Args:
        con: the connection of the audit, with `staged`, the published tables, and the variables of the partition.
        spec: the table.
    """
    if spec.guard is None:
        return
    by = spec.partitioned_by
    where = f"where {by} = getvariable('{by}')" if by else ""
    con.execute(f"create or replace temp view published as select * from {spec.name} {where}")
    con.execute(
        "create or replace temp table sizes as select (select count(*) from published) as n_published,"
        " (select count(*) from staged) as n_staged"
    )
    identity = spec.guard.identity or spec.key
    reasons = "".join(f" when {condition} then {literal(why)}" for why, condition in _reasons(spec))
    why = f"case{reasons} end" if reasons else "null::varchar"
    con.execute(
        f"create or replace temp table removed as select {identity} as id, {why} as why,"
        f" coalesce(({spec.guard.decided}), false) as is_decided"
        f" from published as gone anti join staged using ({identity})"
        f" where {identity} is not null"
    )


def removals(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> dict[str, Any]:
    """How many ids of a guarded table go, by reason, each with some of them; empty where none does."""
    if spec.guard is None:
        return {}
    rows = con.execute(
        f"select coalesce(why, 'without a reason'), count(*), list(id order by id)[1:{_MAX_NAMED}]"
        " from removed group by all order by all"
    ).fetchall()
    return {why: {"n": n, "examples": examples} for why, n, examples in rows}


def _reasons(spec: TableSpec) -> list[tuple[str, str]]:
    """What explains that a row goes, and the condition for it on the row `gone`, the first that holds counts."""
    guard = spec.guard
    assert guard is not None
    found = []
    if guard.follows is not None:
        key = TABLES[guard.follows].key
        found.append((f"gone from {guard.follows}", f"gone.{key} not in (select {key} from {guard.follows})"))
    if guard.named_by:
        kinds = ", ".join(map(literal, guard.named_by))
        named = f"select question_id from overrides where is_applied and kind in ({kinds})"
        found.append(("named by an override", f"gone.question_id in ({named})"))
    if guard.is_limited:
        found.append(
            (
                "beyond the limit",
                "coalesce(getvariable('is_limit_given'), false)"
                " and (select n_staged from sizes) = getvariable('limit')",
            )
        )
    return found
