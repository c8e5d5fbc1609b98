"""Chat completions over HTTP: one request, one `Received`. Retries, limits and the ledger are elsewhere.

Azure OpenAI takes the same requests at another address: the deployment is part of the path, the key has a header of its
own.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from urllib.parse import quote

import aiohttp
from yarl import URL

from reasonmed_assets.llm.outcomes import (
    NO_RATE_LIMITS,
    NOT_THERE_STATUSES,
    EndpointError,
    Received,
    UnauthorisedError,
    detail_of_status,
    outcome_of_status,
    rate_limits,
    retry_after_s,
)
from reasonmed_assets.llm.redaction import without_secret
from reasonmed_assets.llm.wire import NotAReplyError, read_reply
from reasonmed_assets.profiles.model import Provider

_CONNECT_S = 60.0
_IDLE_CONNECTION_S = 15.0


def new_session() -> aiohttp.ClientSession:
    """A session without a connection limit of its own, cookies or redirects; for the running event loop."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_CONNECTION_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=True,
    )


class HttpTransport:
    """A chat-completions endpoint of a provider.

    Args:
        name: the provider's name in the profile.
        provider: its declaration.
        base_url: where it is served, up to and including the version ("http://127.0.0.1:8000/v1"); for Azure the
            resource.

    Raises:
        UnauthorisedError: the variable that is to hold the key does not.
        EndpointError: the address is none.
    """

    def __init__(self, name: str, provider: Provider, base_url: str) -> None:
        if URL(base_url).scheme not in ("http", "https") or not URL(base_url).host:
            raise EndpointError(f"provider {name}: base_url {base_url!r} is no http address")
        self._name = name
        self._base_url = base_url.rstrip("/")
        self._api_version = provider.azure_api_version
        self._urls: dict[str, URL] = {}
        self._key_env = provider.api_key_env
        self._secret = key_of(name, provider.api_key_env)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._secret and self._api_version:
            self._headers["api-key"] = self._secret
        elif self._secret:
            self._headers["Authorization"] = f"Bearer {self._secret}"
        self._timeout = aiohttp.ClientTimeout(
            total=provider.timeout_s, sock_connect=min(_CONNECT_S, provider.timeout_s)
        )

    async def send(self, session: aiohttp.ClientSession, body: bytes, model: str) -> Received:
        """Send a request once; `model` is the one that its body names.

        Raises:
            UnauthorisedError: the endpoint does not take the key (401, 402, 403).
            EndpointError: there is no such address or model (404, 405).
        """
        started_at, sent = datetime.now(UTC), time.perf_counter()
        status, raw, reply, wait_s, limits = None, None, None, None, NO_RATE_LIMITS
        url = self._url_of(model)
        try:
            async with session.post(
                url, data=body, headers=self._headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                status = response.status
                wait_s, limits = retry_after_s(response.headers), rate_limits(response.headers)
                is_marked = response.headers.get("X-Simulated", "").lower() == "true"
                raw = without_secret(await response.read(), self._secret)
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
        self._stop_where_hopeless(url, outcome, status, detail)
        latency_ms = (time.perf_counter() - sent) * 1000
        kept = raw if reply is not None else None
        return Received(outcome, detail, status, kept, reply, wait_s, latency_ms, started_at, limits)

    def _url_of(self, model: str) -> URL:
        if model not in self._urls:
            self._urls[model] = self._new_url(model)
        return self._urls[model]

    def _new_url(self, model: str) -> URL:
        if self._api_version is None:
            return URL(f"{self._base_url}/chat/completions")
        deployment = f"{self._base_url}/openai/deployments/{quote(model, safe='')}/chat/completions"
        return URL(deployment, encoded=True).with_query({"api-version": self._api_version})

    def _stop_where_hopeless(self, url: URL, outcome: str, status: int | None, detail: str | None) -> None:
        if outcome == "unauthorised":
            raise UnauthorisedError(
                f"provider {self._name}: {url} does not accept the key ({detail}); "
                + (f"check the environment variable {self._key_env}" if self._key_env else "the profile declares none")
            )
        if status in NOT_THERE_STATUSES:
            raise EndpointError(
                f"provider {self._name}: {url} answers {detail}; "
                "check the provider's base_url and the model's name in the profile"
            )

    def _described(self, error: Exception) -> str:
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return without_secret(said.encode(), self._secret).decode(errors="replace")


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
