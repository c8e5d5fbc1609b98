"""docs/reference/checks.md: its tables are those of the declarations; every check of the method is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from planted_faults import FAULTS
from reasonmed_assets.quality import declarations
from test_expectations import FAULTS as DISTRIBUTIONS

from reasonmed_assets.config.profile import Thresholds
from reasonmed_assets.pages.check_list import CHECKS, fault_id, fill_in, parts_of
from reasonmed_assets.pages.dictionary import main

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "checks.md"
QUALITY = Path(str(declarations.__file__)).parent
NOT_IN_ONE_CHECK = {"min_rows_for_rates", "shrink_share_max"}


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_committed_tables_are_those_of_the_declarations(page: str) -> None:
    assert page == fill_in(page), "run `python -m reasonmed_assets.pages.dictionary` and commit checks.md"


def test_every_check_has_a_section_that_says_what_to_do(page: str) -> None:
    sections = re.split(r"^## (\d+)\. ", page, flags=re.MULTILINE)[1:]
    assert [int(number) for number in sections[::2]] == list(CHECKS)
    for number, text in zip(sections[::2], sections[1::2], strict=True):
        assert f"<!-- check {number} -->" in text
        assert "When it fails:" in text


@pytest.mark.parametrize("number", CHECKS)
def test_every_check_has_parts_in_files_that_exist(number: int) -> None:
    parts = parts_of(number)
    assert parts
    assert all((QUALITY / part.file).is_file() for part in parts)


@pytest.mark.parametrize("number", CHECKS)
def test_every_part_of_a_check_has_a_planted_fault(number: int, page: str) -> None:
    planted = {fault_id(fault.table, fault.check) for fault in FAULTS}
    planted |= {fault_id(table, column) for table, column, *_ in DISTRIBUTIONS}
    for part, tables in parts_of(number).items():
        named = {fault_id(table, part.name) for table in tables}
        assert named <= planted
        assert all(f"`{name}`" in page for name in named)


def test_every_threshold_belongs_to_a_check() -> None:
    used = {name for number in CHECKS for part in parts_of(number) for name in part.thresholds}
    assert used == set(Thresholds.model_fields) - NOT_IN_ONE_CHECK


def test_the_page_is_filled_in_beside_the_dictionary(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied = re.sub(r"(<!-- check \d+ -->\n).*?(<!-- end -->)", r"\1\2", page, flags=re.DOTALL)
    (tmp_path / "checks.md").write_text(emptied, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["dictionary", str(tmp_path)])
    main()
    assert (tmp_path / "checks.md").read_text(encoding="utf-8") == page
