"""`reasonmed recipe`: what a warehouse is built by, its versions, and changing it without a build."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from reasonmed_assets.cli.options import RecipeOptions, WarehouseOption, plain_errors, settings_from, takes

if TYPE_CHECKING:
    from reasonmed_assets.config.recipes.book import RecipeBook
    from reasonmed_assets.config.recipes.recipe import Recipe
    from reasonmed_assets.config.settings import BuildSettings

recipe_app = typer.Typer(help="Show what a warehouse is built by, or change it without a build.")


@recipe_app.callback(invoke_without_command=True)
def show(context: typer.Context, warehouse: WarehouseOption = None) -> None:
    """Show the recipe that the next build starts from."""
    from reasonmed_assets.cli.terminal import say

    if context.invoked_subcommand is not None:
        return
    with plain_errors():
        book = _book(settings_from(warehouse=warehouse))
        latest = book.versions[-1]
        say(
            f"version {latest.number}, {latest.set_at}, {latest.set_by}, first build {latest.first_build or 'none yet'}"
        )
        for line in _lines(latest.recipe):
            say(f"  {line}")


@recipe_app.command()
def versions(warehouse: WarehouseOption = None) -> None:
    """List every version: when it was set, by whom, from which build on, and what it changed."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.config.recipes.recipe import changes

    with plain_errors():
        book = _book(settings_from(warehouse=warehouse))
        before: Recipe | None = None
        for one in book.versions:
            say(f"{one.number}  {one.set_at}  {one.set_by}  first build {one.first_build or 'none yet'}")
            for line in _lines(one.recipe) if before is None else changes(before, one.recipe):
                say(f"   {line}")
            before = one.recipe


@recipe_app.command("set")
@takes(RecipeOptions)
def set_values(
    options: RecipeOptions,
    source: Annotated[list[str] | None, typer.Option(help="The limit is this source's only; may be repeated.")] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name that `reasonmed recipe` shows: the profile's value holds again."),
    ] = None,
) -> None:
    """Change the recipe: the next build and every run of the UI start from it."""
    from dataclasses import replace

    from reasonmed_assets.config.settings import BuildSettings
    from reasonmed_assets.orchestration.starting import begin

    with plain_errors():
        settings = begin(options.given, sources=source or (), started_by="reasonmed recipe set")
        assert settings.recipe is not None
        # The environment counts for runs, not for what is kept.
        recipe = settings.recipe.without(unset or ())
        _keep(BuildSettings.of_recipe(recipe, replace(settings, recipe=recipe)))


@recipe_app.command("return")
def return_to(
    number: Annotated[int, typer.Argument(metavar="VERSION", help="A number that `reasonmed recipe versions` lists.")],
    warehouse: WarehouseOption = None,
) -> None:
    """Return to an earlier version: its values become the latest version."""
    from dataclasses import replace

    from reasonmed_assets.config.reading import ProfileError
    from reasonmed_assets.config.settings import BuildSettings

    with plain_errors():
        settings = settings_from(warehouse=warehouse)
        recipe = _book(settings).version(number).recipe
        settings = replace(settings, recipe=recipe, started_by=f"reasonmed recipe return {number}")
        try:
            _keep(BuildSettings.of_recipe(recipe, settings))
        except ProfileError as error:
            raise ProfileError(
                f"version {number} was made from another state of its profile: restore that file, then return. {error}"
            ) from error


def _book(settings: BuildSettings) -> RecipeBook:
    from reasonmed_assets.config.hints import command
    from reasonmed_assets.config.recipes.book import read_book
    from reasonmed_assets.config.recipes.recipe import RecipeError

    book = read_book(settings.warehouse_folder)
    if book is None or not book.versions:
        build = command("build", warehouse=settings.warehouse_folder)
        raise RecipeError(f"warehouse {settings.warehouse_folder} keeps no recipe yet: its next build does, `{build}`")
    return book


def _keep(settings: BuildSettings) -> None:
    """Keep the recipe of the settings where a build could start from it, and print what changed."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.orchestration.starting import announced, keep_without_build

    lines = [line for line in announced(settings) if not line.endswith("for this run only")]
    number = keep_without_build(settings)
    for line in lines:
        say(line)
    say(f"The recipe is version {number}." if lines else f"Nothing changes: the recipe is version {number}.")


def _lines(recipe: Recipe) -> Iterator[str]:
    from reasonmed_assets.config.toml import inline

    for name, value in recipe.shown().items():
        yield f"{name}: {value if isinstance(value, str) else inline(value)}"
