"""Chat completions over HTTP: one request, one `Received`. Retries, limits and the ledger are elsewhere."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

import aiohttp
from yarl import URL

from reasonmed_assets.llm.outcomes import (
    NOT_THERE_STATUSES,
    EndpointError,
    Received,
    UnauthorisedError,
    detail_of_status,
    outcome_of_status,
    retry_after_s,
)
from reasonmed_assets.llm.wire import NotAReplyError, read_reply
from reasonmed_assets.profiles.model import Provider

_CONNECT_S = 60.0
_IDLE_CONNECTION_S = 15.0
_SHORTEST_SECRET = 8


def new_session() -> aiohttp.ClientSession:
    """A session without a connection limit of its own, cookies or redirects; for the running event loop."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_CONNECTION_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=True,
    )


class HttpTransport:
    """The chat-completions endpoint of one provider.

    Args:
        name: the provider's name in the profile.
        provider: its declaration.
        base_url: where it is served, up to and including the version ("http://127.0.0.1:8000/v1").

    Raises:
        UnauthorisedError: the variable that is to hold the key does not.
        EndpointError: the address is none.
    """

    def __init__(self, name: str, provider: Provider, base_url: str) -> None:
        if URL(base_url).scheme not in ("http", "https") or not URL(base_url).host:
            raise EndpointError(f"provider {name}: base_url {base_url!r} is no http address")
        self._name = name
        self._url = URL(base_url.rstrip("/") + "/chat/completions")
        self._key_env = provider.api_key_env
        self._secret = key_of(name, provider.api_key_env)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._secret:
            self._headers["Authorization"] = f"Bearer {self._secret}"
        self._timeout = aiohttp.ClientTimeout(
            total=provider.timeout_s, sock_connect=min(_CONNECT_S, provider.timeout_s)
        )

    async def send(self, session: aiohttp.ClientSession, body: bytes) -> Received:
        """Send a request once.

        Raises:
            UnauthorisedError: the endpoint does not take the key (401, 402, 403).
            EndpointError: there is no such address or model (404, 405).
        """
        started_at, sent = datetime.now(UTC), time.perf_counter()
        status, raw, reply, wait_s = None, None, None, None
        try:
            async with session.post(
                self._url, data=body, headers=self._headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                status = response.status
                wait_s = retry_after_s(response.headers)
                is_marked = response.headers.get("X-Simulated", "").lower() == "true"
                raw = self._without_secret(await response.read())
            if status == 200:
                reply = read_reply(raw, is_marked)
                outcome, detail = "completed", None
            else:
                outcome, detail = outcome_of_status(status), detail_of_status(status, raw.decode(errors="replace"))
        except NotAReplyError as error:
            outcome, detail = "transport_error", str(error)
        except TimeoutError:
            outcome, detail = "timed_out", f"no reply within {self._timeout.total:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            outcome, detail = "transport_error", self._described(error)
        self._stop_where_hopeless(outcome, status, detail)
        latency_ms = (time.perf_counter() - sent) * 1000
        kept = raw if reply is not None else None
        return Received(outcome, detail, status, kept, reply, wait_s, latency_ms, started_at)

    def _stop_where_hopeless(self, outcome: str, status: int | None, detail: str | None) -> None:
        if outcome == "unauthorised":
            raise UnauthorisedError(
                f"provider {self._name}: {self._url} does not accept the key ({detail}); "
                + (f"check the environment variable {self._key_env}" if self._key_env else "the profile declares none")
            )
        if status in NOT_THERE_STATUSES:
            raise EndpointError(
                f"provider {self._name}: {self._url} answers {detail}; "
                "check the provider's base_url and the model's name in the profile"
            )

    def _described(self, error: Exception) -> str:
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return self._without_secret(said.encode()).decode(errors="replace")

    def _without_secret(self, data: bytes) -> bytes:
        """Endpoints and proxies may echo headers; the key is not to be stored with what they say."""
        return without_secret(data, self._secret)


def without_secret(data: bytes, secret: str | None) -> bytes:
    """What an endpoint said, without the key, should it or a proxy have echoed it."""
    if secret and len(secret) >= _SHORTEST_SECRET:
        return data.replace(secret.encode(), b"[key]")
    return data


def key_of(name: str, variable: str | None) -> str | None:
    """The key of provider `name`, out of its environment variable; None when it declares none.

    Raises:
        UnauthorisedError: the variable does not hold a key.
    """
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise UnauthorisedError(f"provider {name}: set the environment variable {variable} to its key")
    if not (key.isascii() and key.isprintable()):
        raise UnauthorisedError(f"provider {name}: the environment variable {variable} holds characters no key has")
    return key
