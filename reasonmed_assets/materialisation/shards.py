"""Shards: a long partition is staged some questions at a time, and what is staged is kept until it is published.

Memory is bounded by a shard. A run that is stopped leaves its finished shards beside its staging area; the next one
takes over those that were made from what it would make them from, once it has compared their digests.

Where nothing but rows of some units (questions, or calls) changed since the last publish, these alone are worked, in
one piece: the published rows of the others stay as they are, with what checks found in them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet as pq

from reasonmed_assets import interruption, sql
from reasonmed_assets.llm.outcomes import EndpointError
from reasonmed_assets.materialisation.checks.kept import (
    check_keys,
    kept_measures,
    kept_outcomes,
    outcomes_that_hold,
)
from reasonmed_assets.materialisation.definition import TableDefinition, from_query
from reasonmed_assets.materialisation.fingerprint import TABLE, Changes, Parts, fingerprint, stale_parts
from reasonmed_assets.materialisation.stage import ChangedUnits, Shard, Stage
from reasonmed_assets.quality.auditing import CheckOutcome, audit_rows, merged
from reasonmed_assets.quality.measures import measures_key
from reasonmed_assets.quality.schema import CALL, QUESTION, TABLES, TableSpec
from reasonmed_assets.storage import PublishRecord, Warehouse, WarehouseError
from reasonmed_assets.storage.publishing import Replaced, in_partition, last_publish

_log = logging.getLogger(__name__)
_FORM = "1"
"""The form in which shards are kept."""


@dataclass(frozen=True)
class Staged:
    """The staged rows of a partition.

    Attributes:
        files: Parquet files that hold them.
        outcomes: of the checks that were made shard by shard, by name.
        n_taken_over: shards that an earlier run had staged.
        failed: the shard that a check keeps back, the only one in `files` then; None where there is none.
        changed: the units that were worked, where the published rows of the others stay.
        replaced: the published rows in whose place the files' rows are then; None: all.
        measures: Parquet file of what was measured in the rows before; None where nothing of it is known.
    """

    files: Sequence[Path]
    outcomes: Mapping[str, CheckOutcome] = field(default_factory=dict)
    n_taken_over: int = 0
    failed: Shard | None = None
    changed: ChangedUnits | None = None
    replaced: Replaced | None = None
    measures: Path | None = None

    @property
    def n_rows(self) -> int:
        """How many rows they hold."""
        return sum(pq.read_metadata(file).num_rows for file in self.files)

    @property
    def metadata(self) -> dict[str, Any]:
        """What a materialisation shows of them; nothing of rows that are all made in one piece."""
        if self.changed is not None:
            return {f"{'calls' if self.changed.unit == CALL else 'questions'}_changed": self.changed.n}
        return {"shards": len(self.files), "shards_taken_over": self.n_taken_over} if len(self.files) > 1 else {}

    def stay(self, spec: TableSpec, partition: str | None) -> str:
        """The query of the published rows that stay; empty where none do."""
        if self.replaced is None:
            return ""
        return f"select * from {spec.name} where {in_partition(spec, partition)} and not ({self.replaced.where})"

    def measured(self, spec: TableSpec, partition: str | None) -> str:
        """The query of what is known to be measured in the rows; empty where nothing is."""
        if self.measures is None:
            return ""
        stay = self.stay(spec, partition)
        key = measures_key(spec.name)
        return f"from {sql.parquet(self.measures)}" + (f" semi join ({stay}) as stay using ({key})" if stay else "")

    def as_one(self, stage: Stage) -> Path:
        """The rows in one file, those that stay included."""
        files = list(self.files)
        if self.replaced is not None:
            files.append(stage.scratch("others"))
            where = f"not ({self.replaced.where})"
            stage.session.warehouse.export(stage.spec, stage.partition, files[-1], where=where)
        if len(files) > 1:
            stage.write_all(files)
            return stage.path
        return files[0]


def number_of_shards(stage: Stage, n_questions: int) -> int:
    """In how many shards a partition with this number of questions is worked."""
    is_divided = stage.spec.unit == QUESTION and stage.transform.roles and n_questions > 0
    return -(-n_questions // stage.session.profile.machine.shard_questions) if is_divided else 1


def stage_rows(
    table: TableDefinition, stage: Stage, n: int, *, made_from: str, keys: Mapping[str, str], is_retry: bool
) -> Staged:
    """Stage the rows of a partition in shards, each audited as it is done, as far as its rows can be judged alone.

    Args:
        table: how it is made.
        stage: where it is staged.
        n: the number of shards.
        made_from: fingerprint of what the rows are made from.
        keys: what the checks judge by (`check_keys`).
        is_retry: models are asked again: what was staged before is not taken over.

    Raises:
        EngineError, LedgerError: calls that cannot be made, or a step of which none is answered; finished shards are
            kept.
        KeyboardInterrupt: the process was told to stop; the same.
    """
    if n == 1:
        table.stage_rows(stage)
        _refuse_silence(stage)
        return Staged([stage.path])
    if is_retry:
        drop_shards(stage.session.warehouse, stage.spec, stage.partition)
    kept = _Kept(stage, n, made_from, keys)
    files: list[Path] = []
    outcomes: list[Sequence[CheckOutcome]] = []
    n_taken_over = 0
    for shard in (Shard(number, n) for number in range(1, n + 1)):
        interruption.check()
        started, calls = time.monotonic(), stage.session.n_calls
        folder = stage.path.with_name(f"shard_{shard.number}")
        file = folder.with_suffix(".parquet")
        part = replace(stage, path=folder / "rows.parquet", units=shard, is_complete=True)
        known = kept.take(shard, file)
        if known is None:
            folder.mkdir()
            _stage_part(table, part)
            part.path.rename(file)
            # What led to the rows takes as much room as they do.
            shutil.rmtree(folder)
        with part.read() as con:
            found = audit_rows(con, stage.spec, stage.partition, file, stage.session.profile, known)
        if any(outcome.is_blocking_failure for outcome in found):
            return Staged([file], {outcome.name: outcome for outcome in found}, n_taken_over, shard)
        if known is None and part.is_complete:
            kept.keep(shard, file, found)
        stage.is_complete &= part.is_complete
        n_taken_over += known is not None
        files.append(file)
        outcomes.append(found)
        made, reused = (now - before for now, before in zip(stage.session.n_calls, calls, strict=True))
        worked = (
            f"{made:,} calls made, {reused:,} reused" if known is None else "taken over from a run that ended early"
        )
        rows, seconds = pq.read_metadata(file).num_rows, time.monotonic() - started
        stage.session.display.shard_staged(
            stage.spec.name, stage.partition, f"{shard}: {rows:,} rows, {worked}, {seconds:.1f} s"
        )
    _refuse_silence(stage)
    return Staged(files, {one[0].name: merged(one) for one in zip(*outcomes, strict=True)}, n_taken_over)


def changed_units(
    con: duckdb.DuckDBPyConnection,
    stage: Stage,
    last: PublishRecord,
    parts: Parts,
    calls: Mapping[str, Sequence[str] | None],
) -> ChangedUnits | None:
    """The units to work where all others have the rows that are published.

    Args:
        con: of `Warehouse.read`.
        stage: where the partition is staged.
        last: its last publish.
        parts: what its rows are made from now.
        calls: `changed_calls` of its definition.

    Returns:
        None where the whole partition is worked: something else changed than rows of single units, history does not
        reach back, another run has published it meanwhile, or they are too many for one piece.
    """
    spec, warehouse = stage.spec, stage.session.warehouse
    if spec.unit is None or not last.parts or not last.fingerprint:
        return None
    now = last_publish(con, spec.name, stage.partition)
    if now is None or now.seq != last.seq:
        return None
    file, since, queries = stage.scratch("units"), dict[str, int](), list[str]()
    try:
        # What others did meanwhile shows with the next change.
        for name, keys in calls.items():
            if keys is None:
                return None
            con.register(f"calls of {name}", pl.DataFrame({CALL: keys}, schema={CALL: pl.String}))
            queries.append(_units_of_calls(spec.unit, f'select {CALL} from "calls of {name}"'))
        for part in stale_parts(last.parts, parts):
            if part in calls:
                continue
            other = TABLES.get(part.removeprefix(TABLE)) if part.startswith(TABLE) else None
            if other is None or (spec.is_partitioned and other.partitioned_by not in (None, spec.partitioned_by)):
                return None
            # Nothing was published of it that had a row.
            since[other.name] = seq = json.loads(last.parts.get(part, "null")) or 0
            of = stage.partition if other.is_partitioned else None
            if (units := other.units(spec.unit)) is not None:
                queries.append(warehouse.values_since(con, other, of, f"{units} as {spec.unit}", seq))
            elif CALL in other.columns:
                queries.append(_units_of_calls(spec.unit, warehouse.values_since(con, other, of, CALL, seq)))
            else:
                return None
        found = " union ".join(f"({query})" for query in queries)
        con.sql(f"select distinct * from ({found})").write_parquet(str(file))
        ((n, n_named),) = con.execute(f"select count(*), count({spec.unit}) from {sql.parquet(file)}").fetchall()
    except (WarehouseError, duckdb.Error) as error:
        _log.info("%s %s is worked as a whole: %s", spec.name, stage.partition, error)
        return None
    is_small = n <= stage.session.profile.machine.shard_questions or not stage.transform.roles
    return ChangedUnits(spec.unit, file, n, since) if n == n_named and is_small else None


def stage_changed(
    table: TableDefinition, stage: Stage, last: PublishRecord, parts: Parts, changes: Changes
) -> Staged | None:
    """Stage the rows of changed units, in place of their published ones.

    Args:
        table: how the partition is made.
        stage: where it is staged.
        last: its last publish.
        parts: what its rows are made from now.
        changes: `changes` of `Warehouse.standing`.

    Returns:
        None where the whole partition is to be worked.

    Raises:
        EngineError, LedgerError, KeyboardInterrupt: as `stage_rows`.
    """
    spec, partition, session = stage.spec, stage.partition, stage.session
    # Before the warehouse is open: no publish waits for the ledger.
    calls = table.changed_calls(session, last.parts or {}) if spec.unit else {}
    with session.warehouse.read() as con:
        changed = changed_units(con, stage, last, parts, calls)
    if changed is None:
        return None
    part = replace(stage, path=stage.scratch("changed"), units=changed, is_complete=True)
    _stage_part(table, part)
    stage.is_complete &= part.is_complete
    # What checks found in the rows of the others, they found with the inputs of then.
    then = {(name, of): min(seq, changed.since.get(name, seq)) for (name, of), seq in changes.items()}
    keys = check_keys(spec, partition, session.profile, {place: seq for place, seq in then.items() if seq})
    kept = kept_outcomes(session.warehouse, spec, partition, last.seq, keys)
    with part.read() as con:
        found = audit_rows(con, spec, partition, part.path, session.profile)
    # Rows that failed may be of units that changed: then all are judged again.
    outcomes = {one.name: merged([kept[one.name], one]) for one in found if one.name in kept and kept[one.name].passed}
    where = changed.condition(spec, spec.name)
    assert where is not None
    measures = kept_measures(session.warehouse, spec, partition, last.seq, keys)
    return Staged([part.path], outcomes, changed=changed, replaced=Replaced(where, last.seq), measures=measures)


def _units_of_calls(unit: str, calls: str) -> str:
    """The query of the units that calls are of, from the query of these."""
    return calls if unit == CALL else f"select {unit} from served_rows where {CALL} in ({calls}) and {unit} is not null"


def _stage_part(table: TableDefinition, stage: Stage) -> None:
    """Stage rows in one piece."""
    # No publish waits for code.
    with stage.kept_open() if table.stage_rows is from_query else nullcontext():
        table.stage_rows(stage)


def _refuse_silence(stage: Stage) -> None:
    """Stop where no call of a step is answered: that is no matter of single rows."""
    for step, answers in stage.answers.items():
        if answers.unanswered and not answers.n_answered:
            raise EndpointError(
                f"step {step}: none of its {answers.n_calls:,} calls was answered ({answers.unanswered}). Nothing is "
                "published; mend the cause and run the same command again"
            )


def drop_shards(warehouse: Warehouse, spec: TableSpec, partition: str | None) -> None:
    """Remove the kept shards of a partition, if any: it is published, or asked about again."""
    if spec.unit is not None:
        shutil.rmtree(warehouse.shards_folder(spec.name, partition), ignore_errors=True)


class _Kept:
    """The finished shards of a partition that runs keep for each other, in a folder of what they are made from.

    Each is linked, so that one that publishes and removes them takes them from no other.
    """

    def __init__(self, stage: Stage, n: int, made_from: str, keys: Mapping[str, str]) -> None:
        self._scratch = stage.scratch("kept").with_suffix(".json")
        self._keys = keys
        parts = {"form": _FORM, "shards": str(n), "made from": made_from, "contents": _contents(stage)}
        folder = stage.session.warehouse.shards_folder(stage.spec.name, stage.partition)
        self._folder = folder / fingerprint(parts)
        # Nothing goes on from these, and a set of them may be as large as the table.
        for other in folder.glob("*"):
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)

    def take(self, shard: Shard, file: Path) -> dict[str, CheckOutcome] | None:
        """Take over a shard as `file`.

        Returns:
            The outcomes of its checks that still hold, by name; None where there is nothing whole to take over.
        """
        rows, record = self._places(shard)
        try:
            found = json.loads(record.read_text(encoding="utf-8"))
            _link(rows, file)
            if _digest(file) != found["digest"]:
                raise ValueError
            return outcomes_that_hold([CheckOutcome(**one) for one in found["outcomes"]], found["keys"], self._keys)
        except (OSError, AttributeError, KeyError, TypeError, ValueError):
            file.unlink(missing_ok=True)
            return None

    def keep(self, shard: Shard, file: Path, outcomes: Sequence[CheckOutcome]) -> None:
        """Keep a finished shard: what is there under its name is whole."""
        rows, record = self._places(shard)
        told = {"digest": _digest(file), "keys": dict(self._keys), "outcomes": [asdict(one) for one in outcomes]}
        self._scratch.write_text(json.dumps(told, default=str), encoding="utf-8")
        new = file.with_suffix(".kept")
        _link(file, new)
        # Another run may publish the partition at this moment.
        with suppress(FileNotFoundError):
            rows.parent.mkdir(parents=True, exist_ok=True)
            new.replace(rows)
            self._scratch.replace(record)

    def _places(self, shard: Shard) -> tuple[Path, Path]:
        rows = self._folder / f"{shard.number}-of-{shard.of}.parquet"
        return rows, rows.with_suffix(".json")


def _contents(stage: Stage) -> str:
    """Hash over the rows of the tables that are read: a warehouse that was copied back counts its publishes anew."""
    with stage.session.warehouse.read() as con:
        rows = con.execute(
            "select table_name, partition, arg_max(content_hash, seq) from publishes group by all order by all"
        ).fetchall()
    by = stage.spec.partitioned_by
    read = {name: TABLES[name].partitioned_by == by for name in stage.transform.tables}
    found = [row for row in rows if row[0] in read and (not read[row[0]] or row[1] == stage.partition)]
    return json.dumps(found)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _link(file: Path, new: Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    try:
        os.link(file, new)
    except OSError:
        shutil.copyfile(file, new)
