"""Auditing staged rows before they are published: every check of the table, all failures at once."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pandera.errors
import polars as pl
from reasonmed_assets.quality.declarations import CheckDeclaration, check_names
from reasonmed_assets.quality.measures import measure
from reasonmed_assets.quality.parameters import set_variables, variables
from reasonmed_assets.quality.schema import Table, TableSpec
from reasonmed_assets.quality.shrinking import find_removed
from reasonmed_assets.sql import Files, each_of, parquet

from reasonmed_assets.vocabulary import Outcome

if TYPE_CHECKING:
    from reasonmed_assets.config.profile import Profile

MAX_EXAMPLES = 10
_MAX_TEXT = 300
_FETCH_ROWS = 10_000
_BATCH_ROWS = 10_000


@dataclass(frozen=True)
class CheckOutcome:
    """The outcome of one check of one staged partition.

    Attributes:
        name: name of the check.
        passed: True when no row violates it.
        severity: `block` when a failure keeps the rows from being published, else `warn`.
        n_failing: violating rows (schema: failing values; distributions: failing expectations).
        examples: at most `MAX_EXAMPLES` of them, texts cut short.
        description: what must hold.
        error: why the check could not be run, in which case it has not passed.
        validation: for the distributions, Great Expectations' own results, as JSON.
    """

    name: str
    passed: bool
    severity: Literal["block", "warn"]
    n_failing: int
    examples: list[dict[str, Any]] = field(default_factory=list)
    description: str = ""
    error: str | None = None
    validation: list[dict[str, Any]] | None = None

    @property
    def is_blocking_failure(self) -> bool:
        """True when this outcome keeps the staged rows from being published."""
        return not self.passed and self.severity == "block"


def audit(
    con: duckdb.DuckDBPyConnection,
    spec: TableSpec,
    partition: str | None,
    staged: Files,
    profile: Profile,
    kept: Mapping[str, CheckOutcome] | None = None,
    stay: str = "",
    measures: str = "",
) -> list[CheckOutcome]:
    """Run every check of a table on staged rows.

    Args:
        con: a read connection on the warehouse with the macros of sql/macros.sql and every declared table present. The
            profile's variables are set in it; `last_statistics` and those of `shrinking` are the caller's, and so is
            `source_files`, a temp table (file, split, split_role, records, n_unreadable, n_too_long, is_base_assumed),
            for tables that are read from files.
        spec: the table.
        partition: its partition; None for a table without partitions.
        staged: Parquet files with the rows.
        profile: the profile of the build, with the thresholds.
        kept: outcomes that hold for these rows already, by check; these checks are not run.
        stay: the query of published rows that belong to them; none where it is empty.
        measures: the query of what is known of them already (`measure`); none where it is empty.

    Returns:
        One outcome per declared check, in the order of `check_names`.
    """
    prepare(con, spec, partition, staged, profile, stay, measures)
    outcomes: list[CheckOutcome] = []
    for declared in check_names(spec.name):
        if kept and declared.name in kept:
            outcomes.append(kept[declared.name])
            continue
        # Rows that share a key multiply in the joins of the other checks.
        if declared.name == "distributions" and any(o.name in ("schema", "key") and not o.passed for o in outcomes):
            severity = severity_of(declared, profile)
            error = "not checked: the rows fail the check schema or key"
            outcomes.append(CheckOutcome(declared.name, False, severity, 0, [], declared.description, error))
        else:
            outcomes.append(run_check(con, spec, declared, profile))
    return outcomes


def audit_rows(
    con: duckdb.DuckDBPyConnection,
    spec: TableSpec,
    partition: str | None,
    staged: Path,
    profile: Profile,
    kept: Mapping[str, CheckOutcome] | None = None,
) -> list[CheckOutcome]:
    """Run the checks that judge each unit, whatever the others are, on the rows of some of a partition's units.

    Args and result are those of `audit`, for these checks alone.
    """
    _set_values(con, spec, partition, profile)
    _present_staged(con, staged)
    return [
        kept[declared.name] if kept and declared.name in kept else run_check(con, spec, declared, profile)
        for declared in check_names(spec.name)
        if declared.is_by_unit
    ]


def merged(outcomes: Sequence[CheckOutcome]) -> CheckOutcome:
    """The outcome of one check over several parts of a partition's rows, from its outcome on each."""
    error = next((one.error for one in outcomes if one.error is not None), None)
    examples = [example for one in outcomes for example in one.examples][:MAX_EXAMPLES]
    return replace(
        outcomes[0],
        passed=all(one.passed for one in outcomes),
        n_failing=sum(one.n_failing for one in outcomes),
        examples=examples,
        error=error,
    )


