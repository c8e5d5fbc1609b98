"""The check `distributions`: a table's expectations, run by Great Expectations.

Each view is written as a small Parquet file; a database in memory has views of the same names over them, and Great
Expectations reads that. It is imported inside the check: the import takes a second.
"""

from __future__ import annotations

import copy
import json
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from reasonmed_assets.quality.expectations import Between, Expectation, Rare, View, views_of
from reasonmed_assets.quality.schema import TableSpec
from reasonmed_assets.sql import literal, parquet

from reasonmed_assets.machine import temporary_folder

if TYPE_CHECKING:
    from reasonmed_assets.config.profile import Thresholds

_MAX_NAMES = 5
_FEW_ROWS = 20
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Validation:
    """The result of a table's suite on staged rows.

    Attributes:
        failures: each expectation that is not met, as expectation, check, column, observed, allowed and examples.
        results: Great Expectations' own result of every expectation, as JSON; its column is named `view.column`.
    """

    failures: list[dict[str, Any]]
    results: list[dict[str, Any]]


def validate(con: duckdb.DuckDBPyConnection, spec: TableSpec, thresholds: Thresholds) -> Validation:
    """Check the staged rows of a table against its expectations.

    Args:
        con: the audit's connection, with `staged`, `measured`, the published tables and the variables.
        spec: the table.
        thresholds: the bounds.
    """
    from reasonmed_assets.quality import dialect

    views = views_of(spec.name)
    # The views of two tables may have the same names.
    with _ONE_AT_A_TIME, temporary_folder("expectations") as folder, dialect.database().cursor() as figures:
        for view in views:
            file = folder / f"{view.name}.parquet"
            con.execute(f"copy ({view.sql}) to {literal(file)} (format parquet)")
            figures.execute(f"create or replace view {view.name} as from {parquet(file)}")
        validated = [found for view in views for found in _of_view(con, figures, view, thresholds)]
        failures = [
            _described(view, expectation, kwargs, result)
            for view, expectation, kwargs, result in validated
            if not result["success"]
        ]
        for failure in failures:
            file = folder / f"{failure.pop('view')}.parquet"
            failure["examples"] = _examples(con, file, failure.pop("condition"))
    return Validation(failures, [_named(view, result) for view, _, _, result in validated])


def allowed_count(con: duckdb.DuckDBPyConnection, n: int, rate: float) -> int:
    """How many of n rows a rate allows, by the macro `exceeds` and the variables of the connection."""
    row = con.execute("select max(k) from range($1 + 1) as t(k) where not exceeds(k, $1, $2)", [n, rate]).fetchone()
    return row[0] if row else 0


def _arguments(
    con: duckdb.DuckDBPyConnection,
    figures: duckdb.DuckDBPyConnection,
    view: View,
    expectation: Expectation,
    thresholds: Thresholds,
) -> dict[str, Any]:
    """The arguments of Great Expectations' own expectation."""
    if isinstance(expectation, Rare):
        row = figures.execute(f"select count({expectation.column}) from {view.name}").fetchone()
        n = row[0] if row else 0
        allowed = allowed_count(con, n, expectation.rate_of(thresholds))
        mostly = max(0.0, (n - allowed) / n - 1e-9) if n else 1.0
        return {"column": expectation.column, "value_set": [False], "mostly": mostly}
    return {"column": expectation.column, **_range(expectation, thresholds)}


def _range(expectation: Between, thresholds: Thresholds) -> dict[str, float | None]:
    low, high = expectation.low, expectation.high
    return {
        "min_value": low.of(thresholds) if low else None,
        "max_value": high.of(thresholds) + 1e-9 if high else None,
    }


def declared(table: str, thresholds: Thresholds) -> list[dict[str, Any]]:
    """The suite of a table as Great Expectations' configurations, whatever the number of its rows."""
    found = []
    for view in views_of(table):
        for expectation in view.expectations:
            bounds = (
                {"value_set": [False], "mostly": 1 - expectation.rate_of(thresholds)}
                if isinstance(expectation, Rare)
                else _range(expectation, thresholds)
            )
            found.append(_configuration(expectation, {"column": f"{view.name}.{expectation.column}", **bounds}))
    return found


