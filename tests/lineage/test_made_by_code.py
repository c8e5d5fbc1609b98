"""The relations that Python code makes have the columns that lineage knows of them."""

from __future__ import annotations

import polars as pl
import pytest
from reasonmed_assets.quality.schema import TABLES

from reasonmed_assets import sql
from reasonmed_assets.assets.provenance import prices, templates
from reasonmed_assets.config import load_profile
from reasonmed_assets.lineage.made_by_code import MADE_BY_CODE
from reasonmed_assets.people.overrides import Overrides, match_overrides
from reasonmed_assets.rules.alterations import audited_texts
from reasonmed_assets.rules.matching import find_matches
from reasonmed_assets.rules.similarity import copies_in
from reasonmed_assets.sources import Questions, unreadable_frame

PROFILE = load_profile("simulated")
RECORDS = Questions().frame()
PATHS = pl.LazyFrame(schema=dict.fromkeys(("question_id", "path_id", "path_text"), pl.String))
SAMPLE = pl.DataFrame(schema={"kind": pl.String, "draw": pl.Int64})


@pytest.mark.parametrize(
    ("table", "relation", "frame"),
    [
        ("raw_questions", "published", RECORDS),
        ("benchmark_questions", "published", RECORDS),
        ("question_matches", "matches", find_matches(RECORDS, RECORDS, set(), PROFILE.rules, [])),
        ("overrides", "matched", match_overrides(Overrides(), RECORDS)),
        ("rejected_questions", "unreadable", unreadable_frame([])),
        ("verifier_audit", "audited", audited_texts(SAMPLE, 1)),
        ("ranked_paths", "near_copies", copies_in(PATHS, 90)),
        ("refined_paths", "near_copies", copies_in(PATHS, 90)),
        ("llm_calls", "prices", prices(PROFILE)),
        ("prompts", "templates", templates()),
    ],
)
def test_the_columns_are_those_of_the_frame(table: str, relation: str, frame: pl.DataFrame) -> None:
    assert list(MADE_BY_CODE[table, relation].columns) == frame.columns


def test_only_relations_that_a_query_reads_are_declared() -> None:
    read = {(table, relation) for table in TABLES for relation in _relations(table)}
    assert set(MADE_BY_CODE) <= read


def _relations(table: str) -> set[str]:
    """The temporary relations of a table: those that its queries, and the queries that these read, name."""
    names = {query.name for query in sql.queries(f"relations/{table}")} | {f"tables/{table}"}
    known: set[str] = set()
    while names - known:
        name = (names - known).pop()
        known.add(name)
        query = sql.find(name)
        if query is None:
            continue
        names |= {f"relations/{one}" for one in query.relations} | ({query.step} if query.step else set())
    return {one for name in known if (query := sql.find(name)) is not None for one in query.relations}
