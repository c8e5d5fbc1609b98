"""A build while it runs: what its Dagster runs share, and its row in table `builds`.

A build is one `reasonmed build` with all its runs, a backfill, or one other run of the UI. It has a row as soon as it
begins to make rows: one that finds everything up to date has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

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
        planned: what its plan expected, by column of `builds`.

    Attributes:
        number: of its row; None before it has one.
        recipe: version of the recipe; None where it is not known yet.
        run_ids: its Dagster runs.
        calls: calls made and answered so far (see `metadata.calls_in`).
        is_last_run: no run follows, and what completes the row shows users what is published then.
    """

    def __init__(
        self, build_id: str = "", files: InputFiles | None = None, planned: Mapping[str, float] | None = None
    ) -> None:
        self.build_id = build_id
        self.files = InputFiles() if files is None else files
        self._planned = dict(planned or {})
        self.number: int | None = None
        self.recipe: int | None = None
        self.run_ids: list[str] = []
        self.calls = Counter[str]()
        self.is_last_run = False

    def begin(self, warehouse: Warehouse, settings: BuildSettings, *, is_publishing: bool) -> int | None:
        """Have a row from now on; returns its number.

        None before the first publish of a warehouse (see `Warehouse.begin_build`).

        Raises:
            WarehouseError: it could not be written.
        """
        if self.number is None:
            facts = (
                {"build_id": self.build_id, "recipe": self.recipe, "run_ids": self.run_ids}
                | facts_at_start(settings)
                | self._planned
            )
            self.number = warehouse.begin_build(facts, is_publishing=is_publishing)
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
        files = {_name_of(path, data_dir): digest for path, digest in self.files.digests.items()}
        facts = {
            "ended_at": now(),
            "outcome": outcome,
            "problems": "\n".join(problems)[:_PROBLEM_CHARACTERS] or None,
            "recipe": self.recipe,
            "source_files": as_json(files),
            "run_ids": self.run_ids,
        }
        warehouse.end_build(self.number, facts)


def _name_of(path: Path, data_dir: Path) -> str:
    return path.relative_to(data_dir).as_posix() if path.is_relative_to(data_dir) else str(path)
