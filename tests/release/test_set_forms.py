"""The forms of a set: the same records in each, written batch by batch as they would be written whole."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import orjson
import polars as pl
import pyarrow as pa
import pytest

from reasonmed_assets.llm.prompts.training import training_prompt
from reasonmed_assets.release.set_forms import ENDINGS, index_entries, write_forms

COLUMNS = pa.schema(dict.fromkeys(("example_id", "instruction", "input", "output", "fold"), pa.string()))
TEXTS = ('Stem "x" with\nlines\n\nA. ½ µg\u2028B. \\n', "", 'a\ttab, {"json": [1]}')


def rows(n: int) -> list[dict[str, str]]:
    texts = list(product(TEXTS[:1] + TEXTS[2:], TEXTS, TEXTS[2:]))
    return [
        {"example_id": f"e{i}", "instruction": asked, "input": context, "output": f"{said} {i}", "fold": "train"}
        for i, (asked, context, said) in ((i, texts[i % len(texts)]) for i in range(n))
    ]


@pytest.mark.parametrize("n_batches", [1, 3])
def test_records_are_the_same_in_every_form_and_in_any_batches(tmp_path: Path, n_batches: int) -> None:
    records = rows(7)
    batches = pa.Table.from_pylist(records, COLUMNS).to_batches(max_chunksize=-(-len(records) // n_batches))
    assert len(batches) == n_batches
    assert write_forms(tmp_path, "sft", COLUMNS, batches) == len(records)
    alpaca = [{name: row[name] for name in ("instruction", "input", "output")} for row in records]
    # As one array written at once: an export of an earlier version has the same bytes.
    assert (tmp_path / "sft.json").read_bytes() == orjson.dumps(alpaca, option=orjson.OPT_INDENT_2)
    asked = ["\n".join(filter(None, (row["instruction"], row["input"]))) for row in records]
    messages = [
        {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": row["output"]}]}
        for prompt, row in zip(asked, records, strict=True)
    ]
    assert (tmp_path / "sft_messages.json").read_bytes() == orjson.dumps(messages, option=orjson.OPT_INDENT_2)
    assert pl.read_parquet(tmp_path / "sft.parquet").to_dicts() == records
    prompts = pl.read_parquet(tmp_path / "sft_prompts.parquet")
    assert prompts.columns == ["example_id", "prompt", "completion"]
    assert prompts["example_id"].to_list() == [row["example_id"] for row in records]
    assert [[*row["prompt"], *row["completion"]] for row in prompts.to_dicts()] == [
        record["messages"] for record in messages
    ]


def test_a_set_without_rows_is_no_file(tmp_path: Path) -> None:
    assert write_forms(tmp_path, "sft", COLUMNS, []) == 0
    assert not list(tmp_path.iterdir())


def test_the_index_names_files_that_are_written(tmp_path: Path) -> None:
    write_forms(tmp_path, "sft", COLUMNS, pa.Table.from_pylist(rows(1), COLUMNS).to_batches())
    written = {file.name for file in tmp_path.iterdir()}
    assert written == {f"sft{ending}" for ending in ENDINGS}
    entries = json.loads(json.dumps(index_entries("sft")))
    assert {entry["file_name"] for entry in entries.values()} < written


def test_a_prompt_without_context_has_no_empty_line_at_its_end() -> None:
    assert training_prompt("Stem\n\nA. x", "") == "Stem\n\nA. x"
    assert training_prompt("Stem\n\nA. x", "Abstract") == "Stem\n\nA. x\nAbstract"
