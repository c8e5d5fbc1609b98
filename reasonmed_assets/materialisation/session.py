"""What the assets of one run share: profile, warehouse, sources and the call engine. Closed when the run ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Literal

from reasonmed_assets.config import Profile
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.engine.progress import CallStats
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.materialisation.display import Display
from reasonmed_assets.people.overrides import read_overrides
from reasonmed_assets.servers.process import Servers
from reasonmed_assets.sources import (
    ChangedError,
    Declaration,
    FileRead,
    InputFiles,
    Question,
    Reading,
    input_digest,
    load_declaration,
    read_source,
)
from reasonmed_assets.storage import make_or_open_warehouse


class BuildSession:
    """One run's access to the warehouse, the sources and the models. Nothing is started before it is needed.

    Runs of one `build` share its budget and its view of the input files.

    Raises:
        ProfileError: the profile cannot be used.
        SourceError: a declaration cannot be read.
        OverridesError: the file of overrides cannot be used.
        WarehouseError: the warehouse is bound to another kind of provider or to another data directory.
    """

    def __init__(
        self,
        settings: BuildSettings,
        new_display: Callable[[], Display],
        build: str = "",
        files: InputFiles | None = None,
    ) -> None:
        self.settings = settings
        self.build = build
        self.files = InputFiles() if files is None else files
        self.profile = settings.loaded_profile
        self.data_dir = settings.data_folder
        self.declarations: dict[str, Declaration] = {
            declaration.name: declaration for declaration in map(load_declaration, self.profile.sources.declared)
        }
        overrides = self.profile.sources.overrides
        self.overrides = read_overrides(Path(overrides) if overrides else None, self.files)
        self.warehouse = make_or_open_warehouse(settings.warehouse_folder)
        self.warehouse.bind(self.profile.provider_kind, str(self.data_dir))
        self.display = new_display()
        self._readings: dict[str, Reading] = {}

    def reading(self, source: str) -> Reading:
        """The records of one source's files, decoded once per run.

        Raises:
            ChangedError: a file changed while it was read.
            SourceError: see `read_source`.
        """
        if source not in self._readings:
            self._readings[source] = read_source(
                self.declarations[source], self.data_dir, split_roles(self.profile, source), self.files
            )
        return self._readings[source]

    def last_reading(self, source: str) -> Reading:
        """The same; where a file changed while it was read, what is published of the source."""
        try:
            return self.reading(source)
        except ChangedError:
            tables, columns = ("raw_questions", "benchmark_questions"), ", ".join(f.name for f in fields(Question))
            with self.warehouse.read() as con:
                found = [
                    con.execute(f"select {columns} from {table} where source = $1 order by file, row", [source])
                    for table in tables
                ]
                rows = [Question(*row) for one in found for row in one.fetchall()]
            counts = Counter((row.file, row.split, row.split_role) for row in rows)
            return Reading(rows, [], [FileRead(*place, records=n, digest="") for place, n in counts.items()])

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
        return Engine(
            self.profile,
            self.ledger,
            self.servers.base_urls_of,
            self.display,
            build=self.build,
        )

    def take_stats(self) -> dict[str, CallStats]:
        """Counts of the steps since this was last asked, by step."""
        if "engine" not in self.__dict__:
            return {}
        stats, self.engine.stats = self.engine.stats, {}
        return stats

    def close(self) -> None:
        """Stop models and servers, close the ledger, and bring the snapshot that users open up to date."""
        for part in ("engine", "servers", "ledger"):
            if part in self.__dict__:
                self.__dict__.pop(part).close()
        self.warehouse.refresh_snapshot()


def split_roles(profile: Profile, source: str) -> dict[str, Literal["train", "benchmark", "stand_in", "unused"]]:
    """The roles of one source's splits that a profile gives them, where they differ from the declaration."""
    pairs = {tuple(key.split(".", 1)): role for key, role in profile.sources.split_roles.items()}
    return {split: role for (name, split), role in pairs.items() if name == source}
