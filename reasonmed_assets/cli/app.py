"""The command `reasonmed`: its subcommands in the order of their help. What each does is in the module of its group."""

from __future__ import annotations

import os
import sys
import warnings
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from reasonmed_assets.cli.build import build, retry, ui
from reasonmed_assets.cli.doctor import doctor
from reasonmed_assets.cli.lineage.diff import diff
from reasonmed_assets.cli.lineage.history import history, restore
from reasonmed_assets.cli.lineage.plan import plan
from reasonmed_assets.cli.lineage.trace import trace
from reasonmed_assets.cli.profile import profile_app
from reasonmed_assets.cli.recipe import recipe_app
from reasonmed_assets.cli.release.browse import browse
from reasonmed_assets.cli.release.export import export
from reasonmed_assets.cli.release.release import release
from reasonmed_assets.cli.review import review_app
from reasonmed_assets.cli.servers import OWN_ARGUMENTS, serve_model, simulate
from reasonmed_assets.cli.sources import fetch, sources
from reasonmed_assets.cli.warehouse import clean, costs, quality, show, sql
from reasonmed_assets.errors import ReasonmedWarning
from reasonmed_assets.machine import seldom_collect_garbage

_FORMATTED = warnings.formatwarning


class _InUtf8(typer.Typer):
    """A command that runs in UTF-8 whatever the locale.

    DuckDB knows no other names of files, and not every library names the encoding of what it writes. What people read
    stays in the encoding of the terminal, with what that lacks written out.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if sys.getfilesystemencoding() != "utf-8":
            terminal = getattr(sys.stdout, "encoding", "utf-8")  # there may be no output
            spoken = os.environ.get("PYTHONIOENCODING") or f"{terminal}:backslashreplace"
            environment = os.environ | {"PYTHONUTF8": "1", "PYTHONIOENCODING": spoken}
            os.execve(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]], environment)  # noqa: S606
        for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace")):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors=errors)
        warnings.formatwarning = _as_told
        seldom_collect_garbage()
        return super().__call__(*args, **kwargs)


def _as_told(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> str:
    """A warning for people without the place in the code."""
    is_for_people = issubclass(category, ReasonmedWarning)
    return f"reasonmed: {message}\n" if is_for_people else _FORMATTED(message, category, *place, **more)


app = _InUtf8(
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


for command in (
    build,
    plan,
    retry,
    ui,
    sql,
    show,
    trace,
    diff,
    history,
    restore,
    costs,
    browse,
    export,
    release,
    quality,
    doctor,
    clean,
    sources,
    fetch,
):
    app.command()(command)
app.command(context_settings=OWN_ARGUMENTS)(simulate)
app.command("serve-model", context_settings=OWN_ARGUMENTS)(serve_model)
app.add_typer(recipe_app, name="recipe")
app.add_typer(review_app, name="review")
app.add_typer(profile_app, name="profile")
