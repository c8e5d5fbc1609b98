"""The command `reasonmed`: its subcommands in the order of their help. What each does is in the module of its group."""

from __future__ import annotations

import typer

from reasonmed_assets.cli.build import build, ui
from reasonmed_assets.cli.doctor import doctor
from reasonmed_assets.cli.profile import profile_app
from reasonmed_assets.cli.quality import quality
from reasonmed_assets.cli.review import review_app
from reasonmed_assets.cli.servers import OWN_ARGUMENTS, serve_model, simulate
from reasonmed_assets.cli.sources import fetch
from reasonmed_assets.cli.warehouse import export, sql

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Declarative, audited builds of medical-reasoning data sets in one DuckDB warehouse.",
)
for command in (build, ui, sql, export, quality, doctor, fetch):
    app.command()(command)
app.command(context_settings=OWN_ARGUMENTS)(simulate)
app.command("serve-model", context_settings=OWN_ARGUMENTS)(serve_model)
app.add_typer(review_app, name="review")
app.add_typer(profile_app, name="profile")
