"""Random bytes into every reader: each refuses them in a way that it declares, soon, or reads them.

The slow run makes 100,000 cases in all within 20 minutes: pytest -m slow -rP tests/faults/test_random_bytes.py.
FUZZ_CASES and FAULTS_SECONDS say otherwise.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
import seeds
from bounded import Clock
from hypothesis import HealthCheck, given, settings
from noise import noise
from readers import READERS, Reader

CASES_S = 5.0
"""Processor time within which one case is read: it is a kilobyte or so, on a machine that does other things too."""
QUICK = 400
MANY = int(os.environ.get("FUZZ_CASES", "100000"))

FOUND = {
    "headers": [b"9" * 5_000 + b"\n0", b"500\n0\n" + b"9" * 400 + b"s"],
    "reply of the verifier": [b'{[]: "Correct", "reason": "r"}'],
    "reply of the regenerator": [b'{[]: "Correct", "path": "p"}'],
    "reviews, CSV": [seeds.SHEET.replace(b"Dr. A.", b"x" * 140_000)],
    "reviews, JSON": [
        seeds.PAGE.replace(b'"right"', b"[" * 3_000),
        seeds.PAGE.replace(b"0123456789abcdef", b"\\ud83d"),
    ],
    "source, JSON": [seeds.JSON.replace(b'"q0": {', key + b": {") for key in (b'"\\ud83d"', b'"\xf1"')]
    + [seeds.JSON.replace(b'"2"', value) for value in (b"9" * 5_000, b"[" * 3_000)]
    + [seeds.JSON.replace(b'"q0": {', b"true: {")],
    "source, CSV": [seeds.csv_file().replace(b"id,", b"id\xff,", 1), seeds.csv_file().replace(b"why", b"\xf1")],
    "declaration of a source": [
        seeds.DECLARATION.replace(b"questions", name)
        for name in (b"x" * 300, b"**x", b".", b"x/" * 3_000 + b"x", b"x/" * 3_000 + b"*", b"**/" * 3_000 + b"x")
    ],
    "binding": [seeds.BINDING.replace(b'"real"', b"[" * 3_000)],
    "recipes": [seeds.RECIPES.replace(b'"medqa": 3', b'"medqa": ' + b"[" * 3_000)],
    "compressed text": [bytes.fromhex("28b52ffde0") + (1 << 50).to_bytes(8, "little") + b"\1\0\0"],
    "record of an audit": [b"", b"\x80", b"0", seeds.AUDIT.replace(b'"questions"', b"[]")],
}
"""What random bytes were not refused as declared once."""


@pytest.mark.parametrize(
    ("reader", "raw"),
    [pytest.param(one, raw, id=f"{one.name}-{n}") for one in READERS for n, raw in enumerate(FOUND.get(one.name, ()))],
)
def test_what_was_found_once_is_refused_as_declared(reader: Reader, raw: bytes, tmp_path: Path) -> None:
    with suppress(*reader.refuses):
        reader.read(raw, tmp_path)


class OutOfTimeError(BaseException):
    """No exception that a reader or hypothesis takes for its own."""


@pytest.mark.parametrize("cases", [QUICK, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_whatever_the_bytes_a_reader_raises_what_it_declares(
    reader: Reader, cases: int, tmp_path: Path, clock: Clock
) -> None:
    n = max(5, round(cases * reader.share / sum(one.share for one in READERS)))
    outcomes = Counter[str]()

    @settings(
        max_examples=n,
        deadline=None,
        database=None,
        derandomize=cases == QUICK,
        suppress_health_check=list(HealthCheck),
    )
    @given(noise(reader.seeds))
    def read(raw: bytes) -> None:
        if not clock.left_s:
            raise OutOfTimeError
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            started = time.process_time()
            try:
                reader.read(raw, Path(folder))
                outcomes["read"] += 1
            except reader.refuses as error:
                outcomes["refused"] += 1
                assert str(error)
            assert time.process_time() - started < CASES_S

    started = time.monotonic()
    try:
        read()
    except OutOfTimeError:
        clock.check(f"{outcomes.total():,} of {n:,} cases were made")
    print(f"{reader.name}: {dict(outcomes)}, {time.monotonic() - started:.1f} s")


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_a_reader_reads_its_seeds(reader: Reader, tmp_path: Path) -> None:
    for number, seed in enumerate(reader.seeds):
        folder = tmp_path / str(number)
        folder.mkdir()
        reader.read(seed, folder)
