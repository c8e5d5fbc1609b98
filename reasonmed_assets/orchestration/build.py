"""A whole build: the three jobs in their order, in this process, with Dagster's history in the warehouse."""

from __future__ import annotations

import html
import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg

from reasonmed_assets import interruption
from reasonmed_assets.assets.provenance import ACCOUNT_TABLES, CALL_TABLES
from reasonmed_assets.config.hints import command
from reasonmed_assets.config.profile import Provider
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.ledger.opening import open_store, store_exists
from reasonmed_assets.materialisation.builds.running import RunningBuild
from reasonmed_assets.materialisation.checks.up_to_date import settle
from reasonmed_assets.materialisation.display import Display
from reasonmed_assets.materialisation.metadata import unanswered
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.transform import transform_of
from reasonmed_assets.orchestration.code_location import build_defs
from reasonmed_assets.orchestration.history import (
    BuildError,
    dagster_instance,
    end_dead_runs,
    refuse_unusable,
)
from reasonmed_assets.orchestration.jobs import MATCH_JOB, RELEASE_JOB, SOURCE_JOB, job_tables
from reasonmed_assets.orchestration.plan.kept import kept_for
from reasonmed_assets.orchestration.runs.processes import Asked, make_at_once
from reasonmed_assets.orchestration.runs.run import Made, run
from reasonmed_assets.quality.declarations import UNAUDITED
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.servers.process import Servers
from reasonmed_assets.storage import WarehouseError, open_warehouse

_SHOWN_PLACES = 6


