"""What a build or a retry prints before it starts, and when it has ended."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reasonmed_assets.cli.terminal import new_console, new_table, number, spending_lines
from reasonmed_assets.config.hints import command
from reasonmed_assets.config.settings import BuildSettings, SettingsError
from reasonmed_assets.llm.engine.progress import counted_words
from reasonmed_assets.llm.replies.finish_reasons import NO_WORD, Finish, finish_of
from reasonmed_assets.orchestration.build import BuildSummary
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.storage import open_warehouse
from reasonmed_assets.storage.audits import last_audits
from reasonmed_assets.vocabulary import GIVEN_UP

_TIERS = """
select source, count(*) filter (tier = 'easy') as easy, count(*) filter (tier = 'medium') as medium,
    count(*) filter (tier = 'difficult') as difficult, count(*) filter (tier = 'unresolved') as unresolved
from difficulty_tiers group by source order by source
"""
_BY_ROLE = """
select role, round(sum(calls))::bigint as calls, round(sum(attempts))::bigint as attempts,
    sum(prompt_tokens)::bigint as "tokens in", sum(completion_tokens)::bigint as "tokens out", sum(cost_usd) as "USD",
    round(sum(unknown_attempts))::bigint as "of unknown cost"
from costs group by rollup (role) having count(*) > 0 order by role nulls last
"""
_BY_SOURCE = """
select source, round(sum(calls))::bigint as calls,
    round(coalesce(sum(calls) filter (spent_on = 'examples'), 0))::bigint as examples,
    round(coalesce(sum(calls) filter (spent_on = 'dropped'), 0))::bigint as dropped,
    round(coalesce(sum(calls) filter (spent_on = 'pending'), 0))::bigint as pending,
    round(coalesce(sum(calls) filter (spent_on = 'unused'), 0))::bigint as unused,
    sum(cost_usd) as "USD",
    sum(cost_usd) / nullif(any_value(coalesce(finals.n, totals.n)), 0) as "USD each"
