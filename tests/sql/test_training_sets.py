"""The training sets of texts that hold control tokens, or tags without a partner: broken up, never a set lost."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from queries import connect, fill
from reasonmed_assets.quality.declarations import check_names

from reasonmed_assets import sql
from reasonmed_assets.rules import control_tokens

SETS = ("sft_cot", "sft_response", "sft_reasonmed")
_FILE = Path(__file__).parents[1] / "llm" / "prompts" / "special_tokens.json"
TOKENS = sorted({token for tokens in json.loads(_FILE.read_text("utf-8")).values() for token in tokens})
CONTROL_TOKEN = re.compile(control_tokens.CONTROL_TOKEN)
PIECES = [*("<>/[]| \n\uff5c"), "im_start", "s", "think", "answer", *TOKENS]


def _example(number: int, text: str) -> dict[str, dict[str, Any]]:
    ids = {"example_id": f"e{number}", "question_id": f"q{number}"}
    return {
        "questions": {"question_id": f"q{number}", "question": text, "context": text, "options": [text, "No"]},
        "reasonmed": ids | {"path_text": f"{text}\n\nFinal answer: A", "answer_letter": "A"},
        "answer_summaries": ids | {"summary": f"{text} So A.", "is_accepted": True},
    }


def _fill(con: duckdb.DuckDBPyConnection, *texts: str) -> None:
    for number, text in enumerate(texts):
        for table, row in _example(number, text).items():
            fill(con, table, [row])
    # A table, as each of the sets reads it anew.
    con.execute(f"create table training_material as {sql.query('views/training_material').text}")


def _violations(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, list[Any]]:
    con.execute(f"create or replace table staged as {sql.query(f'tables/{table}').text}")
    checks = {one.name: one.sql for one in check_names(table) if one.name in ("template_tokens", "outputs")}
    return {name: con.execute(str(check)).fetchall() for name, check in checks.items()}


@pytest.mark.parametrize("template", ["plain", "think"])
def test_no_token_of_any_family_blocks_a_set_or_reaches_it_and_a_pair_of_tags_stays(template: str) -> None:
    tags = ["<answer>", "</reasoning>", "<answer>a</answer><answer>", "</think>", "<think>a</think>"]
    held = [*TOKENS, *tags]
    texts = [
        "BP < 120 [sic]",
        "<answer>a</answer>",
        *(" z ".join(held[start : start + 20]) for start in range(0, len(held), 20)),
    ]
    with connect({"rules.template": template}) as con:
        _fill(con, *texts)
        for table in SETS:
            assert _violations(con, table) == {"template_tokens": [], "outputs": []}
            rows = con.execute("select instruction, input, output from staged").fetchall()
            written = "\n".join(text for row in rows for text in row).replace("<think>\n", "").replace("\n</think>", "")
            assert [token for token in TOKENS if token in written] == []
            assert len(rows) == len(texts)
        first = "select path_text from training_material where example_id in ('e0', 'e1') order by example_id"
        assert con.execute(first).fetchall() == [(f"{text}\n\nFinal answer: A",) for text in texts[:2]]


def test_training_sets_and_prompts_agree_on_what_a_token_is() -> None:
    rng = random.Random(11)
    texts = ["".join(rng.choices(PIECES, k=rng.randrange(12))) for _ in range(2_000)]
    with connect() as con:
        con.execute("create table texts as select unnest($1) as text", [texts])
        rows = con.execute(
            "select text, training_text(text) as changed, control_token_in(text),"
            " control_token_in(training_text(text)), training_text(training_text(text)) from texts"
        ).fetchall()
    for text, changed, found, left, again in rows:
        assert [token for token in TOKENS if token in changed] == []
        assert (left, again) == ("", changed)
        assert bool(found) == (CONTROL_TOKEN.search(text) is not None)
        assert changed.replace(" ", "") == text.replace(" ", "")
