"""The forms of a set that trainers read, written in one pass over its rows: a set is never in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.llm.prompts.training import conversation
from reasonmed_assets.quality.schema import TABLES

_PROMPTS_ENDING = "_prompts.parquet"
TRAINERS_ENDINGS = (".json", "_messages.json", _PROMPTS_ENDING)
"""What follows a set's name in the names of its files for trainers: alpaca, messages, and TRL's prompts with their
completions, of which the loss falls on the completion alone."""
ENDINGS = (*TRAINERS_ENDINGS, ".parquet")
"""The same, and all columns."""
ROWS_AT_ONCE = 10_000
SETS = tuple(name for name, spec in TABLES.items() if spec.group == "training")
DEFAULT_SET = "sft_reasonmed"
_MESSAGES = pa.list_(pa.struct({"role": pa.string(), "content": pa.string()}))
_PROMPTS = pa.schema({"example_id": pa.string(), "prompt": _MESSAGES, "completion": _MESSAGES})


def set_name(table: str, fold: str) -> str:
    """What the files of a set and fold are called that have the set as a whole."""
    return table if fold == "train" else f"{table}_{fold}"


def write_forms(folder: Path, name: str, columns: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Write a set in every form.

    Args:
        folder: where to write.
        name: of the set.
        columns: of the batches.
        batches: rows with at least `example_id`, `instruction`, `input` and `output`.

    Returns:
        The number of rows; where there is none, no file is written.
    """
    return write_trainers_forms(folder, name, _kept(folder / f"{name}.parquet", columns, batches))


def write_trainers_forms(folder: Path, name: str, batches: Iterable[pa.RecordBatch]) -> int:
    """Write a set in the forms for trainers alone; see `write_forms`."""
    n_rows = 0
    with ExitStack() as stack:
        for batch in batches:
            if not n_rows:
                forms = stack.enter_context(_opened(*(folder / f"{name}{ending}" for ending in TRAINERS_ENDINGS)))
            forms.write(batch)
            n_rows += batch.num_rows
    return n_rows


def _kept(file: Path, columns: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches, each of which is written to a Parquet file as it passes."""
    with ExitStack() as stack:
        writer = None
        for batch in batches:
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(file, columns, compression="zstd"))
            writer.write_batch(batch)
            yield batch


def prompts_file(name: str) -> str:
    """The file of a set with `example_id`, `prompt` and `completion`."""
    return name + _PROMPTS_ENDING


def index_entries(name: str) -> dict[str, object]:
    """What LLaMA-Factory's `dataset_info.json` says of a set."""
    return {
        name: {
            "file_name": f"{name}.json",
            "formatting": "alpaca",
            "columns": {"prompt": "instruction", "query": "input", "response": "output"},
        },
        f"{name}_messages": {
            "file_name": f"{name}_messages.json",
            "formatting": "sharegpt",
            "columns": {"messages": "messages"},
            "tags": {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"},
        },
    }


class _JsonArray:
    """An indented array in JSON, of which only the record being written is in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._before = b"[\n  "

    def write(self, record: Mapping[str, object]) -> None:
        self._file.write(self._before + orjson.dumps(record, option=orjson.OPT_INDENT_2).replace(b"\n", b"\n  "))
        self._before = b",\n  "

    def end(self) -> None:
        self._file.write(b"\n]")


class _Forms:
    def __init__(self, alpaca: _JsonArray, messages: _JsonArray, prompts: pq.ParquetWriter) -> None:
        self._alpaca, self._messages, self._prompts = alpaca, messages, prompts

    def write(self, batch: pa.RecordBatch) -> None:
        asked: list[dict[str, Any]] = []
        for row in batch.to_pylist():
            prompt, completion = conversation(row)
            self._alpaca.write({name: row[name] for name in ("instruction", "input", "output")})
            self._messages.write({"messages": prompt + completion})
            asked.append({"example_id": row["example_id"], "prompt": prompt, "completion": completion})
        self._prompts.write_batch(pa.RecordBatch.from_pylist(asked, _PROMPTS))


@contextmanager
def _opened(alpaca: Path, messages: Path, prompts: Path) -> Iterator[_Forms]:
    with (
        alpaca.open("wb") as alpaca_file,
        messages.open("wb") as messages_file,
        pq.ParquetWriter(prompts, _PROMPTS, compression="zstd") as prompts_file,
    ):
        arrays = _JsonArray(alpaca_file), _JsonArray(messages_file)
        yield _Forms(*arrays, prompts_file)
        for array in arrays:
            array.end()
