"""How the runs of a code server start: forked from a process that has imported the libraries they use."""

from __future__ import annotations

import multiprocessing
import sys

LIBRARIES = (
    "dagster._cli",
    "dagster._core.execution.backfill",
    "dagster._core.storage.sqlite_storage",
    "openai",
    "pandera.polars",
    "polars",
    "pyarrow.parquet",
    "rapidfuzz",
    "rich.progress",
    "sqlglot",
    "upath",
)
"""Of this package nothing: each run imports it anew, as tables are recorded as made by the code on the disk."""


def fork_runs() -> None:
    """Let Dagster's code server fork its runs, where this is its process: a new interpreter imports for two seconds.

    A run has the arguments of the server. What it starts itself, as a library does that holds a GPU, stays as it is.
    """
    if sys.argv[1:3] != ["api", "grpc"] or multiprocessing.parent_process() is not None:
        return
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(list(LIBRARIES))
    # The server starts its runs by this context, of which a process has one.
    multiprocessing.get_context("spawn").Process = forking.Process  # type: ignore[assignment, misc]
