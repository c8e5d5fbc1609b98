"""A key reaches nothing that is written or shown, although the endpoint repeats it wherever it can."""

from __future__ import annotations

import io
import json
import sqlite3
from base64 import b64encode, urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
import zstandard
from builds import Built, reasonmed
from stub import Answer, Request, Stub, reply

from reasonmed_assets.servers.rehearsal.answer_keys import read_answer_keys
from reasonmed_assets.servers.rehearsal.replies import Rehearsal
from reasonmed_assets.servers.simulated import envelope
from reasonmed_assets.sources import SAMPLE_DIR

KEY = "sk-live/4eC39HqLyjWDar+jtT1zdp7dcQ=="
FIRST_TABLES = ("benchmark_questions", "question_matches", "raw_questions", "questions", "reasoning_paths",
                "verifications")  # fmt: skip
PROFILES = Path(__file__).parents[3] / "reasonmed_assets" / "config" / "profiles"


def _within_base64(key: str) -> set[bytes]:
    """What base64 makes of the key in the middle of something longer, at each of the three places that it can have."""
    texts = [b"x" * n + key.encode() + b"y" for n in range(3)]
    return {encode(text)[4:-8] for text in texts for encode in (b64encode, urlsafe_b64encode)}


FORMS = {KEY.encode(), quote(KEY, safe="").encode(), KEY.replace("/", r"\/").encode(), *_within_base64(KEY)}


class Tattler:
    """Answers as the rehearsal does, and puts the key wherever it fits: headers, replies, errors of all kinds.

    The key is refused when the role `refused` asks: then the build is over.
    """

    def __init__(self, refused: str) -> None:
        self._refused = refused
        self.said: Counter[int] = Counter()
        self._rehearsal = Rehearsal(read_answer_keys(SAMPLE_DIR, ["mmlu"], {}), 1)

    def __call__(self, request: Request) -> Answer:
        answer = self._answer(request, request.headers["Authorization"])
        self.said[answer.status] += 1
        return replace(answer, headers=answer.headers | self._headers(request))

    def _answer(self, request: Request, sent: str) -> Answer:
        role = request.body["messages"][0]["content"].splitlines()[0].removeprefix("Role: ")
        quoted = json.dumps({"error": {"message": f"header Authorization: {sent}", "basic": _basic(sent)}}).encode()
        if role == self._refused:
            return Answer(401, quoted)
        if request.nth == 1 and self.said.total() % 7 == 3:
            return Answer(500, quoted.replace(b"/", rb"\/"))
        if role == "generator" and not self.said[400]:
            return Answer(400, quoted)
        if role == "generator" and not self.said[429]:
            return Answer(429, f"<html>slow down, {quote(sent, safe='')}</html>".encode(), {"Retry-After": "0"})
        said = envelope(request.body, self._rehearsal.reply(request.body))
        message = said["choices"][0]["message"]
        if role == "generator":
            message["content"] = f"I was asked with {sent}, {_basic(sent)}. {message['content']}"
        return Answer(body=json.dumps(said | {"model": sent, "system_fingerprint": _basic(sent)}).encode())

    @staticmethod
    def _headers(request: Request) -> dict[str, str]:
        sent = request.headers["Authorization"]
        return {"X-Simulated": "true", "X-Echo": sent, "WWW-Authenticate": sent, "X-Request-Id": _basic(sent)}


def _basic(sent: str) -> str:
    return b64encode(f"user:{sent}".encode()).decode()


def _profile(folder: Path, base_url: str) -> Path:
    shipped = (PROFILES / "simulated.toml").read_text()
    served = f'base_url = "{base_url}"\napi_key_env = "TATTLER_KEY"'
    file = folder / "tattler.toml"
    file.write_text(shipped.replace('server = "simulated"', served))
    return file