from costs
left join (select source, count(*) as n from reasonmed group by source) as finals using (source)
cross join (select count(*) as n from reasonmed) as totals
group by rollup (source) having count(*) > 0 order by source nulls last
"""
_ENDINGS = """
select finish_reason, count(*) from llm_calls where is_accepted and outcome = 'completed' group by finish_reason
"""


def print_given_up(settings: BuildSettings, sources: Sequence[str]) -> bool:
    """The rows without a usable reply that a retry asks about again, by table, source and outcome; whether any are.

    Those that a failed audit keeps in quarantine count too.

    Raises:
        SettingsError: a table whose rows no model answers.
        WarehouseError: no warehouse is there.
    """
    asked = [name for name, spec in TABLES.items() if "call_keys" in spec.columns]
    unknown = set(settings.retry_only) - {*asked, *GIVEN_UP}
    if unknown:
        raise SettingsError(
            f"no model answers rows of {', '.join(sorted(unknown))}, or ends so: the tables are {', '.join(asked)}; "
            f"the outcomes {', '.join(sorted(GIVEN_UP))}"
        )
    table = new_table(["table", "source", "outcome", "rows"], "Rows that earlier builds gave up")
    warehouse = open_warehouse(settings.warehouse_folder)
    blocked = {(audit.table, audit.run_id) for audit in last_audits(warehouse) if audit.is_blocked}
    kept_apart = [kept for kept in warehouse.quarantined() if (kept.table, kept.run_id) in blocked]
    with warehouse.snapshot() as con:
        for name in asked:
            outcomes = [str(outcome) for outcome in settings.retried_outcomes(name)]
            # A rewritten text has a verdict, whose call may have been given up as well.
            columns = ", ".join(column for column in TABLES[name].columns if re.fullmatch(r"(\w+_)?outcome", column))
            rows = f"select source, unnest([{columns}]) as outcome from {name}"
            files = [str(kept.file) for kept in kept_apart if kept.table == name]
            if files:
                apart = f"(select source, unnest([{columns}]) as outcome from read_parquet($3))"
                rows += f" where source not in (select source from {apart}) union all by name {apart}"
            for row in con.execute(
                f"select source, outcome, count(*) from ({rows}) where outcome in (select unnest($1)) "
                "and (len($2) = 0 or source in (select unnest($2))) group by all order by all",
                [outcomes, list(sources), *([files] if files else [])],
            ).fetchall():
                table.add_row(name, *row[:2], number(row[2]))
    console = new_console()
    console.print(table if table.rows else "No row of that kind was given up: there is nothing to ask again.")
    return bool(table.rows)


def print_announcement(console: Console, settings: BuildSettings) -> None:
    """What will be built, from which files, with which models, and where."""
    profile = settings.loaded_profile
    limit = ", ".join(
        [f"{profile.limit} per source" if profile.limit else "all"]
        + [f"of {source} {n or 'all'}" for source, n in profile.limits.items()]
    )
    lines = Text.assemble(
        "Profile ",
        (profile.name, "bold"),
        f": {profile.description}\n"
        f"Questions: {limit}, from {settings.data_folder}\n"
        f"Models: {', '.join(sorted({model.name for model in profile.models.values()}))}\n"
        f"Warehouse: {settings.warehouse_folder}",
    )
    console.print(lines, soft_wrap=True)


def print_summary(console: Console, settings: BuildSettings, summary: BuildSummary, again: str) -> None:
    """Rows per table and source, tiers, calls and tokens, time, where the warehouse is, and what to do next.

    Args:
        console: where to.
        settings: of the build.
        summary: how it ended.
        again: the command that continues the build.
    """
    warehouse = open_warehouse(settings.warehouse_folder)
    if warehouse.has_snapshot:
        # Other builds may be at work, and then users see what is published later.
        with warehouse.read() as con:
            console.print(_rows(con))
            _print_table(console, con, "Tiers", _TIERS)
            # Once: it is made of all calls and all that they serve.
            con.execute("create temp table costs as from cost")
            _print_table(console, con, "Model calls by role", _BY_ROLE)
            _print_table(console, con, "Model calls by source and what came of their rows", _BY_SOURCE)
            _print_unknown_endings(console, con)
            for line in spending_lines(con.sql("from spending").pl().to_dicts()):
                console.print(line, soft_wrap=True)
    console.print(f"{summary.seconds:,.0f} s; warehouse: {warehouse.address}", soft_wrap=True)
    for file in summary.changed:
        console.print(
            Text.assemble(
                ("!", "yellow"),
                f" {file} changed during the build: what was made from it is behind, and made again by the next build",
            ),
            soft_wrap=True,
        )
    for line in summary.left_out:
        console.print(Text.assemble(("!", "yellow"), f" left out: {line}"), soft_wrap=True)
    if summary.is_complete:
        query = "select tier, count(*) from reasonmed group by all"
        console.print(f"Try: {command('sql', query, warehouse=settings.warehouse_folder)}", soft_wrap=True)
        page = command("quality", warehouse=settings.warehouse_folder)
        console.print(f"The quality report, as a page: {page}", soft_wrap=True)
        return
    for problem in summary.problems:
        console.print(Text.assemble(("✗", "red"), f" {problem}"), soft_wrap=True)
    print_what_to_do(console, again, summary.is_interrupted)


def print_what_to_do(console: Console, again: str, is_interrupted: bool) -> None:
    """How to go on with a build that did not make everything: with the command `again`."""
    what_to_do = "Stopped before the end. To go on," if is_interrupted else "Fix the problems above, then"
    console.print(
        f"Not everything was made. {what_to_do} run the same command again: what is published stays, and no call "
        f"that was answered is made again.\n  {again}",
        soft_wrap=True,
    )


def _rows(con: duckdb.DuckDBPyConnection) -> Table:
    sources = [source for (source,) in con.execute("select distinct source from raw_questions order by 1").fetchall()]
    table = new_table(["table", *sources, "all"], "Rows")
    for name, spec in TABLES.items():
        counts: dict[str, int] = {}
        by_source = spec.partitioned_by == "source"
        if by_source:
            counts = dict(con.execute(f"select source, count(*) from {name} group by source").fetchall())
        (total,) = con.execute(f"select count(*) from {name}").fetchone() or (0,)
        cells = [number(counts.get(source, 0)) if by_source else "" for source in sources]
        table.add_row(name, *cells, number(total))
    return table


def _print_unknown_endings(console: Console, con: duckdb.DuckDBPyConnection) -> None:
    """A warning where replies count as whole although the table of finish reasons does not know why they ended."""
    words = {word or NO_WORD: n for word, n in con.execute(_ENDINGS).fetchall() if finish_of(word) == Finish.UNKNOWN}
    if words:
        console.print(
            Text.assemble(
                ("!", "yellow"),
                f" {sum(words.values()):,} replies that count as whole ended for a reason that is not known "
                f"({counted_words(words)}): look at some of them in llm_calls, by finish_reason",
            ),
            soft_wrap=True,
        )


def _print_table(console: Console, con: duckdb.DuckDBPyConnection, title: str, query: str) -> None:
    """The rows of a query, unless there are none: a build of a few tables has no tiers and no calls."""
    relation = con.execute(query)
    table = new_table([column[0] for column in relation.description or []], title)
    for row in relation.fetchall():
        table.add_row(str(row[0] or "all"), *map(number, row[1:]))
    if table.rows:
        console.print(table)
