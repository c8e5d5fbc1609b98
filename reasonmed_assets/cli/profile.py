"""`reasonmed profile`: what a profile holds, and what a profile may hold."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from reasonmed_assets.cli.options import SetOption, plain_errors, settings_from

profile_app = typer.Typer(no_args_is_help=True, help="Show a profile with all that it extends, or the schema of one.")


@profile_app.command()
def show(
    profile: Annotated[
        str | None, typer.Argument(metavar="[NAME|FILE.toml]", help="Default: REASONMED_PROFILE, else the recipe's.")
    ] = None,
    assignments: SetOption = None,
) -> None:
    """Print every value and where it comes from: a file, this command or the default. The output is a profile."""
    from reasonmed_assets.config.listing import listing
    from reasonmed_assets.config.reading import resolve_profile
    from reasonmed_assets.config.settings import from_environment, set_from

    with plain_errors():
        values = from_environment()["set"] | set_from(assignments or ())
        resolved = resolve_profile(profile, values) if profile else settings_from(set=values).resolved_profile
        for line in listing(resolved):
            typer.echo(line.encode("utf-8", "backslashreplace"))


@profile_app.command()
def schema() -> None:
    """Print the JSON schema of profiles, for completion and checks in editors (docs/guides/profiles.md)."""
    from reasonmed_assets.config.listing import schema as profile_schema

    typer.echo(json.dumps(profile_schema(), indent=2))
