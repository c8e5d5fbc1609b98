"""What a materialisation shows in the Dagster UI: column schema, column lineage, sample rows, a picture."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb

from reasonmed_assets import sql
from reasonmed_assets.config.hints import command
from reasonmed_assets.config.prices import Price
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.llm.calls import Bill
from reasonmed_assets.llm.engine.progress import CallStats
from reasonmed_assets.pages.column_page import place_of
from reasonmed_assets.pages.data_docs import SERVED_AT, suite_page
from reasonmed_assets.pages.figures.bars import bar_chart
from reasonmed_assets.pages.published import trace_address
from reasonmed_assets.quality.checks import table_record
from reasonmed_assets.quality.schema import TableSpec
from reasonmed_assets.storage import Warehouse

SAMPLE_ROWS = 5
_LONGEST_TEXT = 80


CALLS_MADE, CALLS_ANSWERED = "calls made", "calls answered"


def calls_in(metadata: Mapping[str, Any]) -> Counter[str]:
    """How many calls were made and answered for a table, of the metadata that `call_metadata` is among."""
    found = Counter[str]()
    for name, value in metadata.items():
        if (what := name.rpartition(": ")[2]) in (CALLS_MADE, CALLS_ANSWERED):
            found[what] += int(getattr(value, "value", value))
    return found


def unanswered(calls: Mapping[str, int]) -> Iterator[str]:
    """The problem of a build that made calls of which none was answered: each row was given up."""
    if calls[CALLS_MADE] and not calls[CALLS_ANSWERED]:
        yield (
            f"none of the {calls[CALLS_MADE]:,} calls that were made was answered: `outcome` and `detail` of llm_calls "
            "say why; mend the cause, and ask again with `reasonmed retry`"
        )


def call_metadata(stats: Mapping[str, CallStats]) -> dict[str, Any]:
    """What a table's steps asked of the models: calls, failures by kind, tokens, cost and time.

    `cost_usd` is what this materialisation cost, as far as prices are known; Dagster plots it over time.
    """
    shown: dict[str, Any] = {"cost_usd": round(sum(counts.bill.usd for counts in stats.values()), 6)} if stats else {}
    for step, counts in stats.items():
        shown |= {
            f"{step}: {CALLS_MADE}": counts.made,
            f"{step}: {CALLS_ANSWERED}": counts.answered,
            f"{step}: calls from the ledger": counts.cached,
            f"{step}: failed": dg.MetadataValue.json(counts.failed),
            f"{step}: tokens": counts.tokens,
            f"{step}: cost in USD": round(counts.bill.usd, 6),
            **_unknown_cost(step, counts.bill),
            f"{step}: seconds": round(counts.seconds, 2),
            f"{step}: calls per second": round(counts.made / counts.seconds, 1) if counts.seconds else 0.0,
        }
    return shown


def price_table(profile: Profile, roles: Sequence[str]) -> dg.TableMetadataValue:
    """The prices behind the cost of the roles' calls, in US dollars per million tokens; empty ones are not declared.

    What none of the models declares has no column, since Dagster cuts a table that is wider than its page.
    """
    periods = [
        ({"role": role, "model": profile.models[name].name}, price)
        for role in roles
        for name in sorted(set(profile.roles[role].models().values()))
        for price in profile.models[name].price_periods or (None,)
    ]
    parts = [part for part in Price.model_fields if any(getattr(price, part, None) is not None for _, price in periods)]
    records = [table_record(of | {part: getattr(price, part, None) for part in parts}) for of, price in periods]
    return dg.MetadataValue.table(records)


def _unknown_cost(step: str, bill: Bill) -> dict[str, Any]:
    if not bill.n_unknown:
        return {}
    return {
        f"{step}: requests of unknown cost": bill.n_unknown,
        f"{step}: USD reserved for them": round(bill.unknown_usd, 6),
    }


def column_schema(spec: TableSpec) -> dg.TableSchema:
    """Columns, types, constraints and descriptions of a table."""
    types = spec.duckdb_types()
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name,
                types[name],
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=column.unique),
            )
            for name, column in spec.columns.items()
        ]
    )


def column_lineage(spec: TableSpec) -> dg.TableColumnLineage:
    """Upstream columns of every column; columns as the build before left them are none, as Dagster has no cycles.

    Raises:
        LineageError: a column cannot be followed to the tables that it is made from.
    """
    # sqlglot is loaded only where lineage is shown.
    from reasonmed_assets.lineage.edges import edges_of

    upstream = {
        name: [dg.TableColumnDep(dg.AssetKey(edge.table), edge.column) for edge in edges if not edge.is_previous]
        for name, edges in edges_of(spec.name).items()
    }
    return dg.TableColumnLineage({name: deps for name, deps in upstream.items() if deps})


def made_from_table(spec: TableSpec) -> dg.TableMetadataValue:
    """Column lineage as a plain table, for the open-source webserver, which hides the other; with origins.

    Raises:
        LineageError: a column cannot be followed to the tables that it is made from.
    """
    from reasonmed_assets.lineage.edges import edges_of

    records = []
    for name, edges in edges_of(spec.name).items():
        said = [
            f"{edge.table}.{edge.column}"
            + (" (before)" if edge.is_previous else f" (prompt of {', '.join(edge.roles)})" if edge.roles else "")
            for edge in edges
        ]
        origin = spec.origins.get(name)
        records.append({"column": name, "made from": ", ".join([*said, *([f"[{origin}]"] if origin else [])])})
    return dg.MetadataValue.table([dg.TableRecord(record) for record in records])


def columns_page(spec: TableSpec) -> dg.UrlMetadataValue:
    """The table on the page of all columns: a link within the UI. `reasonmed quality` writes it."""
    return dg.MetadataValue.url(f"{SERVED_AT}/{place_of(spec.name)}")


def sample_rows(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> dg.TableMetadataValue:
    """A few of the staged rows, the same ones each time: the key and the columns by which a person tells rows apart.

    A text is cut to one line.
    """
    names = [spec.key, *spec.shown]
    columns = [column for name in names for column in column_schema(spec).columns if column.name == name]
    rows = con.execute(f"select {', '.join(names)} from staged order by {spec.key} limit {SAMPLE_ROWS}").fetchall()
    records = [table_record(dict(zip(names, row, strict=True)), _LONGEST_TEXT) for row in rows]
    return dg.MetadataValue.table(records=records, schema=dg.TableSchema(columns=columns))


def sample_traces(sample: dg.TableMetadataValue, spec: TableSpec) -> dg.MarkdownMetadataValue | None:
    """Links to the traces of the sample rows within the UI; None where rows have no trace."""
    rows = [record.data for record in sample.records]
    links = [f"- [{row[spec.key]}]({place})" for row in rows if (place := trace_address(spec, row))]
    return dg.MetadataValue.md("\n".join(links)) if links else None


def view_rows(
    con: duckdb.DuckDBPyConnection, view: str, spec: TableSpec, partition: str | None
) -> dg.TableMetadataValue:
    """The rows of a view over a table; those of the partition where there is one."""
    of_partition = f"where {spec.partitioned_by} = $1" if partition else ""
    relation = con.sql(f"from {view} {of_partition}", params=[partition] if partition else [])
    columns = [
        dg.TableColumn(name, str(kind).lower()) for name, kind in zip(relation.columns, relation.types, strict=True)
    ]
    records = [
        table_record(dict(zip(relation.columns, row, strict=True)), _LONGEST_TEXT) for row in relation.fetchall()
    ]
    return dg.MetadataValue.table(records=records, schema=dg.TableSchema(columns=columns))


def example_query(spec: TableSpec, partition: str | None, warehouse: str) -> str:
    """A command that shows what was published."""
    where = f" where {spec.partitioned_by} = '{partition}'" if partition else ""
    return command("sql", f"select * from {spec.name}{where} limit 10", warehouse=warehouse)


def data_docs_page(spec: TableSpec) -> dg.UrlMetadataValue:
    """The Data Docs page of the table's expectations, with the way to their results: a link within the UI.

    `reasonmed quality` writes it.
    """
    return dg.MetadataValue.url(f"{SERVED_AT}/{suite_page(spec.name)}")


def picture(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> dg.MarkdownMetadataValue | None:
    """The chart of the staged rows; None where there is nothing to draw."""
    image = drawn(con, spec)
    encoded = base64.b64encode(image.encode()).decode() if image else ""
    return dg.MetadataValue.md(f"![{spec.name}](data:image/svg+xml;base64,{encoded})") if image else None


def published_picture(warehouse: Warehouse, spec: TableSpec) -> str | None:
    """The chart of a whole table as it is published, as SVG; None where there is nothing to draw.

    Raises:
        WarehouseError: nothing was published.
    """
    with warehouse.snapshot() as con:
        con.execute(f"create temp view staged as from {spec.name}")
        con.execute("set variable source = null")
        return drawn(con, spec)


def drawn(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> str | None:
    """A bar chart of the rows in `staged` as SVG, by `sql/pictures/<table>.sql` (label, series, value).

    None where there is no such query, or nothing to draw.
    """
    query = sql.find(f"pictures/{spec.name}")
    rows = con.execute(query.text).fetchall() if query else []
    return bar_chart(query.description.removesuffix("."), rows) if query and rows else None
