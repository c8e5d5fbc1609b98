"""Chat completions over HTTP: one request, one `Received`. Retries, limits and the ledger are elsewhere.

Azure OpenAI takes the same requests at another address: the deployment is part of the path, the key has a header of its
own.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import RequestError
from pyreqwest.http import Url

from reasonmed_assets.config.profile import Provider
from reasonmed_assets.llm.outcomes import (
    NO_RATE_LIMITS,
    NOT_THERE_STATUSES,
    UNAUTHORISED_STATUSES,
    EndpointError,
    EngineError,
    Received,
    UnauthorisedError,
    detail_of_status,
    outcome_of_status,
    rate_limits,
    retry_after_s,
)
from reasonmed_assets.llm.replies.wire import NotAReplyError, read_reply
from reasonmed_assets.llm.transports.redaction import without_secret
from reasonmed_assets.vocabulary import Outcome

_CONNECT_S = 60.0
_IDLE_CONNECTION_S = 15.0


class HttpTransport:
    """A chat-completions endpoint of a provider.

    The HTTP client is written in Rust and works in a thread of its own, outside the interpreter. It follows no
    redirect, keeps no cookie and has no connection limit.

    Args:
        name: the provider's name in the profile.
        provider: its declaration.
        base_url: where it is served, up to and including the version ("http://127.0.0.1:8000/v1"); for Azure the
            resource.

    Raises:
        UnauthorisedError: the variable that is to hold the key does not.
        EndpointError: the address is not a URL.
    """

    def __init__(self, name: str, provider: Provider, base_url: str) -> None:
        if not Url.is_valid(base_url) or Url(base_url).scheme not in ("http", "https"):
            raise EndpointError(f"provider {name}: base_url {base_url!r} is not an http address")
        self._name = name
        self._base_url = base_url.rstrip("/")
        self._api_version = provider.azure_api_version
        self._urls: dict[str, Url] = {}
        self._key_env = provider.api_key_env
        self._secret = key_of(name, provider.api_key_env)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._secret and self._api_version:
            headers["api-key"] = self._secret
        elif self._secret:
            headers["Authorization"] = f"Bearer {self._secret}"
        self._timeout_s = provider.timeout_s
        self._client = (
            ClientBuilder()
            .user_agent("reasonmed-assets")
            .default_headers(headers)
            .follow_redirects(False)
            .referer(False)
            .no_proxy()
            .timeout(timedelta(seconds=provider.timeout_s))
            .connect_timeout(timedelta(seconds=min(_CONNECT_S, provider.timeout_s)))
            .pool_idle_timeout(timedelta(seconds=_IDLE_CONNECTION_S))
            .build()
        )

    async def close(self) -> None:
        """Close the connections: the client does so once nothing refers to it. Nothing can be sent after this."""
        await self._client.close()
        del self._client

    async def send(self, body: bytes, model: str) -> Received:
        """Send a request once; `model` is the one in its body.

        Fatal are a key that the endpoint does not accept (401, 402, 403: `UnauthorisedError`), and an unknown address
        or model (404, 405: `EndpointError`).
        """
        started_at, sent = datetime.now(UTC), time.perf_counter()
        status, raw, reply, wait_s, limits = None, None, None, None, NO_RATE_LIMITS
        url = self._url_of(model)
        try:
            response = await self._client.post(url).body_bytes(body).build().send()
            status, headers = response.status, response.headers
            wait_s, limits = retry_after_s(headers), rate_limits(headers)
            is_marked = headers.get("X-Simulated", "").lower() == "true"
            raw = without_secret((await response.bytes()).to_bytes(), self._secret)
            if status == 200:
                reply = read_reply(raw, is_marked)
                outcome, detail = Outcome.COMPLETED, None
            else:
                outcome, detail = outcome_of_status(status), detail_of_status(status, raw.decode(errors="replace"))
        except NotAReplyError as error:
            outcome, detail = Outcome.TRANSPORT_ERROR, str(error)
        except TimeoutError:
            outcome, detail = Outcome.TIMED_OUT, f"no reply within {self._timeout_s:g} s"
        except RequestError as error:
            outcome, detail = Outcome.TRANSPORT_ERROR, self._described(error)
        latency_ms = (time.perf_counter() - sent) * 1000
        kept = raw if reply is not None else None
        fatal = self._fatal(url, status, detail)
        return Received(outcome, detail, status, kept, reply, wait_s, latency_ms, started_at, limits, fatal)

    def _url_of(self, model: str) -> Url:
        if model not in self._urls:
            self._urls[model] = self._new_url(model)
        return self._urls[model]

    def _new_url(self, model: str) -> Url:
        if self._api_version is None:
            return Url(f"{self._base_url}/chat/completions")
        deployment = f"{self._base_url}/openai/deployments/{quote(model, safe='')}/chat/completions"
        return Url(deployment).with_query({"api-version": self._api_version})

    def _fatal(self, url: Url, status: int | None, detail: str | None) -> EngineError | None:
        if status in UNAUTHORISED_STATUSES:
            return UnauthorisedError(
                f"provider {self._name}: {url} does not accept the key ({detail}); "
                + (f"check the environment variable {self._key_env}" if self._key_env else "the profile declares none")
            )
        if status in NOT_THERE_STATUSES:
            return EndpointError(
                f"provider {self._name}: {url} answers {detail}; "
                "check the provider's base_url and the model's name in the profile"
            )
        return None

    def _described(self, error: RequestError) -> str:
        causes = error.details["causes"] or []
        # The outer ones repeat the address, with any password in it.
        said = ": ".join([error.message, *(cause["message"] for cause in causes[-1:])])
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
