"""`reasonmed history` and `reasonmed restore`: what a warehouse held before, and to have it again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reasonmed_assets.cli.options import LedgerOption, WarehouseOption, plain_errors, settings_from

if TYPE_CHECKING:
    from reasonmed_assets.storage import Warehouse

_BUILDS = """
select
    'b' || build as build,
    min(seq) as first_publish,
    max(seq) as last_publish,
    max(published_at) as published_at,
    sum(rows_inserted)::bigint as rows_inserted,
    sum(rows_deleted)::bigint as rows_deleted
from publishes
group by publishes.build
order by last_publish
"""


def history(
    warehouse: WarehouseOption = None,
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=1, metavar="N", help="Drop, for good, what was before the last N builds."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --keep: drop it; without it nothing is dropped.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
) -> None:
    """List the builds, and as of which of them `sql --as-of`, `diff` and `restore` can read the rows."""
    from reasonmed_assets.storage import open_warehouse

    folder = settings_from(warehouse=warehouse).warehouse_folder
    with plain_errors():
        opened = open_warehouse(folder)
        if keep is not None:
            _drop(opened, keep, yes=yes)
        rows = _builds(opened)
        if as_json:
            print(json.dumps(rows, default=str))
        else:
            _print_builds(opened, rows)


def restore(
    wanted: Annotated[str, typer.Argument(metavar="BUILD|PUBLISH", help="A build (b7), or a publish (41).")],
    warehouse: WarehouseOption = None,
    ledger: LedgerOption = None,
) -> None:
    """Publish the rows of an earlier build or publish again, as a build, without a call."""
    from reasonmed_assets.cli.terminal import say
    from reasonmed_assets.config.hints import command
    from reasonmed_assets.orchestration.restoring import restore as restore_rows

    given = {"warehouse": warehouse and str(warehouse), "ledger": ledger and str(ledger)}
    with plain_errors():
        seq, restored = restore_rows(given, wanted)
    for one in restored:
        published = one.published
        say(f"{one.place}: {published.inserted:,} rows put back, {published.deleted:,} removed")
    if not restored:
        say(f"The rows are those of publish {seq} already.")
        return
    folder = settings_from(warehouse=warehouse).warehouse_folder
    before = command("restore", str(restored[0].published.seq - 1), warehouse=folder)
    say(
        f"The rows are those of publish {seq} again. The recipe, the files and the code stay as they are: the next "
        f"build makes the rows again from these. To have back what was there: {before}"
    )


def _builds(warehouse: Warehouse) -> list[dict[str, Any]]:
    """A row per build, with the size of what it removed; what earlier versions published is one row."""
    kept = warehouse.history()
    with warehouse.snapshot() as con:
        rows = con.sql(_BUILDS).pl().to_dicts()
    for row in rows:
        row["is_readable"] = row["last_publish"] >= kept.begins
        publishes = range(row["first_publish"], row["last_publish"] + 1)
        row["kept_bytes"] = sum(kept.n_bytes.get(seq, 0) for seq in publishes)
    return rows


def _drop(warehouse: Warehouse, keep: int, *, yes: bool) -> None:
    from reasonmed_assets.cli.terminal import say

    builds = [row for row in _builds(warehouse) if row["build"] is not None]
    if len(builds) <= keep:
        say(f"There are {len(builds)} builds: nothing is older than the last {keep}.", is_error=True)
        return
    first = builds[-keep]
    n_bytes = sum(size for seq, size in warehouse.history().n_bytes.items() if seq <= first["last_publish"])
    if yes:
        warehouse.drop_history(first["last_publish"])
    done = "dropped" if yes else "nothing was dropped, --yes drops it"
    say(f"History before {first['build']}, {n_bytes / 1e6:,.1f} MB: {done}", is_error=True)


def _print_builds(warehouse: Warehouse, rows: list[dict[str, Any]]) -> None:
    from reasonmed_assets.cli.terminal import new_console, print_rows, say

    names = ["build", "publishes", "published at", "rows inserted", "rows removed", "kept", "can be read"]
    shown = [
        [
            row["build"] or "earlier",
            f"{row['first_publish']}-{row['last_publish']}",
            f"{row['published_at']:%Y-%m-%d %H:%M}",
            f"{row['rows_inserted']:,}",
            f"{row['rows_deleted']:,}",
            f"{row['kept_bytes'] / 1e6:,.1f} MB",
            "yes" if row["is_readable"] else "no",
        ]
        for row in rows
    ]
    print_rows(new_console(), names, [False, False, False, True, True, True, False], shown)
    total = sum(row["kept_bytes"] for row in rows)
    say(f"History begins at publish {warehouse.history().begins} and takes {total / 1e6:,.1f} MB.")
