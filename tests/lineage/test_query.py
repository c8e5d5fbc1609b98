"""What the columns of single queries are computed from: the shapes that resolution could break on."""

from __future__ import annotations

import pytest

from reasonmed_assets.lineage.query import LineageError, sources_of

SCHEMA = (
    ("paths", ("path_id", "question_id", "path_text", "score", "row_hash")),
    ("votes", ("path_id", "sample", "verdict")),
    ("texts", ("path_text", "path_id")),
)


def _sources(query: str) -> dict[str, list[str]]:
    found = sources_of("a query", query, SCHEMA)
    return {column: sorted(f"{ref.relation}.{ref.column}" for ref in refs) for column, refs in found.items()}


def test_a_star_is_expanded_without_what_it_excludes_and_with_what_it_replaces() -> None:
    assert _sources("select * exclude (score, row_hash) replace (upper(path_text) as path_id) from paths") == {
        "path_id": ["paths.path_text"],
        "question_id": ["paths.question_id"],
        "path_text": ["paths.path_text"],
    }


def test_a_star_of_one_relation_beside_columns_of_another() -> None:
    query = "select votes.*, paths.score as rank from votes left join paths on votes.path_id = paths.path_id"
    assert _sources(query) == {
        "path_id": ["votes.path_id"],
        "sample": ["votes.sample"],
        "verdict": ["votes.verdict"],
        "rank": ["paths.score"],
    }


def test_a_relation_with_the_name_of_the_one_that_it_reads() -> None:
    query = """
    with votes as (select path_id, verdict || 'x' as verdict from votes)
    select votes.verdict, votes.path_id from votes
    """
    assert _sources(query) == {"verdict": ["votes.verdict"], "path_id": ["votes.path_id"]}


def test_unions_by_name_and_by_position() -> None:
    parts = "select path_id, path_text from paths union all {} select * from texts"
    assert _sources(parts.format("by name")) == {
        "path_id": ["paths.path_id", "texts.path_id"],
        "path_text": ["paths.path_text", "texts.path_text"],
    }
    assert _sources(parts.format("")) == {
        "path_id": ["paths.path_id", "texts.path_text"],
        "path_text": ["paths.path_text", "texts.path_id"],
    }


def test_a_column_of_one_part_of_a_union_by_name_alone() -> None:
    query = "select path_id from texts union all by name select path_id, score from paths"
    assert _sources(query)["score"] == ["paths.score"]


def test_what_only_chooses_pairs_or_orders_rows_is_no_source() -> None:
    query = """
    select
        paths.question_id,
        arg_min(paths.path_id, paths.score) as best,
        string_agg(paths.path_text, '; ' order by paths.score) as texts
    from paths
    inner join votes on paths.path_id = votes.path_id
    where votes.verdict = 'correct'
    group by paths.question_id
    having count(votes.sample) > 1
    order by paths.score
    """
    assert _sources(query) == {
        "question_id": ["paths.question_id"],
        "best": ["paths.path_id"],
        "texts": ["paths.path_text"],
    }


def test_what_a_count_or_a_rank_is_computed_over_is_a_source() -> None:
    query = """
    select
        count(*) filter (where verdict = 'correct') as n_correct,
        row_number() over (partition by path_id order by sample) as place,
        count(*) as n
    from votes
    """
    assert _sources(query) == {
        "n_correct": ["votes.verdict"],
        "place": ["votes.path_id", "votes.sample"],
        "n": [".*"],
    }


def test_conditions_macros_lambdas_and_json_are_part_of_the_expression() -> None:
    query = """
    select
        case when score > 1 then path_text end as chosen,
        is_answer_match(path_id, question_id) as is_match,
        list_transform([path_text], lambda path_id: path_id || question_id) as listed,
        path_text ->> 'verdict' as verdict
    from paths
    """
    assert _sources(query) == {
        "chosen": ["paths.path_text", "paths.score"],
        "is_match": ["paths.path_id", "paths.question_id"],
        "listed": ["paths.path_text", "paths.question_id"],
        "verdict": ["paths.path_text"],
    }


def test_a_subquery_gives_its_own_columns_and_a_table_function_none() -> None:
    query = """
    select
        (select max(sample) from votes) as last,
        path_id in (select texts.path_id from texts where texts.path_text is not null) as is_known,
        slots.slot
    from paths
    cross join range(1, 3) as slots (slot)
    """
    assert _sources(query) == {
        "last": ["votes.sample"],
        "is_known": ["paths.path_id", "texts.path_id"],
        "slot": [],
    }


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("select arg_min(votes, votes.sample) as vote from votes", "a query: cannot resolve 'votes'"),
        ("select votes as vote from votes", "a query: cannot resolve 'votes'"),
        ("select max(columns(*)) from votes", "cannot resolve"),
        ("select score, path_id from paths inner join votes on true", "path_id"),
        ("select wrong from paths", "cannot resolve 'wrong'"),
        ("select paths.wrong from paths", "a query: Unknown column: wrong"),
        ("select path_id from others", "a query reads others, whose columns are not declared"),
        ("select from where", "a query: "),
        ("create table a (b int)", "is no query"),
    ],
)
def test_what_cannot_be_resolved_is_refused(query: str, complaint: str) -> None:
    with pytest.raises(LineageError, match=complaint):
        _sources(query)
