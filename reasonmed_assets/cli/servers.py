"""`reasonmed simulate` and `serve-model`: the servers that builds start, started by hand."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer

OWN_ARGUMENTS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""Context settings of a command whose arguments are the server's."""


def simulate(context: typer.Context) -> None:
    """Serve the simulated endpoint (`reasonmed simulate --help` lists its options)."""
    _become("simulated", context.args)


def serve_model(context: typer.Context) -> None:
    """Serve the embedded model (`reasonmed serve-model --help` lists its options)."""
    _become("embedded", context.args)


def _become(name: str, arguments: list[str]) -> NoReturn:
    command = [sys.executable, "-m", f"reasonmed_assets.servers.{name}", *arguments]
    os.execv(sys.executable, command)  # noqa: S606
