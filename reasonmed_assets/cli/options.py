"""Options that several commands take, the settings made of them, and how errors are printed."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from reasonmed_assets.errors import ReasonmedError

if TYPE_CHECKING:
    from reasonmed_assets.config.settings import BuildSettings

ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME|FILE.toml", help="Shipped profile, or a TOML file. First build: embedded."),
]
WarehouseOption = Annotated[
    Path | None, typer.Option("--warehouse", metavar="DIR", help="Default: REASONMED_WAREHOUSE, else warehouse/.")
]
LedgerOption = Annotated[
    Path | None, typer.Option("--ledger", metavar="FILE", help="Call ledger. Default: ledger.sqlite in the warehouse.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="PUBLISH|BUILD", help="The rows after that publish (41) or build (b7)."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A value of the profile, in TOML; may be repeated."),
]
OnceOption = Annotated[
    bool, typer.Option("--once", help="The other options hold for this run only: the recipe stays as it is.")
]


@dataclass(frozen=True)
class RecipeOptions:
    """The options that make up, or change, the recipe of a warehouse."""

    profile: ProfileOption = None
    data_dir: Annotated[
        Path | None,
        typer.Option("--data-dir", metavar="DIR", help="Source files. First build: the profile's, else the sample."),
    ] = None
    warehouse: WarehouseOption = None
    ledger: LedgerOption = None
    limit: Annotated[
        str | None, typer.Option("--limit", metavar="N|all", help="Questions per source, or of each --source.")
    ] = None
    overrides: Annotated[
        Path | None, typer.Option("--overrides", metavar="FILE.toml", help="People's decisions (docs/guides/trust.md).")
    ] = None
    assignments: SetOption = None

    @property
    def given(self) -> dict[str, Any]:
        """What is given, in the names of `BuildSettings`.

        Raises:
            SettingsError: a limit or an assignment is none.
        """
        from reasonmed_assets.config.settings import limit_from, set_from, set_overrides

        return {
            "profile": self.profile,
            "warehouse": self.warehouse and str(self.warehouse),
            "data_dir": self.data_dir and str(self.data_dir),
            "ledger": self.ledger and str(self.ledger),
            "limit": limit_from(self.limit, "--limit"),
            "set": set_from(self.assignments or ()) | set_overrides(self.overrides),
        }


@dataclass(frozen=True)
class RunOptions(RecipeOptions):
    """The same, and whether they change the recipe."""

    once: OnceOption = False


SourceOption = Annotated[list[str] | None, typer.Option("--source", help="Only this source; may be repeated.")]
DollarsOption = Annotated[
    float | None, typer.Option("--budget-usd", min=0, help="Stop before this build costs more dollars.")
]
CallsOption = Annotated[
    int | None, typer.Option("--budget-calls", min=0, help="Stop before this build makes more calls.")
]


@dataclass(frozen=True)
class BuildOptions(RunOptions):
    """The same, and what of the build is made."""

    source: SourceOption = None
    select: Annotated[
        str | None, typer.Option("--select", help="Only these tables, in Dagster's selection syntax.")
    ] = None
    replace: Annotated[
        bool, typer.Option("--replace", help="Move an existing warehouse of another kind aside first.")
    ] = False
    allow_shrink: Annotated[
        list[str] | None,
        typer.Option("--allow-shrink", metavar="TABLE", help="This table may lose rows without a reason; repeatable."),
    ] = None
    budget_usd: DollarsOption = None
    budget_calls: CallsOption = None


def takes(options: type[RecipeOptions]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator of a command whose parameter `options` is made of the options that a class declares."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        names = [one.name for one in fields(options)]
        hints = get_type_hints(options, include_extras=True)
        own = inspect.signature(command, eval_str=True)
        shared = [
            inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=hints[one.name])
            for one in fields(options)
        ]
        rest = [one.replace(kind=one.KEYWORD_ONLY) for name, one in own.parameters.items() if name != "options"]

        @wraps(command)
        def called(**given: Any) -> None:
            command(options=options(**{name: given.pop(name) for name in names}), **given)

        called.__signature__ = own.replace(parameters=[*shared, *rest])  # type: ignore[attr-defined]
        called.__annotations__ = {one.name: one.annotation for one in [*shared, *rest]}
        return called

    return decorate


def settings_from(**given: Any) -> BuildSettings:
    """The settings that the options, the environment and the recipe make up; ends the command if one is unusable."""
    from reasonmed_assets.config.settings import BuildSettings

    with plain_errors():
        return BuildSettings.begin(
            {name: str(value) if isinstance(value, Path) else value for name, value in given.items()}
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
