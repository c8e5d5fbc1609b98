"""Great Expectations' Data Docs of a warehouse, as a static site: every suite, and its last results by source.

The pages come from Great Expectations' own renderers and views. Its templates load styles and scripts from other hosts;
those in `templates/data_docs/` take their place (`data_docs_views.py`), so that the site is complete without a network.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.config.profile import Thresholds
from reasonmed_assets.quality.declarations import UNAUDITED
from reasonmed_assets.quality.distributions import declared
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TABLES

SITE = "data_docs"
"""Folder of the site within that of the quality report."""
SERVED_AT = "/pages/quality"
"""Where the UI serves the folder of the quality report."""

_ALL_SOURCES = "all-sources"


def suite_page(table: str) -> str:
    """Path of the page of a table's suite, within the folder of the quality report."""
    return f"{SITE}/expectations/{table}.html"


def result_page(record: AuditRecord) -> str:
    """Path of the page of an audit's results, within the folder of the quality report."""
    at = record.audited_at.strftime("%Y%m%dT%H%M%S.%fZ")
    return f"{SITE}/validations/{record.table}/{_run_name(record)}/{at}/{record.run_id}.html"


def write_site(records: Sequence[AuditRecord], folder: Path) -> None:
    """Write the Data Docs.

    Args:
        records: the last audit of every partition of the declared tables.
        folder: where the quality report is; `SITE` in it is replaced.

    Raises:
        RuntimeError: Great Expectations left out a page.
    """
    from reasonmed_assets.quality import dialect

    gx = dialect.great_expectations()
    from great_expectations.render.renderer.site_builder import SiteBuilder

    from reasonmed_assets.pages.data_docs_views import IndexView, PageView

    shutil.rmtree(folder / SITE, ignore_errors=True)
    context = gx.get_context(mode="ephemeral")
    validated = [record for record in records if record.validation]
    for table in TABLES:
        if table not in UNAUDITED:
            _add_suite(context, table, [record for record in validated if record.table == table])
    for record in validated:
        _add_results(context, record)
    page, index = ({"module_name": view.__module__, "class_name": view.__name__} for view in (PageView, IndexView))
    SiteBuilder(
        context,
        {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder / SITE)},
        site_name="reasonmed",
        show_how_to_buttons=False,
        site_index_builder={"class_name": "DefaultSiteIndexBuilder", "view": index},
        site_section_builders={"expectations": {"view": page}, "validations": {"view": page}, "profiling": "None"},
    ).build()
    # Fonts, pictures and logos that no page refers to.
    shutil.rmtree(folder / SITE / "static", ignore_errors=True)
    _refuse_gaps(folder, validated)


def _add_suite(context: Any, table: str, records: Sequence[AuditRecord]) -> None:
    """The suite of a table, with the bounds of its last audit, and links to the results of all partitions."""
    import great_expectations as gx
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    results = [
        f"- [{_run_name(record)}](../{result_page(record).removeprefix(SITE + '/')}): "
        + ("met" if _n_met(record) == len(record.validation) else "**not met**")
        for record in records
    ]
    suite = gx.ExpectationSuite(name=table, notes="\n".join(["Last results:", "", *results]) if results else None)
    for configuration in declared(table, _thresholds(records)):
        suite.add_expectation_configuration(ExpectationConfiguration(**configuration))
    context.suites.add(suite)


def _thresholds(records: Sequence[AuditRecord]) -> Thresholds:
    """The bounds of the latest of these audits; the defaults if there is none."""
    last = max(records, key=lambda record: record.audited_at, default=None)
    known = {name: last.thresholds[name] for name in Thresholds.model_fields if name in last.thresholds} if last else {}
    return Thresholds.model_validate(known)


def _n_met(record: AuditRecord) -> int:
    return sum(result["success"] for result in record.validation)


def _add_results(context: Any, record: AuditRecord) -> None:
    from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    run_id = RunIdentifier(run_name=_run_name(record), run_time=record.audited_at)
    n, n_met = len(record.validation), _n_met(record)
    results = expectationSuiteValidationResultSchema.load(
        {
            "success": n_met == n,
            "results": record.validation,
            "suite_name": record.table,
            "statistics": {
                "evaluated_expectations": n,
                "successful_expectations": n_met,
                "unsuccessful_expectations": n - n_met,
                "success_percent": 100 * n_met / n,
            },
            "meta": {
                "run_id": run_id.to_json_dict(),
                "batch_spec": {
                    "data_asset_name": record.table,
                    "source": record.partition or "all sources",
                    "rows": record.rows,
                    "profile": record.profile,
                },
            },
        }
    )
    key = ValidationResultIdentifier(ExpectationSuiteIdentifier(record.table), run_id, record.run_id)
    context.validation_results_store.set(key, results)


def _run_name(record: AuditRecord) -> str:
    return record.partition or _ALL_SOURCES


def _refuse_gaps(folder: Path, validated: Sequence[AuditRecord]) -> None:
    """The site builder logs what it could not render, and continues."""
    pages = [suite_page(table) for table in TABLES if table not in UNAUDITED]
    pages += [result_page(record) for record in validated] + [f"{SITE}/index.html"]
    missing = [page for page in pages if not (folder / page).is_file() or not (folder / page).stat().st_size]
    if missing:
        raise RuntimeError(f"Great Expectations did not render {', '.join(missing)}: see its log above")
