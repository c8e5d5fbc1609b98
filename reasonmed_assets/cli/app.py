"""The command `reasonmed`: its subcommands in the order of their help. What each does is in the module of its group."""

from __future__ import annotations

from typing import Annotated

import typer

from reasonmed_assets.cli.build import build, retry, ui
from reasonmed_assets.cli.doctor import doctor
from reasonmed_assets.cli.profile import profile_app
from reasonmed_assets.cli.quality import quality
from reasonmed_assets.cli.review import review_app
from reasonmed_assets.cli.servers import OWN_ARGUMENTS, serve_model, simulate
from reasonmed_assets.cli.sources import fetch
from reasonmed_assets.cli.warehouse import clean, costs, export, sql

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Declarative, audited builds of medical-reasoning data sets in one DuckDB warehouse.",
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        import platform
        from importlib.metadata import version

        typer.echo(f"reasonmed-assets {version('reasonmed-assets')}, Python {platform.python_version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options before a command."""


for command in (build, retry, ui, sql, costs, export, quality, doctor, clean, fetch):
    app.command()(command)
app.command(context_settings=OWN_ARGUMENTS)(simulate)
app.command("serve-model", context_settings=OWN_ARGUMENTS)(serve_model)
app.add_typer(review_app, name="review")
app.add_typer(profile_app, name="profile")
