"""Assembles assets, checks, jobs and the run's resource into Dagster definitions."""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import dagster as dg

from reasonmed_assets import interruption, sql
from reasonmed_assets.assets import all_assets
from reasonmed_assets.assets.provenance import bring_up_to_date
from reasonmed_assets.config.launching import free_values, settings_of_run
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.reading import ProfileError
from reasonmed_assets.config.recipes.book import read_book
from reasonmed_assets.config.recipes.recipe import Recipe
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.llm.prompts.rendering import check_roles
from reasonmed_assets.llm.replies.relation import check_read_fields
from reasonmed_assets.materialisation.builds.running import RunningBuild
from reasonmed_assets.materialisation.checks.up_to_date import settle
from reasonmed_assets.materialisation.display import Display, Displays, LogDisplay
from reasonmed_assets.materialisation.metadata import unanswered
from reasonmed_assets.materialisation.query_checks import check_queries
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.orchestration.history import is_followed, process_tags, runs_at_once
from reasonmed_assets.orchestration.jobs import jobs, sensors, with_conditions
from reasonmed_assets.orchestration.plan.job import plan_job
from reasonmed_assets.orchestration.starting import announced, begin_run, is_served, named_difference, recipe_of
from reasonmed_assets.orchestration.ui import interchange
from reasonmed_assets.pages.data_docs import SERVED_AT
from reasonmed_assets.pages.published import FRESHNESS, PICTURES_AT, rows_address
from reasonmed_assets.quality.derived.references import check_references
from reasonmed_assets.quality.derived.served_rows import check_served
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.sources import load_declaration

RECIPE_TAG = "reasonmed/recipe"
"""Tag of a run: the version of the recipe that it is made by."""
FORMER_PLACES = ("profile", "warehouse", "data_dir", "ledger")
"""What earlier versions wrote into the configuration of each run."""

_OF_EARLIER_VERSION = "of_earlier_version"
"""Where the configuration of an earlier version's run is set aside."""
_LOGGED_EVERY_S = 30.0


def build_defs(
    *,
    settings: BuildSettings | None = None,
    new_display: Callable[[], Display] | None = None,
    build: RunningBuild | None = None,
) -> dg.Definitions:
    """A fresh code location.

    Args:
        settings: what every run starts from; None: each run starts from the recipe of the warehouse as it is then. The
            launchpad can change them for a run.
        new_display: makes a display of a run's progress besides the run's own log.
        build: the build that the runs belong to, whose caller updates the account of calls after the last of them,
            and records its end; None: each backfill, else each run, is a build, and each run does both.

    Raises:
        RoleError: a role is declared in part only.
        ReferenceDeclarationError: a column that holds an id does not say whose, or says it twice.
        QueryError: a header in `sql/`, or what it says of its query, is wrong, or it reads a field that no reply has.
        ProfileError, SourceError: the profile or a source's declaration cannot be used.
    """
    check_roles()
    check_queries()
    check_served(TABLES.values())
    check_references(TABLES.values())
    check_read_fields(sql.queries())
    profile = (settings or begin_run()).loaded_profile
    declared = profile.sources.declared
    partitions = {"source": dg.StaticPartitionsDefinition([load_declaration(name).name for name in declared])}
    # Partitioned checks are a preview feature of the pinned Dagster; the warning would precede every command.
    warnings.filterwarnings("ignore", category=dg.PreviewWarning)
    return dg.Definitions(
        assets=_illustrated(with_conditions(all_assets(profile, partitions))),
        jobs=[*jobs(), plan_job()],
        sensors=[*sensors(), *interchange.sensors()],
        resources={
            "build": _build_resource(settings, new_display, build, profile),
            "io_manager": dg.mem_io_manager,
        },
        executor=dg.in_process_executor,
    )


def _illustrated(assets: Sequence[dg.AssetsDefinition]) -> Sequence[dg.AssetsDefinition]:
    """The assets as `reasonmed ui` shows them: the description has the picture of the published rows.

    Dagster shows a picture among the metadata only after a click. It is drawn when it is asked for.
    """
    if not is_served():
        return assets

    def illustrated(spec: dg.AssetSpec) -> dg.AssetSpec:
        name = spec.key.to_user_string()
        links = f"[All rows]({rows_address(name, None)}), [freshness of all tables]({SERVED_AT}/{FRESHNESS})"
        picture = f"\n\n![{name}]({PICTURES_AT}/{name}.svg)" if sql.find(f"pictures/{name}") else ""
        return spec.replace_attributes(description=f"{spec.description}\n\n{links}{picture}")

    return [asset.map_asset_specs(illustrated) for asset in assets]


