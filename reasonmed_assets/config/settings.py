"""What a build is started with: profile, places, limits; from options, the environment and the warehouse's recipe."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.reading import (
    ProfileError,
    ResolvedProfile,
    Stated,
    read_profile,
    resolve,
    with_absolute_paths,
)
from reasonmed_assets.config.recipes.book import Version, read_book
from reasonmed_assets.config.recipes.recipe import (
    ALL,
    OVERRIDES,
    KeptProfile,
    Recipe,
    as_kept,
    profile_reference,
)
from reasonmed_assets.config.toml import parse_toml
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.vocabulary import GIVEN_UP, Outcome

SAMPLE_DIR = Path(__file__).parents[1] / "sources" / "sample"
"""Data directory of the questions that come with the package: our own, in the native format of each source."""

ALLOW_REAL_CALLS = "REASONMED_ALLOW_REAL_CALLS"
"""Variable by which runs that Dagster's own commands start may call models of real providers: 1."""


class SettingsError(ReasonmedError):
    """A variable of the environment or an option that cannot be used; the message names it."""


@dataclass(frozen=True)
class BuildSettings:
    """Where a build reads and writes, and by which profile. The profile is read once, at its first use.

    Attributes:
        profile: name of a shipped profile or path of a TOML file.
        warehouse: folder of the warehouse.
        data_dir: folder of the source files; None: the profile's, else the sample that comes with the package.
        ledger: file of the call ledger; None: `ledger.sqlite` in the warehouse.
        limit: questions per source; None: the profile's; 0: all.
        limits: questions of single sources.
        retry_unresolved: whether models are asked again about rows that earlier builds gave up.
        retry_only: tables and outcomes to which that is limited; none: no limit.
        set: values that replace those of the profile, by dotted key.
        allow_shrink: tables that may lose rows without a reason in this run (`quality/shrinking.py`).
        is_limit_given: a person gave the limit, as an option, the recipe or the launchpad: what is beyond it may go.
        may_call_real: whether a model of a provider of kind `real` may be called.
        kept: what the profile stated when the warehouse took it in; None: its files are read.
        base: the version of the recipe that the build starts from; None: none is kept yet.
        recipe: what is kept with the warehouse when a run starts to publish; None: what these settings say.
        started_by: the command, for the version of the recipe that it makes.
    """

    profile: str = "embedded"
    warehouse: str = "warehouse"
    data_dir: str | None = None
    ledger: str | None = None
    limit: int | None = None
    limits: dict[str, int] = field(default_factory=dict)
    retry_unresolved: bool = False
    retry_only: tuple[str, ...] = ()
    set: dict[str, Any] = field(default_factory=dict)
    allow_shrink: tuple[str, ...] = ()
    is_limit_given: bool = False
    may_call_real: bool = True
    kept: KeptProfile | None = None
    base: Version | None = None
    recipe: Recipe | None = None
    started_by: str = "Python"

    @classmethod
    def begin(
        cls,
        given: Mapping[str, Any] | None = None,
        *,
        sources: Sequence[str] = (),
        once: bool = False,
        earlier: Recipe | None = None,
        version: int | None = None,
        started_by: str = "Python",
    ) -> BuildSettings:
        """What a build starts with: what is given wins, then the environment, then the recipe of the warehouse.

        The environment is REASONMED_PROFILE, _WAREHOUSE, _DATA_DIR, _LEDGER, _LIMIT, _SET (a JSON object by dotted key)
        and _OVERRIDES (a file in place of the profile's `sources.overrides`). It counts for one run, but the first
        build of a warehouse, which has no recipe yet, keeps all that it was made with.

        Args:
            given: profile, warehouse, data_dir, ledger, limit and set, those that are; paths from this folder.
            sources: those that a given limit holds for; none: all.
            once: what is given holds for one run.
            earlier: the recipe of a warehouse of a version that kept none.
            version: the version of the recipe to start from; None: the latest.
            started_by: the command.

        Raises:
            SettingsError: a variable or a value cannot be used.
            RecipeError: the recipe cannot be read, or has no such version.
        """
        wanted = _absolute({name: value for name, value in (given or {}).items() if value is not None})
        environment = _absolute(from_environment())
        folder = _resolved(wanted.pop("warehouse", None) or environment.pop("warehouse", "warehouse"))
        environment.pop("warehouse", None)
        book = read_book(folder)
        base = book.version(version) if book and version else book.latest if book else None
        known = base.recipe if base else earlier
        run = (known or Recipe()).changed(environment).changed(wanted, sources)
        kept = run if known is None else known if once else known.changed(wanted, sources)
        # What an earlier version's last run had was perhaps typed by nobody.
        has_limit = base is not None and (base.recipe.limit is not None or bool(base.recipe.limits))
        start = known or Recipe()
        typed = start.changed(wanted, sources)
        is_typed = wanted.get("limit") is not None or (typed.limit, typed.limits) != (start.limit, start.limits)
        kept_here = cls(
            warehouse=str(folder),
            base=base,
            recipe=kept.keepable,
            started_by=started_by,
            is_limit_given=is_typed or (has_limit and environment.get("limit") is None),
        )
        return cls.of_recipe(run, kept_here)

    @classmethod
    def of_recipe(cls, recipe: Recipe, others: BuildSettings) -> BuildSettings:
        """Settings that say what a recipe says, and for the rest what others say."""
        return replace(others, **{one.name: getattr(recipe, one.name) for one in fields(recipe)})

    @property
    def is_changing_recipe(self) -> bool:
        """Whether a new version of the recipe is kept when a run starts to publish."""
        return self.base is None or self.recipe_to_keep != self.base.recipe

    @cached_property
    def recipe_to_keep(self) -> Recipe:
        """What is kept with the warehouse when a run starts to publish.

        Raises:
            ProfileError: the profile cannot be read.
        """
        recipe = (self.of_this_run if self.recipe is None else self.recipe).keepable
        if recipe.kept is not None:
            return recipe
        stated = self._stated if recipe.profile == self.profile_reference else read_profile(recipe.profile)
        return replace(recipe, kept=KeptProfile.of(stated))

    @property
    def of_this_run(self) -> Recipe:
        """All that these settings say, as a recipe."""
        return Recipe(
            self.profile_reference,
            self.kept,
            self.data_dir and str(_resolved(self.data_dir)),
            self.ledger and str(_resolved(self.ledger)),
            self.limit,
            self.limits,
            with_absolute_paths(self.set),
        )

    @property
    def options(self) -> list[str]:
        """The options by which another command on the warehouse runs as this one did: what its recipe does not say."""
        run, kept = self.of_this_run.keepable, self.recipe_to_keep
        values = {
            "--profile": (run.profile, kept.profile),
            "--data-dir": (run.data_dir, kept.data_dir),
            "--ledger": (run.ledger, kept.ledger),
            "--limit": (None if run.limit is None else str(run.limit or "all"), str(kept.limit or "all")),
        }
        given = [word for name, (now, then) in values.items() if now and now != then for word in (name, now)]
        changed = {f"limits.{source}": n for source, n in run.limits.items() if n and kept.limits.get(source) != n}
        changed |= {key: value for key, value in run.set.items() if kept.set.get(key) != value}
        for key, value in changed.items():
            given += ["--set", f"{key}={json.dumps(value, default=str)}"]
        return [*given, "--once"] if given else []

    def retried_outcomes(self, table: str) -> frozenset[Outcome]:
        """How calls of a table ended that are made again although the ledger keeps them."""
        outcomes = GIVEN_UP.intersection(self.retry_only)
        tables = set(self.retry_only) - outcomes
        if not self.retry_unresolved or (tables and table not in tables):
            return frozenset()
        return outcomes or GIVEN_UP

    @cached_property
    def _as_kept(self) -> tuple[Stated, list[str]]:
        if self.kept is None:
            return read_profile(self.profile), []
        try:
            now = read_profile(self.profile)
        except ProfileError as error:
            raise ProfileError(
                f"{error}. The recipe of warehouse {self.warehouse_folder} names it: put it back, or take in another "
                "profile with --profile"
            ) from error
        return as_kept(now, self.kept)

    @property
    def _stated(self) -> Stated:
        return self._as_kept[0]

    @property
    def not_taken_in(self) -> list[str]:
        """What an upgrade changed of the profile since the warehouse took it in, a line each; it is not used."""
        return self._as_kept[1]

    @cached_property
    def resolved_profile(self) -> ResolvedProfile:
        """The profile with `set` and the limits applied, and where its values come from.

        Raises:
            ProfileError: the profile cannot be used; the message names file and key.
        """
        limits = {f"limits.{source}": n or None for source, n in self.limits.items()}
        limit: dict[str, Any] = {} if self.limit is None else {"limit": self.limit or None, "limits": {}}
        return resolve(self._stated, self.set | limit | limits)

    @property
    def loaded_profile(self) -> Profile:
        """The values of `resolved_profile`. Raises: see there."""
        return self.resolved_profile.profile

    @property
    def data_folder(self) -> Path:
        """The folder of the source files."""
        chosen = self.data_dir or self.loaded_profile.sources.data_dir
        return _resolved(chosen) if chosen else SAMPLE_DIR

    @property
    def profile_reference(self) -> str:
        """The profile, as it is found from any folder."""
        return profile_reference(self.profile)

    @property
    def warehouse_folder(self) -> Path:
        return _resolved(self.warehouse)

    @property
    def ledger_reference(self) -> str:
        """What names the ledger to `llm.ledger.opening`: a path."""
        return str(_resolved(self.ledger) if self.ledger else self.warehouse_folder / "ledger.sqlite")


