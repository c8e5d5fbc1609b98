"""`reasonmed fetch`: source files from where they are published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reasonmed_assets.cli.options import ProfileOption, plain_errors, settings_from


def fetch(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Data directory to fill.")],
    profile: ProfileOption = None,
) -> None:
    """Download the source files from the Hugging Face hub, at the declared revisions (extra `hub`)."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.sources import SourceError, load_declaration
    from reasonmed_assets.sources.hub import fetch as fetch_source

    settings = settings_from(profile=profile)
    with plain_errors():
        missing: list[str] = []
        for name in settings.loaded_profile.sources.declared:
            try:
                fetch_source(load_declaration(name), folder)
                say(f"{name}: fetched to {folder}")
            except SourceError as error:
                missing.append(str(error))
        if missing:
            raise SourceError("\n".join(missing))
