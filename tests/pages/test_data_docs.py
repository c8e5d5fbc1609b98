"""Data Docs show what a profile says as text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from reasonmed_assets.quality.auditing import CheckOutcome
from reasonmed_assets.quality.records import AuditRecord

from reasonmed_assets.pages.data_docs import result_page, write_site

NAME = '<script>alert("$name & %(name)s")</script>'


def test_the_name_of_a_profile_is_no_markup(tmp_path: Path) -> None:
    result = {
        "success": True,
        "expectation_config": {
            "type": "expect_table_row_count_to_be_between",
            "kwargs": {"min_value": 1},
            "meta": {},
        },
        "result": {"observed_value": 3},
        "exception_info": {"raised_exception": False, "exception_message": None, "exception_traceback": None},
        "meta": {},
    }
    outcome = CheckOutcome("distributions", True, "block", 0, validation=[result])
    record = AuditRecord("questions", "mmlu", "run", NAME, datetime.now(UTC), 3, {}, [outcome])
    write_site([record], tmp_path)
    pages = {file: file.read_text(encoding="utf-8") for file in tmp_path.rglob("*.html")}
    assert not [file for file, page in pages.items() if "<script>alert" in page]
    page = pages[tmp_path / result_page(record)]
    assert "&lt;script&gt;alert(" in page
