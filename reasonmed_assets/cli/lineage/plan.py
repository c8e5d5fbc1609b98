"""`reasonmed plan`: what the next build would do and cost, before anything is paid."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasonmed_assets.cli.options import BuildOptions, plain_errors, takes

if TYPE_CHECKING:
    from reasonmed_assets.orchestration.plan.plan import Plan

MUST_PAY = 3
"""The exit code of `--exit-code` where calls must be paid."""


@takes(BuildOptions)
def plan(
    options: BuildOptions,
    explain: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only what becomes of one row or question, and which calls it needs."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE.toml", help="Another profile: which calls and rows differ, and their costs."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help=f"Exit with {MUST_PAY} where calls must be paid or have no price.")
    ] = False,
) -> None:
    """Say what a build with these options would do: calls, tokens, dollars, hours, rows. Nothing is changed."""
    from reasonmed_assets.cli.build import settings_of, tables_of
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.config.settings import SettingsError
    from reasonmed_assets.orchestration.plan.comparing import compared
    from reasonmed_assets.orchestration.plan.planning import plan as made
    from reasonmed_assets.orchestration.plan.telling import comparison_lines, explained_lines

    with plain_errors():
        if explain is not None and against is not None:
            raise SettingsError("give either --explain or --against")
        settings = settings_of(options, "reasonmed plan")
        what: dict[str, Any] = {
            "sources": options.source or (),
            "tables": tables_of(settings, options.select),
            "replace": options.replace,
        }
        if against is not None:
            both = compared(settings, settings_of(replace(options, profile=against), "reasonmed plan"), **what)
            found, data, lines = both.one, both.as_json(), comparison_lines(both, against)
        else:
            found = made(settings, **what, wanted=explain)
            data, lines = found.as_json(), explained_lines(found, explain) if explain else iter(())
        if as_json:
            print(json.dumps(data, ensure_ascii=False))
        else:
            if explain is None:
                print_plan(found)
            for line in lines:
                say(line)
    if exit_code and found.is_paid:
        raise typer.Exit(MUST_PAY)


def print_plan(plan: Plan) -> None:
    """Print a plan as tables."""
    from rich import box
    from rich.table import Table

    from reasonmed_assets.cli.terminal import new_console, say
    from reasonmed_assets.orchestration.plan.telling import (
        CALL_COLUMNS,
        ROW_COLUMNS,
        call_rows,
        headline,
        stale_rows,
    )

    console = new_console()
    for title, columns, rows in (
        ("Calls", CALL_COLUMNS, list(call_rows(plan))),
        ("Rows", ROW_COLUMNS, list(stale_rows(plan))),
    ):
        if rows:
            table = Table(title=title, box=box.SIMPLE, title_justify="left")
            for name in columns:
                is_text = name in ("role", "source", "table", "partitions", "why")
                table.add_column(name, justify="left" if is_text else "right", overflow="fold")
            for row in rows:
                table.add_row(*row)
            console.print(table)
    for line in headline(plan):
        say(line)
