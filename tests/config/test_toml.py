"""The one loader of TOML: what it refuses, for every kind of file that users write, and that it never waits."""

from __future__ import annotations

import ast
import os
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reasonmed_assets
from reasonmed_assets.config import load_profile
from reasonmed_assets.config.toml import dotted, inline, key_of, parse_toml
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.people.overrides import read_overrides
from reasonmed_assets.sources import load_declaration


def load_named(load: Callable[[str], Any]) -> Callable[[Path], Any]:
    return lambda file: load(str(file))


LOADERS = {"profile": load_named(load_profile), "source": load_named(load_declaration), "overrides": read_overrides}


@pytest.fixture(params=LOADERS)
def load(request: pytest.FixtureRequest) -> Callable[[Path], Any]:
    return LOADERS[request.param]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xef\xbb\xbfseed = 1\n", "byte order mark"),
        (b"\n\ndescription = '\xe9'\n", "line 3, byte 0xe9"),
        ("seed = 1".encode("utf-16"), "not UTF-8"),
        (b"seed = " + b"9" * 5000, "does not fit into 64 bits"),
        (b"seed = 0x" + b"f" * 5000, "seed: the integer does not fit into 64 bits"),
        (b"seed = 9223372036854775808", "seed: the integer does not fit into 64 bits"),
        (b"seed = " + b"[" * 2000 + b"]" * 2000, "nested deeper than 32 levels"),
        (b"seed = " + b"[" * 100 + b"]" * 100, "nested deeper than 32 levels"),
        (b"[" + b".".join([b"a"] * 2000) + b"]\nb = 1", "a.a.a...: it is nested deeper than 32 levels"),
        (b"seed = " + b"{ a = " * 2000 + b"1" + b" }" * 2000, "nested deeper than 32 levels"),
        (b'description = "a\\u0000b"', "description: the text holds a NUL character"),
        (b"limit = ", "not valid TOML"),
        (b"a = 1\na = 2", "not valid TOML: Cannot overwrite a value"),
    ],
)
def test_what_is_no_setting_is_a_plain_error(
    load: Callable[[Path], Any], content: bytes, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    with pytest.raises(ReasonmedError) as error:
        load(file)
    assert str(error.value).startswith(f"{file}: ")
    assert said in str(error.value)
    assert len(str(error.value)) < 500


def _pipe(file: Path) -> None:
    os.mkfifo(file)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Path.mkdir, "it is a folder"),
        (_pipe, "no regular file"),
        (lambda file: file.symlink_to("gone"), "a link to gone, which does not exist"),
        (lambda file: file.symlink_to(file.name), "a link to mine.toml, which does not exist"),
        (lambda file: file.symlink_to("/dev/zero"), "no regular file"),
    ],
)
def test_what_is_no_file_is_never_opened(
    load: Callable[[Path], Any], make: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    make(file)
    with pytest.raises(ReasonmedError) as error:
        load(file)
    assert str(error.value).startswith(f"{file}: ")
    assert said in str(error.value)


def test_no_other_module_reads_toml() -> None:
    folder = Path(str(reasonmed_assets.__file__)).parent
    reading = {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import) and any(name.name == "tomllib" for name in node.names)
    }
    assert reading == {"config/toml.py"}


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


@given(VALUES)
def test_a_value_that_is_written_is_read_again(value: Any) -> None:
    assert parse_toml(f"value = {inline(value)}", "test", ReasonmedError) == {"value": value}


@given(st.lists(TEXTS, min_size=1, max_size=32))
def test_a_key_that_is_written_is_read_again(key: list[str]) -> None:
    assert key_of(dotted(key)) == tuple(key)


@given(st.text(string.printable))
def test_any_text_is_a_key_or_an_error(text: str) -> None:
    try:
        key = key_of(text)
    except ValueError:
        return
    assert key
