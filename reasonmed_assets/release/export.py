"""`reasonmed export`: the three training sets as files that trainers read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

import duckdb

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.config.hints import command
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.release import files
from reasonmed_assets.release.files import ExportError
from reasonmed_assets.release.set_forms import (
    DEFAULT_SET,
    ENDINGS,
    ROWS_AT_ONCE,
    SETS,
    index_entries,
    set_name,
    write_forms,
)
from reasonmed_assets.release.terms import on_the_hub
from reasonmed_assets.release.trainers.rendering import REPORT, TrainerOptions, render_export
from reasonmed_assets.storage import Warehouse, open_warehouse
from reasonmed_assets.storage.audits import last_audits
from reasonmed_assets.storage.freshness import stale
from reasonmed_assets.storage.querying import protected_paths, refuse_protected
from reasonmed_assets.vocabulary import FOLDS

_CARD, _INDEX = "README.md", "dataset_info.json"
KIND_OF_PROVIDER = {"simulated": "simulated", "demonstration": "demo"}


def export_training_sets(
    warehouse_folder: Path,
    folder: Path,
    allowed: set[str],
    *,
    force: bool = False,
    trainer: TrainerOptions | None = None,
) -> Iterator[str]:
    """Write every training set and fold that has examples as alpaca JSON, ShareGPT messages and Parquet.

    For TRL each has its prompts with their completions as well. Beside them are LLaMA-Factory's index, and a card by
    which `datasets` loads the Parquet files.

    Args:
        warehouse_folder: the warehouse.
        folder: where to write; created if absent.
        allowed: kinds of rows to allow: simulated, demo, stand-in, failing, behind.
        force: replace the earlier export in the folder, whose files must be as it wrote them.
        trainer: the trainer that is to render the records, of which the report is written too; None: none.

    Yields:
        One line per set written, and per set rendered.

    Raises:
        WarehouseError: nothing was published yet, or the record of an audit cannot be understood.
        ExportError: there is nothing to export, the folder holds files that are not to be replaced, rows are refused,
            or the trainer does not see what they hold.
        QueryError: the folder is that of the warehouse, or in it.
    """
    if trainer is not None:
        trainer.check(SETS)
    warehouse = open_warehouse(warehouse_folder)
    refuse_protected(folder, protected_paths(warehouse_folder, None))
    with warehouse.snapshot() as con:
        marks = marks_of(con, warehouse, allowed)
        with files.written_aside(folder, _names(), force=force) as new:
            index: dict[str, object] = {}
            for table in SETS:
                for fold in FOLDS:
                    name = set_name(table, fold)
                    query = f"select * exclude (row_hash) from {table} where fold = $1 order by example_id"
                    rows = con.sql(query, params=[fold]).to_arrow_reader(ROWS_AT_ONCE)
                    if n_rows := write_forms(new, name, rows.schema, rows):
                        index |= index_entries(name)
                        yield f"{name}: {n_rows:,} examples ({', '.join(ENDINGS)})"
            _write_card(new, marks, _licences(con), index)
            (new / _INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
            if trainer is not None:
                wanted = [set_name(table, fold) for table in trainer.sets or SETS for fold in FOLDS]
                yield from render_export(new, [name for name in wanted if name in index], trainer)
    yield f"{_INDEX}: {len(index)} data sets" + (f"; marked: {', '.join(marks)}" if marks else "")


def _names() -> list[str]:
    """The files of an export."""
    sets = [set_name(table, fold) for table in SETS for fold in FOLDS]
    return [name + ending for name in sets for ending in ENDINGS] + [_CARD, _INDEX, REPORT]


def marks_of(con: duckdb.DuckDBPyConnection, warehouse: Warehouse, allowed: set[str]) -> list[str]:
    """The kinds of rows that are allowed.

    Raises:
        ExportError: rows of a kind that is not allowed, or the sets are empty.
    """
    found = con.execute("select distinct provider_kind, split_role from sft_reasonmed").fetchall()
    if not found:
        build = command("build", warehouse=warehouse.name)
        raise ExportError(f"the training sets are empty: build them with `{build}`")
    kinds = {KIND_OF_PROVIDER[kind] for kind, _ in found if kind in KIND_OF_PROVIDER}
    kinds |= {"stand-in" for _, role in found if role == "stand_in"}
    not_made = stale(con)
    failing = sorted({*_failing(warehouse), *(one.place for one in not_made if one.failure is not None)})
    if failing:
        kinds.add("failing")
    behind = [f"{one.place}: {one.why}" for one in not_made if one.table in SETS and one.why is not None]
    if behind:
        kinds.add("behind")
    refused = sorted(kinds - allowed)
    if refused:
        reasons = {
            "simulated": "rows whose text no model wrote",
            "demo": "rows of the small demonstration model",
            "stand-in": "rows from a benchmark split used in place of training data",
            "failing": f"partitions whose last build failed or failed its checks ({', '.join(failing)})",
            "behind": f"rows made from earlier ones than are published now ({'; '.join(behind)})",
        }
        raise ExportError(
            "the training sets hold "
            + "; ".join(f"{reasons[kind]} (allow them with --allow {kind})" for kind in refused)
            + ". Such an export is marked, and is not meant for training a model that others use."
        )
    return sorted(kinds)


def _failing(warehouse: Warehouse) -> list[str]:
    """Partitions whose last audit turned their rows away, by that audit's own record.

    A version that kept no audits left quarantined rows alone: which came last, they or the published ones, is unknown
    until the next build audits the partition.
    """
    is_blocked = {(audit.table, audit.partition): audit.is_blocked for audit in last_audits(warehouse)}
    unknown = dict.fromkeys(((kept.table, kept.partition) for kept in warehouse.quarantined()), True)
    places = [place for place, failing in (unknown | is_blocked).items() if failing]
    return sorted("/".join(filter(None, place)) for place in places)


def _licences(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The licences of the questions that the sets were made from."""
    query = """
        select distinct questions.licence
        from sft_reasonmed
        inner join reasonmed on sft_reasonmed.example_id = reasonmed.example_id
        inner join questions on reasonmed.question_id = questions.question_id
        order by all
    """
    return [licence for (licence,) in con.execute(query).fetchall()]


