"""What a build, the UI and their runs start from: the recipe of the warehouse, and what changes it.

A warehouse of a version that kept no recipe is taken over from the configuration of its last run.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reasonmed_assets.config.recipes.book import read_book, who
from reasonmed_assets.config.recipes.recipe import Recipe, RecipeError, changes, profile_reference
from reasonmed_assets.config.settings import ALLOW_REAL_CALLS, SAMPLE_DIR, BuildSettings
from reasonmed_assets.llm.ledger.opening import open_store, store_exists
from reasonmed_assets.materialisation.session import read_inputs
from reasonmed_assets.orchestration.history import dagster_home_of
from reasonmed_assets.sources import InputFiles
from reasonmed_assets.storage import make_or_open_warehouse

_OPTIONS = "REASONMED_UI_OPTIONS"
"""Variable by which `reasonmed ui` tells its code server the options that it was started with."""


@dataclass(frozen=True)
class Earlier:
    """The recipe of a warehouse that kept none, as its last run was configured.

    Attributes:
        recipe: what it says; None: nothing tells what the warehouse was built by.
        run_id: the run.
    """

    recipe: Recipe | None = None
    run_id: str = ""


def begin(given: Mapping[str, Any], **how: Any) -> BuildSettings:
    """What a build starts with; see `BuildSettings.begin`. A warehouse of an earlier version is taken over.

    Raises:
        RecipeError: nothing tells by which profile, or with which limit, an earlier version built the warehouse.
    """
    settings = BuildSettings.begin(given, **how)
    earlier = earlier_recipe(settings.warehouse_folder)
    if earlier is None:
        return settings
    if earlier.recipe is not None:
        return BuildSettings.begin(given, **how, earlier=earlier.recipe)
    # What is given is all that is known, so a limit holds for every source.
    settings = BuildSettings.begin(given, **how | {"sources": ()})
    needed = ("profile", "limit")
    unknown = [one for one in needed if given.get(one) is None and not os.environ.get(f"REASONMED_{one.upper()}")]
    if unknown:
        raise RecipeError(
            f"an earlier version built warehouse {settings.warehouse_folder}, and its history does not tell the "
            f"{' and the '.join(unknown)}: give --profile and --limit (a number, or `all`) once; they are kept then"
        )
    return settings


def earlier_recipe(folder: Path) -> Earlier | None:
    """The recipe of a warehouse of an earlier version; None where it keeps one, or has had no build."""
    book = read_book(folder)
    if book is None or not book.is_former:
        return None
    database = dagster_home_of(folder) / "history" / "runs.db"
    if not database.exists():
        return Earlier()
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            for (body,) in connection.execute("select run_body from runs order by id desc"):
                run = json.loads(body)
                config = (run["run_config"].get("resources") or {}).get("build", {}).get("config")
                if config and "profile" in config:
                    return Earlier(recipe_of(config), run["run_id"])
    except (sqlite3.DatabaseError, ValueError, KeyError, TypeError, AttributeError):
        return Earlier()
    return Earlier()


def recipe_of(config: Mapping[str, Any]) -> Recipe:
    """The recipe that the configuration of a run of an earlier version amounts to; its limit 0 was the profile's."""
    given = {name: config.get(name) for name in ("data_dir", "ledger")} | {"limit": config.get("limit") or None}
    given |= {"profile": profile_reference(config["profile"])}
    return Recipe().changed(given | {"set": (config.get("overrides") or {}) | (config.get("set") or {})}).keepable


def announced(settings: BuildSettings) -> list[str]:
    """Lines about what the recipe was taken over from, what changes it, and what of it does not hold for this run.

    Raises:
        ProfileError: the profile cannot be read, or a file of it says something else than is kept.
    """
    lines = []
    before = settings.base.recipe if settings.base else None
    if before is None and (earlier := earlier_recipe(settings.warehouse_folder)) and earlier.recipe:
        before = earlier.recipe
        what = ", ".join(f"{name} {value}" for name, value in before.shown().items())
        lines.append(f"recipe taken over from run {earlier.run_id[:8]}, the last of this warehouse: {what}")
    _ = settings.loaded_profile
    lines += [
        f"profile {settings.profile} of this version has {line}; kept is the first: --profile {settings.profile} takes "
        "in the second"
        for line in settings.not_taken_in
    ]
    kept = settings.recipe_to_keep
    if before is not None:
        lines += [f"{line}, kept for this warehouse" for line in changes(before, kept)]
    run = settings.of_this_run.keepable
    return lines + [f"{line}, for this run only" for line in changes(kept, run)]


