"""`reasonmed sources` and `reasonmed fetch`: what sources there are, and their files from where they are published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reasonmed_assets.cli.options import ProfileOption, plain_errors, settings_from


def sources(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Data directory to look for files in; the profile's if none.")
    ] = None,
    profile: ProfileOption = None,
) -> None:
    """List the sources: those that the profile builds from, the others that are shipped, and which files are there."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.sources import load_declaration, shipped_sources
    from reasonmed_assets.sources.listing import describe

    settings = settings_from(profile=profile)
    with plain_errors():
        declared = settings.loaded_profile.sources
        for name in dict.fromkeys((*declared.declared, *shipped_sources())):
            is_declared = name in declared.declared
            for line in describe(load_declaration(name), folder or settings.data_folder, declared.split_roles):
                say(line if is_declared or line.startswith(" ") else f"{line} (not in the profile)")


def fetch(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Data directory to fill.")],
    profile: ProfileOption = None,
    source: Annotated[
        str | None, typer.Option(help="One source, in the profile or not; all of the profile's if none.")
    ] = None,
    upload: Annotated[
        str | None, typer.Option(help="A re-upload of that source, as `reasonmed sources` names it.")
    ] = None,
    revision: Annotated[str | None, typer.Option(help="Commit of the repository (40 hex digits).")] = None,
) -> None:
    """Download the source files from the Hugging Face hub, at the declared revisions (extra `hub`)."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.sources import SourceError, load_declaration
    from reasonmed_assets.sources.hub import fetch as fetch_source

    settings = settings_from(profile=profile)
    with plain_errors():
        if source is None and (upload or revision):
            raise SourceError("a re-upload or a revision is of one source: name it with --source")
        missing: list[str] = []
        for name in (source,) if source else settings.loaded_profile.sources.declared:
            try:
                fetch_source(load_declaration(name), folder, revision, upload)
                say(f"{name}: fetched to {folder}")
            except SourceError as error:
                missing.append(str(error))
        if missing:
            raise SourceError("\n".join(missing))
