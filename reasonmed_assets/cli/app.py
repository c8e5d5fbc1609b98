"""The command line: `reasonmed build`, `ui`, `sql`, `export`, `quality`, `doctor` and the local servers."""

from __future__ import annotations

import os
import sys
from dataclasses import replace as replace_fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from reasonmed_assets.config.settings import BuildSettings, overrides_from
from reasonmed_assets.errors import ReasonmedError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Declarative, audited builds of medical-reasoning data sets in one DuckDB warehouse.",
)

ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME|FILE.toml", help="Shipped profile, or a TOML file. Default: embedded."),
]
WarehouseOption = Annotated[
    Path | None, typer.Option("--warehouse", metavar="DIR", help="Default: REASONMED_WAREHOUSE, else warehouse/.")
]
DataOption = Annotated[
    Path | None, typer.Option("--data-dir", metavar="DIR", help="Source files. Default: the sample that comes along.")
]
LedgerOption = Annotated[
    Path | None, typer.Option("--ledger", metavar="FILE", help="Call ledger. Default: ledger.sqlite in the warehouse.")
]
OverridesOption = Annotated[
    Path | None, typer.Option("--overrides", metavar="FILE.toml", help="People's decisions (docs/guides/trust.md).")
]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="Questions per source.")]


class TableFormat(StrEnum):
    """How `reasonmed sql` prints rows."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class Allowance(StrEnum):
    """Kinds of rows that an export refuses unless told otherwise."""

    simulated = "simulated"
    demo = "demo"
    stand_in = "stand-in"
    failing = "failing"


@app.command()
def build(
    profile: ProfileOption = None,
    data_dir: DataOption = None,
    warehouse: WarehouseOption = None,
    ledger: LedgerOption = None,
    limit: LimitOption = None,
    overrides: OverridesOption = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be repeated.")] = None,
    select: Annotated[str | None, typer.Option(help="Only these tables, in Dagster's selection syntax.")] = None,
    replace: Annotated[bool, typer.Option(help="Set an existing warehouse of another kind aside first.")] = False,
    budget_usd: Annotated[float | None, typer.Option(min=0, help="Stop before this build costs more dollars.")] = None,
    budget_calls: Annotated[int | None, typer.Option(min=0, help="Stop before this build makes more calls.")] = None,
    retry_unresolved: Annotated[bool, typer.Option(help="Ask again about rows that earlier builds gave up.")] = False,
) -> None:
    """Build the data set: every table of every source, then the three training sets."""
    from reasonmed_assets.cli.summary import print_announcement, print_report, print_what_to_do
    from reasonmed_assets.materialisation.display import console_display
    from reasonmed_assets.orchestration.build import build as run_build

    console = Console()
    budget = {"budget.usd": budget_usd, "budget.calls": budget_calls}
    settings = _settings(profile, data_dir, warehouse, ledger, limit, overrides)
    settings = replace_fields(
        settings,
        retry_unresolved=retry_unresolved,
        overrides=settings.overrides | {key: value for key, value in budget.items() if value is not None},
    )
    with _plain_errors():
        if replace:
            _set_aside(settings, console)
        print_announcement(console, settings)
        try:
            report = run_build(settings, lambda: console_display(console), sources=source or (), selection=select)
        except KeyboardInterrupt:
            print_what_to_do(console, is_interrupted=True)
            raise typer.Exit(1) from None
        print_report(console, settings, report)
    if not report.is_complete:
        raise typer.Exit(1)


@app.command()
def ui(
    profile: ProfileOption = None,
    data_dir: DataOption = None,
    warehouse: WarehouseOption = None,
    ledger: LedgerOption = None,
    limit: LimitOption = None,
    overrides: OverridesOption = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Open the Dagster UI on this warehouse, with the history of its builds."""
    from reasonmed_assets.orchestration.build import prepare_dagster_home

    settings = _settings(profile, data_dir, warehouse, ledger, limit, overrides)
    with _plain_errors():
        settings.load_profile()
        home = prepare_dagster_home(settings.warehouse_folder)
    # Modules come from the installation, not from the folder that the command is called in, whatever lies there.
    environment = os.environ | settings.to_environment() | {"DAGSTER_HOME": str(home), "PYTHONSAFEPATH": "1"}
    # `dg dev`, which Dagster would rather see here, wants the layout of a project of its own.
    quiet = ["-W", "ignore:Function `dev_command` is superseded"]
    location = ["-m", "definitions", "-d", str(Path(__file__).parents[2])]
    command = [sys.executable, *quiet, "-m", "dagster", "dev", *location, "-h", "127.0.0.1", "-p", str(port)]
    # This process becomes Dagster's, so that Ctrl-C and signals reach the one that stops its services.
    os.execve(sys.executable, command, environment)  # noqa: S606


@app.command()
def sql(
    query: Annotated[str | None, typer.Argument(help="One statement; none: an interactive prompt.")] = None,
    warehouse: WarehouseOption = None,
    output_format: Annotated[TableFormat, typer.Option("--format", help="How rows are printed.")] = TableFormat.table,
) -> None:
    """Query the warehouse, read-only, also while a build runs."""
    from reasonmed_assets.cli.query import prompt, run_query

    settings = _settings(None, None, warehouse, None, None)
    with _plain_errors():
        if query is None:
            prompt(settings.warehouse_folder)
        else:
            run_query(settings.warehouse_folder, query, output_format.value)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write; must not hold an export yet.")],
    warehouse: WarehouseOption = None,
    allow: Annotated[list[Allowance] | None, typer.Option(help="Let one kind of row through, and mark it.")] = None,
) -> None:
    """Write the three training sets as alpaca JSON, ShareGPT messages and Parquet."""
    from reasonmed_assets.release.export import export_training_sets

    settings = _settings(None, None, warehouse, None, None)
    with _plain_errors():
        for line in export_training_sets(settings.warehouse_folder, folder, {kind.value for kind in allow or ()}):
            typer.echo(line)