def _write_card(folder: Path, marks: list[str], licences: list[str], index: Mapping[str, object]) -> None:
    """The files as `datasets` loads them, their contents, their columns, and what they must not be used for."""
    lines = [*_front_matter(licences, index), "# Training sets", ""]
    if marks:
        lines += [f"**Not for release**: this export holds {', '.join(marks)} rows.", ""]
    lines += [f"Licences of the questions: {', '.join(licences)}.", ""]
    for table in SETS:
        spec = TABLES[table]
        lines += [f"## {table}", "", spec.grain, "", "| column | type | what it is |", "| --- | --- | --- |"]
        types = spec.duckdb_types()
        lines += [
            f"| {name} | {types[name]} | {column.description} |"
            for name, column in spec.columns.items()
            if name != "row_hash"
        ]
        lines.append("")
    (folder / _CARD).write_text("\n".join(lines), encoding="utf-8")


def _front_matter(licences: Sequence[str], index: Mapping[str, object]) -> Iterator[str]:
    """The head of the card in YAML: of the Parquet files, two configurations per set, one split per fold."""
    yield "---"
    yield f"license: {on_the_hub(licences)}"
    yield f"license_name: {json.dumps(' and '.join(licences))}"
    yield "configs:"
    for table, kind in product(SETS, ("", "_prompts")):
        yield f"- config_name: {table}{kind}"
        if (table, kind) == (DEFAULT_SET, ""):
            yield "  default: true"
        yield "  data_files:"
        for fold in FOLDS:
            if set_name(table, fold) in index:
                yield f"  - split: {fold}"
                yield f"    path: {set_name(table, fold)}{kind}.parquet"
    yield "---"
    yield ""
