"""Verdicts: what the verifier and the answer check say of every path, and how far the verifier can be trusted."""

from __future__ import annotations

import polars as pl

from reasonmed_assets.assets.asking import run_step
from reasonmed_assets.materialisation.definition import TableDefinition
from reasonmed_assets.materialisation.stage import Stage
from reasonmed_assets.rules.alterations import audited_texts


def verifier_audit(stage: Stage) -> None:
    """A sample of the verified paths as they are, and correct paths with an error planted into each."""
    sample = pl.read_parquet(stage.make("audit_sample"), glob=False)
    stage.write({"audited": audited_texts(sample, stage.seed)})


DEFINITIONS = (TableDefinition("verifier_audit", run_step, verifier_audit, views=["verifier_trust"]),)
