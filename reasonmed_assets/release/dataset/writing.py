"""`reasonmed release`: a warehouse as its publisher owes it. The same warehouse gives the same bytes.

The rows are written in shards, each joined and sorted by itself, so that memory does not grow with the data set.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from reasonmed_assets import sql
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.pages.browse.page import write_page
from reasonmed_assets.release.dataset import layout
from reasonmed_assets.release.dataset.columns import ROW
from reasonmed_assets.release.dataset.description.rendering import rendered
from reasonmed_assets.release.dataset.folder import digest_of, written_beside
from reasonmed_assets.release.dataset.leaving_out import Scrubber
from reasonmed_assets.release.dataset.lineage import copy, write_lineage
from reasonmed_assets.release.dataset.record import UNKNOWN, as_text, counted, declared_terms, gathered, plain
from reasonmed_assets.release.dataset.trainers import write_for_trainers
from reasonmed_assets.release.export import marks_of
from reasonmed_assets.release.files import ExportError
from reasonmed_assets.release.set_forms import TRAINERS_ENDINGS
from reasonmed_assets.storage import open_warehouse
from reasonmed_assets.storage.audits import last_audits
from reasonmed_assets.storage.querying import protected_paths, refuse_protected

SHARD_ROWS = 20_480
_MEMORY = "800MiB"
_FACTS_AT_ONCE = 50_000
"""Examples whose facts are joined at once: the joins hold all of these in memory."""


def write_release(
    settings: BuildSettings,
    folder: Path,
    *,
    allowed: set[str],
    licences: Sequence[str] = (),
    force: bool = False,
    with_names: bool = False,
    shard_rows: int = SHARD_ROWS,
) -> Iterator[str]:
    """Write a release into a folder.

    Args:
        settings: whose warehouse is released, and whose profile says under which terms its models are.
        folder: where to write; created if absent.
        allowed: kinds of rows to allow: simulated, demo, stand-in, failing, behind.
        licences: only examples all of whose terms are among these, of the question and of the models that wrote their
            texts (`unknown` is one of them); none: all examples.
        force: replace an earlier release in the folder, whose files must be as it wrote them.
        with_names: people's names, addresses and absolute paths are released too.
        shard_rows: examples per Parquet file.

    Yields:
        One line per part written.

    Raises:
        WarehouseError: nothing was published yet, or the record of an audit cannot be understood.
        ExportError: there is nothing to release, the folder holds something else, or rows are refused.
        QueryError: the folder is that of the warehouse, or in it.
    """
    warehouse = open_warehouse(settings.warehouse_folder)
    refuse_protected(folder, protected_paths(settings.warehouse_folder, None))
    profile, scrub = settings.loaded_profile, Scrubber(with_names=with_names)
    with warehouse.snapshot() as con:
        marks = marks_of(con, warehouse, allowed)
        with written_beside(folder, force=force) as new:
            _bound_memory(con, new.parent / "spilled")
            _make_facts(con, profile, licences, scrub)
            sets: dict[str, dict[str, int]] = {}
            for line, name, fold, n_shards in _write_rows(con, new, shard_rows):
                sets.setdefault(name, {})[fold] = n_shards
                yield line
            write_for_trainers(new, new, sets)
            yield f"{', '.join(TRAINERS_ENDINGS)} of each set and fold"
            write_lineage(con, new / layout.LINEAGE, scrub)
            yield f"{layout.LINEAGE}/: edges, builds and what the last build left"
            shown = write_page(con, new / layout.PAGE, with_names=with_names, among="facts", called=scrub.name)
            yield f"{layout.PAGE}: {shown.n_shown:,} of {shown.n_questions:,} questions"
            audits = sorted(last_audits(warehouse), key=lambda audit: (audit.table, audit.partition or ""))
            record: dict[str, Any] = gathered(con, profile, audits, scrub)
            record |= {"marks": marks, "licences": sorted(licences), "with_names": with_names, "shards": sets}
            layout.show(con, new, sets)
            record |= {"counts": counted(con), "content": layout.content(con), "bytes": layout.uncompressed(new, sets)}
            record["attached"] = {layout.PAGE: digest_of(new / layout.PAGE)}
            record = plain(record)
            (new / layout.RECORD).write_text(as_text(record), encoding="utf-8")
            for name, text in rendered(record, layout.digests(new, sets)).items():
                (new / name).parent.mkdir(exist_ok=True)
                (new / name).write_text(text, encoding="utf-8")
            yield f"{layout.CARD}, {layout.CROISSANT}, {layout.INDEX}, {len(record['charts'])} pictures"
    yield f"{folder}: {len(sets)} sets" + (f"; marked: {', '.join(marks)}" if marks else "")


def _bound_memory(con: duckdb.DuckDBPyConnection, spill: Path) -> None:
    con.execute(f"set memory_limit = '{_MEMORY}'")
    # Where another connection of this process has spilled, it says where.
    with suppress(duckdb.NotImplementedException):
        con.execute(f"set temp_directory = {sql.literal(spill)}")


def _make_facts(con: duckdb.DuckDBPyConnection, profile: Any, licences: Sequence[str], scrub: Scrubber) -> None:
    """Make the relations `named_models` and `facts`: the examples that are released, without their long texts."""
    terms = declared_terms(con, profile)
    found = con.execute(sql.query("release/named_models").text).fetchall()
    models = [(*model, scrub.name(model[0]), terms.get(model, UNKNOWN)) for model in found if None not in model]
    schema = dict.fromkeys(("model", "revision", "name", "terms"), pl.String)
    con.register("_named_models", pl.DataFrame(models, schema=schema, orient="row").to_arrow())
    con.execute("create temp table named_models as from _named_models")
    con.execute("create temp table costs as from cost_per_example")
    con.execute("set variable shard_rows = $1", [_FACTS_AT_ONCE])
    facts = sql.query("release/facts").text
    for at, (first, last) in enumerate(con.execute(sql.query("release/parts").text).fetchall()):
        _set_ids(con, first, last)
        con.execute(f"{'insert into facts' if at else 'create temp table facts as'} {facts}")
    con.execute("drop table costs")
    if not licences:
        return
    of_rows = con.execute("select distinct unnest(list_append(model_terms, licence)) from facts order by 1").fetchall()
    con.execute(
        "delete from facts where not list_has_all($1, list_append(model_terms, licence))", [sorted({*licences})]
    )
    if not con.execute("select count(*) from facts").fetchall()[0][0]:
        known = ", ".join(name for (name,) in of_rows)
        raise ExportError(
            f"no example is under {', '.join(licences)} alone: give --licence for each of its terms, that of the "
            f"question and those of the models that wrote it; here they are {known}"
            + (f" ({UNKNOWN}: the profile declares no terms of a model)" if UNKNOWN in known else "")
        )


def _set_ids(con: duckdb.DuckDBPyConnection, first: str, last: str) -> None:
    con.execute("set variable first_id = $1", [first])
    con.execute("set variable last_id = $1", [last])


def _write_rows(con: duckdb.DuckDBPyConnection, folder: Path, shard_rows: int) -> Iterator[tuple[str, str, str, int]]:
    """Write the shards of every set and fold; yields a line, the set, the fold and its number of shards."""
    con.execute("set variable shard_rows = $1", [shard_rows])
    shards = con.execute(sql.query("release/shards").text).fetchall()
    for fold in dict.fromkeys(one[0] for one in shards):
        of_fold = [one for one in shards if one[0] == fold]
        for at, (_, _, first, last, _) in enumerate(of_fold):
            con.execute("set variable fold = $1", [fold])
            _set_ids(con, first, last)
            con.execute(f"create or replace temp table pieces as {sql.query('release/pieces').text}")
            for table in layout.SETS:
                query = (
                    f"select pieces.*, sets.instruction, sets.input, sets.output from pieces "
                    f"inner join {table} as sets on pieces.example_id = sets.example_id order by pieces.example_id"
                )
                file = folder / layout.shard(table, fold, at, len(of_fold))
                file.parent.mkdir(parents=True, exist_ok=True)
                copy(con, query, ROW, file)
        n = sum(one[-1] for one in of_fold)
        for table in layout.SETS:
            yield f"{table}, {fold}: {n:,} examples in {len(of_fold):,} files", table, fold, len(of_fold)
    con.execute("drop table if exists pieces")
