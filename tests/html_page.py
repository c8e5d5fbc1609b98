"""HTML as a browser reads it: what a page loads, where it links, its tables and texts by the id around them."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

_VOID = {"meta", "link", "img", "br", "hr", "input", "rect"}
LOADING = {"script", "link", "img", "iframe", "object", "embed", "source", "video", "audio"}


class Page(HTMLParser):
    """One page.

    Attributes:
        tags: (tag, attributes) of every element, in order.
        tables: rows of cells of every table, by the nearest id around it; a second one of an id is added to it.
        texts: all text, by the nearest id around it.
    """

    def __init__(self, file: Path | str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.texts: dict[str, str] = {}
        self._open: list[tuple[str, str]] = []
        self._rows: list[list[list[str]]] = []
        self._cells: list[list[str]] = []
        self.feed(file.read_text(encoding="utf-8") if isinstance(file, Path) else file)
        assert [tag for tag, _ in self._open] == [], "elements are left open"

    @property
    def links(self) -> list[str]:
        return [found["href"] for tag, found in self.tags if tag == "a"]

    @property
    def loaded(self) -> list[tuple[str, dict[str, str]]]:
        """Elements that make a browser fetch or run something."""
        return [
            (tag, found)
            for tag, found in self.tags
            if tag in LOADING or ("style" in found and "url(" in found["style"])
        ]

    def records(self, name: str) -> list[dict[str, str]]:
        """The rows of a table by its head."""
        head, *rows = self.tables[name]
        return [dict(zip(head, row, strict=True)) for row in rows]

    @property
    def _id(self) -> str:
        return next((found for _, found in reversed(self._open) if found), "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if tag in _VOID:
            return
        if tag == "table":
            self._rows.append(self.tables.setdefault(self._id, []))
        elif tag == "tr":
            self._rows[-1].append([])
        elif tag in ("td", "th"):
            self._cells.append([])
        self._open.append((tag, found.get("id", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            opened, _ = self._open.pop()
            assert opened == tag, f"</{tag}> closes <{opened}>"
        if tag == "table":
            self._rows.pop()
        elif tag in ("td", "th"):
            self._rows[-1][-1].append(" ".join(" ".join(self._cells.pop()).split()))

    def handle_data(self, data: str) -> None:
        if self._cells:
            self._cells[-1].append(data)
        self.texts[self._id] = self.texts.get(self._id, "") + data
