"""What the assets of one run share: profile, warehouse, sources and the call engine. Closed when the run ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Literal

import polars as pl

from reasonmed_assets.config import Profile
from reasonmed_assets.config.hints import command
from reasonmed_assets.config.recipes.book import who
from reasonmed_assets.config.settings import ALLOW_REAL_CALLS, BuildSettings, SettingsError
from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.engine.progress import CallStats
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.materialisation.builds.running import RunningBuild
from reasonmed_assets.materialisation.display import Display
from reasonmed_assets.materialisation.metadata import call_metadata, calls_in
from reasonmed_assets.people.overrides import Overrides, read_overrides
from reasonmed_assets.servers.process import Servers
from reasonmed_assets.sources import (
    ChangedError,
    Declaration,
    FileRead,
    InputFiles,
    Question,
    Questions,
    Reading,
    SourceError,
    input_digest,
    load_declaration,
    read_source,
)
from reasonmed_assets.storage import Share, make_or_open_warehouse, take_share


class BuildSession:
    """One run's access to the warehouse, the sources and the models. Nothing is started before it is needed.

    Runs of one `build` share its budget and its view of the input files.

    Raises:
        ProfileError: the profile cannot be used.
        SourceError: a declaration cannot be read.
        OverridesError: the file of overrides cannot be used.
        WarehouseError: the warehouse is bound to another kind of provider or to another data directory.
        RecipeError: its recipe cannot be understood.
        SettingsError: the data directory is not there.
    """

    def __init__(
        self,
        settings: BuildSettings,
        new_display: Callable[[], Display],
        build: RunningBuild | None = None,
    ) -> None:
        self.settings = settings
        self.build = build or RunningBuild()
        self._is_recipe_kept = False
        has_version = settings.base is not None and not settings.is_changing_recipe
        self.recipe_version = settings.base.number if settings.base and has_version else None
        self.files = self.build.files
        self.profile = settings.loaded_profile
        self.data_dir = settings.data_folder
        self.declarations, self.overrides = read_inputs(settings, self.files)
        machine = self.profile.machine
        take_share(Share(machine.memory_gb, machine.threads, self.build.n_at_once))
        self.warehouse = make_or_open_warehouse(settings.warehouse_folder)
        self.warehouse.bind(self.profile.provider_kind, str(self.data_dir))
        self._at_work = ExitStack()
        self._at_work.enter_context(self.warehouse.at_work())
        self.display = new_display()
        self._readings: dict[str, Reading] = {}

    def keep_recipe(self) -> int:
        """Keep the recipe of this run with the warehouse, now that it publishes; returns its version.

        Raises:
            RecipeError: another process changed the recipe since this run, or its build, started.
        """
        settings = self.settings
        is_first = settings.base is not None and settings.base.first_build is None
        if not self._is_recipe_kept and (self.recipe_version is None or is_first):
            base = None if settings.recipe is None else settings.base.number if settings.base else 0
            self.recipe_version = self.warehouse.keep_recipe(
                settings.recipe_to_keep, base, set_by=who(settings.started_by), build=self.build.build_id or None
            )
        self._is_recipe_kept = True
        assert self.recipe_version is not None
        self.build.recipe = self.recipe_version
        return self.recipe_version

    def begin_build(self, *, is_publishing: bool = False) -> int | None:
        """Record that the build of this run begins to make rows; see `RunningBuild.begin`."""
        return self.build.begin(self.warehouse, self.settings, is_publishing=is_publishing)

    def end_build(self, outcome: str, problems: Sequence[str]) -> None:
        """Record how it ended; see `RunningBuild.end`."""
        self.build.end(self.warehouse, outcome, problems, self.data_dir)

    def reading(self, source: str) -> Reading:
        """The records of one source's files, decoded once per run.

        Raises:
            SourceError: see `read_source`.
        """
        if source not in self._readings:
            self._readings[source] = read_source(
                self.declarations[source], self.data_dir, split_roles(self.profile, source), self.files
            )
        return self._readings[source]

    def last_reading(self, source: str) -> Reading:
        """The same; where its files cannot be used, what is published of the source.

        Raises:
            SourceError: those of no source can be used.
        """
        try:
            return self.reading(source)
        except SourceError as error:
            self.files.unusable[source] = error
            is_last = len(self.files.unusable) == len(self.declarations)
            if is_last and not any(isinstance(one, ChangedError) for one in self.files.unusable.values()):
                raise
            tables, columns = ("raw_questions", "benchmark_questions"), ", ".join(f.name for f in fields(Question))
            with self.warehouse.read() as con:
                found = [
                    con.execute(f"select {columns} from {table} where source = $1 order by file, row", [source]).pl()
                    for table in tables
                ]
            rows = pl.concat(found)
            counts = rows.group_by("file", "split", "split_role", maintain_order=True).len("records")
            files = [FileRead(**counted, digest="") for counted in counts.iter_rows(named=True)]
            return Reading(Questions(rows), [], files)

    def input_digest(self, source: str) -> str:
        """Hash over the contents of one source's files and its declaration."""
        return input_digest(self.declarations[source], self.data_dir, split_roles(self.profile, source), self.files)

    @cached_property
    def ledger(self) -> CallStore:
        return open_store(self.settings.ledger_reference)

    @cached_property
    def servers(self) -> Servers:
        return Servers(self.profile, self.data_dir)

    @cached_property
    def engine(self) -> Engine:
        """What makes the calls.

        Raises:
            SettingsError: the run may call no real provider, and the profile's are.
        """
        if self.profile.provider_kind == "real" and not self.settings.may_call_real:
            raise SettingsError(
                "a run that Dagster's own commands start calls no real provider: use `reasonmed ui` or `reasonmed "
                f"build`, or set {ALLOW_REAL_CALLS}=1 (SECURITY.md says what that allows)"
            )
        return Engine(
            self.profile,
            self.ledger,
            self.build.base_urls_of or self.servers.base_urls_of,
            self.display,
            build=self.build.build_id,
        )

    @property
    def n_calls(self) -> tuple[int, int]:
        """Calls of the steps since their counts were taken: those that were made, and those that were reused."""
        stats = self.engine.stats.values() if "engine" in self.__dict__ else ()
        return sum(one.made for one in stats), sum(one.cached for one in stats)

    def take_stats(self) -> dict[str, CallStats]:
        """Counts of the steps since this was last asked, by step."""
        if "engine" not in self.__dict__:
            return {}
        stats, self.engine.stats = self.engine.stats, {}
        self.build.calls += calls_in(call_metadata(stats))
        return stats

    def close(self, *, is_followed: bool = False) -> None:
        """Stop models and servers, close the ledger, and bring the snapshot that users open up to date.

        See `Warehouse.end_run`.
        """
        for part in ("engine", "servers", "ledger"):
            if part in self.__dict__:
                self.__dict__.pop(part).close()
        # A session may be kept longer than its run; the records of its sources need not be.
        self._readings = {}
        self._at_work.close()
        self.warehouse.end_run(self.profile.machine.snapshot_every_s, is_followed=is_followed)


def read_inputs(settings: BuildSettings, files: InputFiles) -> tuple[dict[str, Declaration], Overrides]:
    """The declarations of the sources by name, and what people decided; what every run of a build reads first.

    Raises:
        ProfileError, SourceError, OverridesError: what cannot be used; the message says why.
        SettingsError: the data directory is not there.
    """
    sources = settings.loaded_profile.sources
    if not settings.data_folder.is_dir():
        moved = command("recipe", "set", "--data-dir", "DIR", warehouse=settings.warehouse_folder)
        raise SettingsError(
            f"there is no data directory {settings.data_folder}: mount it, or say where it is now with `{moved}`"
        )
    declarations = {declaration.name: declaration for declaration in map(load_declaration, sources.declared)}
    return declarations, read_overrides(Path(sources.overrides) if sources.overrides else None, files)


def split_roles(profile: Profile, source: str) -> dict[str, Literal["train", "benchmark", "stand_in", "unused"]]:
    """The roles of one source's splits that a profile gives them, where they differ from the declaration."""
    pairs = {tuple(key.split(".", 1)): role for key, role in profile.sources.split_roles.items()}
    return {split: role for (name, split), role in pairs.items() if name == source}