def prepare(
    con: duckdb.DuckDBPyConnection,
    spec: TableSpec,
    partition: str | None,
    staged: Files,
    profile: Profile,
    stay: str = "",
    measures: str = "",
) -> None:
    """Give the connection what the checks of a table read.

    These are the variables of profile and partition, `staged`, `unanswered`, `source_files`, `measured` and `removed`.
    The arguments are those of `audit`.
    """
    _set_values(con, spec, partition, profile)
    con.execute("drop view if exists unanswered")
    con.execute("drop table if exists measured")
    con.execute("drop table if exists removed")
    # Rows without the columns that these need fail the check `schema`, and the checks that need them.
    for known in dict.fromkeys((measures, "")):
        # Of what stays, measures are known, unless their file is gone or damaged.
        _present_staged(con, staged, "" if known else stay)
        with suppress(duckdb.Error):
            measure(con, spec.name, known)
            break
    _present_staged(con, staged, stay)
    _ensure_source_files(con)
    with suppress(duckdb.Error):
        _present_unanswered(con, spec)
    with suppress(duckdb.Error):
        find_removed(con, spec)


def _set_values(con: duckdb.DuckDBPyConnection, spec: TableSpec, partition: str | None, profile: Profile) -> None:
    values = spec.partition_values(partition)
    set_variables(con, variables(profile, values.get("source")) | values)


def _present_staged(con: duckdb.DuckDBPyConnection, staged: Files, stay: str = "") -> None:
    rows = f"select * from {parquet(*each_of(staged))}" + (f" union all by name {stay}" if stay else "")
    con.execute(f"create or replace temp view staged as {rows}")


def _present_unanswered(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> None:
    missing = spec.missing
    if missing is not None:
        con.execute(
            f"create temp view unanswered as select {spec.key} as row_id, {missing.outcome} as outcome,"
            f" {missing.detail} as detail,"
            f" reason_of({missing.outcome}, {missing.detail}) as reason from staged where ({missing.when})"
            # What a filter stops is shown by the check `filtered`: to ask again would not change it.
            f" and {missing.outcome} is distinct from '{Outcome.FILTERED}'"
        )


def run_check(
    con: duckdb.DuckDBPyConnection,
    spec: TableSpec,
    declared: CheckDeclaration,
    profile: Profile,
) -> CheckOutcome:
    """Run one check on a prepared connection; a check that cannot be run has not passed."""
    severity = severity_of(declared, profile)
    try:
        n_failing, examples, validation = _run(con, spec, declared, profile)
    except duckdb.Error as error:
        return CheckOutcome(declared.name, False, severity, 0, [], declared.description, f"could not run: {error}")
    return CheckOutcome(
        declared.name, n_failing == 0, severity, n_failing, examples, declared.description, validation=validation
    )


def severity_of(declared: CheckDeclaration, profile: Profile) -> Literal["block", "warn"]:
    """The consequence of a failure under this profile."""
    is_softened = declared.judges_model and profile.checks.model_checks == "warn"
    return "block" if declared.is_blocking and not is_softened else "warn"


def _run(
    con: duckdb.DuckDBPyConnection,
    spec: TableSpec,
    declared: CheckDeclaration,
    profile: Profile,
) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]] | None]:
    """Number of failures, examples of them, and the results of Great Expectations where it ran."""
    if declared.sql is not None:
        return *_violations(con, declared.sql), None
    if declared.name == "schema":
        return *_schema_failures(con, spec), None
    from reasonmed_assets.quality.distributions import validate

    found = validate(con, spec, profile.checks.thresholds)
    return len(found.failures), found.failures, found.results


