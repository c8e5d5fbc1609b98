"""What every table must have in the way of checks, and headers that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.quality import declarations
from reasonmed_assets.quality.auditing import severity_of
from reasonmed_assets.quality.declarations import UNAUDITED, CheckDeclaration, check_names
from reasonmed_assets.quality.expectations import views_of
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets import sql
from reasonmed_assets.config import load_profile

AUDITED = [name for name in TABLES if name not in UNAUDITED]
ASSERTIONS = Path(declarations.__file__).parent / "assertions"


@pytest.mark.parametrize("table", AUDITED)
def test_every_table_has_a_schema_a_key_a_reference_a_count_and_distributions(table: str) -> None:
    declared = {check.name: check for check in check_names(table)}
    assert {"schema", "key", "references", "counts", "distributions"} <= set(declared)
    assert all(declared[name].is_blocking for name in ("schema", "key", "references", "counts"))
    assert ("partition" in declared) == TABLES[table].is_partitioned


@pytest.mark.parametrize("table", AUDITED)
def test_names_are_unique_in_a_table(table: str) -> None:
    names = [check.name for check in check_names(table)]
    assert len(names) == len(set(names))


def test_no_rule_is_written_twice_for_a_table() -> None:
    for table in AUDITED:
        bodies = [check.sql.split("\n", 4)[-1] for check in check_names(table) if check.sql]
        assert len(bodies) == len(set(bodies)), table


def test_every_folder_of_assertions_is_used() -> None:
    folders = {folder.name for folder in ASSERTIONS.iterdir()}
    groups = {f"group_{spec.group}" for spec in TABLES.values()}
    assert folders <= set(AUDITED) | groups | {"asked_of_models"}


def test_all_checks_of_the_method_are_there() -> None:
    numbers = {check.method_check for table in AUDITED for check in check_names(table)}
    numbers |= {e.method_check for table in AUDITED for view in views_of(table) for e in view.expectations}
    assert set(range(1, 16)) <= numbers


def test_tables_that_storage_writes_have_no_checks() -> None:
    assert [check_names(table) for table in UNAUDITED] == [[], [], []]


def test_a_table_that_is_not_declared_is_refused() -> None:
    with pytest.raises(KeyError):
        check_names("unknown")


def test_a_profile_softens_only_what_judges_a_model() -> None:
    strict = load_profile("simulated")
    lenient = load_profile("simulated", {"checks.model_checks": "warn"})
    of_model = CheckDeclaration("missing", "Few are missing.", True, judges_model=True)
    of_build = CheckDeclaration("counts", "None is lost.", True)
    warning = CheckDeclaration("distributions", "They are plausible.", False)
    assert [severity_of(check, strict) for check in (of_model, of_build, warning)] == ["block", "block", "warn"]
    assert [severity_of(check, lenient) for check in (of_model, of_build, warning)] == ["warn", "block", "warn"]


def test_what_judges_a_model_is_among_checks_5_to_13() -> None:
    judging = [check for table in AUDITED for check in check_names(table) if check.judges_model]
    assert judging
    assert all(check.method_check in range(5, 14) for check in judging)


def test_what_judges_a_whole_partition_has_no_scope(tmp_path: Path) -> None:
    file = tmp_path / "verifications" / "rule.sql"
    file.parent.mkdir()
    by_row = HEADER.replace("-- desc", "-- scope: unit\n-- desc")
    for read in ("from unanswered", "from removed", "where getvariable('threshold_missing_share_max') > 0"):
        file.write_text(f"{by_row} {read}", encoding="utf-8")
        with pytest.raises(sql.QueryError, match="which is of the whole partition"):
            declarations.read_assertion(file)
    file.write_text(f"{by_row} from staged", encoding="utf-8")
    assert declarations.read_assertion(file).is_by_unit


HEADER = "-- check: 9\n-- severity: block\n-- judges: build\n-- description: It holds.\nselect 1\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (HEADER.replace("-- check: 9\n", ""), "wrong in the header: check"),
        (HEADER.replace("9", "16"), "wrong in the header: check"),
        (HEADER.replace("block", "fail"), "wrong in the header: severity"),
        (HEADER.replace("build", "others"), "wrong in the header: judges"),
        (HEADER.replace("It holds.", "It holds"), "wrong in the header: description"),
        (HEADER.replace("-- severity", "-- weight"), "line 2: expected"),
        (HEADER.replace("-- desc", "-- scope: question\n-- desc"), "wrong in the header: scope"),
        (HEADER.replace("-- desc", "-- scope: unit\n-- desc"), "is declared with a unit: remove the line"),
    ],
)
def test_a_wrong_header_names_file_and_fault(text: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "rule.sql"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(sql.QueryError, match=complaint) as error:
        declarations.read_assertion(file)
    assert str(file) in str(error.value)


def test_a_header_is_read(tmp_path: Path) -> None:
    file = tmp_path / "rule.sql"
    file.write_text(HEADER.replace("-- check: 9", "-- check: none"), encoding="utf-8")
    read = declarations.read_assertion(file)
    assert (read.name, read.description, read.is_blocking, read.method_check) == ("rule", "It holds.", True, None)
