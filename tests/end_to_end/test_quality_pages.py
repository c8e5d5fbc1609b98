"""`reasonmed quality` on a whole build: both pages, their links, and figures as the warehouse has them."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest
from builds import Built, called
from html_page import Page
from reasonmed_assets.quality.declarations import UNAUDITED, check_names
from reasonmed_assets.quality.records import AuditRecord
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets.pages.column_page import FOLDER
from reasonmed_assets.pages.data_docs import suite_page
from reasonmed_assets.pages.published import write_freshness
from reasonmed_assets.pages.site import QualityError, write_quality_pages
from reasonmed_assets.storage import WarehouseError, make_or_open_warehouse

AUDITED = [name for name in TABLES if name not in UNAUDITED]
SOURCES = ("medmcqa", "medqa", "mmlu", "pubmedqa")


@pytest.fixture(scope="module")
def folder(rehearsal: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command writes."""
    folder = tmp_path_factory.mktemp("pages") / "quality"
    done = called("quality", folder.name, "--warehouse", str(rehearsal.folder), cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    assert str(folder / "index.html") in done.stdout
    assert str(folder / "columns" / "index.html") in done.stdout
    return folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Page:
    return Page(folder / "index.html")


@pytest.fixture(scope="module")
def records(rehearsal: Built) -> list[AuditRecord]:
    return [AuditRecord.from_json(found) for found in make_or_open_warehouse(rehearsal.folder).audits()]


def shown(report: Page, chart: str) -> list[tuple[str, ...]]:
    """Rows of a chart's figures, numbers without separators."""
    return sorted(tuple(cell.replace(",", "") for cell in row) for row in report.tables[chart][1:])


def asked(rehearsal: Built, query: str) -> list[tuple[str, ...]]:
    return sorted(tuple(str(value) for value in row) for row in rehearsal.query(query))


def test_every_audit_of_the_build_is_on_record(records: list[AuditRecord]) -> None:
    expected = {(name, source) for name in AUDITED for source in (SOURCES if TABLES[name].is_partitioned else (None,))}
    assert {(record.table, record.partition) for record in records} == expected
    for record in records:
        assert [outcome.name for outcome in record.outcomes] == [check.name for check in check_names(record.table)]
        assert record.validation


def test_the_report_says_how_every_check_went(report: Page, records: list[AuditRecord]) -> None:
    cells = {(row["table"], source): row[source] for row in report.records("checks") for source in list(row)[1:]}
    for record in records:
        passed = sum(outcome.passed for outcome in record.outcomes)
        cell = cells[record.table, record.partition or "all sources"]
        assert cell.endswith(f"{passed} of {len(record.outcomes)}")
    assert "A rehearsal." in report.texts[""]


def test_the_figures_are_those_of_the_tables(report: Page, rehearsal: Built) -> None:
    counts = "(select count(*) from {0} t where t.source = s.source)"
    paths = "(select count(*) from {0} t where t.source = s.source and {1})"
    expected = {
        "funnel-questions": f"select s.source, {counts.format('raw_questions')}, {counts.format('questions')},"
        f" {counts.format('reasonmed')}, {counts.format('sft_reasonmed')} from questions s group by s.source",
        "funnel-paths": f"select s.source, {counts.format('reasoning_paths')},"
        f" {paths.format('reasoning_paths', 'path_text is not null')}, {paths.format('verifications', 'is_correct')}"
        " from questions s group by s.source",
        "rejected-reasons": "select source, reason, count(*) from rejected_questions group by all",
    }
    for chart, query in expected.items():
        assert shown(report, chart) == asked(rehearsal, query), chart


def test_the_verdicts_are_those_of_the_table(report: Page, rehearsal: Built) -> None:
    query = (
        "select generator, source, count(*), countif(is_correct), countif(not is_correct), countif(is_correct is null)"
        " from verifications group by all"
    )
    assert [row[:-1] for row in shown(report, "verdicts-models")] == asked(rehearsal, query)


def test_the_tiers_are_those_of_the_table(report: Page, rehearsal: Built) -> None:
    tiers = ", ".join(f"countif(tier = '{tier}')" for tier in ("easy", "medium", "difficult", "unresolved"))
    last = [(row[0], *row[3:]) for row in shown(report, "tiers-builds") if row[1] == "this build"]
    assert last == asked(rehearsal, f"select source, {tiers} from difficulty_tiers group by source")


def test_the_letters_are_those_of_the_tables(report: Page, rehearsal: Built) -> None:
    query = """
        select source, 'questions', gold_letter, count(*) from questions group by all
        union all
        select source, 'paths', answer_letter, count(answer_letter) from reasoning_paths group by all
            having answer_letter is not null
        union all
        select s.source, 'training records', gold_letter, count(*) from sft_reasonmed s
            join reasonmed using (example_id) group by all
    """
    assert shown(report, "letters-shares") == asked(rehearsal, query)


def test_the_lengths_are_those_of_the_texts(report: Page, rehearsal: Built) -> None:
    query = """
        select 'path by ' || generator, count(*), round(median(length(path_text)))::int
        from reasoning_paths where path_text is not null group by 1
    """
    found = [(row[0], row[1], row[4]) for row in shown(report, "lengths-texts")]
    assert set(asked(rehearsal, query)) <= set(found)
    answers = asked(rehearsal, "select 'short answer', count(*) from answer_summaries where is_accepted")
    assert answers == [row[:2] for row in found if row[0] == "short answer"]


def test_the_scores_are_those_of_the_pairs(report: Page, rehearsal: Built) -> None:
    query = """
        select tier, count(*), countif(after > before), countif(after = before), countif(after < before) from (
            select any_value(tier) as tier, max(score) filter (text_role = 'before') as before,
                max(score) filter (text_role = 'final') as after from quality_scores group by example_id)
        where before is not null and after is not null group by tier
    """
    found = [(row[0], row[1], *row[4:]) for row in shown(report, "scores-changes")]
    assert found == asked(rehearsal, query) != []


def test_the_data_docs_list_every_suite_and_every_result(folder: Path, records: list[AuditRecord]) -> None:
    index = Page(folder / "data_docs" / "index.html")
    links = [unquote(link) for link in index.links]
    assert {link for link in links if link.startswith("expectations/")} == {
        suite_page(name).removeprefix("data_docs/") for name in AUDITED
    }
    results = [link.split("/") for link in links if link.startswith("validations/")]
    assert sorted((table, run) for _, table, run, *_ in results) == sorted(
        (record.table, record.partition or "all-sources") for record in records
    )


def test_the_data_docs_show_the_results_of_the_audit(folder: Path, records: list[AuditRecord]) -> None:
    (record,) = [record for record in records if (record.table, record.partition) == ("verifications", "medqa")]
    (page,) = folder.glob("data_docs/validations/verifications/medqa/*/*.html")
    text = " ".join(Page(page).texts.values())
    for result in record.validation:
        assert result["expectation_config"]["kwargs"]["column"] in text
        assert result["expectation_config"]["description"] in text
    assert "Evaluated Expectations" in text


def test_every_link_leads_to_a_page(folder: Path) -> None:
    pages = list(folder.rglob("*.html"))
    assert len(pages) > len(AUDITED)
    for page in pages:
        for link in Page(page).links:
            target, _, fragment = link.partition("#")
            assert "://" not in target
            found = (page.parent / unquote(target)).resolve() if target else page
            assert found.is_file(), f"{page} links to {link}"
            # In the lineage of columns a script reads it (tests/pages/test_column_page.py).
            is_known = found.parent.name == FOLDER or f'id="{fragment}"' in found.read_text(encoding="utf-8")
            assert not fragment or is_known


def test_no_page_loads_anything_and_one_runs_a_script(folder: Path) -> None:
    for page in folder.rglob("*.html"):
        loaded = Page(page).loaded
        if page.parent.name == FOLDER:
            loaded = [one for one in loaded if one[0] != "script" or "src" in one[1]]
        assert loaded == [], page
        assert "@import" not in page.read_text(encoding="utf-8")
    assert {file.suffix for file in folder.rglob("*") if file.is_file()} == {".html"}


def test_a_failing_audit_stands_first_and_nothing_need_be_published(rehearsal: Built, tmp_path: Path) -> None:
    warehouse = make_or_open_warehouse(tmp_path / "warehouse")
    found = next(
        r
        for r in make_or_open_warehouse(rehearsal.folder).audits()
        if (r["table"], r["partition"]) == ("questions", "mmlu")
    )
    found["outcomes"][0] |= {"passed": False, "n_failing": 2, "examples": [{"row": 1, "value": "<script>x</script>"}]}
    found["profile"] = "<script>y</script>"
    warehouse.record_audit("questions", "mmlu", found)
    warehouse.record_audit("table_of_old", "mmlu", found | {"table": "table_of_old"})
    with warehouse.read() as con:
        write_freshness(warehouse, con, warehouse.companion("quality"))  # as each build does
    said = list(write_quality_pages(tmp_path / "warehouse", None))
    assert "1 failed and block" in said[-1]
    page = Page(warehouse.companion("quality") / "index.html")
    (first, *_) = [found["class"] for tag, found in page.tags if tag == "article"]
    assert first == "failure blocks"
    assert "<script>x</script>" in page.texts["checks"]
    assert page.loaded == []
    assert (warehouse.companion("quality") / suite_page("questions")).is_file()
    (result,) = warehouse.companion("quality").glob("data_docs/validations/questions/mmlu/*/*.html")
    assert Page(result).loaded == []
    assert "<script>y</script>" in " ".join(Page(result).texts.values())


def test_it_writes_beside_a_build_and_replaces_only_its_own_pages(
    rehearsal: Built, folder: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    shutil.copytree(folder, again)
    stale = again / "data_docs" / "validations" / "old.html"
    stale.write_text("old", encoding="utf-8")
    with make_or_open_warehouse(rehearsal.folder).read():
        list(write_quality_pages(rehearsal.folder, again))
    assert not stale.exists()
    (again / "index.html").write_text("a page of mine", encoding="utf-8")
    with pytest.raises(QualityError, match="not a quality report"):
        list(write_quality_pages(rehearsal.folder, again))
    (again / "index.html").unlink()
    with pytest.raises(QualityError, match="give another folder"):
        list(write_quality_pages(rehearsal.folder, again))


def test_no_page_of_the_user_is_replaced_or_written_through_a_link(rehearsal: Built, tmp_path: Path) -> None:
    (tmp_path / "freshness.html").write_text("mine", encoding="utf-8")
    with pytest.raises(QualityError, match=r"freshness\.html was not written with a quality report"):
        list(write_quality_pages(rehearsal.folder, tmp_path))
    (tmp_path / "index.html").symlink_to(tmp_path / "elsewhere.html")
    with pytest.raises(QualityError, match=r"index\.html is a link that leads nowhere"):
        list(write_quality_pages(rehearsal.folder, tmp_path))
    assert (tmp_path / "freshness.html").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "elsewhere.html").exists()


def test_without_a_build_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match=f"reasonmed build --warehouse {tmp_path}/nowhere"):
        list(write_quality_pages(tmp_path / "nowhere", None))
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(QualityError, match="holds nothing yet"):
        list(write_quality_pages(tmp_path, None))
    make_or_open_warehouse(tmp_path).record_audit(
        "questions", "mmlu", {"table": "questions", "partition": "mmlu", "of": "old"}
    )
    with pytest.raises(WarehouseError, match=r"questions mmlu .* another version .*reasonmed build --warehouse"):
        list(write_quality_pages(tmp_path, None))