def _resolved(path: str | Path) -> Path:
    """The path without links; one that links to itself stays, for whoever opens it to say so."""
    return Path(os.path.realpath(path))


def limit_from(text: str | None, name: str) -> int | None:
    """A limit as people write it: a number of questions or `all`, which is 0; None for none.

    Raises:
        SettingsError: it is neither; `name` is what gave it.
    """
    if not text:
        return None
    if text == "all":
        return ALL
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:19]) < 2**63 - 1 or len(text) > 18:
        raise SettingsError(f"{name} is {text!r}: give a number of questions per source, or `all`")
    return int(text)


def set_overrides(file: str | Path | None) -> dict[str, Any]:
    """The `set` that names another file of people's decisions, as it is found from any folder; none for no file."""
    return {OVERRIDES: str(_resolved(file))} if file else {}


def set_from(assignments: Sequence[str]) -> dict[str, Any]:
    """The `set` that texts such as `roles.verifier.temperature=0.2` stand for; the value is one of TOML.

    Raises:
        SettingsError: one is no assignment, or what it assigns is no value of TOML.
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        key = key.strip()
        if not equals or not key:
            raise SettingsError(f"--set {assignment}: give KEY=VALUE, as rules.rewrite_rounds=1")
        try:
            ((_, values[key]),) = parse_toml(f"value = {text}", f"--set {key}", SettingsError).items()
        except SettingsError as error:
            raise SettingsError(f"{error}; a text is in quotes: --set '{key}=\"some text\"'") from error
        except ValueError as error:
            raise SettingsError(f"--set {key}: give one value") from error
    return values


def from_environment() -> dict[str, Any]:
    """What variables of the environment say, in the names of the settings."""
    names = ("profile", "warehouse", "data_dir", "ledger")
    found = {name: os.environ.get(f"REASONMED_{name.upper()}") for name in names}
    values: dict[str, Any] = {name: value for name, value in found.items() if value}
    values["limit"] = limit_from(os.environ.get("REASONMED_LIMIT"), "REASONMED_LIMIT")
    values["set"] = set_overrides(os.environ.get("REASONMED_OVERRIDES")) | _set_in_environment()
    return values


def _absolute(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, with paths as they are found from any folder."""
    found = dict(given)
    for name in found.keys() & {"data_dir", "ledger"}:
        found[name] = str(_resolved(found[name]))
    if found.get("profile"):
        found["profile"] = profile_reference(found["profile"])
    return found | {"set": with_absolute_paths(dict(found.get("set") or {}))}


def _set_in_environment() -> dict[str, Any]:
    text = os.environ.get("REASONMED_SET")
    if not text:
        return {}
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise SettingsError('REASONMED_SET: give a JSON object by dotted key, as {"rules.rewrite_rounds": 1}')
    return values