review_app = typer.Typer(no_args_is_help=True, help="Have people judge a sample of the examples.")
app.add_typer(review_app, name="review")


@review_app.command("export")
def export_review(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for reviews.csv and reviews.html.")],
    profile: ProfileOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Write a seeded sample of the examples to fill in: a CSV, and a page that needs no network."""
    from reasonmed_assets.pages.review_sheets import export_sheets
    from reasonmed_assets.storage import Warehouse

    settings = _settings(profile, None, warehouse, None, None)
    with _plain_errors():
        for line in export_sheets(Warehouse(settings.warehouse_folder), settings.load_profile(), folder):
            typer.echo(line)


@review_app.command("import")
def import_review(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="What reviewers sent back, CSV or JSON.")],
    warehouse: WarehouseOption = None,
) -> None:
    """Keep what reviewers filled in; bad rows are kept too, with the reason."""
    from reasonmed_assets.people.reviews import import_reviews

    settings = _settings(None, None, warehouse, None, None)
    with _plain_errors():
        for file in files:
            done = import_reviews(settings.warehouse_folder, file)
            bad = [review for review in done.reviews if review.problem]
            known = "" if done.is_new else ", there already"
            typer.echo(
                f"{file}: {len(done.reviews) - len(bad)} reviews, {len(bad)} rows with a problem, "
                f"{done.n_empty} not filled in; kept as {done.path}{known}"
            )
            for review in bad:
                typer.echo(f"  row {review.row}: {review.problem}")
    typer.echo(
        "They are in table reviews after the next build, or now with: "
        "reasonmed build --profile NAME --select key:reviews"
    )


@app.command()
def quality(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder to write. Default: quality/ in the warehouse.")
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Write the quality report and Great Expectations' Data Docs as HTML, also while a build runs."""
    from reasonmed_assets.pages.site import write_quality_pages

    settings = _settings(None, None, warehouse, None, None)
    with _plain_errors():
        for line in write_quality_pages(settings.warehouse_folder, folder):
            typer.echo(line)


@app.command()
def doctor(
    profile: ProfileOption = None,
    data_dir: DataOption = None,
    warehouse: WarehouseOption = None,
    ledger: LedgerOption = None,
    overrides: OverridesOption = None,
) -> None:
    """Check profile, overrides, source files, endpoints, keys, disk and versions, and say what is wrong."""
    from reasonmed_assets.orchestration.doctor import diagnose

    console = Console()
    findings = diagnose(_settings(profile, data_dir, warehouse, ledger, None, overrides))
    for finding in findings:
        mark = "[green]ok[/]" if finding.is_fine else "[red]wrong[/]"
        console.print(f"{mark:<20} {finding.subject}: {finding.detail}", highlight=False, soft_wrap=True)
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(1)


@app.command()
def fetch(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Data directory to fill.")],
    profile: ProfileOption = None,
) -> None:
    """Download the source files from the Hugging Face hub, at the declared revisions (extra `hub`)."""
    from reasonmed_assets.sources import SourceError, load_declaration
    from reasonmed_assets.sources.hub import fetch as fetch_source

    with _plain_errors():
        missing: list[str] = []
        for name in _settings(profile, None, None, None, None).load_profile().sources.declared:
            try:
                fetch_source(load_declaration(name), folder)
                typer.echo(f"{name}: fetched to {folder}")
            except SourceError as error:
                missing.append(str(error))
        if missing:
            raise SourceError("\n".join(missing))


_SERVER_ARGUMENTS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command(context_settings=_SERVER_ARGUMENTS)
def simulate(context: typer.Context) -> None:
    """Serve the simulated endpoint (`reasonmed simulate --help` lists its options)."""
    _run_server("simulated", context.args)


@app.command("serve-model", context_settings=_SERVER_ARGUMENTS)
def serve_model(context: typer.Context) -> None:
    """Serve the embedded model (`reasonmed serve-model --help` lists its options)."""
    _run_server("embedded", context.args)


def _run_server(name: str, arguments: list[str]) -> NoReturn:
    command = [sys.executable, "-m", f"reasonmed_assets.servers.{name}", *arguments]
    os.execv(sys.executable, command)  # noqa: S606


def _settings(
    profile: str | None,
    data_dir: Path | None,
    warehouse: Path | None,
    ledger: Path | None,
    limit: int | None,
    overrides: Path | None = None,
) -> BuildSettings:
    with _plain_errors():
        return BuildSettings.from_environment(
            profile=profile,
            data_dir=data_dir and str(data_dir),
            warehouse=warehouse and str(warehouse),
            ledger=ledger and str(ledger),
            limit=limit,
            overrides=overrides_from(overrides),
        )


def _set_aside(settings: BuildSettings, console: Console) -> None:
    from reasonmed_assets.llm.ledger.ledger import Ledger
    from reasonmed_assets.storage import Warehouse

    holds_real = False
    if settings.ledger_file.exists():
        with Ledger(settings.ledger_file) as ledger:
            holds_real = "real" in ledger.provider_kinds()
    aside = Warehouse(settings.warehouse_folder).replace(settings.load_profile().provider_kind, holds_real)
    if aside is not None:
        console.print(f"The warehouse's files are set aside in {aside}.")


class _plain_errors:  # noqa: N801
    """Turns the errors that a user can mend into one message and exit code 1."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, ReasonmedError | OSError):
            typer.echo(f"reasonmed: {error}", err=True)
            raise typer.Exit(1) from error
