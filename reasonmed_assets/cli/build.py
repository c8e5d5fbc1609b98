"""`reasonmed build`, `retry` and `ui`: making the tables, from the terminal or from Dagster's pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace as replace_fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasonmed_assets.cli.options import (
    BuildOptions,
    CallsOption,
    DollarsOption,
    RunOptions,
    SourceOption,
    plain_errors,
    takes,
    typed_again,
)
from reasonmed_assets.interruption import heed_at_once
from reasonmed_assets.vocabulary import Outcome

if TYPE_CHECKING:
    from reasonmed_assets.config.settings import BuildSettings
    from reasonmed_assets.orchestration.build import BuildSummary

MaxOption = Annotated[
    float | None,
    typer.Option(min=0, help="Refuse a build that may cost more dollars by its plan, and stop before it does."),
]

ParallelOption = Annotated[
    int, typer.Option("--parallel", min=1, metavar="N", help="Make N sources at once, each in a process of its own.")
]


@takes(BuildOptions)
def build(
    context: typer.Context, options: BuildOptions, max_usd: MaxOption = None, parallel: ParallelOption = 1
) -> None:
    """Build the data set: every table of every source, then the three training sets."""
    heed_at_once()
    with plain_errors():
        settings, planned = settings_of(options, "reasonmed build"), None
        if max_usd is not None:
            settings, planned = _within(settings, options, max_usd)
        settings = set_aside(settings) if options.replace else settings
    _build(settings, options.source, options.select, typed_again(context, without={"replace"}), planned, parallel)


def settings_of(options: BuildOptions, started_by: str) -> BuildSettings:
    """What a build with these options starts with; nothing is moved aside yet.

    Raises:
        ReasonmedError: an option cannot be used.
    """
    return begin_build(
        options.given,
        source=options.source,
        once=options.once,
        replace=options.replace,
        allow_shrink=options.allow_shrink,
        budget_usd=options.budget_usd,
        budget_calls=options.budget_calls,
        started_by=started_by,
    )


def tables_of(settings: BuildSettings, selection: str | None) -> Collection[str] | None:
    """The tables that `--select` selects; None for all."""
    if selection is None:
        return None
    from reasonmed_assets.orchestration.build import selected_tables
    from reasonmed_assets.orchestration.code_location import build_defs

    return selected_tables(build_defs(settings=settings), selection)


def _within(
    settings: BuildSettings, options: BuildOptions, max_usd: float
) -> tuple[BuildSettings, Mapping[str, float]]:
    """The settings with the dollars as a budget too, which holds where the plan errs, and what was planned.

    Raises:
        SettingsError: by the plan the build may cost more, or calls have no price.
    """
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.config.settings import SettingsError
    from reasonmed_assets.orchestration.plan.planning import plan
    from reasonmed_assets.orchestration.plan.telling import headline, money

    tables = tables_of(settings, options.select)
    found = plan(settings, sources=options.source or (), tables=tables, replace=options.replace)
    for line in headline(found):
        say(line)
    if found.unpriced:
        raise SettingsError(
            f"--max-usd {max_usd:g}: {found.unpriced:,.0f} calls would go to models without a price: declare `prices` "
            "in the profile (0 for a free one); nothing was started"
        )
    if found.usd.high > max_usd:
        raise SettingsError(
            f"--max-usd {max_usd:g}: the build is planned at {money(found.usd)}; nothing was started. `reasonmed plan` "
            "with the same options shows what costs it"
        )
    budget = min(max_usd, settings.set.get("budget.usd", max_usd))
    return replace_fields(settings, set=settings.set | {"budget.usd": budget}), found.for_record


def begin_build(
    given: Mapping[str, Any],
    *,
    source: Sequence[str] | None,
    once: bool,
    replace: bool,
    allow_shrink: Sequence[str] | None,
    budget_usd: float | None,
    budget_calls: int | None,
    started_by: str,
) -> BuildSettings:
    """What a build with these options starts with; nothing is moved aside yet.

    Raises:
        ReasonmedError: an option cannot be used.
    """
    from reasonmed_assets.config.settings import BuildSettings
    from reasonmed_assets.orchestration.starting import begin

    # What a build was taken over from is of no account where it is set aside.
    start = BuildSettings.begin if replace else begin
    settings = start(given, sources=source or (), once=once, started_by=started_by)
    settings = replace_fields(settings, allow_shrink=_guarded(allow_shrink or ()))
    return _with_budget(settings, budget_usd, budget_calls)


def set_aside(settings: BuildSettings) -> BuildSettings:
    """Move what is in the warehouse aside, and say so; the settings of a build that begins anew.

    Raises:
        WarehouseError: it holds what real calls paid for, and the build is of another kind.
    """
    from reasonmed_assets.cli.terminal import new_console

    aside = _set_aside(settings)
    if aside is None:
        return settings
    new_console().print(f"The warehouse's files were moved to {aside}.", soft_wrap=True)
    return replace_fields(settings, base=None, recipe=None)


@takes(RunOptions)
def retry(
    context: typer.Context,
    options: RunOptions,
    table: Annotated[list[str] | None, typer.Option(help="Only rows of this table; may be repeated.")] = None,
    outcome: Annotated[
        list[Outcome] | None, typer.Option(help="Only calls that ended so; may be repeated.", show_choices=False)
    ] = None,
    source: SourceOption = None,
    budget_usd: DollarsOption = None,
    budget_calls: CallsOption = None,
) -> None:
    """Ask models again about rows that earlier builds gave up, and build what follows from their answers."""
    heed_at_once()
    from reasonmed_assets.cli.summary import print_given_up
    from reasonmed_assets.orchestration.starting import begin

    with plain_errors():
        settings = begin(options.given, sources=source or (), once=options.once, started_by="reasonmed retry")
    only = (*(table or ()), *(outcome or ()))
    settings = replace_fields(settings, retry_unresolved=True, retry_only=tuple(map(str, only)))
    with plain_errors():
        has_some = print_given_up(settings, source or ())
    if has_some:
        _build(_with_budget(settings, budget_usd, budget_calls), source, None, typed_again(context))


def _guarded(tables: Sequence[str]) -> tuple[str, ...]:
    """Tables of `--allow-shrink`, all of which are guarded."""
    from reasonmed_assets.config.settings import SettingsError
    from reasonmed_assets.quality import tables as _declared  # noqa: F401 - fills the list of tables
    from reasonmed_assets.quality.shrinking import guarded_tables

    known = guarded_tables() if tables else []
    if unknown := [table for table in tables if table not in known]:
        raise SettingsError(
            f"--allow-shrink {', '.join(unknown)}: no such table is guarded; those are {', '.join(known)}"
        )
    return tuple(tables)


def _with_budget(settings: BuildSettings, usd: float | None, calls: int | None) -> BuildSettings:
    budget = {"budget.usd": usd, "budget.calls": calls}
    given = {key: value for key, value in budget.items() if value is not None}
    return replace_fields(settings, set=settings.set | given)


def _build(
    settings: BuildSettings,
    sources: list[str] | None,
    select: str | None,
    again: str,
    planned: Mapping[str, float] | None = None,
    parallel: int = 1,
) -> None:
    with plain_errors():
        try:
            is_complete = run_build(settings, sources, select, again, planned, parallel).is_complete
        except KeyboardInterrupt:
            raise typer.Exit(1) from None
    if not is_complete:
        raise typer.Exit(1)


def run_build(
    settings: BuildSettings,
    sources: Sequence[str] | None,
    select: str | None,
    again: str,
    planned: Mapping[str, float] | None = None,
    parallel: int = 1,
) -> BuildSummary:
    """Build, and print how far it is and how it ended.

    Args:
        settings, sources, select: as given.
        again: the command that continues it.
        planned: what its plan expected, for its record.
        parallel: how many sources are made at once.

    Raises:
        ReasonmedError: the build could not start, or could not go on.
        KeyboardInterrupt: it was stopped.
    """
    from reasonmed_assets import interruption
    from reasonmed_assets.cli.summary import print_announcement, print_summary, print_what_to_do
    from reasonmed_assets.cli.terminal import new_console
    from reasonmed_assets.materialisation.display import console_display
    from reasonmed_assets.orchestration.build import build as make_tables
    from reasonmed_assets.orchestration.starting import announced

    console = new_console()

    def announce() -> None:
        for line in announced(settings):
            console.print(line, soft_wrap=True)

    print_announcement(console, settings)
    try:
        with interruption.heeded():
            summary = make_tables(
                settings,
                lambda: console_display(console),
                sources=sources or (),
                selection=select,
                on_start=announce,
                planned=planned,
                parallel=parallel,
            )
    except KeyboardInterrupt:
        print_what_to_do(console, again, is_interrupted=True)
        raise
    print_summary(console, settings, summary, again)
    return summary


@takes(RunOptions)
def ui(
    options: RunOptions,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A host that a proxy serves the UI as; may be repeated.")
    ] = None,
) -> None:
    """Open the Dagster UI on this warehouse, with the history of its builds."""
    heed_at_once()
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.orchestration.history import dagster_home_in
    from reasonmed_assets.orchestration.starting import announced, begin, for_code_server, refuse_unready
    from reasonmed_assets.orchestration.ui.serving import serve

    with plain_errors():
        settings = begin(options.given, once=options.once, started_by="reasonmed ui")
        refuse_unready(settings)
        for line in announced(settings):
            say(line)
        told = for_code_server(settings, options.given, once=options.once)
        with dagster_home_in(settings.warehouse_folder) as home:
            serve(settings, told, home, say, port, allow_host or ())


def _set_aside(settings: BuildSettings) -> str | None:
    from reasonmed_assets.llm.ledger.opening import open_store, store_exists
    from reasonmed_assets.storage import make_or_open_warehouse

    holds_real = False
    if store_exists(settings.ledger_reference):
        with open_store(settings.ledger_reference) as ledger:
            holds_real = "real" in ledger.provider_kinds()
    return make_or_open_warehouse(settings.warehouse_folder).replace(settings.loaded_profile.provider_kind, holds_real)
