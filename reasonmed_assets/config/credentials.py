"""What looks like a credential: such a thing never stands in a profile, which is shown, stored and shared."""

from __future__ import annotations

import re

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
