"""A key is taken out in whatever form an endpoint repeats it."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.llm.transports.connection import without_secret

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
