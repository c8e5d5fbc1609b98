"""`reasonmed release --verify`: finds what was changed in a release, also where the checksums were made to fit.

The rows are compared with what else says the same: ids and hashes that follow from texts, the records that the same SQL
makes of them again, the hashes in the record of the last build, the edges of the lineage, the other sets, the forms for
trainers. What is rendered is rendered again from the record of the release, and that is counted again from the rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets import sql
from reasonmed_assets.config.profile import Rules
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.machine import working_folder
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.release.dataset import layout
from reasonmed_assets.release.dataset.columns import ROW, arrow_schema
from reasonmed_assets.release.dataset.description.rendering import rendered
from reasonmed_assets.release.dataset.folder import CHECKSUMS, as_listed, checksums_in, digest_of, files_in
from reasonmed_assets.release.dataset.lineage import EDGES, FILES
from reasonmed_assets.release.dataset.record import FORMAT, KEYS, as_text, counted, declared, plain
from reasonmed_assets.release.dataset.shown import shown_examples
from reasonmed_assets.release.dataset.trainers import write_for_trainers
from reasonmed_assets.release.export import KIND_OF_PROVIDER
from reasonmed_assets.storage import row_hash_sql, take_part
from reasonmed_assets.vocabulary import FOLDS

_SHOWN = 3
_LONGEST = 160
_MEMORY = "800MiB"
_BEHIND = "behind"
_MOST_SHARDS = 99_999
_OF_A_SOURCE = ("name", "licence", "language", "questions", "examples")
_OF_ANY_STATE = ("release/checks/folds", "release/checks/ids", "release/checks/unique_ids")
"""Checks that hold too where rows were made from others than are published now; the rest compares such rows."""


class VerificationError(ReasonmedError):
    """A release that is not as it was written; the message has a line per thing that does not hold."""


def verified(folder: Path) -> Iterator[str]:
    """Verify the release in a folder.

    Yields:
        One line on what was verified.

    Raises:
        VerificationError: the folder holds no release of this version, or something in it does not hold.
    """
    record = _record(folder)
    problems = list(_problems(folder, record))
    if problems:
        raise VerificationError(
            f"{folder} is not as it was released, {len(problems)} things do not hold:\n" + "\n".join(problems)
        )
    n_examples = sum(row["examples"] for row in record["counts"]["sets"])
    n_files = len(files_in(folder))
    yield f"{folder}: {n_files:,} files, {n_examples:,} examples in {len(record['shards'])} sets, as they were released"
    if record["marks"]:
        yield f"marked: {', '.join(record['marks'])}"


def _record(folder: Path) -> dict[str, Any]:
    file = folder / layout.RECORD
    try:
        text = file.read_bytes().decode()
        record = json.loads(text)
        written = record["format"], record["project"]
        if written != (FORMAT, version("reasonmed-assets")):
            raise VerificationError(
                f"{file} says that reasonmed-assets {written[1]} wrote it, in format {written[0]}: verify it with that "
                "one"
            )
        # Names of files and of relations are made of them, and files of these names are written aside to be compared.
        if set(record["shards"]) != set(layout.SETS) or not all(map(_are_shards, record["shards"].values())):
            raise VerificationError(f"{file} names other sets or folds than {', '.join((*layout.SETS, *FOLDS))}")
        if set(record) != {*KEYS.split()} or text != as_text(record):
            raise VerificationError(f"{file} is not as it was written")
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise VerificationError(f"{folder} holds no release: {file} cannot be read ({error})") from error
    return record


def _are_shards(folds: Mapping[str, Any]) -> bool:
    return set(folds) <= set(FOLDS) and all(type(n) is int and 0 < n <= _MOST_SHARDS for n in folds.values())


def _problems(folder: Path, record: Mapping[str, Any]) -> Iterator[str]:
    yield from _of_checksums(folder)
    steps: list[Callable[[], Iterator[str]]] = [
        partial(_of_files, folder, record),
        partial(_of_schemas, folder, record),
        partial(_of_metadata, folder, record),
        partial(_of_rows, folder, record),
        partial(_of_forms, folder, record),
        partial(_of_rendered, folder, record),
    ]
    for step in steps:
        try:
            yield from step()
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            yield f"{layout.RECORD}: it does not say what a release must say ({type(error).__name__}: {error})"
        except (OSError, duckdb.Error, pa.ArrowException, pl.exceptions.PolarsError) as error:
            yield f"a file cannot be read: {_short(str(error))}"


def _of_checksums(folder: Path) -> Iterator[str]:
    listed = checksums_in(folder)
    there = {name: digest_of(folder / name) for name in files_in(folder)}
    for name in sorted(listed.keys() | there.keys()):
        if name not in listed:
            yield f"{CHECKSUMS}: {name} is not listed"
        elif name not in there:
            yield f"{CHECKSUMS}: {name} is listed and not there"
        elif there[name] != listed[name]:
            yield f"{CHECKSUMS}: {name} has another SHA-256"
    if listed == there and (folder / CHECKSUMS).read_bytes() != as_listed(there).encode():
        yield f"{CHECKSUMS}: it is not as it was written"


def _of_files(folder: Path, record: Mapping[str, Any]) -> Iterator[str]:
    """The files are those of the record, and what of them cannot be made again has its digest."""
    attached = record["attached"]
    expected = {layout.RECORD, *layout.data_files(record["shards"]), *rendered(record, {}), *attached}
    there = set(files_in(folder))
    yield from (f"{name}: it belongs to the release and is not there" for name in sorted(expected - there))
    yield from (f"{name}: it does not belong to the release" for name in sorted(there - expected))
    for name, digest in attached.items():
        if name in there and digest_of(folder / name) != digest:
            yield f"{name}: it is not the one that was released"


def _of_schemas(folder: Path, record: Mapping[str, Any]) -> Iterator[str]:
    """The columns of every Parquet file are the declared ones, and each shard has the rows of its fold in order."""
    declared = {f"{layout.LINEAGE}/{name}.parquet": columns for name, columns in FILES.items()}
    for folds in layout.shards(record["shards"]).values():
        for fold, names in folds.items():
            declared |= dict.fromkeys(names, ROW)
            last = ""
            for name in names:
                ids = pq.read_table(folder / name, columns=["example_id", "fold"]).to_pydict()
                if set(ids["fold"]) != {fold}:
                    yield f"{name}: it holds rows of fold {', '.join(sorted({*map(str, ids['fold'])} - {fold}))}"
                if [last, *ids["example_id"]] != sorted([last, *ids["example_id"]]):
                    yield f"{name}: its rows are not in the order of their ids"
                last = ids["example_id"][-1]
    for name, columns in declared.items():
        found, wanted = pq.read_schema(folder / name), arrow_schema(columns)
        for column in sorted({*found.names, *wanted.names}):
            types = [str(one.field(column).type) if column in one.names else "absent" for one in (found, wanted)]
            if types[0] != types[1]:
                yield f"{name}: column {column} is {types[0]}, declared {types[1]}"
        if found.names != wanted.names and sorted(found.names) == sorted(wanted.names):
            yield f"{name}: its columns are in another order than declared"


def _of_metadata(folder: Path, record: Mapping[str, Any]) -> Iterator[str]:
    """A Parquet file says nothing beside its rows but their types."""
    for name in (one for one in layout.data_files(record["shards"]) if one.endswith(".parquet")):
        schema = pq.read_schema(folder / name)
        of_columns = [key for column in schema for key in column.metadata or {}]
        found = {*(pq.read_metadata(folder / name).metadata or {}), *(schema.metadata or {}), *of_columns}
        for key in sorted(found - {b"ARROW:schema"}):
            yield f"{name}: it has metadata {_short(key.decode(errors='replace'))}, which no release has"


def _of_rows(folder: Path, record: Mapping[str, Any]) -> Iterator[str]:
    with working_folder("verify") as spill, duckdb.connect() as con:
        take_part(con, spill, folder)
        con.execute(f"set memory_limit = '{_MEMORY}'")
        con.execute(sql.macros_text())
        layout.show(con, folder, record["shards"])
        _declare(con, record)
        con.register("page", shown_examples(folder / layout.PAGE).to_arrow())
        is_one_state = _BEHIND not in record["marks"]
        for query in sql.queries("release/checks"):
            if is_one_state or query.name in _OF_ANY_STATE:
                yield from _failing(con, f"check {query.name.rpartition('/')[2]}: {query.description}", query.text)
        for name, columns in {**dict.fromkeys(layout.SETS, ROW), "edges": EDGES}.items():
            nulls = " or ".join(f"{sql.identifier(one.name)} is null" for one in columns if not one.is_nullable)
            query = f"select {sql.identifier(columns[0].name)} from released_{name} where {nulls}"
            yield from _failing(con, f"{name}: a column is null only where it is declared to be.", query)
        for table in layout.SETS if is_one_state else ():
            yield from _of_set(con, table)
        yield from _of_counts(con, record)
        yield from _of_build(con, record)


def _declare(con: duckdb.DuckDBPyConnection, record: Mapping[str, Any]) -> None:
    """What the record says of sources, models, files and rules, as the checks read it."""
    text, texts, whole, number = pl.String, pl.List(pl.String), pl.Int64, pl.Float64
    funnel = (
        "published_records",
        "rejected_records",
        "questions",
        "paths",
        "easy",
        "medium",
        "difficult",
        "unresolved",
    )
    tables: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
        "declared_sources": (record["sources"], {"name": text, "licence": text, "language": text}),
        "declared_models": (record["models"], {"model": text, "revision": text, "terms": text, "roles": texts}),
        "declared_files": ([{"file": name} for name in record["raw_files"]], {"file": text}),
        "declared_checks": (
            [{"table_name": one["table"], "partition": one["partition"]} for one in record["checks"]],
            {"table_name": text, "partition": text},
        ),
        "declared_costs": (record["costs"], {"source": text, "spent_on": text, "calls": number, "usd": number}),
        "declared_funnel": (
            record["funnel"],
            {"source": text, **dict.fromkeys((*funnel, "examples", "dropped", "training_records"), whole)},
        ),
    }
    for name, (rows, schema) in tables.items():
        chosen = [{column: row[column] for column in schema} for row in rows]
        con.register(f"_{name}", pl.DataFrame(chosen, schema=schema).to_arrow())
        con.execute(f"create temp table {name} as from _{name}")
    rules = {one["rule"]: one["here"] for one in record["rules"]} | {"template": record["template"]}
    values = {f"rule_{name}": rules[name] for name in Rules.model_fields}
    values |= {"seed": record["seed"], "is_selection": bool(record["licences"])}
    for name, value in values.items():
        con.execute(f"set variable {name} = $1", [value])


def _of_set(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[str]:
    """A set has the columns of the others, and the records that the SQL of the sets makes of its own texts."""
    row_hash = row_hash_sql(sql.identifier(one.name) for one in ROW if one.name != "output")
    for left, right in ((table, layout.ONE_SET), (layout.ONE_SET, table)):
        query = (
            f"select example_id from (select example_id, {row_hash} from released_{left} "
            f"except select example_id, {row_hash} from released_{right})"
        )
        yield from _failing(con, f"{table}: apart from its output a row is as in {layout.ONE_SET}", query)
    con.execute(
        f"create or replace temp view questions as select * from released_{table} "
        "qualify row_number() over (partition by question_id order by example_id) = 1"
    )
    con.execute(
        "create or replace temp view reasonmed as select example_id, question_id, source, path_text, answer_letter, "
        f"fold, split_role, provider_kind from released_{table}"
    )
    con.execute(
        "create or replace temp view answer_summaries as select example_id, summary, true as is_accepted "
        f"from released_{table}"
    )
    con.execute(f"create or replace temp view training_material as {sql.query('views/training_material').text}")
    columns = ", ".join(name for name in TABLES[table].columns if name != sql.ROW_HASH)
    again = f"select {columns} from ({sql.query(f'tables/{table}').text})"
    query = f"select example_id from (select {columns} from released_{table} except {again})"
    yield from _failing(con, f"{table}: instruction, input and output are what the texts of the row make", query)


def _of_counts(con: duckdb.DuckDBPyConnection, record: Mapping[str, Any]) -> Iterator[str]:
    """The record counts what the rows hold."""
    con.execute("create or replace temp view facts as from rows")
    sources = con.sql(sql.query("release/sources").text).pl().to_dicts()
    told = [{name: row[name] for name in _OF_A_SOURCE} for row in record["sources"]]
    yield from _differences(
        record["counts"] | {"sources": told}, plain(counted(con)) | {"sources": sources}, "counts of "
    )
    yield from _differences(record["content"], layout.content(con), "content of ")
    kinds = {KIND_OF_PROVIDER.get(row["provider_kind"]) for row in record["counts"]["kinds"]}
    kinds |= {"stand-in" for row in record["counts"]["kinds"] if row["split_role"] == "stand_in"}
    for kind in sorted(filter(None, kinds - set(record["marks"]))):
        yield f"{layout.RECORD}: it holds {kind} rows and is not marked so"
    for row in record["counts"]["terms"]:
        if record["licences"] and not {row["licence"], *row["model_terms"]} <= set(record["licences"]):
            yield f"{layout.RECORD}: it holds rows under {row['licence']} and {row['model_terms']}, not selected"


def _of_build(con: duckdb.DuckDBPyConnection, record: Mapping[str, Any]) -> Iterator[str]:
    """The build that the record names left these rows: its hash of each set is that of the released records."""
    numbers = [row[0] for row in con.execute("select number from released_builds order by number").fetchall()]
    build = record["build"]
    if (build or {}).get("number") != max(numbers, default=None) or len(set(numbers)) < len(numbers):
        yield f"builds: they are {numbers}, the record is of build {(build or {}).get('number')}"
    if build and numbers:
        last = "from released_builds order by number desc limit 1"
        found = con.execute(f"select project, revision, is_modified {last}").fetchall()
        if found != [(build["project"], build["revision"], build["is_modified"])]:
            yield f"builds: build {build['number']} is of {found}, the record says otherwise"
        for profile, values in con.execute(f"select profile, profile_values {last}").fetchall():
            by_build = plain(declared(json.loads(values) | {"name": profile}))
            yield from _differences({name: record[name] for name in by_build}, by_build)
    people = con.execute("select count(*) from released_builds where started_by is not null or process is not null")
    if not record["with_names"] and people.fetchall() != [(0,)]:
        yield "builds: they name people, the record says that names are left out"
    files: dict[str, str] = {}
    for (one,) in con.execute("select source_files from released_builds order by number").fetchall():
        files |= json.loads(one or "{}")
    if files != record["raw_files"]:
        yield f"builds: the source files that they read are others than in {layout.RECORD}"
    columns = "table_name, rows, content_hash, is_own"
    contents = con.execute(f"select {columns} from released_build_contents where partition = ''").fetchall()
    left = {table: one for table, *one in contents}
    for table in layout.SETS if build else ():
        row_hash = row_hash_sql(name for name in TABLES[table].columns)
        query = f"select count(*), md5(string_agg({row_hash}, '' order by {row_hash})) from released_{table}"
        ((n, digest),) = con.execute(query).fetchall()
        n_left, digest_left, is_own = left.get(table, (-1, None, True))
        # A selection has fewer rows, and where publishes differ rows may lack.
        is_whole = n == n_left or not (record["licences"] or _BEHIND in record["marks"])
        # Versions that kept no record of builds may have kept no hash.
        is_same = digest == digest_left or _BEHIND in record["marks"] or (digest_left is None and not is_own)
        if n > n_left or (is_whole and not (n == n_left and is_same)):
            yield f"{table}: its records are not those that the last build left (build_contents)"


def _of_forms(folder: Path, record: Mapping[str, Any]) -> Iterator[str]:
    """The forms for trainers say what the Parquet files say."""
    with working_folder("verify") as made:
        write_for_trainers(folder, made, record["shards"])
        for file in sorted(made.iterdir()):
            released = folder / file.name
            if not released.exists() or digest_of(file) == digest_of(released):
                continue
            # Another version of the library that writes Parquet gives other bytes.
            if file.suffix == ".parquet" and pq.read_table(file).equals(pq.read_table(released)):
                continue
            yield f"{file.name}: it does not say what the Parquet files of its set say"


def _of_rendered(folder: Path, record: Mapping[str, Any]) -> Iterator[str]:
    """Card, pictures, index and Croissant are what the record and the files give."""
    if record["bytes"] != layout.uncompressed(folder, record["shards"]):
        yield f"{layout.RECORD}: its sizes are not those of the Parquet files"
    for name, text in rendered(record, layout.digests(folder, record["shards"])).items():
        file = folder / name
        if file.is_file() and (released := file.read_bytes()) != text.encode():
            yield f"{name}: {_difference(released.decode(errors='replace'), text)}"


def _differences(told: Mapping[str, Any], found: Mapping[str, Any], of: str = "") -> Iterator[str]:
    """What the record says otherwise than what it says it of."""
    for name in sorted(told.keys() | found.keys()):
        if (name in told, told.get(name)) != (name in found, found.get(name)):
            yield f"{layout.RECORD}: its {of}{name} is {_short(told.get(name))}, not {_short(found.get(name))}"


def _difference(found: str, expected: str) -> str:
    pairs = zip(found.splitlines(), expected.splitlines(), strict=False)
    at, lines = next(((at, pair) for at, pair in enumerate(pairs, start=1) if pair[0] != pair[1]), (0, ("", "")))
    if not at:
        return "its length is not that of what the record gives"
    return f"line {at} is {_short(lines[0])}, the record gives {_short(lines[1])}"


def _failing(con: duckdb.DuckDBPyConnection, said: str, query: str) -> Iterator[str]:
    found = con.execute(f"select * from ({query}) limit {_SHOWN + 1}").pl().to_dicts()
    if found:
        rows = "; ".join(_short(", ".join(f"{key} {value}" for key, value in row.items())) for row in found[:_SHOWN])
        yield f"{said} Not so: {rows}" + ("; and more" if len(found) > _SHOWN else "")


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
