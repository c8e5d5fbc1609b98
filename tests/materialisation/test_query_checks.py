"""What the queries of `sql/` may not be when definitions load: planted into a copy of the folder's files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reasonmed_assets.sql import files

from reasonmed_assets import sql
from reasonmed_assets.materialisation.query_checks import check_queries
from reasonmed_assets.materialisation.transform import transform_of

OF_RAW = "-- makes: {}\n-- reads: raw_questions\n-- description: One row.\nselect raw_id from raw_questions\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of sql/ that is read in its place."""
    copy = tmp_path / "sql"
    for file in files.FOLDER.rglob("*.sql"):
        place = copy / file.relative_to(files.FOLDER)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(files, "FOLDER", copy)
    transform_of.cache_clear()
    yield copy
    transform_of.cache_clear()


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_queries_are_sound(folder: Path) -> None:
    check_queries()


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("tables/questions", "question_matches, ", "", "tables/questions.sql reads question_matches: name it"),
        ("calls/rank", "difficulty_tiers, ", "", "calls/rank.sql reads difficulty_tiers: name it"),
        ("views/funnel", "-- reads: ", "-- reads: overrides, ", "views/funnel.sql does not read overrides"),
        ("pictures/questions", "from staged", "from staged, reviews", "pictures/questions.sql reads reviews: name it"),
        ("tables/reviews", "\nselect", "\nselec", "tables/reviews.sql: this is no query"),
        (
            "tables/overrides",
            "-- relations: matched",
            "-- reads: questions\n-- relations: matched",
            "tables/overrides.sql does not read questions",
        ),
        (
            "relations/question_matches/kept",
            "-- previous: ",
            "-- reads: ",
            "tables/question_matches, tables/questions: each of these is made from itself",
        ),
    ],
)
def test_a_header_that_is_not_true_is_an_error(folder: Path, file: str, old: str, new: str, complaint: str) -> None:
    replace(folder / f"{file}.sql", old, new)
    with pytest.raises(sql.QueryError) as error:
        check_queries()
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        ("tables/sft_new", "no table is declared as sft_new"),
        ("views/questions", "views/questions.sql has the name of a table"),
        ("relations/ranked_paths/questions", "has the name of a table or view"),
        ("relations/votes_of/funnel", "has the name of a table or view"),
        ("relations/ranked_paths/near_copies", "says that code makes for ranked_paths: keep one"),
        ("relations/near_copies", "says that code makes for refined_paths: keep one"),
    ],
)
def test_a_relation_has_one_maker(folder: Path, file: str, complaint: str) -> None:
    path = folder / f"{file}.sql"
    path.parent.mkdir(exist_ok=True)
    path.write_text(OF_RAW.format(path.stem), encoding="utf-8")
    with pytest.raises(sql.QueryError) as error:
        check_queries()
    assert complaint in str(error.value)


def test_a_table_needs_a_query(folder: Path) -> None:
    (folder / "tables" / "sft_cot.sql").unlink()
    with pytest.raises(sql.QueryError, match=r"write sql/tables/sft_cot\.sql"):
        check_queries()


def test_views_do_not_read_each_other_in_a_circle(folder: Path) -> None:
    for name, other in (("funnel", "cost"), ("cost", "funnel")):
        text = OF_RAW.format(name).replace("raw_questions", other)
        (folder / "views" / f"{name}.sql").write_text(text, encoding="utf-8")
    with pytest.raises(sql.QueryError, match="views/cost, views/funnel: each of these reads itself"):
        check_queries()


def test_only_a_descendant_is_read_as_the_build_before_left_it(folder: Path) -> None:
    text = "-- makes: kept\n-- previous: raw_questions\n-- description: X.\nselect question_id from raw_questions\n"
    (folder / "relations" / "question_matches" / "kept.sql").write_text(text, encoding="utf-8")
    with pytest.raises(sql.QueryError, match="raw_questions is not made from it: move it from `previous`"):
        check_queries()
