"""The versions of a warehouse's recipe, in a file.

`recipes.json` is beside the tables, so that it can be read before definitions load and while another process publishes.
Paths inside the warehouse are kept relative to it.
"""

from __future__ import annotations

import getpass
import json
import os
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reasonmed_assets.config.recipes.recipe import Recipe, RecipeError, changes
from reasonmed_assets.config.toml import check_values, problems
from reasonmed_assets.machine import locked, write_durably

FILE = "recipes.json"
FORMER_FILE = "binding.json"
"""What earlier versions kept in its place: kind of model, data directory and id."""
_FORMAT = 1
_DEEPEST = 48
"""Levels in the file: a profile, which may have 32, lies some levels down in it."""
_SHOWN = 60
_LOCK = ".recipes.lock"
_INSIDE = "path in the warehouse"
_SAMPLE = "reasonmed_assets/sources/sample"


@dataclass(frozen=True)
class Version:
    """One version of a warehouse's recipe.

    Attributes:
        number: from 1.
        recipe: what it says.
        set_at: when, UTC, ISO 8601.
        set_by: the user and the command.
        first_build: the first build or run that was made with it; None before that.
    """

    number: int
    recipe: Recipe
    set_at: str
    set_by: str
    first_build: str | None = None


@dataclass(frozen=True)
class RecipeBook:
    """All that `recipes.json` holds.

    Attributes:
        warehouse_id: tells the warehouse from others that share its ledger, wherever it is moved to.
        provider_kind: kind of the models that its rows are of.
        data_dir: folder of the source files that they are from; None: the sample that comes with the package.
        versions: of the recipe, the latest last; none before the first publish.
        is_former: it was read from the file of an earlier version, which kept no recipe.
    """

    warehouse_id: str
    provider_kind: str
    data_dir: str | None
    versions: tuple[Version, ...] = ()
    is_former: bool = False

    @property
    def latest(self) -> Version | None:
        return self.versions[-1] if self.versions else None

    def version(self, number: int) -> Version:
        """A version by its number.

        Raises:
            RecipeError: there is none.
        """
        if not 1 <= number <= len(self.versions):
            raise RecipeError(f"the recipe has no version {number}: it has 1 to {len(self.versions)}")
        return self.versions[number - 1]

    def added(self, recipe: Recipe, set_by: str, build: str | None) -> RecipeBook:
        """The same with one more version."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        version = Version(len(self.versions) + 1, recipe, now, set_by, build)
        return replace(self, versions=(*self.versions, version), is_former=False)


_BOOK = TypeAdapter(RecipeBook)


def read_book(folder: Path) -> RecipeBook | None:
    """The recipes of the warehouse in a folder; None where it has had no build.

    Raises:
        RecipeError: the file cannot be understood, or a newer version of this program wrote it.
    """
    for name in (FILE, FORMER_FILE):
        file = folder / name
        if not file.exists():
            continue
        try:
            stored = json.loads(file.read_text(encoding="utf-8"))
            check_values(stored, str(file), RecipeError, deepest=_DEEPEST)
            if name == FORMER_FILE:
                stored |= {"is_former": True}
            elif stored.pop("format") > _FORMAT:
                raise RecipeError(f"{file} was written by a newer version of this program: install that one")
            book = _BOOK.validate_python(_with_absolute(stored, os.path.realpath(folder)))
        except ValidationError as error:
            raise _not_understood(file, problems(error, "the file")[0]) from error
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise _not_understood(file, str(error)) from error
        return replace(book, data_dir=place_of(book.data_dir))
    return None


def change_book(folder: Path, update: Callable[[RecipeBook | None], RecipeBook]) -> RecipeBook:
    """Replace the recipes of the warehouse in a folder by what `update` makes of them; nobody else changes them then.

    Raises:
        RecipeError: they cannot be understood.
    """
    with locked(folder / _LOCK):
        before = read_book(folder)
        after = update(before)
        if after != before:
            stored = {"format": _FORMAT} | asdict(after)
            del stored["is_former"]
            relative = _with_relative(stored, os.path.realpath(folder))
            text = json.dumps(relative, indent=1, ensure_ascii=False, default=str) + "\n"
            try:
                write_durably(folder / FILE, text)
            except UnicodeEncodeError as error:
                odd = text[max(error.start - _SHOWN, 0) : error.end]
                raise RecipeError(f"a recipe is kept in UTF-8, and this is none: {odd!r}; rename that") from error
            (folder / FORMER_FILE).unlink(missing_ok=True)
        return after


def keep(folder: Path, recipe: Recipe, base: int | None, *, set_by: str, build: str | None) -> int:
    """Keep a recipe as the latest version, unless it is that already; returns the number of the version.

    Args:
        folder: of the warehouse, which is bound.
        recipe: with the values of its profile.
        base: the version that the recipe was made from, 0 for none; None: whatever is kept now.
        set_by: the user and the command.
        build: the build or run that is made with it; None: the next one.

    Raises:
        RecipeError: another process changed the recipe meanwhile.
    """
    kept: list[int] = []

    def update(book: RecipeBook | None) -> RecipeBook:
        assert book is not None, "the warehouse is bound before its recipe is kept"
        since = book.versions if base is None else book.versions[max(base - 1, 0) :]
        same = [one for one in since if one.recipe == recipe]
        latest = book.latest
        if same and (base is not None or same[-1] is latest):
            version = same[-1] if base is None else same[0]
            kept.append(version.number)
            first = version.first_build or build
            versions = [replace(one, first_build=first) if one is version else one for one in book.versions]
            return replace(book, versions=tuple(versions))
        if base is not None and latest is not None and latest.number != base:
            before = book.versions[base - 1].recipe if base else Recipe()
            raise RecipeError(
                f"the recipe of warehouse {folder} was changed meanwhile ({latest.set_by}: "
                f"{'; '.join(changes(before, latest.recipe)) or 'the same values'}): give the command again"
            )
        kept.append(len(book.versions) + 1)
        return book.added(recipe, set_by, build)

    change_book(folder, update)
    return kept[0]


def new_book(provider_kind: str, data_dir: str | None) -> RecipeBook:
    """The recipes of a warehouse that has none."""
    return RecipeBook(uuid.uuid4().hex, provider_kind, place_of(data_dir))


def who(command: str) -> str:
    """The user of this process and a command, as a version says who set it."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = f"user {os.getuid()}"
    return f"{user}: {command}"


def place_of(data_dir: str | None) -> str | None:
    """A data directory, None for the sample: each installation of the package has that in another folder."""
    return None if data_dir is None or data_dir.endswith(f"/{_SAMPLE}") else data_dir


def _not_understood(file: Path, problem: str) -> RecipeError:
    return RecipeError(f"{file} cannot be understood ({problem}); restore it, or move it and the tables elsewhere")


def _with_relative(value: Any, folder: str) -> Any:
    if isinstance(value, str) and (value == folder or value.startswith(f"{folder}/")):
        return {_INSIDE: value[len(folder) + 1 :]}
    return _walked(value, lambda one: _with_relative(one, folder))


def _with_absolute(value: Any, folder: str) -> Any:
    if isinstance(value, dict) and value.keys() == {_INSIDE}:
        return str(Path(folder) / value[_INSIDE])
    return _walked(value, lambda one: _with_absolute(one, folder))


def _walked(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: change(one) for key, one in value.items()}
    return [change(one) for one in value] if isinstance(value, list | tuple) else value
