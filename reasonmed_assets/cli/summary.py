"""What a build says before it starts and when it has ended."""

from __future__ import annotations

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.orchestration.build import BuildReport
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.storage import Warehouse

_TIERS = """
select source, count(*) filter (tier = 'easy') as easy, count(*) filter (tier = 'medium') as medium,
    count(*) filter (tier = 'difficult') as difficult, count(*) filter (tier = 'unresolved') as unresolved
from difficulty_tiers group by source order by source
"""
_BY_ROLE = """
select role, round(sum(calls))::bigint as calls, round(sum(attempts))::bigint as attempts,
    sum(prompt_tokens)::bigint as "tokens in", sum(completion_tokens)::bigint as "tokens out", sum(cost_usd) as "USD"
from cost group by rollup (role) having count(*) > 0 order by role nulls last
"""
_BY_SOURCE = """
select source, round(sum(calls))::bigint as calls,
    round(coalesce(sum(calls) filter (spent_on = 'examples'), 0))::bigint as examples,
    round(coalesce(sum(calls) filter (spent_on = 'dropped'), 0))::bigint as dropped,
    round(coalesce(sum(calls) filter (spent_on = 'pending'), 0))::bigint as pending,
    round(coalesce(sum(calls) filter (spent_on = 'unused'), 0))::bigint as unused,
    sum(cost_usd) as "USD",
    sum(cost_usd) / nullif(any_value(coalesce(finals.n, totals.n)), 0) as "USD each"
from cost
left join (select source, count(*) as n from reasonmed group by source) as finals using (source)
cross join (select count(*) as n from reasonmed) as totals
group by rollup (source) having count(*) > 0 order by source nulls last
"""


def print_announcement(console: Console, settings: BuildSettings) -> None:
    """What will be built, from what, with which models, and where to."""
    profile = settings.load_profile()
    limit = f"{profile.limit} per source" if profile.limit else "all"
    console.print(
        f"Profile [bold]{profile.name}[/]: {profile.description}\n"
        f"Questions: {limit}, from {settings.data_folder(profile)}\n"
        f"Models: {', '.join(sorted({model.name for model in profile.models.values()}))}\n"
        f"Warehouse: {settings.warehouse_folder}",
        highlight=False,
        soft_wrap=True,
    )


def print_report(console: Console, settings: BuildSettings, report: BuildReport) -> None:
    """Rows per table and source, tiers, calls and tokens, time, where the warehouse is, and what to do next."""
    warehouse = Warehouse(settings.warehouse_folder)
    if warehouse.snapshot_path.exists():
        with duckdb.connect(str(warehouse.snapshot_path), read_only=True) as con:
            console.print(_rows(con))
            console.print(_table(con, "Tiers", _TIERS))
            console.print(_table(con, "Model calls by role", _BY_ROLE))
            console.print(_table(con, "Model calls by source and what came of their rows", _BY_SOURCE))
    console.print(f"{report.seconds:,.0f} s; warehouse: {warehouse.snapshot_path}", highlight=False, soft_wrap=True)
    if report.is_complete:
        console.print('Try: reasonmed sql "select tier, count(*) from reasonmed group by all"', highlight=False)
        console.print("Checks and figures as a page: reasonmed quality", highlight=False)
        return
    for problem in report.problems:
        console.print(f"[red]✗[/] {problem}", highlight=False, soft_wrap=True)
    print_what_to_do(console, report.is_interrupted)


def print_what_to_do(console: Console, is_interrupted: bool) -> None:
    """How to go on with a build that did not publish everything."""
    what_to_do = "Stopped before the end. To go on," if is_interrupted else "Mend what stands above, then"
    console.print(
        f"Not everything was published. {what_to_do} run the same command again: what is published stays, and no call "
        "that was answered is made again.",
        highlight=False,
        soft_wrap=True,
    )


def _rows(con: duckdb.DuckDBPyConnection) -> Table:
    sources = [source for (source,) in con.execute("select distinct source from raw_questions order by 1").fetchall()]
    table = Table("table", *sources, "all", title="Rows", box=box.SIMPLE, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, spec in TABLES.items():
        counts: dict[str, int] = {}
        if spec.partitioned:
            counts = dict(con.execute(f"select source, count(*) from {name} group by source").fetchall())
        (total,) = con.execute(f"select count(*) from {name}").fetchone() or (0,)
        cells = [f"{counts.get(source, 0):,}" if spec.partitioned else "" for source in sources]
        table.add_row(name, *cells, f"{total:,}")
    return table


def _table(con: duckdb.DuckDBPyConnection, title: str, query: str) -> Table:
    relation = con.execute(query)
    names = [column[0] for column in relation.description or []]
    table = Table(*names, title=title, box=box.SIMPLE, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in relation.fetchall():
        table.add_row(str(row[0] or "all"), *map(_cell, row[1:]))
    return table


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}"
    return f"{value:,}" if isinstance(value, int) else ""
