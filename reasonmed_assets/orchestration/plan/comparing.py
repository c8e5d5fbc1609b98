"""Two plans of one warehouse beside each other: which calls and rows differ, and what each costs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.orchestration.plan.differences import RowDifference, compare
from reasonmed_assets.orchestration.plan.plan import Plan, PlannedCall
from reasonmed_assets.orchestration.plan.planning import AFTER, BEFORE, plan_in, scratch_folder
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.sources import InputFiles
from reasonmed_assets.storage import Warehouse, open_warehouse, scratch_over


@dataclass(frozen=True)
class Comparison:
    """Two plans, and where they differ.

    Attributes:
        one, other: the plans.
        only_one, only_other: the single calls that one of them lacks.
        n_both: single calls of both.
        rows: in how many rows the tables would differ after the builds.
    """

    one: Plan
    other: Plan
    only_one: Sequence[PlannedCall]
    only_other: Sequence[PlannedCall]
    n_both: int
    rows: Sequence[RowDifference]

    def as_json(self) -> dict[str, Any]:
        """The comparison as plain values."""
        return {
            "one": self.one.as_json(),
            "other": self.other.as_json(),
            "only_one": [asdict(call) for call in self.only_one],
            "only_other": [asdict(call) for call in self.only_other],
            "both": self.n_both,
            "rows": [asdict(row) for row in self.rows],
        }


def compared(
    one: BuildSettings,
    other: BuildSettings,
    *,
    sources: Sequence[str] = (),
    tables: Collection[str] | None = None,
    replace: bool = False,
) -> Comparison:
    """What two builds of one warehouse would do. Nothing is changed.

    Args:
        one, other: their settings.
        sources, tables, replace: as in `planning.plan`.

    Raises:
        ReasonmedError: one of them could not start.
    """
    with scratch_folder() as folder, ExitStack() as kept:
        plans: list[Plan] = []
        opened: list[Warehouse] = []
        for settings, name in ((one, "one"), (other, "other")):
            place = folder / name
            place.mkdir()
            plans.append(
                plan_in(place, settings, InputFiles(), sources=sources, tables=tables, replace=replace, wanted="")
            )
            opened.append(kept.enter_context(scratch_over(open_warehouse(place / BEFORE), place / AFTER)))
        names = [name for name in TABLES if any(row.table == name for made in plans for row in made.rows)]
        rows = list(compare(opened[0], opened[1], names))
    calls, others = ({call.call_key: call for call in made.listed} for made in plans)
    return Comparison(
        plans[0],
        plans[1],
        [call for key, call in calls.items() if key not in others],
        [call for key, call in others.items() if key not in calls],
        len(calls.keys() & others.keys()),
        rows,
    )
