"""Dictionaries for what the ledger stores, and ledgers from before there were any."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from stores import attempt

from reasonmed_assets.llm.calls import Reply
from reasonmed_assets.llm.ledger.compression import Frames, UnknownDictionaryError, trained
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.records import Attempt
from reasonmed_assets.llm.ledger.store import CallStore

WORDS = [f"{first}{second}" for first in ("patient", "fever", "renal", "dose") for second in ("", "s", " is", " of")]


def texts(n: int, seed: int = 1) -> list[bytes]:
    """Texts that are alike, as those of a role are."""
    draw = random.Random(seed)
    return [orjson.dumps({"system": "Think step by step.", "said": draw.choices(WORDS, k=60)}) for _ in range(n)]


def attempts(n: int, role: str = "verifier") -> Iterator[Attempt]:
    """Attempts with different bodies and replies."""
    for number, text in enumerate(texts(n)):
        raw = orjson.dumps({"choices": [{"message": {"content": f"{number} {text.decode()}"}}]})
        made = attempt(f"{number:032x}")
        received = made.received._replace(raw=raw, reply=Reply(f"{number} {text.decode()}"))
        yield made._replace(role=role, body=text, received=received)


def fill(path: Path, n: int, role: str = "verifier") -> list[str]:
    with open_store(path) as ledger:
        made = list(attempts(n, role))
        for one in made:
            ledger.record(one, lambda recorded: None)
        ledger.flush()
        assert_is_whole(ledger, made)
    return [one.call_key for one in made]


def assert_is_whole(ledger: CallStore, made: list[Attempt]) -> None:
    stored = ledger.lookup([one.call_key for one in made])
    for one in made:
        assert stored[one.call_key].reply == one.received.reply
        assert ledger.body_of(one.call_key) == orjson.loads(one.body)


def value(path: Path, query: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchone()[0]


def test_a_role_gets_one_dictionary_and_texts_become_smaller(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    fill(path, 200)
    assert value(path, "select count(*) from dictionaries") == 0, "too few to train on"
    fill(path, 1000)
    fill(path, 1500)
    assert value(path, "select group_concat(role) from dictionaries") == "verifier"
    of_first = "from calls inner join attempts using (call_id) where attempt = 1"
    size = f"select avg(length(reply)) {of_first} and call_key {{}} x'{{:032x}}'"
    before, after = value(path, size.format("<", 150)), value(path, size.format(">", 1100))
    assert isinstance(before, float) and isinstance(after, float)
    assert after < before / 1.5


def test_another_process_reads_frames_whose_dictionary_it_has_not_seen(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with open_store(path) as early:
        fill(path, 1000)
        made = list(attempts(1000))
        assert_is_whole(early, made)
        for one in attempts(300, role="ranker"):
            early.record(one, lambda recorded: None)
    assert value(path, "select count(*) from dictionaries") == 2


def test_of_two_trainings_the_first_one_counts(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with open_store(path) as one, open_store(path) as two:
        for ledger in (one, two):
            for made in attempts(700):
                ledger.record(made, lambda recorded: None)
        two.flush()
        one.flush()
        assert_is_whole(one, list(attempts(700)))
    assert value(path, "select count(*) from dictionaries") == 1


def test_texts_with_nothing_in_common_get_no_dictionary(tmp_path: Path) -> None:
    assert trained([b"" for _ in range(600)]) is None
    frames = Frames()
    assert frames.sample("ranker", [b"x"] * 599) is None
    assert frames.sample("ranker", [b"x"]) == [b"x"] * 600
    assert frames.sample("ranker", [b"x"] * 1000) is None, "it is tried once"
    assert frames.decompress(frames.compress("ranker", [b"x"])[0]) == b"x"


def test_a_missing_dictionary_is_named() -> None:
    with_it, without = Frames(), Frames()
    dictionary = trained(texts(600))
    assert dictionary is not None
    with_it.add("verifier", dictionary)
    with pytest.raises(UnknownDictionaryError, match="dictionary"):
        without.decompress(with_it.compress("verifier", texts(1))[0])
    with pytest.raises(zstandard.ZstdError):
        without.decompress(b"no frame")


@given(st.lists(st.binary(min_size=1, max_size=5000)), st.sampled_from(["verifier", "ranker"]))
def test_every_text_comes_back(texts: list[bytes], role: str) -> None:
    assert [FRAMES.decompress(frame) for frame in FRAMES.compress(role, texts)] == texts


FRAMES = Frames()
FRAMES.add("verifier", trained(texts(600)) or b"")
