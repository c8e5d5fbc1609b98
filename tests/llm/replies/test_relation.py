"""What queries read of replies: a field that no reply has would be null in every row."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from reasonmed_assets import roles, sql
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.llm.replies.parsing import TextReply, value_of
from reasonmed_assets.llm.replies.relation import check_read_fields, value_fields
from reasonmed_assets.orchestration.code_location import build_defs
from reasonmed_assets.roles import ROLES
from reasonmed_assets.roles.replies import JsonReply, Sentences, Text, ToTen

_QUERY = """\
-- makes: scores
-- step: calls/{step}
-- description: One row per reply.
select {fields}
from replies
"""


def _query(step: str, *names: str) -> sql.Query:
    text = _QUERY.format(step=step, fields=", ".join(f"(replies.value->>'{name}')::varchar" for name in names))
    return sql.parse("tables/scores", text, Path("scores.sql"))


@pytest.mark.parametrize("name", ROLES)
def test_the_fields_are_those_that_a_parsed_reply_is_stored_with(name: str) -> None:
    role = ROLES[name]
    reply = (
        None if isinstance(role.reply, Text) else role.reply.model_construct(**dict.fromkeys(role.reply.model_fields))
    )
    stored = value_of(reply if reply and role.form is None else TextReply(None, None, None, json_reply=reply))
    assert value_fields(role) - {"leak_phrases"} == set(stored)


def test_a_field_that_only_another_roles_reply_has_is_an_error() -> None:
    check_read_fields([_query("rank", "score", "justification"), _query("rewrite", "supports_key", "leak_phrases")])
    with pytest.raises(sql.QueryError) as error:
        check_read_fields([_query("rank", "score", "verdict"), _query("generate", "path_text", "leak_phrases")])
    assert str(error.value).splitlines() == [
        "sql/tables/scores.sql reads 'verdict' of the replies of ranker, which have justification, score: correct the "
        "query, or the reply in roles/",
        "sql/tables/scores.sql reads 'leak_phrases' of the replies of generator, which have answer_letter, "
        "answer_text, extraction_rule, path_text, raw_text, reasoning_text: correct the query, or the reply in roles/",
    ]


class _Renamed(JsonReply):
    """The evaluator's reply with one field under another name."""

    clinical_accuracy: ToTen
    coherence: ToTen
    factual_correctness: ToTen
    completeness: ToTen
    justification: Sentences


def test_definitions_do_not_load_once_a_field_of_a_reply_has_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.ROLES, "evaluator", dataclasses.replace(ROLES["evaluator"], reply=_Renamed))
    with pytest.raises(sql.QueryError, match=r"^sql/tables/quality_scores.sql reads 'logic' .* coherence.*$"):
        build_defs(settings=BuildSettings(profile="simulated"))


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("relations/votes", "verdict"),
        ("relations/ranked_paths/ranking", "score"),
        ("relations/refined_paths/paths", "leak_phrases"),
        ("tables/answer_summaries", "path_text"),
        ("tables/reasoning_paths", "answer_letter"),
        ("tables/verifier_audit", "reason"),
    ],
)
def test_every_way_in_which_the_shipped_queries_read_a_field_is_seen(file: str, name: str) -> None:
    misspelt = dataclasses.replace(sql.query(file), text=sql.query(file).text.replace(f"'{name}'", f"'{name}_'"))
    with pytest.raises(sql.QueryError, match=rf"sql/{file}.sql reads '{name}_'"):
        check_read_fields([misspelt])