def launch_config(settings: BuildSettings) -> dict[str, Any]:
    """What a run changes of its recipe, as the launchpad shows it."""
    given = settings.of_this_run
    kept = settings.recipe_to_keep
    # Values of environment variables are never kept, and Dagster would keep them.
    shown = {key: value for key, value in given.set.items() if key in given.keepable.set or key.startswith("budget")}
    changed = {key: value for key, value in shown.items() if kept.set.get(key) != value}
    changed |= {f"limits.{name}": n or None for name, n in given.limits.items() if kept.limits.get(name) != n}
    if given.limit != kept.limit and given.limit is not None:
        changed["limit"] = given.limit or None
    config: dict[str, Any] = {"set": changed}
    if settings.retry_unresolved:
        config["retry_unresolved"] = True
    return {name: value for name, value in config.items() if value}


def _build_resource(
    settings: BuildSettings | None,
    new_display: Callable[[], Display] | None,
    build_of_runs: RunningBuild | None,
    profile: Profile,
) -> dg.ResourceDefinition:
    fields = {name: _field(kind, said) for name, (kind, said) in _FIELDS.items()}
    if settings is None:
        # What a person types is checked before a run begins; what the command line was given, it has checked itself.
        typed = fields | {"set": _field(dg.Permissive(_settable(profile)), _FIELDS["set"][1])}
        fields |= {_OF_EARLIER_VERSION: _field(dict, "What a run of an earlier version said.")}

    @dg.resource(config_schema=fields, description="What this run changes of the recipe of the warehouse; {}: nothing.")
    def build(context: dg.InitResourceContext) -> Iterator[BuildSession]:
        run, instance = context.run, context.instance
        chosen = _settings_of_run(context, settings)
        of_run = (run.tags.get("dagster/backfill") or run.run_id) if run else ""
        if build_of_runs is None and run is not None and instance is not None:
            instance.add_run_tags(run.run_id, process_tags(run.run_id))
        log = LogDisplay(log=context.log, every_s=_LOGGED_EVERY_S)
        running = build_of_runs or RunningBuild(of_run, n_at_once=_runs_at_once(instance, profile))
        running.run_ids += [run.run_id] if run else []
        session = BuildSession(chosen, lambda: _display(new_display, log), running)
        try:
            _tag(context, session.recipe_version)
            with interruption.noted():
                yield session
        finally:
            try:
                _tag(context, session.recipe_version)
                if build_of_runs is None and run is not None and instance is not None:
                    bring_up_to_date(session, instance, run.run_id, context.log)
                    _name_changed(session, context.log)
                    _end_build(session, instance, run.run_id, context.log)
            finally:
                session.close(is_followed=build_of_runs is None and instance is not None and is_followed(instance))
                if build_of_runs is None and instance is not None:
                    _settle(session, instance, context.log)

    return build if settings is not None else build.configured(_checked, config_schema=typed)


def _runs_at_once(instance: dg.DagsterInstance | None, profile: Profile) -> int:
    """How many runs like this one may be at work: one for each source, as far as the settings allow."""
    n_sources = len(profile.sources.declared)
    return 1 if instance is None else min(runs_at_once(instance) or n_sources, n_sources)


