"""Takes a key out of what an endpoint says before anything is stored: endpoints and proxies echo headers."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

_SHORTEST_SECRET = 8
"""A shorter key would be found in ordinary text."""

_REPLACEMENT = b"[key]"


def without_secret(data: bytes, secret: str | None) -> bytes:
    """The data with the key replaced, as it is, escaped in JSON or an address, or within something in base64."""
    if secret is None or len(secret) < _SHORTEST_SECRET:
        return data
    for form in _forms(secret):
        data = data.replace(form, _REPLACEMENT)
    return data


@lru_cache
def _forms(secret: str) -> tuple[bytes, ...]:
    """How a key may be written, longest first."""
    plain = secret.encode()
    forms = {
        plain,
        plain.replace(b"/", rb"\/"),
        plain.replace(b"+", rb"\u002B"),
        plain.replace(b"+", rb"\u002b"),
        quote(secret, safe="").encode(),
        quote(secret).encode(),
    }
    forms |= {_within_base64(plain, before, encode) for before in range(3) for encode in (b64encode, urlsafe_b64encode)}
    return tuple(sorted(forms, key=len, reverse=True))


def _within_base64(plain: bytes, before: int, encode: Callable[[bytes], bytes]) -> bytes:
    """The part of an encoded text that the key alone determines, `before` bytes (of three) preceding it."""
    encoded = encode(b"\0" * before + plain)
    first = -(-before * 8 // 6)
    whole = (before + len(plain)) * 8 // 6
    return encoded[first:whole]
