"""The sheet and the page for reviewers, of a real warehouse."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browser import browser
from builds import Built
from reasonmed_assets.quality import tables as _tables  # noqa: F401

from reasonmed_assets.config import load_profile
from reasonmed_assets.pages.review_sheets import _page, export_sheets
from reasonmed_assets.people.reviews import EXAMPLE, FILLED_IN, ReviewError, as_cell, import_reviews
from reasonmed_assets.storage import make_or_open_warehouse


@pytest.fixture(scope="module")
def sheets(rehearsal: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sheets")
    profile = load_profile("simulated", {"rules.review_sample": 12})
    lines = export_sheets(make_or_open_warehouse(rehearsal.folder), profile, folder)
    assert lines == [f"{folder / name}: 12 examples" for name in ("reviews.csv", "reviews.html")]
    return folder


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as sheet:
        return list(csv.DictReader(sheet))


class Page(HTMLParser):
    """The ids of the examples, the names of the fields, and what would be fetched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.examples: list[str] = []
        self.fields: set[str] = set()
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.examples += [values["data-example_id"]] if values.get("data-example_id") else []
        self.fields |= {values["data-field"]} if values.get("data-field") else set()
        self.fetched += [value for name, value in attrs if name in ("src", "href", "action") and value]


def test_sheet_and_page_hold_the_same_examples_of_every_source(rehearsal: Built, sheets: Path) -> None:
    rows = rows_of(sheets / "reviews.csv")
    page = Page((sheets / "reviews.html").read_text(encoding="utf-8"))
    assert page.examples == [row["example_id"] for row in rows]
    assert {row["source"] for row in rows} == {"medmcqa", "medqa", "mmlu", "pubmedqa"}
    assert {row["tier"] for row in rows} == {"easy", "medium", "difficult"}
    for row in rows:
        shown = "question, path, key, array_to_string(options, '\n')"
        found = rehearsal.query(f"select {shown} from example where example_id = '{row['example_id']}'")
        assert f">{row['example_id']}<" in (sheets / "reviews.html").read_text(encoding="utf-8")
        cells = [as_cell(text) for text in found[0]]
        assert cells == [row["question"], row["path"], row["key"], row["options"]]


def test_the_page_needs_no_network(sheets: Path) -> None:
    text = (sheets / "reviews.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.fetched == []
    assert page.fields == {"key_verdict", "reasoning_verdict", "answer_verdict", "comment"}
    assert not re.search(r"https?://|@import|url\(|fetch\(|XMLHttpRequest", text)
    assert "default-src 'none'" in text


def test_what_stands_in_a_text_is_no_markup() -> None:
    one: dict[str, Any] = dict.fromkeys(
        ("example_id", "content_hash", "source", "tier", "subject", "question", "context", "key", "path", "summary",
         "override_note"), "<img src=x onerror=alert(1)>",
    ) | {"options": ["</section><script>", "b"], "provider_kind": "real"}  # fmt: skip
    page = Page(_page([one], load_profile("simulated")))
    assert "img" not in page.tags
    assert page.tags.count("script") == 1


def test_an_empty_sheet_that_comes_back_is_no_review(sheets: Path, tmp_path: Path) -> None:
    done = import_reviews(tmp_path, sheets / "reviews.csv")
    assert (done.reviews, done.n_empty) == ([], 12)


def test_a_sheet_that_may_be_filled_in_is_not_overwritten(rehearsal: Built, sheets: Path) -> None:
    with pytest.raises(ReviewError, match=r"reviews\.csv exists already"):
        export_sheets(make_or_open_warehouse(rehearsal.folder), load_profile("simulated"), sheets)


def test_a_sheet_is_not_written_through_a_link(rehearsal: Built, tmp_path: Path) -> None:
    (tmp_path / "reviews.html").symlink_to(tmp_path / "elsewhere.html")
    with pytest.raises(ReviewError, match=r"reviews\.html exists already"):
        export_sheets(make_or_open_warehouse(rehearsal.folder), load_profile("simulated"), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["reviews.html"]


def test_a_warehouse_without_examples_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match=f"reasonmed build --warehouse {tmp_path}/w"):
        export_sheets(make_or_open_warehouse(tmp_path / "w"), load_profile("simulated"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_page_works_on_a_phone(sheets: Path, tmp_path: Path) -> None:
    with browser(tmp_path / "profile") as chromium:
        tab = chromium.open("about:blank")
        phone = {"width": 390, "height": 780, "deviceScaleFactor": 1, "mobile": True}
        chromium.send("Emulation.setDeviceMetricsOverride", tab, **phone)
        chromium.send("Page.navigate", tab, url=(sheets / "reviews.html").as_uri())
        ready = "new Promise(done => document.readyState === 'complete' ? done(1) : addEventListener('load', done))"
        chromium.value(tab, f"{ready}.then(() => document.querySelectorAll('.card').length)")
        assert chromium.value(tab, "document.documentElement.scrollWidth <= 390")
        jump = "cards[1].scrollIntoView(); const title = cards[1].querySelector('h2').getBoundingClientRect();"
        below = "title.top >= document.querySelector('header').getBoundingClientRect().bottom"
        assert chromium.value(tab, f"(() => {{ {jump} return {below} }})()")
        mark = "const choice = cards[0].querySelector('input[value=wrong]'); choice.click();"
        clear = "choice.closest('fieldset').querySelector('button').click();"
        assert chromium.value(tab, f"(() => {{ {mark} {clear} return choice.checked }})()") is False
        first = rows_of(sheets / "reviews.csv")[0]
        written = io.StringIO()
        sheet = csv.DictWriter(written, [*EXAMPLE, *FILLED_IN], quoting=csv.QUOTE_ALL, extrasaction="ignore")
        sheet.writeheader()
        sheet.writerow(first | {"key_verdict": "wrong", "comment": 'He said "no",\ntwice', "reviewer": "Anna"})
        read = f"fill(csvRows({json.dumps(written.getvalue())})); const row = entry(cards[0]);"
        loaded = chromium.value(tab, f"(() => {{ {read} return [row.key_verdict, row.comment] }})()")
        assert loaded == ["wrong", 'He said "no",\ntwice']
        for mark in ";\t":
            written = io.StringIO()
            sheet = csv.DictWriter(written, [*EXAMPLE, *FILLED_IN], delimiter=mark, extrasaction="ignore")
            sheet.writeheader()
            sheet.writerow(first | {"key_verdict": "Not sure", "comment": as_cell('= 5" off'), "reviewer": "Anna"})
            read = f"fill(csvRows({json.dumps(written.getvalue())})); const row = entry(cards[0]);"
            loaded = chromium.value(tab, f"(() => {{ {read} return [row.key_verdict, row.comment] }})()")
            assert loaded == ["unsure", '= 5" off']
        for text in ("=1", "\t=1", "a; =1\n- b", "'-a,\"@b", "plain - text = text"):
            told = chromium.value(tab, f"[asCell({json.dumps(text)}), fromCell(asCell({json.dumps(text)}))]")
            assert told == [as_cell(text), text]
