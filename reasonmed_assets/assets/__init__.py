"""The data flow: one module per asset group, in the order in which data moves.

Each module says how its tables' rows are staged. What a materialisation does besides belongs to `materialisation/`, the
queries to `sql/`, the rules to `rules/`.
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from reasonmed_assets.assets import (
    examples,
    paths,
    people,
    provenance,
    questions,
    rewriting,
    selection,
    tiers,
    training,
    verdicts,
)

_GROUPS = (questions, paths, verdicts, tiers, selection, rewriting, examples, people, training, provenance)


def all_assets(sources: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """Every asset of the build, for the given source partitions."""
    return list(_all(sources))


def _all(sources: dg.PartitionsDefinition) -> Iterator[dg.AssetsDefinition]:
    for group in _GROUPS:
        yield from group.assets(sources)