def _checked(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration of a run, refused where the run would refuse it: Dagster calls this before there is one.

    What an earlier version wrote may hold keys that no run sets now; it is set aside.
    """
    if "profile" in config:
        return {_OF_EARLIER_VERSION: config}
    if config:
        try:
            _wanted(begin_run(), config)
        except ProfileError as error:
            raise dg.DagsterInvalidConfigError(str(error), [], config) from error
    return config


def _wanted(settings: BuildSettings, config: Mapping[str, Any]) -> BuildSettings:
    return settings_of_run(
        settings,
        limit=config.get("limit") or None,
        retry_unresolved=config.get("retry_unresolved", settings.retry_unresolved),
        set=config.get("overrides", {}) | config.get("set", {}),
        places={name: config[name] for name in FORMER_PLACES if name in config},
    )


def _end_build(session: BuildSession, instance: dg.DagsterInstance, run_id: str, log: Any) -> None:
    """Record how the build of a run ended; a run that made its tables is none that failed where this does."""
    n_failed = instance.get_run_stats(run_id).steps_failed
    problems = [f"run {run_id}: {n_failed} steps failed"] if n_failed else list(unanswered(session.build.calls))
    outcome = "interrupted" if interruption.is_requested() else "failed" if problems else "complete"
    try:
        if not session.warehouse.was_cut_off:
            session.end_build(outcome, problems)
    except (ReasonmedError, OSError) as error:
        log.warning(f"the end of build b{session.build.number} was not recorded: {error}")


def _settle(session: BuildSession, instance: dg.DagsterInstance, log: Any) -> None:
    """See `settle`; a run that made its tables is none that failed where this does."""
    try:
        if not session.warehouse.was_cut_off:
            settle(instance, session.warehouse)
    except (ReasonmedError, OSError) as error:
        log.warning(f"what is not up to date was not written: {error}. The next run writes it.")


def _field(kind: Any, said: str) -> dg.Field:
    return dg.Field(kind, is_required=False, description=said)


def _settable(profile: Profile) -> dict[str, dg.Field]:
    return {key: _field(_config_type(key, one.kind), one.description) for key, one in free_values(profile).items()}


def _config_type(key: str, kind: Any) -> Any:
    """Dagster's type for a value that a profile declares."""
    if get_origin(kind) is Annotated:
        return _config_type(key, get_args(kind)[0])
    if kind in (bool, int, float, str):
        return kind
    if get_origin(kind) is Literal:
        name = re.sub(r"\W", "_", key)
        return dg.Enum(name, [dg.EnumValue(str(one)) for one in get_args(kind)])
    some = [_config_type(key, one) for one in get_args(kind) if one not in (type(None), Ellipsis)]
    if get_origin(kind) in (Union, UnionType) and len(some) == 1:
        return dg.Noneable(some[0])
    return dg.Array(some[0]) if get_origin(kind) in (tuple, list) and len(some) == 1 else dg.Any


def _name_changed(session: BuildSession, log: Any) -> None:
    for file in session.files.changed():
        log.warning(f"{file} changed during the run: what was made from it is behind.")


def _settings_of_run(context: dg.InitResourceContext, given: BuildSettings | None) -> BuildSettings:
    """What a run starts with: the recipe as it is now, and what its configuration changes.

    A run that repeats an earlier one has the recipe of now, and its log names the difference. A run of a backfill has
    the version that the backfill started with.
    """
    config = dict(context.resource_config.get(_OF_EARLIER_VERSION) or context.resource_config)
    is_repeated = context.run is not None and context.run.parent_run_id is not None
    settings = given or begin_run(None if is_repeated else _version_of_backfill(context))
    if given is None and context.log:
        for line in announced(settings):
            context.log.info(line)
    if is_repeated and "profile" in config:
        # A run of an earlier version said everything in its configuration.
        said = {name: config.pop(name, None) for name in FORMER_PLACES}
        changed = config.pop("overrides", {}) | config.pop("set", {})
        _name_difference(context, recipe_of(said | {"limit": config.pop("limit", None), "set": changed}), settings)
    elif config.get("overrides") and context.log:
        context.log.warning("`overrides` of the resource `build` is called `set` now; it is used as `set`.")
    if is_repeated and context.run is not None and (number := context.run.tags.get(RECIPE_TAG)):
        book = read_book(settings.warehouse_folder)
        if book is not None and int(number) <= len(book.versions):
            _name_difference(context, book.version(int(number)).recipe, settings)
    wanted = _wanted(settings, config)
    # A limit that a person typed into the launchpad.
    is_typed = config.get("limit") not in (None, 0, settings.limit) and not is_repeated
    return replace(wanted, is_limit_given=True) if is_typed else wanted


def _name_difference(context: dg.InitResourceContext, recipe: Recipe, settings: BuildSettings) -> None:
    said = named_difference(recipe, settings, "the run that is repeated was made by another recipe")
    if said and context.log:
        context.log.warning(said)


def _version_of_backfill(context: dg.InitResourceContext) -> int | None:
    """The version of the recipe that the first run of a run's backfill was made by; None for other runs."""
    backfill = context.run.tags.get("dagster/backfill") if context.run else None
    if backfill is None or context.instance is None:
        return None
    runs = context.instance.get_runs(dg.RunsFilter(tags={"dagster/backfill": backfill}))
    return min((int(run.tags[RECIPE_TAG]) for run in runs if RECIPE_TAG in run.tags), default=None)


def _tag(context: dg.InitResourceContext, version: int | None) -> None:
    if version is not None and context.run is not None and context.instance is not None:
        context.instance.add_run_tags(context.run.run_id, {RECIPE_TAG: str(version)})


def _display(new_display: Callable[[], Display] | None, log: LogDisplay) -> Display:
    return Displays(new_display(), log) if new_display else log


_FORMER = "In runs of earlier versions; a run is made where its warehouse and its recipe say."
_FIELDS: dict[str, tuple[Any, str]] = {
    "limit": (int, "Questions per source, for this run; 0: as many as the recipe says."),
    "retry_unresolved": (bool, "Call the models again for rows that earlier builds gave up."),
    "set": (dict, 'Values for this run, by dotted key, as {"roles.verifier.temperature": 0.2}.'),
    **{name: (dg.Noneable(str), _FORMER) for name in FORMER_PLACES},
    "overrides": (dict, "The former name of `set`."),
}
