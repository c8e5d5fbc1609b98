"""A key is taken out in whatever form an endpoint repeats it."""

from __future__ import annotations

import json
import time
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.config.credentials import without_secret

KEY = "sk-live/4eC39HqLyjWDar+jtT1zdp7dc=="


@pytest.mark.parametrize(
    "said",
    [
        f"Authorization: Bearer {KEY}",
        json.dumps({"headers": {"Authorization": f"Bearer {KEY}"}}),
        json.dumps(KEY).replace("/", r"\/"),
        json.dumps(KEY).replace("+", r"\u002B"),
        quote(KEY, safe=""),
        f"/v1/models?key={quote(KEY)}",
    ],
)
def test_text_json_and_addresses(said: str) -> None:
    cleaned = without_secret(said.encode(), KEY)
    assert b"[key]" in cleaned
    assert b"4eC39HqLyjWDar" not in cleaned


@given(before=st.binary(max_size=12), after=st.binary(max_size=12), is_urlsafe=st.booleans())
def test_within_anything_in_base64(before: bytes, after: bytes, is_urlsafe: bool) -> None:
    encode = urlsafe_b64encode if is_urlsafe else b64encode
    said = encode(before + KEY.encode() + after)
    assert b"[key]" in without_secret(said, KEY)


def test_other_text_stays(said: bytes = b"sk-live is no key, nor is 4eC39") -> None:
    assert without_secret(said, KEY) == said
    assert without_secret(said, None) == said
    assert without_secret(b"the key is none", "none") == b"the key is none"


@pytest.mark.parametrize("secret", ["s3cr3t", "k-9/+x", "abcd", "pw<&>1"])
def test_a_short_key_is_taken_out_where_it_stands_alone(secret: str) -> None:
    said = [
        f"I was asked with Bearer {secret}.",
        json.dumps({"Authorization": f"Bearer {secret}", "text": f"one\n{secret}\ttwo"}),
        json.dumps({"k": secret})
        .replace("/", r"\/")
        .replace("<", r"\u003c")
        .replace("&", r"\u0026")
        .replace(">", r"\u003e"),
        f"/v1/models?key={quote(secret, safe='')}&x=%20{quote(secret, safe='')}",
        b64encode(f"user:{secret}".encode()).decode(),
    ]
    for text in said:
        cleaned = without_secret(text.encode(), secret).decode()
        assert "[key]" in cleaned
        assert secret not in cleaned and quote(secret, safe="") not in cleaned


@pytest.mark.parametrize("secret", ["12345", "true", "1e5", "usage", "id"])
def test_a_short_key_leaves_json_what_it_is(secret: str) -> None:
    said = {"usage": {"n": 12345, "m": [12345, 1, 12345]}, "is": True, "id": "a1", "choices": [{"text": "x"}]}
    for text in (json.dumps(said), json.dumps(said, separators=(",", ":")), json.dumps(said, indent=1)):
        assert json.loads(without_secret(text.encode(), secret)) == said


@pytest.mark.parametrize("secret", ["heart", "s3cr3t", "ab", "none"])
def test_a_short_key_leaves_longer_words(secret: str) -> None:
    said = f"hearts and {secret}s, re{secret} and {secret.upper()}X".encode()
    assert without_secret(said, secret) == said


def test_a_key_of_three_characters_is_taken_out_where_a_header_is_quoted() -> None:
    said = b'Bearer abc, api-key: abc, {"api_key": "abc"}, ?key=abc&; option abc stays'
    assert without_secret(said, "abc").count(b"abc") == 1


@pytest.mark.parametrize("run", [b"key" + b" " * 10**6, b"auth" * 250_000, b'"' * 10**6, b"a" * 10**6])
def test_a_short_key_is_sought_in_linear_time(run: bytes) -> None:
    started = time.thread_time()
    without_secret(run + b" abc abcd", "abc")
    without_secret(run + b" abc abcd", "abcd")
    assert time.thread_time() - started < 2.0
