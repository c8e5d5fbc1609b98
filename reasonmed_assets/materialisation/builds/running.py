"""A build while it runs: what its Dagster runs share, and its row in table `builds`.

A build is one `reasonmed build` with all its runs, a backfill, or one other run of the UI. It has a row as soon as it
begins to make rows: one that finds everything up to date has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation.builds.facts import as_json, facts_at_start, now
from reasonmed_assets.sources import InputFiles
from reasonmed_assets.storage import Warehouse

_PROBLEM_CHARACTERS = 2_000


class RunningBuild:
    """A build while it runs.

    Args:
        build_id: names it in all its processes.
        files: the input files as it sees them; None: as they are at first use.
        n_at_once: how many processes make its sources at once.
        base_urls_of: the addresses of a provider's servers, which its runs share; None: each run has its own.

    Attributes:
        planned: what its plan expected, by column of `builds`; empty without one.
        number: of its row; None before it has one.
        recipe: version of the recipe; None where it is not known yet.
        run_ids: its Dagster runs.
        calls: calls made and answered so far (see `metadata.calls_in`).
    """

    def __init__(
        self,
        build_id: str = "",
        files: InputFiles | None = None,
        n_at_once: int = 1,
        base_urls_of: Callable[[str], tuple[str, ...]] | None = None,
    ) -> None:
        self.build_id = build_id
        self.n_at_once = n_at_once
        self.base_urls_of = base_urls_of
        self.files = InputFiles() if files is None else files
        self.planned: dict[str, float] = {}
        self._told: Mapping[str, Any] = {}
        self.number: int | None = None
        self.recipe: int | None = None
        self.run_ids: list[str] = []
        self.calls = Counter[str]()

    def begin(self, warehouse: Warehouse, settings: BuildSettings, *, is_publishing: bool) -> int | None:
        """Have a row from now on, with the files that were read and the recipe as far as they are known; its number.

        None before the first publish of a warehouse (see `Warehouse.begin_build`).

        Raises:
            WarehouseError: it could not be written.
        """
        found = self._found_since(settings.data_folder)
        if self.number is None or (is_publishing and found != self._told):
            facts = {"build_id": self.build_id, "run_ids": self.run_ids} | found | facts_at_start(settings)
            self.number = warehouse.begin_build(facts | self.planned, is_publishing=is_publishing)
            self._told = found
        return self.number

    def end(self, warehouse: Warehouse, outcome: str, problems: Sequence[str], data_dir: Path) -> None:
        """Complete its row, where it has one.

        Args:
            warehouse: where it is.
            outcome: one of `vocabulary.BUILD_OUTCOMES`.
            problems: what was not made and why.
            data_dir: the folder that the names of source files are relative to.

        Raises:
            WarehouseError: it could not be written.
        """
        if self.number is None:
            return
        facts = {
            "ended_at": now(),
            "outcome": outcome,
            "problems": "\n".join(problems)[:_PROBLEM_CHARACTERS] or None,
            "run_ids": self.run_ids,
        }
        warehouse.end_build(self.number, facts | self._found_since(data_dir))

    def _found_since(self, data_dir: Path) -> dict[str, Any]:
        """What it learns while it runs."""
        files = {_name_of(path, data_dir): digest for path, digest in self.files.digests.items()}
        return {"recipe": self.recipe, "source_files": as_json(files)}


def _name_of(path: Path, data_dir: Path) -> str:
    return path.relative_to(data_dir).as_posix() if path.is_relative_to(data_dir) else str(path)
