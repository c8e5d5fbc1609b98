"""People: what reviewers say of the final examples."""

from __future__ import annotations

from typing import Any

import polars as pl

from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.materialisation.definition import Input, TableDefinition
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.people.reviews import SCHEMA, kept_files, read_reviews


def reviews(stage: Stage) -> None:
    """Read from the files that `reasonmed review import` keeps in the warehouse, and compared with the examples."""
    rows, files, session = [], [], stage.session
    for path in kept_files(session.warehouse.companion("reviews"), session.files):
        filled_in, _ = read_reviews(path, session.files)
        rows += [vars(review) for review in filled_in]
        n_bad = sum(review.problem is not None for review in filled_in)
        files.append((path.name, "reviews", "reviews", len(filled_in), n_bad))
    columns = ("file", "split", "split_role", "records", "n_unreadable")
    kinds = (pl.String, pl.String, pl.String, pl.Int64, pl.Int64)
    stage.frames["source_files"] = pl.DataFrame(files, schema=dict(zip(columns, kinds, strict=True)), orient="row")
    stage.write({"filled_in": pl.DataFrame(rows, schema=SCHEMA)})


def _files(session: BuildSession, partition: str | None) -> dict[str, Any]:
    kept = kept_files(session.warehouse.companion("reviews"), session.files)
    return {"files of reviewers": {path.name: session.files.digest(path) for path in kept}}


DEFINITIONS = (
    TableDefinition(
        "reviews", run_step, reviews, [Input("file", _files)], views=["review_results", "reviewer_agreement"]
    ),
)
