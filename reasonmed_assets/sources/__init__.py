"""Question sets as their publishers have them: declarations, files, and the reading of both."""

from reasonmed_assets.config.settings import SAMPLE_DIR
from reasonmed_assets.sources.declaration import Declaration, SourceError, load_declaration, shipped_sources
from reasonmed_assets.sources.files import input_digest
from reasonmed_assets.sources.reading import FileRead, Question, Reading, Unreadable, questions_frame, read_source

__all__ = [
    "SAMPLE_DIR",
    "Declaration",
    "FileRead",
    "Question",
    "Reading",
    "SourceError",
    "Unreadable",
    "input_digest",
    "load_declaration",
    "questions_frame",
    "read_source",
    "shipped_sources",
]
