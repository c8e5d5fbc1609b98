"""Question sets in their publishers' formats: declarations, files, and the reading of both.

Which questions are kept is decided later, in `rules/matching.py` and `sql/tables/questions.sql`.
"""

from reasonmed_assets.config.settings import SAMPLE_DIR
from reasonmed_assets.sources.declaration import Declaration, SourceError, load_declaration, shipped_sources
from reasonmed_assets.sources.files import input_digest
from reasonmed_assets.sources.inputs import ChangedError, InputFiles
from reasonmed_assets.sources.reading import (
    FileRead,
    Question,
    Questions,
    Reading,
    Unreadable,
    read_source,
    unreadable_frame,
)

__all__ = [
    "SAMPLE_DIR",
    "ChangedError",
    "Declaration",
    "FileRead",
    "InputFiles",
    "Question",
    "Questions",
    "Reading",
    "SourceError",
    "Unreadable",
    "input_digest",
    "load_declaration",
    "read_source",
    "shipped_sources",
    "unreadable_frame",
]