@dataclass
class BuildSummary:
    """How a build ended.

    Attributes:
        seconds: wall time.
        published: (table, partition) of every partition that was materialised.
        problems: one line per table that was not, and per run that failed; why nothing came of a build that published.
        calls: how many calls were made and answered for the tables that were materialised.
        is_interrupted: it was stopped (Ctrl-C, SIGTERM).
        changed: input files that are no longer as they were read: what was made from them is behind.
        left_out: one line per kind of thing that this build was not to make, or could not, and that is not up to date.
    """

    seconds: float = 0.0
    published: list[tuple[str, str | None]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    is_interrupted: bool = False
    changed: list[Path] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def _repr_html_(self) -> str:
        """For notebooks: whether all was made, and what was not."""
        state = "complete" if self.is_complete else "not complete"
        problems = "".join(f"<li>{html.escape(problem)}</li>" for problem in self.problems)
        return f"<p>{state}: {len(self.published)} partitions in {self.seconds:,.0f} s</p><ul>{problems}</ul>"

    def add(self, made: Made) -> None:
        """Take in what came of a run."""
        self.published += made.published
        self.problems += made.problems
        self.calls += made.calls
        self.is_interrupted |= made.is_interrupted

    @property
    def is_complete(self) -> bool:
        """Everything requested is published, no blocking check failed, and something came of it."""
        return not self.problems


def build(
    settings: BuildSettings,
    new_display: Callable[[], Display],
    *,
    sources: Sequence[str] = (),
    selection: str | None = None,
    on_start: Callable[[], None] = lambda: None,
    planned: Mapping[str, float] | None = None,
    parallel: int = 1,
) -> BuildSummary:
    """Make every table of the sources: duplicates over all sources, each source, then the training sets.

    Args:
        settings: profile, places and limits.
        new_display: makes the display of the progress.
        sources: the sources to build, each once, in this order; none given: all that the profile declares.
        selection: Dagster's selection syntax; None: every table. The account of calls is kept in any case.
        on_start: called when all is ready for the first run.
        planned: what its plan expected, for the record; None: what the last plan did where it is for this build.
        parallel: how many sources are made at once, each in a process of its own.

    Raises:
        BuildError: a source or a selected table does not exist, no history can be kept under the warehouse's path, or
            each of several processes would load a model.
        EmbeddedError: the embedded model is to be asked and cannot be loaded or fetched.
        HistoryError: the history of runs could not be written.
        LedgerError: the ledger cannot be used.
        ProfileError, SourceError, WarehouseError: see `BuildSession`.
    """
    started = time.monotonic()
    refuse_unusable(settings.warehouse_folder)
    # An error that stops every run is raised once, before the first.
    session = BuildSession(settings, new_display)
    declared = list(session.declarations)
    session.close()
    unknown = [source for source in sources if source not in declared]
    if unknown:
        raise BuildError(f"profile {settings.profile} has no source {', '.join(unknown)}: it has {', '.join(declared)}")
    built = tuple(dict.fromkeys(sources or declared))
    parallel = min(parallel, len(built))
    running = RunningBuild(uuid.uuid4().hex, session.files)
    defs = build_defs(settings=settings, new_display=new_display, build=running)
    wanted = selected_tables(defs, selection)
    selected = None if selection is None else wanted
    running.planned = dict(planned or kept_for(settings, session.files, sources, selected) or {})
    if wanted & set(CALL_TABLES):
        wanted |= set(ACCOUNT_TABLES)
    if settings.is_changing_recipe:
        wanted.add("recipes")
    if wanted & set(CALL_TABLES) or (wanted & set(ACCOUNT_TABLES) and store_exists(settings.ledger_reference)):
        # A ledger that cannot be used is reported now, not by one table after the other.
        open_store(settings.ledger_reference).close()
    asked = _asked(settings, wanted)
    if parallel > 1 and (loaded := sorted({name for name, one in asked.items() if one.transport == "vllm"})):
        raise BuildError(
            f"--parallel {parallel}: each process would load the model of provider {', '.join(loaded)}. Build without "
            "--parallel, or serve the model (`vllm serve`) and declare its base_url"
        )
    on_start()
    if any(provider.server == "embedded" for provider in asked.values()):
        # A web server is loaded with it.
        from reasonmed_assets.servers.embedded import make_ready

        make_ready()
    summary = BuildSummary()
    failed = list[str]()
    is_for_examples = "reasonmed" in wanted
    steps: list[tuple[str, tuple[str | None, ...]]] = [(MATCH_JOB, (None,))]
    steps += [(SOURCE_JOB, built)] if parallel > 1 else [(SOURCE_JOB, (source,)) for source in built]
    steps += [(RELEASE_JOB, (None,))]
    with (
        dagster_instance(settings.warehouse_folder) as instance,
        Servers(session.profile, session.data_dir) as servers,
    ):
        running.base_urls_of = servers.base_urls_of
        with _recorded(running, settings, summary):
            for job, partitions in steps:
                if interruption.is_requested() and not summary.is_interrupted:
                    # It came while nothing of ours was running, or its exception was lost.
                    summary.is_interrupted = True
                    summary.problems.append(f"interrupted before {', '.join(filter(None, partitions)) or job}")
                    wanted &= _still_made(settings)
                interruption.acknowledge()
                tables = [table for table in job_tables()[job] if table in wanted]
                all_made: list[Made] = []
                if tables and len(partitions) == 1:
                    all_made += [run(defs, instance, job, partitions[0], tables, settings)]
                elif tables:
                    all_made += _run_at_once(running, built, tables, settings, new_display(), parallel)
                    end_dead_runs(instance)
                not_made = [where for where, made in zip(partitions, all_made, strict=False) if made.problems]
                for made in all_made:
                    summary.add(made)
                failed += filter(None, not_made)
                if summary.is_interrupted or (not_made and job == MATCH_JOB):
                    wanted &= _still_made(settings)
            if not summary.problems:
                summary.problems += [
                    *unanswered(summary.calls),
                    *(without_examples(settings, built) if is_for_examples else ()),
                ]
        behind = []
        # Where even this cannot be read or written, the build has said why.
        with suppress(WarehouseError, OSError):
            behind = [one.place for one in settle(instance, open_warehouse(settings.warehouse_folder)) if one.why]
    summary.changed = session.files.changed()
    for source, error in session.files.unusable.items():
        if source not in built:
            summary.problems.append(f"{source}: {error}")
            failed.append(source)
    summary.left_out = list(left_out([one for one in declared if one not in built], failed, behind))
    summary.seconds = time.monotonic() - started
    return summary


@contextmanager
def _recorded(running: RunningBuild, settings: BuildSettings, summary: BuildSummary) -> Iterator[None]:
    """Complete the record of a build, however it ends, and show users what is published then."""
    warehouse = open_warehouse(settings.warehouse_folder)
    try:
        with warehouse.at_work():
            yield
    except BaseException as error:
        summary.is_interrupted |= not isinstance(error, Exception)
        summary.problems.append(str(error) or type(error).__name__)
        raise
    finally:
        outcome = "interrupted" if summary.is_interrupted else "complete" if summary.is_complete else "failed"
        try:
            if not warehouse.was_cut_off:
                running.end(warehouse, outcome, summary.problems, settings.data_folder)
                warehouse.end_run(settings.loaded_profile.machine.snapshot_every_s)
        except (WarehouseError, OSError) as error:
            summary.problems.append(str(error))


def without_examples(settings: BuildSettings, sources: Sequence[str]) -> Iterator[str]:
    """The problem of a build of which no example came, though it published every table."""
    with open_warehouse(settings.warehouse_folder).read() as con:
        query = "select count(*) from reasonmed where source in (select unnest($1))"
        if con.execute(query, [list(sources)]).fetchone() == (0,):
            why = command("sql", "from funnel", warehouse=settings.warehouse_folder)
            yield f"reasonmed: no example was made of {', '.join(sources)}; where the questions were lost: {why}"


def left_out(not_asked: Sequence[str], failed: Sequence[str], behind: Sequence[str]) -> Iterator[str]:
    """What a build left out, for people.

    Args:
        not_asked: declared sources that it was not asked for.
        failed: sources some of whose tables were not made.
        behind: partitions that are behind what they are made from.
    """
    if not_asked:
        yield f"not asked for: {', '.join(not_asked)}"
    if failed:
        yield f"in the tables over all sources, {', '.join(failed)} is as it was published before, or not there"
    if behind:
        more = f" and {len(behind) - _SHOWN_PLACES} more" if len(behind) > _SHOWN_PLACES else ""
        yield (
            f"made from earlier rows than are published now: {', '.join(behind[:_SHOWN_PLACES])}{more} "
            "(view freshness says why)"
        )


def _asked(settings: BuildSettings, tables: Collection[str]) -> dict[str, Provider]:
    """The providers of the models that answer calls of these tables, by name."""
    profile = settings.loaded_profile
    roles = {role for name in tables if name not in UNAUDITED for role in transform_of(name).roles}
    models = {model for role in roles for model in profile.roles[role].models().values()}
    return {name: profile.providers[name] for name in (profile.models[model].provider for model in models)}


def _still_made(settings: BuildSettings) -> set[str]:
    """The tables that a build makes although it ends early: calls are accounted for, if need be by the next command."""
    is_open = store_exists(settings.ledger_reference) and not open_warehouse(settings.warehouse_folder).was_cut_off
    return set(ACCOUNT_TABLES) if is_open else set()


def selected_tables(defs: dg.Definitions, selection: str | None) -> set[str]:
    """The tables that Dagster's selection syntax selects; every one without a selection.

    Raises:
        BuildError: it is no selection, or selects no table.
    """
    if selection is None:
        return set(TABLES)
    graph = defs.resolve_asset_graph()
    try:
        keys = dg.AssetSelection.from_string(selection).resolve(graph)
    except Exception as error:
        raise BuildError(f"--select {selection!r} is no valid selection: {error}") from error
    if not keys:
        raise BuildError(f"--select {selection!r} selects no table; tables are {', '.join(TABLES)}")
    return {key.to_user_string() for key in keys}


def _run_at_once(
    running: RunningBuild,
    sources: Sequence[str],
    tables: Sequence[str],
    settings: BuildSettings,
    display: Display,
    parallel: int,
) -> list[Made]:
    """Make the tables of several sources, some at once, as parts of one build; what came of each."""
    assert running.base_urls_of is not None
    # The settings hold the profile as this process read it.
    tasks = [
        Asked(settings, running.build_id, running.planned, running.files, source, tuple(tables), parallel)
        for source in sources
    ]
    answers = make_at_once(tasks, parallel, display, running.base_urls_of)
    for task, answer in zip(tasks, answers, strict=True):
        running.run_ids += [task.run_id] if answer.has_run else []
        running.number, running.recipe = answer.number or running.number, answer.recipe or running.recipe
        running.files.unusable |= answer.unusable
    return [answer.made for answer in answers]
