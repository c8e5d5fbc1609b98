"""Declarative, audited builds of medical-reasoning data sets.

    import reasonmed_assets
    wh = reasonmed_assets.Warehouse("warehouse")
    wh.build(limit=1)
    wh.sql("select tier, count(*) from reasonmed group by all")
    wh.table("example")
    wh.show("<id of a path or an example>")

That, and `ReasonmedError`, is the public surface (docs/guides/python.md). Every other module belongs to one of the
packages below, which are private. Imports point one way: the layers are the contracts in pyproject.toml.
"""

from reasonmed_assets.api import Warehouse
from reasonmed_assets.errors import ReasonmedError

__all__ = ["ReasonmedError", "Warehouse"]
