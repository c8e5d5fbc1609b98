"""The build in a scratch warehouse: the tables that would change are made and published there, by the build's code."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from reasonmed_assets.assets import definitions
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.engine.engine import Engine
from reasonmed_assets.llm.ledger.store import CallStore
from reasonmed_assets.materialisation.builds.running import RunningBuild
from reasonmed_assets.materialisation.display import Displays
from reasonmed_assets.materialisation.fingerprint import stale_parts
from reasonmed_assets.materialisation.making import Prepared, prepared, why_made
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.transform import transform_of
from reasonmed_assets.orchestration.jobs import MATCH_TABLES
from reasonmed_assets.orchestration.plan.asking import PlanEngine, StandIn, Step
from reasonmed_assets.orchestration.plan.plan import StaleRows
from reasonmed_assets.quality.declarations import UNAUDITED
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.sources import InputFiles, Reading
from reasonmed_assets.storage import Warehouse

_RUN = "plan"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """A partition that is being made.

    Attributes:
        table: the table.
        partition: its partition; None for a table without partitions.
        stale: parts of its fingerprint that differ from the last publish; None where it was never published, or by a
            version that kept none.
        is_published: it was published before.
    """

    table: str
    partition: str | None
    stale: frozenset[str] | None
    is_published: bool


@dataclass
class Walk:
    """What one build in a scratch warehouse found.

    Attributes:
        rows: the partitions that were made anew.
        unchanged: those that were not.
        estimated: those whose rows depend on replies to come.
    """

    rows: list[StaleRows] = field(default_factory=list)
    unchanged: list[tuple[str, str | None]] = field(default_factory=list)
    estimated: set[tuple[str, str | None]] = field(default_factory=set)


class ScratchSession(BuildSession):
    """The session of a build in a scratch warehouse, whose engine sends nothing.

    Args:
        settings: of the build, with the scratch warehouse for its own.
        warehouse: the scratch warehouse.
        ledger: the ledger, opened for reading.
        files: the input files as the plan sees them.
        readings: the records of sources that were read before; those read now are added.
        stand_in: makes results of missing replies.
        on_step: receives what each run of a step found.
    """

    def __init__(
        self,
        settings: BuildSettings,
        warehouse: Warehouse,
        ledger: CallStore,
        files: InputFiles,
        readings: dict[str, Reading],
        stand_in: StandIn,
        on_step: Callable[[Step], None],
    ) -> None:
        super().__init__(settings, Displays, RunningBuild(files=files))
        self.warehouse = warehouse
        self._readings = readings
        self._store = ledger
        self._stand_in = stand_in
        self._on_step = on_step

    @cached_property
    def ledger(self) -> CallStore:
        return self._store

    @cached_property
    def engine(self) -> Engine:
        """What looks calls up."""
        return PlanEngine(self.profile, self.ledger, self.display, self._stand_in, self._on_step)


def walk(
    settings: BuildSettings,
    warehouse: Warehouse,
    ledger: CallStore,
    files: InputFiles,
    readings: dict[str, Reading],
    stand_in: StandIn,
    *,
    sources: Sequence[str],
    tables: Collection[str],
    on_step: Callable[[Place, Step, bool], None],
    is_for_calls: bool,
) -> Walk:
    """Make what a build would make, in the warehouse of the settings, which is a scratch warehouse.

    Table by table, each for all its sources: partitions of different sources do not depend on each other.

    Args:
        settings: of the build, with the scratch warehouse for its own.
        warehouse: the scratch warehouse.
        ledger: the ledger, opened for reading.
        files: the input files as the plan sees them.
        readings: the records of sources that were read before; those read now are added.
        stand_in: makes results of missing replies.
        sources: those to be built.
        tables: the tables that the build makes.
        on_step: is told of each part of a run of a step, and whether no reply to come decides about its calls, before
            its missing replies are stood in for.
        is_for_calls: leave out the tables that no call follows from.

    Raises:
        ReasonmedError: the build could not start, or could not be made so far.
    """
    found = Walk()
    places: list[Place] = []
    waiting: set[tuple[str, str | None]] = set()

    def note(step: Step) -> None:
        place = places[-1]
        spot = (place.table, place.partition)
        is_certain = spot not in found.estimated
        on_step(place, step, is_certain)
        if step.open_questions:
            waiting.add(spot)
        if step.is_over:
            found.estimated |= waiting

    session = ScratchSession(settings, warehouse, ledger, files, readings, stand_in, note)
    known = definitions()
    for name in (*MATCH_TABLES, *(one for one in TABLES if one not in MATCH_TABLES)):
        spec = TABLES[name]
        if name not in tables or name in UNAUDITED or spec.group == "provenance":
            continue
        if is_for_calls and name not in _before_calls():
            continue
        for partition in sources if spec.is_partitioned else (None,):
            with prepared(known[name], session, partition, run_id=_RUN, log=_log) as ready:
                if ready.is_unchanged:
                    found.unchanged.append((name, partition))
                    continue
                places.append(_place(name, partition, ready))
                if _reads_estimated(ready, found.estimated, partition):
                    found.estimated.add((name, partition))
                known[name].stage_rows(ready.stage)
                found.rows.append(_publish(session.warehouse, ready, partition, found.estimated))
    return found


@cache
def _before_calls() -> frozenset[str]:
    """The tables that calls are made for, and all that these are made from."""
    found = {name for name, spec in TABLES.items() if "call_keys" in spec.columns}
    waiting = list(found)
    while waiting:
        new = set(transform_of(waiting.pop()).tables) - found
        found |= new
        waiting += new
    return frozenset(found)


def _place(name: str, partition: str | None, ready: Prepared) -> Place:
    last = ready.last
    if last is None or last.parts is None:
        return Place(name, partition, None, last is not None)
    return Place(name, partition, frozenset(stale_parts(last.parts, ready.parts)), True)


def _reads_estimated(ready: Prepared, estimated: Collection[tuple[str, str | None]], partition: str | None) -> bool:
    """Whether a table that is read has rows that depend on replies to come."""
    spec = ready.stage.spec
    for name in ready.stage.transform.tables:
        shares = TABLES[name].partitioned_by == spec.partitioned_by
        if any(table == name and (not shares or place == partition) for table, place in estimated):
            return True
    return False


def _publish(
    warehouse: Warehouse, ready: Prepared, partition: str | None, estimated: Collection[tuple[str, str | None]]
) -> StaleRows:
    spec = ready.stage.spec
    published = warehouse.publish(
        spec,
        partition,
        ready.stage.path,
        run_id=_RUN,
        fingerprint=ready.fingerprint,
        parts=ready.parts,
        profile=ready.stage.session.profile.name,
        statistics={},
    )
    return StaleRows(
        spec.name,
        partition or "",
        why_made(ready.last, ready.parts, is_retry=ready.is_retry),
        published.inserted,
        published.deleted,
        (spec.name, partition) not in estimated,
    )


def in_scratch(settings: BuildSettings, folder: Path) -> BuildSettings:
    """The settings of a build with a scratch warehouse in place of its own, and the ledger that it would use."""
    return replace(settings, warehouse=str(folder), ledger=settings.ledger_reference)