def _written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Everything below a folder: the files as they are, and what databases, Parquet and compressed values hold."""
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield str(path), data
            if data.startswith(b"SQLite format 3"):
                yield from ((f"{path}, {name}", _plain(value)) for name, value in _sqlite(path))
            elif data.startswith(b"PAR1"):
                yield str(path), _duckdb(duckdb.connect(), f"from read_parquet('{path}')")
            elif path.suffix == ".duckdb":
                with duckdb.connect(str(path), read_only=True) as con:
                    tables = con.execute("select table_name from duckdb_tables()").fetchall()
                    yield from ((f"{path}, {name}", _duckdb(con, f"from {name}")) for (name,) in tables)


def _sqlite(path: Path) -> Iterator[tuple[str, Any]]:
    with sqlite3.connect(path) as con:
        for (name,) in con.execute("select name from sqlite_schema where type = 'table'").fetchall():
            for row in con.execute(f'select * from "{name}"'):
                yield from ((name, value) for value in row if isinstance(value, str | bytes))


def _plain(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    if data.startswith(zstandard.FRAME_HEADER):
        return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()
    return data


def _duckdb(con: duckdb.DuckDBPyConnection, query: str) -> bytes:
    return repr(con.execute(query).fetchall()).encode()


def _leaks(things: Iterator[tuple[str, bytes]]) -> list[str]:
    """Names of the things that hold the key; what was written within JSON may have its backslashes doubled."""
    written = ((name, data, data.replace(b"\\\\", b"\\")) for name, data in things)
    return [name for name, data, single in written if any(form in data or form in single for form in FORMS)]


@pytest.fixture(scope="module", params=["verifier", pytest.param("evaluator", marks=pytest.mark.slow)])
def tattled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, forked: Path
) -> tuple[Path, Tattler]:
    """A folder with all that a build of one source has written and said, until the key was refused.

    That is after the tables that come first, or in the last step of a whole build, which is exported then.
    """
    folder = tmp_path_factory.mktemp("secrets")
    with Stub(tattler := Tattler(request.param)) as stub:
        given = ["--profile", str(_profile(folder, stub.base_url)), "--warehouse", str(folder / "warehouse")]
        first = " or ".join(f"key:{table}" for table in FIRST_TABLES)
        build = ["build", *given, "--source", "mmlu", "--limit", "2"]
        export = ["export", str(folder / "sets"), *given[2:], "--allow", "simulated", "--allow", "failing"]
        commands = [[*build, "--select", first]] if request.param == "verifier" else [build, export]
        for command in commands:
            done = reasonmed(*command, command=[forked], TATTLER_KEY=KEY)
            (folder / f"{command[0]}.txt").write_text(done.stdout + done.stderr)
    return folder, tattler


def test_the_build_has_come_through_every_kind_of_answer(tattled: tuple[Path, Tattler]) -> None:
    """What the next test searches is worth searching."""
    folder, tattler = tattled
    assert min(tattler.said[status] for status in (200, 400, 401, 429, 500)) >= 1
    built = Built(folder / "warehouse", (folder / "build.txt").read_text())
    assert "check the environment variable TATTLER_KEY" in built.output
    assert "run the same command again" in built.output
    assert built.value("select count(*) from reasoning_paths where raw_text like '%asked with Bearer [key]%'") > 10
    assert built.value("select count(distinct outcome) from llm_calls") >= 3
    is_whole = built.value("select count(*) from reasonmed") > 0
    assert (folder / "sets" / "sft_cot.json").exists() == is_whole


def test_the_key_is_nowhere(tattled: tuple[Path, Tattler]) -> None:
    assert _leaks(_written(tattled[0])) == []


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_search_finds_a_key_wherever_it_may_lie(form: bytes, tmp_path: Path) -> None:
    text = form.decode()
    (tmp_path / "build.txt").write_text(f"error: {text}")
    with sqlite3.connect(tmp_path / "ledger.sqlite") as ledger:
        ledger.execute("create table attempts (reply blob)")
        ledger.execute("insert into attempts values (?)", (zstandard.ZstdCompressor().compress(reply(text).body),))
    ledger.close()
    with duckdb.connect(str(tmp_path / "build.duckdb")) as con:
        con.execute("create table paths as select ? as raw_text", [text])
        con.execute(f"copy paths to '{tmp_path}/rows.parquet' (format parquet)")
    found = {Path(name.split(",")[0]).name for name in _leaks(_written(tmp_path))}
    assert found >= {"build.txt", "build.duckdb", "rows.parquet", "ledger.sqlite"}
