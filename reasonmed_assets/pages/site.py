"""`reasonmed quality`: the quality report, the lineage of columns and the Data Docs of a warehouse, as files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from reasonmed_assets.config.hints import command
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.pages import column_page, data_docs
from reasonmed_assets.pages import quality_report as report
from reasonmed_assets.pages.published import FRESHNESS, write_freshness
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.storage import Warehouse, open_warehouse
from reasonmed_assets.storage.audits import last_audits


class QualityError(ReasonmedError):
    """A report that cannot be written; the message says why."""


def write_quality_pages(warehouse_folder: Path, folder: Path | None) -> Iterator[str]:
    """Write the quality report (`index.html`), the lineage of columns (`columns/`) and the Data Docs (`data_docs/`).

    Earlier ones are replaced.

    Reads the snapshot and the records of the audits, so it may run during a build.

    Args:
        warehouse_folder: the warehouse.
        folder: where to write; None: `quality/` in the warehouse.

    Yields:
        One line per thing written, and one on the checks.

    Raises:
        WarehouseError: there is no warehouse, or the record of an audit cannot be understood.
        QualityError: nothing was built yet, or the folder holds another page.
    """
    warehouse = open_warehouse(warehouse_folder)
    records = list(last_audits(warehouse))
    warehouse.catch_up()
    if not records and not warehouse.has_snapshot:
        build = command("build", warehouse=warehouse.name)
        raise QualityError(f"warehouse {warehouse.name} holds nothing yet: build it with `{build}`")
    own = warehouse.companion("quality").resolve()
    folder = (folder or own).resolve()
    page = folder / "index.html"
    written_with_it = [folder / data_docs.SITE, folder / column_page.FOLDER]
    # In the warehouse's own folder each build writes that page.
    _refuse_other_pages(page, *written_with_it, *([folder / FRESHNESS] if folder != own else []))
    with _published(warehouse) as con:
        text = report.render(con, records, warehouse_folder.resolve())
        columns = column_page.render(con, records, warehouse_folder.resolve())
        folder.mkdir(parents=True, exist_ok=True)
        write_freshness(warehouse, con, folder)
    columns_page = folder / column_page.FOLDER / "index.html"
    columns_page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    columns_page.write_text(columns, encoding="utf-8")
    data_docs.write_site(records, folder)
    yield f"quality report: {page}"
    yield f"columns: {columns_page}"
    yield f"freshness: {folder / FRESHNESS}"
    yield f"Data Docs: {folder / data_docs.SITE / 'index.html'}"
    yield _said(records)


@contextmanager
def _published(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The snapshot; where nothing was published yet, every table without rows."""
    with warehouse.snapshot() if warehouse.has_snapshot else warehouse.read() as con:
        yield con


def _refuse_other_pages(page: Path, *written_with_it: Path) -> None:
    """What would be replaced must have been written here."""
    written_here = f'<meta name="generator" content="{report.GENERATOR}">'
    if page.is_symlink() and not page.exists():
        raise QualityError(f"{page} is a link that leads nowhere: give another folder")
    if page.exists() and written_here not in page.read_text(encoding="utf-8", errors="replace"):
        raise QualityError(f"{page} is not a quality report: give another folder, so that it stays")
    for site in written_with_it:
        if os.path.lexists(site) and not page.exists():
            raise QualityError(f"{site} was not written with a quality report: give another folder, so that it stays")


def _said(records: list[AuditRecord]) -> str:
    outcomes = [outcome for record in records for outcome in record.outcomes]
    failed = [outcome for outcome in outcomes if not outcome.passed]
    blocking = sum(outcome.is_blocking_failure for outcome in failed)
    return (
        f"{len(outcomes) - len(failed):,} of {len(outcomes):,} checks passed, {blocking:,} failed and block, "
        f"{len(failed) - blocking:,} warn"
    )