def _configuration(expectation: Expectation, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Great Expectations' configuration of an expectation; all of them only warn."""
    return {
        "type": _type(expectation),
        "kwargs": kwargs,
        "description": f"{expectation.description} {_bound(kwargs)}",
        "severity": "warning",
    }


def _bound(kwargs: dict[str, Any]) -> str:
    """What is allowed, in words: a description takes the place of Great Expectations' own."""
    if "mostly" in kwargs:
        return f"True in at most {max(0.0, 1 - kwargs['mostly']):.2%}."
    ends = (("at least", kwargs["min_value"]), ("at most", kwargs["max_value"]))
    return " and ".join(f"{which} {end:.6g}" for which, end in ends if end is not None).capitalize() + "."


def _of_view(
    con: duckdb.DuckDBPyConnection,
    figures: duckdb.DuckDBPyConnection,
    view: View,
    thresholds: Thresholds,
) -> list[tuple[View, Expectation, dict[str, Any], dict[str, Any]]]:
    """(view, expectation, arguments, result as JSON) of every expectation of one view."""
    arguments = [_arguments(con, figures, view, expectation, thresholds) for expectation in view.expectations]
    rows = figures.execute(f"from {view.name} limit {_FEW_ROWS + 1}").fetchall()
    key = (view, json.dumps(arguments), repr(rows))
    results = _OF_FEW_ROWS.get(key)
    if results is None:
        results = _results(view, arguments)
        if len(rows) <= _FEW_ROWS and not any(map(_raised, results)):
            _OF_FEW_ROWS[key] = results
    return list(zip([view] * len(results), view.expectations, arguments, results, strict=True))


_OF_FEW_ROWS: dict[tuple[View, str, str], list[dict[str, Any]]] = {}
"""Results by view, arguments and rows, whatever the table: half of the views of a small build have no rows."""


def _results(view: View, arguments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Great Expectations' results as JSON, in the order of the expectations."""
    from reasonmed_assets.quality import dialect

    gx = dialect.great_expectations()
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    batch = _batch_definition(view.name).get_batch()
    suite = gx.ExpectationSuite(name=view.name)
    for expectation, kwargs in zip(view.expectations, arguments, strict=True):
        suite.add_expectation_configuration(ExpectationConfiguration(**_configuration(expectation, kwargs)))
    results = {
        (result.expectation_config.type, result.expectation_config.kwargs["column"]): result.to_json_dict()
        for result in batch.validate(suite).results
    }
    return [results[_type(expectation), expectation.column] for expectation in view.expectations]


@cache
def _source() -> Any:
    """Great Expectations' data source of the database in memory."""
    from reasonmed_assets.quality import dialect

    dialect.register()
    context: Any = dialect.great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context.data_sources.add_sql("figures", connection_string=f"{dialect.NAME}://")


@cache
def _batch_definition(view: str) -> Any:
    """Great Expectations' definition of all rows of a view, whatever the table: another one takes 10 ms and more."""
    return _source().add_table_asset(view, table_name=view).add_batch_definition_whole_table("all")


def _type(expectation: Expectation) -> str:
    """Great Expectations' name for it."""
    return f"expect_column_values_to_be_{'in_set' if isinstance(expectation, Rare) else 'between'}"


def _raised(result: dict[str, Any]) -> str | None:
    """What kept an expectation from being judged."""
    return (result["exception_info"] or {}).get("exception_message")


def _described(view: View, expectation: Expectation, kwargs: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    observed = result["result"].get("unexpected_count")
    total = result["result"].get("element_count")
    if isinstance(expectation, Rare):
        allowed = f"at least {kwargs['mostly']:.2%} false"
        condition = expectation.column
    else:
        allowed = f"{kwargs['min_value']} to {kwargs['max_value']}"
        condition = (
            f"{expectation.column} < {_number(kwargs['min_value'], '-infinity')}"
            f" or {expectation.column} > {_number(kwargs['max_value'], 'infinity')}"
        )
    raised = _raised(result)
    return {
        "expectation": expectation.description,
        "check": expectation.method_check,
        "column": f"{view.name}.{expectation.column}",
        "observed": raised or f"{observed} of {total}",
        "allowed": allowed,
        "view": view.name,
        "condition": condition,
    }


def _named(view: View, result: dict[str, Any]) -> dict[str, Any]:
    """One result as it is kept. The views of a table share a suite, so their columns must not share names."""
    found = copy.deepcopy(result)
    kwargs = found["expectation_config"]["kwargs"]
    kwargs.pop("batch_id")
    kwargs["column"] = f"{view.name}.{kwargs['column']}"
    return found


def _number(value: float | None, otherwise: str) -> str:
    return f"'{otherwise}'::double" if value is None else repr(float(value))


def _examples(con: duckdb.DuckDBPyConnection, file: Path, condition: str) -> str:
    rows = con.execute(f"select name from {parquet(file)} where {condition} limit {_MAX_NAMES}").fetchall()
    return ", ".join(str(name) for (name,) in rows)