def _violations(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, list[dict[str, Any]]]:
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description or []]
    examples = [
        {name: shortened(value) for name, value in zip(names, row, strict=True)}
        for row in cursor.fetchmany(MAX_EXAMPLES)
    ]
    n_failing = len(examples)
    while rows := cursor.fetchmany(_FETCH_ROWS):
        n_failing += len(rows)
    return n_failing, examples


def shortened(value: Any) -> Any:
    """A value as an example shows it: numbers and booleans as they are, the rest as text cut short."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "..."


def _ensure_source_files(con: duckdb.DuckDBPyConnection) -> None:
    """Ensure the table of the files read; if they were not read again, with the counts of the last publish."""
    names = "select table_name from duckdb_tables() union all select view_name from duckdb_views()"
    if con.execute(f"select 1 from ({names}) as names (name) where name = 'source_files'").fetchone():
        return
    con.execute(
        "create temp table source_files"
        " (file varchar, split varchar, split_role varchar, records bigint, n_unreadable bigint,"
        " n_too_long bigint, is_base_assumed boolean)"
    )
    last = con.execute("select getvariable('last_statistics')").fetchone()
    files = json.loads(last[0]).get("files") if last and last[0] else None
    # With no file at all the last publish counted none: null.
    for file in files or []:
        con.execute(
            "insert into source_files values"
            " ($file, $split, $split_role, $records, $n_unreadable, $n_too_long, $is_base_assumed)",
            {"n_too_long": 0, "is_base_assumed": False} | file,
        )


def _schema_failures(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> tuple[int, list[dict[str, Any]]]:
    """Values and columns of the staged rows that are not as declared, by pandera.

    It sees one record batch after another, so that memory stays flat.

    Uniqueness is left to the check `key`, which sees all batches and the other partitions.

    Returns:
        How many failures there are, and the first `MAX_EXAMPLES` as column, rule, value and row (from 0).
    """
    schema = _without_uniqueness(spec.model)
    n_failing, first_row = 0, 0
    examples: list[dict[str, Any]] = []
    for batch in _batches(con):
        columns = tuple(batch.schema.items())
        failures = _failures(schema, batch) if batch.height else _failures_without_rows(spec.model, columns)
        if failures is not None:
            n_failing += failures.height
            wanted = failures.head(MAX_EXAMPLES - len(examples))
            examples += [_example(row, first_row) for row in wanted.iter_rows(named=True)]
            if failures["schema_context"].eq("DataFrameSchema").any() or failures["index"].is_null().any():
                break  # A wrong column or type would be told again for every batch.
        first_row += batch.height
    return n_failing, examples


@cache
def _without_uniqueness(model: type[Table]) -> Any:
    schema = copy.deepcopy(model.to_schema())
    for column in schema.columns.values():
        column.unique = False
    return schema


def _batches(con: duckdb.DuckDBPyConnection) -> Iterator[Any]:
    """The staged rows in batches, at least one (without rows there are columns, too)."""
    reader = con.sql("from staged").to_arrow_reader(_BATCH_ROWS)
    yield pl.from_arrow(reader.schema.empty_table())
    for batch in reader:
        yield pl.DataFrame(batch)


def _failures(schema: Any, batch: pl.DataFrame) -> pl.DataFrame | None:
    try:
        schema.validate(batch, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        return errors.failure_cases
    return None


@cache
def _failures_without_rows(model: Any, columns: tuple[tuple[str, pl.DataType], ...]) -> pl.DataFrame | None:
    """What is wrong with names and types: looked at once for all partitions of a table, and all shards."""
    return _failures(_without_uniqueness(model), pl.DataFrame(schema=dict(columns)))


def _example(failure: dict[str, Any], first_row: int) -> dict[str, Any]:
    index = failure["index"]
    return {
        "column": failure["column"],
        "rule": str(failure["check"]),
        "value": str(failure["failure_case"])[:_MAX_TEXT],
        "row": None if index is None else first_row + index,
    }