def refuse_unready(settings: BuildSettings) -> None:
    """Stop where every run would stop: at the profile, the source files, the overrides, the warehouse or its ledger.

    Raises:
        ReasonmedError: says why.
    """
    read_inputs(settings, InputFiles())
    warehouse = make_or_open_warehouse(settings.warehouse_folder)
    warehouse.refuse_other_build(settings.loaded_profile.provider_kind, str(settings.data_folder))
    if store_exists(settings.ledger_reference):
        open_store(settings.ledger_reference).close()


def keep_without_build(settings: BuildSettings) -> int:
    """Keep the recipe of settings with which a build could start; returns the version.

    Its data directory may be another one than before: the folder was moved, or is to be read from then on.

    Raises:
        ReasonmedError: no build could start from it; nothing is kept then.
    """
    read_inputs(settings, InputFiles())
    kind, data = settings.loaded_profile.provider_kind, str(settings.data_folder)
    warehouse = make_or_open_warehouse(settings.warehouse_folder)
    book = warehouse.recipes
    if book is not None:
        warehouse.refuse_other_build(kind, str(book.data_dir or SAMPLE_DIR))
    else:
        warehouse.bind(kind, data)
    base = settings.base.number if settings.base else 0
    number = warehouse.keep_recipe(settings.recipe_to_keep, base, set_by=who(settings.started_by), build=None)
    warehouse.move_sources(data)
    return number


def for_code_server(settings: BuildSettings, given: Mapping[str, Any], *, once: bool) -> dict[str, str]:
    """The variables by which a code server begins its runs as this command would: see `begin_run`."""
    base = settings.base.number if settings.base else 0
    places = {name: value and os.path.realpath(value) for name, value in given.items() if name in _PLACES}
    if given.get("profile"):
        places["profile"] = profile_reference(given["profile"])
    options = {"given": {**given, **places}, "once": once, "base": base}
    return {_OPTIONS: json.dumps(options, default=str), "REASONMED_WAREHOUSE": str(settings.warehouse_folder)}


_PLACES = ("warehouse", "data_dir", "ledger")


def is_served() -> bool:
    """Whether this process is the code server of `reasonmed ui`, which serves the pages of the warehouse."""
    return _OPTIONS in os.environ


def begin_run(version: int | None = None) -> BuildSettings:
    """What a run of this code location starts with: the recipe as it is now, or a version of it.

    What `reasonmed ui` was started with holds until it is kept, or another process changes the recipe. A run that
    Dagster's own commands start calls no real provider, since any page can start one there (SECURITY.md).
    """
    if not is_served():
        is_allowed = os.environ.get(ALLOW_REAL_CALLS) == "1"
        return replace(begin({}, version=version, started_by="Dagster"), may_call_real=is_allowed)
    options = json.loads(os.environ[_OPTIONS])
    given, once, command = options["given"], options["once"], "reasonmed ui"
    settings = begin(given, once=once, started_by=command)
    base = settings.base.number if settings.base else 0
    if version is None and (once or base == options["base"]):
        return settings
    places = {name: given[name] for name in ("warehouse",) if name in given}
    return begin(given if once else places, once=once, version=version, started_by=command)


def named_difference(recipe: Recipe, settings: BuildSettings, what: str) -> str | None:
    """A sentence on what a run that is repeated was made by, where the recipe says something else now."""
    now = settings.recipe_to_keep
    lines = changes(recipe, now)
    if not lines:
        return None
    number = f"version {settings.base.number}" if settings.base else "which is not kept yet"
    return f"{what}; this one is made by the recipe of the warehouse, {number}: {'; '.join(lines)}"
