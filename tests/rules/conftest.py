"""Fixtures of the rules' tests."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from reasonmed_assets.config.profile import Sources
from reasonmed_assets.sources import load_declaration, read_source


@pytest.fixture(scope="session")
def real_questions(shared_data: Path) -> pl.DataFrame:
    """Every question of the real files; MedMCQA dev stands in for train."""
    roles = {"medmcqa": {"train": "unused", "dev": "stand_in"}}
    readings = [
        read_source(load_declaration(source), shared_data, roles.get(source, {})) for source in Sources().declared
    ]
    return pl.concat([reading.questions.frame() for reading in readings])
