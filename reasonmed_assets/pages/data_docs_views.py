"""The views of the Data Docs: Great Expectations' own, with the templates in `templates/data_docs/` before its own.

Imported by name, by the site builder alone: Great Expectations takes seconds to import.
"""

from __future__ import annotations

from pathlib import Path

from great_expectations.render.view.view import DefaultJinjaIndexPageView, DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader

_TEMPLATES = Path(__file__).parent / "templates"


class PageView(DefaultJinjaPageView):
    """The page of a suite or of its results."""

    def __init__(self, **directories: str | None) -> None:
        super().__init__(**directories)
        own = FileSystemLoader([_TEMPLATES / "data_docs", _TEMPLATES])
        self.env.loader = ChoiceLoader([own, *([self.env.loader] if self.env.loader else [])])


class IndexView(PageView, DefaultJinjaIndexPageView):
    """The index of all suites and results."""

    _template = DefaultJinjaIndexPageView._template
