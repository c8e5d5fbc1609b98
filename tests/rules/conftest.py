"""Fixtures of the rules' tests."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest

from reasonmed_assets.config.profile import Sources
from reasonmed_assets.sources import load_declaration, read_source


@pytest.fixture(scope="session")
def real_questions(shared_data: Path) -> pl.DataFrame:
    """Every question of the real files; MedMCQA dev stands in for train."""
    roles = {"medmcqa": {"train": "unused", "dev": "stand_in"}}
    rows = [
        asdict(question)
        for source in Sources().declared
        for question in read_source(load_declaration(source), shared_data, roles.get(source, {})).questions
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
