"""What a build says at its end."""

from __future__ import annotations

import io

import duckdb
import pytest
from rich.console import Console

from reasonmed_assets.cli.summary import _print_unknown_endings


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stop", "length", "EOS"], ""),
        (
            ["stop", "whatever", "whatever", None],
            "! 3 replies that count as whole ended for a reason that is not known ('whatever' 2, 'none' 1): look at "
            "some of them in llm_calls, by finish_reason\n",
        ),
    ],
)
def test_replies_that_ended_for_an_unknown_reason_are_a_warning(words: list[str | None], said: str) -> None:
    printed = io.StringIO()
    with duckdb.connect() as con:
        con.execute("create table llm_calls (finish_reason varchar, is_accepted boolean, outcome varchar)")
        con.executemany("insert into llm_calls values (?, true, 'completed')", [[word] for word in words])
        con.execute("insert into llm_calls values ('odd', false, 'transport_error'), ('odd', true, 'answerless')")
        _print_unknown_endings(Console(file=printed, width=300), con)
    assert printed.getvalue() == said
