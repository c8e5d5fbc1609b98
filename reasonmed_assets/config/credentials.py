"""Keys and passwords: a profile, which is shown, stored and shared, may hold nothing that looks like one; and each is
removed from what an endpoint says before anything is stored, since endpoints and proxies echo headers.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import quote

_PARTS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_WORDS = frozenset({"auth", "jwt", "pwd"})
_PIECES = (
    "apikey",
    "accesskey",
    "authori",
    "authenti",
    "bearer",
    "cookie",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "secret",
    "signature",
)
_LAST = frozenset({"key", "token"})
_HARMLESS = frozenset({"cache", "idempotency", "bos", "eos", "pad", "unk", "sep", "stop", "start", "end", "mask"})
"""What makes `key` and `token` a name of something else: `prompt_cache_key`, `eos_token`."""

_VALUE = re.compile(
    r"(?i:\b(?:bearer|basic|token|apikey|digest)\s+\S{6,})"
    r"|\b(?:sk|pk|rk|gsk|xai|hf|ghp|gho|ghs|glpat|github_pat|nvapi|pplx|r8|csk|tgp|fw|xox[abps])[-_][\w-]{12,}"
    r"|\bAIza[\w-]{30,}|\bya29\.[\w-]{10,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.|://[^/\s]*:[^/\s]*@|-----BEGIN "
)

_SHORT = 8
"""A shorter key is found in ordinary text: it is one where it stands alone."""
_SHORTEST = 4
"""A key that is even shorter is one only where a header or a parameter is quoted."""
_NO_SECRETS = frozenset({"none", "null", "true", "false", "empty", "dummy", "test", "local", "key", "token", "no-key"})
"""What stands for a key where a server asks for one and reads none: ordinary words, which are no secret."""

_REPLACEMENT = b"[key]"
_BEFORE = rb"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf])|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
_AFTER = rb"(?![A-Za-z0-9])"
_QUOTED = (
    rb"(?i:bearer|basic|key|token|auth(?:orization)?)[\"'\\]{0,4}\s{0,4}[:=]?\s{0,4}[\"'\\]{0,4}(?i:bearer\s{1,4})?"
)

_INDENT = 200
_VALUE_BEFORE = re.compile(rb"[:\[,]\s*\Z")
_VALUE_AFTER = re.compile(rb"\s*[,\]}]")


def names_credential(name: str) -> bool:
    """Whether a header or a key of a body is called like one that holds a key, a token or a password."""
    parts = [part.lower() for part in _PARTS.findall(name)]
    joined = "".join(parts)
    if any(piece in joined for piece in _PIECES) or _WORDS & set(parts):
        return True
    return bool(parts) and parts[-1] in _LAST and not _HARMLESS & set(parts[-2:-1])


def is_credential(value: str) -> bool:
    """Whether a text has the form of a key, a token or an address with a password."""
    return _VALUE.search(value) is not None


def without_secret(data: bytes, secret: str | None) -> bytes:
    """The data with the key replaced, as it is, escaped in JSON, HTML or an address, or within something in base64.

    JSON stays JSON: where a short key is a number, or the name of a member, that number or name stays.
    """
    if not secret or secret.lower() in _NO_SECRETS:
        return data
    if len(secret) >= _SHORT:
        for form in _forms(secret):
            data = data.replace(form, _REPLACEMENT)
        return data
    if not any(form in data for form in _forms(secret)):
        return data
    is_number = re.fullmatch(r"[-+.\deE]+", secret) is not None

    def replaced(match: re.Match[bytes]) -> bytes:
        is_value = is_number and _VALUE_BEFORE.search(data, max(0, match.start() - _INDENT), match.start())
        is_bare = is_value and _VALUE_AFTER.match(data, match.end())
        return match[0] if is_bare else match["before"] + _REPLACEMENT

    return _short(secret).sub(replaced, data)


@lru_cache
def _forms(secret: str) -> tuple[bytes, ...]:
    """How a key may be written, longest first."""
    plain = secret.encode()
    forms = {plain, *_escaped(secret)}
    forms |= {_within_base64(plain, before, encode) for before in range(3) for encode in (b64encode, urlsafe_b64encode)}
    return tuple(sorted(forms, key=len, reverse=True))


def _escaped(secret: str) -> Iterator[bytes]:
    """A key with its special characters as JSON, HTML and addresses write them."""
    in_json = json.dumps(secret)[1:-1]
    yield in_json.encode()
    yield in_json.replace("/", r"\/").encode()
    for special in ("+", "<>&", "+<>&='", "+<>&='/"):
        for digits in ("{:04x}", "{:04X}"):
            form = "".join(rf"\u{digits.format(ord(char))}" if char in special else char for char in in_json)
            yield from (form.encode(), form.replace("/", r"\/").encode())
    yield html.escape(secret).encode()
    for safe in ("", "/"):
        yield quote(secret, safe=safe).encode()
        yield re.sub(r"%..", lambda match: match[0].lower(), quote(secret, safe=safe)).encode()


@lru_cache
def _short(secret: str) -> re.Pattern[bytes]:
    """Where a short key stands: alone, not as the name of a member."""
    forms = b"|".join(re.escape(form) for form in sorted({secret.encode(), *_escaped(secret)}, key=len, reverse=True))
    if len(secret) < _SHORTEST:
        return re.compile(rb"(?P<before>" + _QUOTED + rb")(?:" + forms + rb")" + _AFTER)
    encoded = set(_forms(secret)) - {secret.encode(), *_escaped(secret)}
    alone = _BEFORE + rb"(?:" + forms + rb")" + _AFTER + rb"(?!\"\s*:)"
    return re.compile(rb"(?P<before>)(?:" + alone + rb"|" + b"|".join(map(re.escape, sorted(encoded))) + rb")")


def _within_base64(plain: bytes, before: int, encode: Callable[[bytes], bytes]) -> bytes:
    """The part of an encoded text that the key alone determines, `before` bytes (of three) preceding it."""
    encoded = encode(b"\0" * before + plain)
    first = -(-before * 8 // 6)
    whole = (before + len(plain)) * 8 // 6
    return encoded[first:whole]
