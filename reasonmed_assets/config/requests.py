"""What a profile adds to the requests of a provider or a model, and what it leaves out of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import JsonValue, field_validator

from reasonmed_assets.config.credentials import is_credential, names_credential
from reasonmed_assets.roles.declaration import Section

_DECLARED_ELSEWHERE = {
    "model": "`name` of the model",
    "messages": "the prompts",
    "response_format": "`structured` of the provider",
    "temperature": "the section of the role",
    "top_p": "the section of the role",
    "max_tokens": "the section of the role",
    "max_completion_tokens": "the section of the role, with `parameters` of the model",
    "seed": "the seed of the profile",
    "n": "the number of temperatures or votes of the role: a call has one reply",
    "stream": "nothing: a reply is read as a whole",
    "stream_options": "nothing: a reply is read as a whole",
}
"""Keys of a body that are never added, since they are declared elsewhere."""

_OF_THE_CLIENT = re.compile(
    r"host|content-.*|accept|accept-encoding|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|"
    r"proxy-.*|:.*"
)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


class Additions(Section):
    """What requests have beyond what roles, models and prompts say. Absent, it changes nothing."""

    extra_body: dict[str, JsonValue] = {}
    """Further keys of a request's body, sent as they are (`reasoning_effort`, `service_tier`). A model's replaces its
    provider's of the same name. Part of a call's identity."""
    omit: tuple[Literal["temperature", "top_p", "seed"], ...] = ()
    """Keys that are left out of a request's body, for an endpoint that declines them. Part of a call's identity."""
    headers: dict[str, str] = {}
    """Further headers, never a key. A model's change its replies and are part of a call's identity; a provider's only
    say who asks, or which way, and are not."""

    @field_validator("extra_body")
    @classmethod
    def _adds_only_what_is_nobodys(cls, extra: dict[str, JsonValue]) -> dict[str, JsonValue]:
        for name in extra:
            if name in _DECLARED_ELSEWHERE:
                raise ValueError(f"{name} is not added: it follows from {_DECLARED_ELSEWHERE[name]}")
        refuse_credentials(extra)
        for name, value in _values(extra):
            if value is None:
                raise ValueError(f"{name} is null, which TOML does not have")
        return extra

    @field_validator("headers")
    @classmethod
    def _are_headers_without_a_key(cls, headers: dict[str, str]) -> dict[str, str]:
        if len({name.lower() for name in headers}) < len(headers):
            raise ValueError("a header is given twice: upper and lower case are the same")
        for name, value in headers.items():
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a header")
            if names_credential(name) or is_credential(value):
                raise ValueError(f"{name} holds a credential: a key comes from the variable `api_key_env` names only")
            if _OF_THE_CLIENT.fullmatch(name.lower()):
                raise ValueError(f"{name} is set by the client for each request")
            if not _VALUE.fullmatch(value):
                raise ValueError(f"the value of {name} must be a text of printable ASCII characters on one line")
        return headers

    def texts(self) -> Iterator[tuple[str, str]]:
        """Key and value of each text that is sent, "headers" or "extra_body" for the key."""
        yield from (("headers", value) for value in self.headers.values())
        yield from (("extra_body", value) for _, value in _values(self.extra_body) if isinstance(value, str))


def refuse_credentials(values: Mapping[str, Any], of: str = "", source: str = "the variable `api_key_env`") -> None:
    """Raise ValueError where a value, however deep, is or is called like a credential: a profile is kept and shown."""
    for name, value in _values(values):
        if names_credential(name) or (isinstance(value, str) and is_credential(value)):
            raise ValueError(f"{of and of + '.'}{name} holds a credential: a key comes from {source} names only")


def _values(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each name in nested tables and arrays, with its value; an element of an array has the name of the array."""
    waiting: list[tuple[str, Any]] = list(value.items())
    while waiting:
        name, one = waiting.pop()
        yield name, one
        if isinstance(one, dict):
            waiting += one.items()
        elif isinstance(one, list):
            waiting += [(name, element) for element in one]
