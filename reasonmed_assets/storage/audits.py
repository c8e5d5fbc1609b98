"""The records of audits that a warehouse keeps, as `quality` declares them."""

from __future__ import annotations

from collections.abc import Iterator

from reasonmed_assets.config.hints import command
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.tables import TABLES
from reasonmed_assets.storage.errors import WarehouseError
from reasonmed_assets.storage.warehouse import Warehouse


def last_audits(warehouse: Warehouse) -> Iterator[AuditRecord]:
    """The last audit of every partition, without those of tables that are no longer declared.

    Raises:
        WarehouseError: a record cannot be understood.
    """
    for found in warehouse.audits():
        try:
            record = AuditRecord.from_json(found)
            is_declared = record.table in TABLES
        except (KeyError, TypeError, ValueError) as error:
            raise WarehouseError(
                f"the record of the audit of {found.get('table')} {found.get('partition') or ''} in "
                f"{warehouse.name}/audits is of another version ({error!r}): build again with "
                f"`{command('build', warehouse=warehouse.name)}`, no call is made twice"
            ) from error
        if is_declared:
            yield record
