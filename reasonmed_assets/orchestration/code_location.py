"""Assembles assets, checks, jobs and the run's resource into Dagster definitions."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import dagster as dg

from reasonmed_assets import interruption, sql
from reasonmed_assets.assets import all_assets
from reasonmed_assets.assets.provenance import bring_up_to_date
from reasonmed_assets.config.launching import settings_of_run
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.prompts.rendering import check_roles
from reasonmed_assets.llm.replies.relation import check_read_fields
from reasonmed_assets.materialisation.display import Display, Displays, LogDisplay
from reasonmed_assets.materialisation.query_checks import check_queries
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.orchestration.history import process_tags
from reasonmed_assets.quality.declarations import UNAUDITED
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.quality.served_rows import check_served
from reasonmed_assets.sources import InputFiles, load_declaration

MATCH_JOB, SOURCE_JOB, RELEASE_JOB = "match_questions", "build_source", "write_training_sets"
"""The order of a build: duplicates over all sources once, then each source, then the tables over all sources."""

_LOGGED_EVERY_S = 30.0

MATCH_TABLES = ("benchmark_questions", "question_matches", "overrides")


def build_defs(
    *,
    settings: BuildSettings | None = None,
    new_display: Callable[[], Display] | None = None,
    build: str | None = None,
    files: InputFiles | None = None,
) -> dg.Definitions:
    """A fresh code location.

    Args:
        settings: profile, places and limits; None: from the environment. The launchpad can change them for a run.
        new_display: makes a display of a run's progress besides the run's own log.
        build: names the build that the runs belong to, whose caller updates the account of calls after the
            last of them; None: each backfill, else each run, is a build, and each run keeps the account.
        files: the input files as that build sees them; None: as each run sees them.

    Raises:
        RoleError: a role is declared in part only.
        QueryError: a header in `sql/` is wrong, or what it says of its query is.
        QueryError: a query's header is wrong, or it reads a field that no reply has.
        ProfileError, SourceError: the profile or a source's declaration cannot be used.
    """
    check_roles()
    check_queries()
    check_served(TABLES.values())
    check_read_fields(sql.queries())
    settings = settings or BuildSettings.from_environment()
    profile = settings.loaded_profile
    declared = profile.sources.declared
    partitions = {"source": dg.StaticPartitionsDefinition([load_declaration(name).name for name in declared])}
    # Partitioned checks are a preview feature of the pinned Dagster; the warning would precede every command.
    warnings.filterwarnings("ignore", category=dg.PreviewWarning)
    return dg.Definitions(
        assets=all_assets(profile, partitions),
        jobs=_jobs(),
        resources={"build": _build_resource(settings, new_display, build, files), "io_manager": dg.mem_io_manager},
        executor=dg.in_process_executor,
    )


def job_tables() -> dict[str, tuple[str, ...]]:
    """Which tables each job makes, in the order of the jobs."""
    by_source = tuple(name for name, spec in TABLES.items() if spec.partitioned_by == "source")
    unpartitioned = [name for name, spec in TABLES.items() if not spec.is_partitioned and name not in UNAUDITED]
    rest = tuple(name for name in unpartitioned if name not in MATCH_TABLES)
    return {MATCH_JOB: MATCH_TABLES, SOURCE_JOB: by_source, RELEASE_JOB: rest}


def _jobs() -> list[Any]:
    descriptions = {
        MATCH_JOB: "First of three, over all sources: benchmark questions, duplicates, contaminations, overrides.",
        SOURCE_JOB: "Second of three, once per source: from the questions as published to the final examples.",
        RELEASE_JOB: "Last of three, over all sources: reviews, the training sets and the account of model calls.",
    }
    return [
        dg.define_asset_job(
            name,
            dg.AssetSelection.assets(*tables),
            description=descriptions[name],
        )
        for name, tables in job_tables().items()
    ]


def launch_config(settings: BuildSettings) -> dict[str, Any]:
    """The settings as the launchpad shows them: it leaves out what is null, so a limit that is not set is 0."""
    places = {"profile": settings.profile_reference, "warehouse": str(settings.warehouse_folder)}
    shown = asdict(settings) | places | {"limit": settings.limit or 0}
    return {name: value for name, value in shown.items() if name in _DESCRIPTIONS}


def _build_resource(
    defaults: BuildSettings,
    new_display: Callable[[], Display] | None,
    build_id: str | None,
    files: InputFiles | None,
) -> dg.ResourceDefinition:
    kinds = {
        "data_dir": dg.Noneable(str),
        "ledger": dg.Noneable(str),
        "limit": int,
        "retry_unresolved": bool,
        "set": dict,
    }
    fields = {
        name: dg.Field(kinds.get(name, str), default_value=value, is_required=False, description=_DESCRIPTIONS[name])
        for name, value in launch_config(defaults).items()
    }
    fields["overrides"] = dg.Field(dict, is_required=False, description="The former name of `set`.")

    @dg.resource(config_schema=fields, description="Profile, places and limits of a run.")
    def build(context: dg.InitResourceContext) -> Iterator[BuildSession]:
        settings = _settings_of_run(context, defaults)
        run = context.run
        of_run = (run.tags.get("dagster/backfill") or run.run_id) if run else ""
        if build_id is None and run is not None and context.instance is not None:
            context.instance.add_run_tags(run.run_id, process_tags(run.run_id))
        log = LogDisplay(log=context.log, every_s=_LOGGED_EVERY_S)
        session = BuildSession(settings, lambda: _display(new_display, log), build_id or of_run, files)
        try:
            with interruption.noted():
                yield session
        finally:
            try:
                if build_id is None and run is not None and context.instance is not None:
                    bring_up_to_date(session, context.instance, run.run_id, context.log)
                    _name_changed(session, context.log)
            finally:
                session.close()

    return build


def _name_changed(session: BuildSession, log: Any) -> None:
    for file in session.files.changed():
        log.warning(f"{file} changed during the run: what was made from it is behind.")


def _settings_of_run(context: dg.InitResourceContext, defaults: BuildSettings) -> BuildSettings:
    config = dict(context.resource_config)
    former = config.pop("overrides", {})
    if former and context.log:
        context.log.warning("`overrides` of the resource `build` is called `set` now; it is used as `set`.")
    limit = config.pop("limit") or None
    settings = settings_of_run(
        defaults,
        limit=limit,
        retry_unresolved=config.pop("retry_unresolved"),
        set=former | config.pop("set"),
        places=config,
    )
    return replace(settings, is_limit_given=True) if _is_typed(context, limit, defaults) else settings


def _is_typed(context: dg.InitResourceContext, limit: int | None, defaults: BuildSettings) -> bool:
    """Whether a person typed the run's limit into the launchpad: it is another one, and no repeated run's."""
    is_repeated = context.run is not None and context.run.parent_run_id is not None
    return limit not in (None, defaults.limit) and not is_repeated


def _display(new_display: Callable[[], Display] | None, log: LogDisplay) -> Display:
    return Displays(new_display(), log) if new_display else log


_DESCRIPTIONS = {
    "profile": "Shipped profile or path of a TOML file.",
    "warehouse": "Folder of the warehouse.",
    "data_dir": "Folder of the source files; null: the profile's, else the sample that comes with the package.",
    "ledger": "File of the call ledger; null: ledger.sqlite in the warehouse.",
    "limit": "Questions per source; 0: as many as the profile says.",
    "retry_unresolved": "Call the models again for rows that earlier builds gave up.",
    "set": 'Values that replace those of the profile, by dotted key, as {"roles.verifier.temperature": 0.2}.',
}
