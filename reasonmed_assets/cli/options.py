"""Options that several commands take, the settings made of them, and how errors are printed."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reasonmed_assets.errors import ReasonmedError

if TYPE_CHECKING:
    from reasonmed_assets.config.settings import BuildSettings

ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME|FILE.toml", help="Shipped profile, or a TOML file. Default: embedded."),
]
WarehouseOption = Annotated[
    Path | None, typer.Option("--warehouse", metavar="DIR", help="Default: REASONMED_WAREHOUSE, else warehouse/.")
]
DataOption = Annotated[
    Path | None,
    typer.Option("--data-dir", metavar="DIR", help="Source files. Default: the sample that comes with the package."),
]
LedgerOption = Annotated[
    Path | None, typer.Option("--ledger", metavar="FILE", help="Call ledger. Default: ledger.sqlite in the warehouse.")
]
OverridesOption = Annotated[
    Path | None, typer.Option("--overrides", metavar="FILE.toml", help="People's decisions (docs/guides/trust.md).")
]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="Questions per source.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A value of the profile, in TOML, for this run; may be repeated."),
]


def settings_from(
    *,
    profile: str | None = None,
    data_dir: Path | None = None,
    warehouse: Path | None = None,
    ledger: Path | None = None,
    limit: int | None = None,
    overrides: Path | None = None,
    assignments: list[str] | None = None,
) -> BuildSettings:
    """The settings that the options and the environment make up; ends the command if one is unusable."""
    from reasonmed_assets.config.settings import BuildSettings, set_from, set_overrides

    with plain_errors():
        return BuildSettings.from_environment(
            profile=profile,
            data_dir=data_dir and str(data_dir),
            warehouse=warehouse and str(warehouse),
            ledger=ledger and str(ledger),
            limit=limit,
            set=set_from(assignments or ()) | set_overrides(overrides),
        )


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turns the errors that a user can fix into one message and exit code 1."""
    try:
        yield
    except BrokenPipeError:
        # Whoever reads the output has read enough of it; the command line's own handling is silent.
        raise
    except (ReasonmedError, OSError) as error:
        from reasonmed_assets.cli.terminal import say

        said = str(error)
        if isinstance(error, OSError) and error.filename is not None:
            said = f"{os.fsdecode(error.filename)}: {error.strerror}"
        say(f"reasonmed: {said}", is_error=True)
        raise typer.Exit(1) from error


def typed_again(context: typer.Context, without: Collection[str] = ()) -> str:
    """The command with the options that the user gave, but those named in `without`, to be pasted."""
    from reasonmed_assets.config.hints import command

    words = context.command_path.split()[1:]
    for parameter in context.command.params:
        name = str(parameter.name)
        source = context.get_parameter_source(name)
        if source is None or source.name != "COMMANDLINE" or name in without:
            continue
        value = context.params[name]
        for one in value if isinstance(value, list | tuple) else [value]:
            words += [parameter.opts[0]] if one is True else [parameter.opts[0], str(one)]
    return command(*words)
