"""`reasonmed build` and `ui`: making the tables, from the terminal or from Dagster's pages."""

from __future__ import annotations

from dataclasses import replace as replace_fields
from typing import TYPE_CHECKING, Annotated

import typer

from reasonmed_assets.cli.options import (
    DataOption,
    LedgerOption,
    LimitOption,
    OverridesOption,
    ProfileOption,
    SetOption,
    WarehouseOption,
    plain_errors,
    settings_from,
    typed_again,
)

if TYPE_CHECKING:
    from reasonmed_assets.config.settings import BuildSettings


def build(
    context: typer.Context,
    profile: ProfileOption = None,
    data_dir: DataOption = None,
    warehouse: WarehouseOption = None,
    ledger: LedgerOption = None,
    limit: LimitOption = None,
    overrides: OverridesOption = None,
    assignments: SetOption = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be repeated.")] = None,
    select: Annotated[str | None, typer.Option(help="Only these tables, in Dagster's selection syntax.")] = None,
    replace: Annotated[bool, typer.Option(help="Move an existing warehouse of another kind aside first.")] = False,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Stop before this build costs more dollars.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Stop before this build makes more calls.")] = None,
    retry_unresolved: Annotated[bool, typer.Option(help="Call again for rows that earlier builds gave up.")] = False,
) -> None:
    """Build the data set: every table of every source, then the three training sets."""
    from reasonmed_assets import interruption
    from reasonmed_assets.cli.summary import print_announcement, print_summary, print_what_to_do
    from reasonmed_assets.cli.terminal import new_console
    from reasonmed_assets.materialisation.display import console_display
    from reasonmed_assets.orchestration.build import build as run_build

    console = new_console()
    settings = settings_from(
        profile=profile,
        data_dir=data_dir,
        warehouse=warehouse,
        ledger=ledger,
        limit=limit,
        overrides=overrides,
        assignments=assignments,
    )
    budget = {"budget.usd": budget_usd, "budget.calls": budget_calls}
    given = {key: value for key, value in budget.items() if value is not None}
    settings = replace_fields(settings, retry_unresolved=retry_unresolved, set=settings.set | given)
    again = typed_again(context, without={"replace"})
    with plain_errors():
        if replace and (aside := _set_aside(settings)):
            console.print(f"The warehouse's files were moved to {aside}.", soft_wrap=True)
        print_announcement(console, settings)
        try:
            with interruption.heeded():
                summary = run_build(settings, lambda: console_display(console), sources=source or (), selection=select)
        except KeyboardInterrupt:
            print_what_to_do(console, again, is_interrupted=True)
            raise typer.Exit(1) from None
        print_summary(console, settings, summary, again)
    if not summary.is_complete:
        raise typer.Exit(1)


def ui(
    profile: ProfileOption = None,
    data_dir: DataOption = None,
    warehouse: WarehouseOption = None,
    ledger: LedgerOption = None,
    limit: LimitOption = None,
    overrides: OverridesOption = None,
    assignments: SetOption = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A host that a proxy serves the UI as; may be repeated.")
    ] = None,
) -> None:
    """Open the Dagster UI on this warehouse, with the history of its builds."""
    from reasonmed_assets.orchestration.history import prepare_dagster_home
    from reasonmed_assets.orchestration.ui.serving import serve

    settings = settings_from(
        profile=profile,
        data_dir=data_dir,
        warehouse=warehouse,
        ledger=ledger,
        limit=limit,
        overrides=overrides,
        assignments=assignments,
    )
    with plain_errors():
        _ = settings.loaded_profile
        home = prepare_dagster_home(settings.warehouse_folder)
        serve(settings, home, port, allow_host or ())


def _set_aside(settings: BuildSettings) -> str | None:
    from reasonmed_assets.llm.ledger.opening import open_store, store_exists
    from reasonmed_assets.storage import make_or_open_warehouse

    holds_real = False
    if store_exists(settings.ledger_reference):
        with open_store(settings.ledger_reference) as ledger:
            holds_real = "real" in ledger.provider_kinds()
    return make_or_open_warehouse(settings.warehouse_folder).replace(settings.loaded_profile.provider_kind, holds_real)
