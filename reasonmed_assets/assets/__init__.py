"""The data flow: one module per asset group.

Each module says how its tables' rows are staged. What a materialisation does besides belongs to `materialisation/`, the
queries to `sql/`, the rules to `rules/`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import dagster as dg


def all_assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Every asset of the build, for the given source partitions: those of every module that has some."""
    return list(_all(sources))


def _all(sources: dg.PartitionsDefinition) -> Iterator[dg.AssetsDefinition]:
    for module in pkgutil.iter_modules(__path__):
        group = import_module(f"{__name__}.{module.name}")
        if hasattr(group, "assets"):
            yield from group.assets(sources)
