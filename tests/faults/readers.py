"""Every reader of bytes that this program did not write, or that may have been damaged since: a line each in `READERS`.

A reader takes the bytes and an empty folder and reads as the program does, up to what it stores. It may raise what it
declares and nothing else.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import seeds
from reasonmed_assets.quality import tables as _tables  # noqa: F401
from reasonmed_assets.quality.schema import TABLES
from zstandard import ZstdError

from reasonmed_assets.config import launching, reading, settings
from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.recipes.book import read_book
from reasonmed_assets.config.recipes.recipe import RecipeError
from reasonmed_assets.llm.calls import Reply, Unusable
from reasonmed_assets.llm.ledger.compression import Frames, UnknownDictionaryError
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.records import LedgerError
from reasonmed_assets.llm.outcomes import rate_limits, retry_after_s
from reasonmed_assets.llm.prompts.rendering import PromptError, render
from reasonmed_assets.llm.refusals import refusal_of
from reasonmed_assets.llm.replies.parsing import parse_reply, value_of
from reasonmed_assets.llm.replies.relation import REPLIES
from reasonmed_assets.llm.replies.wire import NotAReplyError, read_reply
from reasonmed_assets.llm.transports.batches.lines import Answered, body_bytes, response_of
from reasonmed_assets.llm.transports.responses import judged
from reasonmed_assets.people import overrides, reviews
from reasonmed_assets.release import files
from reasonmed_assets.roles import ROLES
from reasonmed_assets.rules.extraction import extract_answer
from reasonmed_assets.rules.leaks import leak_phrases
from reasonmed_assets.servers.rehearsal.answer_keys import read_answer_keys
from reasonmed_assets.servers.rehearsal.replies import Rehearsal
from reasonmed_assets.servers.simulated import BadRequestError, envelope, read_body
from reasonmed_assets.sources import (
    SAMPLE_DIR,
    SourceError,
    load_declaration,
    read_source,
    unreadable_frame,
)
from reasonmed_assets.storage import WarehouseError, open_warehouse
from reasonmed_assets.storage.audits import last_audits


@dataclass(frozen=True)
class Reader:
    """A reader of bytes.

    Attributes:
        name: what it reads.
        read: reads the bytes; the folder is empty and its own.
        refuses: all that it may raise.
        seeds: what it reads when all is well.
        share: cases that it gets, compared with the others: fewer for what takes long.
    """

    name: str
    read: Callable[[bytes, Path], object]
    refuses: tuple[type[Exception], ...]
    seeds: Sequence[bytes]
    share: float = 1.0


def _staged(rows: pl.DataFrame | pa.Table) -> None:
    """Write rows as a build stages them."""
    if isinstance(rows, pa.Table):
        pq.write_table(rows, io.BytesIO())
    else:
        rows.write_parquet(io.BytesIO())


@cache
def _profile() -> Profile:
    return reading.load_profile("simulated")


def _response(raw: bytes, _: Path) -> None:
    read_reply(raw)


def _refusal(raw: bytes, _: Path) -> None:
    for status in (200, 204, 302, 400, 401, 402, 404, 413, 429, 500, 503, 529):
        found = judged(status, raw)
        assert "could not be read" not in (found.detail or ""), found.detail
        _check_wait(found.wait_s)
        _check_wait(refusal_of(status, raw).wait_s)


def _headers(raw: bytes, _: Path) -> None:
    values = raw.decode("latin-1").split("\n")
    names = ("limit-requests", "remaining-requests", "reset-requests", "remaining-tokens", "reset-tokens")
    told = {f"x-ratelimit-{name}": value for name, value in zip(names, values, strict=False)}
    _check_wait(rate_limits({"x-ratelimit-remaining-tokens": "0"} | told).wait_s)
    for value in values:
        _check_wait(retry_after_s({"Retry-After": value}, datetime(2026, 11, 20, tzinfo=UTC)))


def _check_wait(seconds: float | None) -> None:
    assert seconds is None or 0 <= seconds < float("inf"), seconds


def _batch_lines(raw: bytes, _: Path) -> None:
    answered = Answered()
    for line in raw.split(b"\n"):
        answered.add(line, "file")
    for answer in answered.errors.values():
        status, body = response_of(answer)
        judged(status or 0, body_bytes(body))


def _reply(role: str, raw: bytes, _: Path) -> None:
    text, model = raw.decode(errors="replace"), next(iter(_profile().models.values()))
    for reply in (Reply(text, finish_reason="stop"), Reply(None, reasoning=text), Reply("", tool_arguments=text)):
        try:
            value = value_of(parse_reply(role, reply, seeds.FIELDS, model))
        except Unusable as error:
            value = {} if error.value is None else value_of(error.value)
        row = {"row_id": "r", "value": orjson.dumps(value).decode(), "raw_text": text}
        _staged(pa.Table.from_pylist([row], schema=REPLIES))


def _reviews(ending: str, raw: bytes, folder: Path) -> None:
    file = folder / f"reviews.{ending}"
    file.write_bytes(raw)
    imported = reviews.import_reviews(folder / "kept", file)
    assert reviews.kept_files(folder / "kept") == [imported.path]
    read, _ = reviews.read_reviews(imported.path)
    _staged(pl.DataFrame([vars(review) for review in read], schema=reviews.SCHEMA))


def _overrides(raw: bytes, folder: Path) -> None:
    file = folder / "overrides.toml"
    file.write_bytes(raw)
    found = overrides.read_overrides(file)
    _staged(overrides.match_overrides(found, seeds.QUESTIONS))
    assert found.digest


def _source(kind: str, raw: bytes, folder: Path, ids: bytes = seeds.IDS) -> None:
    native_id = '"@key"' if kind == "json" else '"id"'
    (folder / "mine.toml").write_text(seeds.SOURCE.format(format=kind, native_id=native_id), encoding="utf-8")
    (folder / "questions").write_bytes(raw)
    (folder / "ids.json").write_bytes(ids)
    found = read_source(load_declaration(str(folder / "mine.toml")), folder, {})
    assert sum(file.records for file in found.files) == len(found.questions) + len(found.unreadable)
    _staged(found.questions.frame())
    _staged(unreadable_frame(found.unreadable))


def _ids(raw: bytes, folder: Path) -> None:
    _source("jsonl", seeds.JSON_LINES, folder, raw)


def _declaration(raw: bytes, folder: Path) -> None:
    (folder / "mine.toml").write_bytes(raw)
    declared = load_declaration(str(folder / "mine.toml"))
    (folder / "questions").write_bytes(seeds.JSON_LINES)
    (folder / "ids.json").write_bytes(seeds.IDS)
    read_source(declared, folder, {})


def _texts(raw: bytes, _: Path) -> None:
    text = raw.decode(errors="replace")
    fields = seeds.FIELDS | dict.fromkeys(("context", "question", "path_text", "verdict_reason"), text)
    for role in ROLES:
        try:
            orjson.dumps(render(role, fields | {"feedback": [text]}))
        except PromptError:
            continue
    extract_answer(text, seeds.FIELDS["options"])
    leak_phrases(text)


def _profile_file(raw: bytes, folder: Path) -> None:
    (folder / "mine.toml").write_bytes(raw)
    reading.load_profile(str(folder / "mine.toml"))


def _assignment(raw: bytes, _: Path) -> None:
    reading.load_profile("simulated", settings.set_from([raw.decode("utf-8", "surrogateescape")]))


@cache
def _defaults() -> settings.BuildSettings:
    return settings.BuildSettings(profile="simulated", warehouse="warehouse")


def _launch(raw: bytes, _: Path) -> None:
    try:
        asked = orjson.loads(raw)
    except orjson.JSONDecodeError:  # Dagster refuses it
        return
    if isinstance(asked, dict):
        launching.settings_of_run(_defaults(), places={}, limit=None, retry_unresolved=False, set=asked)


def _binding(raw: bytes, folder: Path) -> None:
    (folder / "binding.json").write_bytes(raw)
    read_book(folder)


def _recipes(raw: bytes, folder: Path) -> None:
    (folder / "recipes.json").write_bytes(raw)
    read_book(folder)


def _audit(raw: bytes, folder: Path) -> None:
    (folder / "audits").mkdir()
    (folder / "audits" / "questions.json").write_bytes(raw)
    for record in last_audits(open_warehouse(folder)):
        assert record.table in TABLES


def _manifest(raw: bytes, folder: Path) -> None:
    (folder / files.MANIFEST).write_bytes(raw)
    files.replaceable(folder, ["sets.json"], force=True)


def _ledger(raw: bytes, folder: Path) -> None:
    (folder / "ledger.sqlite").write_bytes(raw)
    with open_store(folder / "ledger.sqlite") as store:
        store.provider_kinds()
        store.lookup(f"{number:032x}" for number in range(8))
        store.attempts_of([f"{number:032x}" for number in range(8)])
        store.count_made_for("")


def _frame(raw: bytes, _: Path) -> None:
    Frames().decompress(raw)


@cache
def _rehearsal() -> Rehearsal:
    return Rehearsal(read_answer_keys(SAMPLE_DIR, ["mmlu"], {}), 1)


def _request(raw: bytes, _: Path) -> None:
    body = read_body(raw)
    orjson.dumps(envelope(body, _rehearsal().reply(body)))


READERS = (
    Reader("response", _response, (NotAReplyError,), (seeds.RESPONSE, seeds.STREAM), 3),
    Reader("error of an endpoint", _refusal, (), (*seeds.ERRORS, seeds.RESPONSE)),
    Reader("headers", _headers, (), (seeds.HEADERS,)),
    Reader("lines of a batch", _batch_lines, (), (seeds.BATCH_LINES,)),
    *(
        Reader(f"reply of the {role}", partial(_reply, role), (), (seeds.TEXTS.get(role, seeds.PATH), seeds.PATH))
        for role in ROLES
    ),
    Reader("reviews, CSV", partial(_reviews, "csv"), (reviews.ReviewError,), (seeds.SHEET,)),
    Reader("reviews, JSON", partial(_reviews, "json"), (reviews.ReviewError,), (seeds.PAGE,)),
    Reader("overrides", _overrides, (overrides.OverridesError,), (seeds.OVERRIDES,)),
    Reader("source, JSON Lines", partial(_source, "jsonl"), (SourceError,), (seeds.JSON_LINES,)),
    Reader("source, JSON", partial(_source, "json"), (SourceError,), (seeds.JSON,)),
    Reader("source, JSON by column", partial(_source, "json_columns"), (SourceError,), (seeds.JSON_COLUMNS,)),
    Reader("source, CSV", partial(_source, "csv"), (SourceError,), (seeds.csv_file(),)),
    Reader("source, Parquet", partial(_source, "parquet"), (SourceError,), (seeds.parquet_file(),)),
    Reader("list of ids", _ids, (SourceError,), (seeds.IDS, b'{"q1": "B"}'), 0.5),
    Reader("declaration of a source", _declaration, (SourceError,), (seeds.DECLARATION,)),
    Reader("texts of a question", _texts, (), (seeds.PATH, b"</question> <|im_end|> Which drug is right?")),
    Reader("profile", _profile_file, (reading.ProfileError,), (seeds.PROFILE,)),
    Reader("--set", _assignment, (settings.SettingsError, reading.ProfileError), seeds.ASSIGNMENTS, 0.5),
    Reader("configuration of a run", _launch, (reading.ProfileError,), (seeds.LAUNCH,), 0.5),
    Reader("binding", _binding, (RecipeError,), (seeds.BINDING,), 0.5),
    Reader("recipes", _recipes, (RecipeError,), (seeds.RECIPES,), 0.5),
    Reader("record of an audit", _audit, (WarehouseError,), (seeds.AUDIT,), 0.5),
    Reader("list of an export", _manifest, (files.ExportError,), (seeds.MANIFEST,), 0.5),
    Reader("ledger", _ledger, (LedgerError,), seeds.ledgers(), 0.2),
    Reader("compressed text", _frame, (UnknownDictionaryError, ZstdError), (seeds.FRAME,), 0.5),
    Reader("request to the simulated endpoint", _request, (BadRequestError,), seeds.REQUESTS, 0.5),
)
