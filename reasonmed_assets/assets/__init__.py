"""The data flow: one module per asset group with tables that Python code takes part in.

Each module says how the relations are made that its tables' queries read. What the queries say is in `sql/`: a table
that follows from its query alone, model calls included, needs nothing here. What a materialisation does besides is in
`reasonmed_assets.materialisation`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module

import dagster as dg

from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.materialisation.definition import TableDefinition
from reasonmed_assets.materialisation.factory import table_asset
from reasonmed_assets.quality.declarations import UNAUDITED
from reasonmed_assets.quality.schema import TABLES


def definitions() -> dict[str, TableDefinition]:
    """How each table is made, by name: as a module of this folder says, else from its query alone."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    declared = {table.name: table for module in modules for table in getattr(module, "DEFINITIONS", ())}
    return {name: declared.get(name) or TableDefinition(name, run_step) for name in TABLES if name not in UNAUDITED}


def all_assets(profile: Profile, partitions: Mapping[str, dg.PartitionsDefinition]) -> list[dg.AssetsDefinition]:
    """Every asset of the build, for the given profile and the partitions of each kind."""
    return [table_asset(table, profile, partitions) for table in definitions().values()]
