"""Chat completions over HTTP: one request, one `Received`. Retries, limits and the ledger are elsewhere.

Azure OpenAI takes the same requests at another address: the deployment is part of the path, the key has a header of its
own.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

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
    rate_limits,
    retry_after_s,
)
from reasonmed_assets.llm.transports.connection import Connection
from reasonmed_assets.llm.transports.responses import judged
from reasonmed_assets.vocabulary import Outcome


class HttpTransport:
    """A chat-completions endpoint of a provider.

    Args, Raises: see `Connection`.
    """

    def __init__(self, name: str, provider: Provider, base_url: str) -> None:
        self._name = name
        self._connection = Connection(name, provider, base_url)
        self._is_azure = provider.azure_api_version is not None
        self._urls: dict[str, Url] = {}
        self._key_env = provider.api_key_env
        self._timeout_s = provider.timeout_s
        client = self._connection.client(**{"Content-Type": "application/json"})
        self._client = client.timeout(timedelta(seconds=provider.timeout_s)).build()

    async def close(self) -> None:
        """Close the connections: the client does so once nothing refers to it. Nothing can be sent after this."""
        await self._client.close()
        del self._client

    async def send(self, body: bytes, model: str, headers: Mapping[str, str]) -> Received:
        """Send a request once; `model` is the one in its body, `headers` are those of this call.

        Fatal are a key that the endpoint does not accept (401, 402, 403: `UnauthorisedError`), and an unknown address
        or model (404, 405: `EndpointError`).
        """
        started_at, sent = datetime.now(UTC), time.perf_counter()
        status, answer, wait_s, limits = None, None, None, NO_RATE_LIMITS
        url = self._url_of(model)
        try:
            request = self._client.post(url).body_bytes(body)
            response = await (request.headers(headers) if headers else request).build().send()
            status = response.status
            wait_s, limits = retry_after_s(response.headers), rate_limits(response.headers)
            is_marked = response.headers.get("X-Simulated", "").lower() == "true"
            data = self._connection.cleaned((await response.bytes()).to_bytes())
            answer = judged(status, data, is_marked)
            outcome, detail, status = answer.outcome, answer.detail, answer.status
        except TimeoutError:
            outcome, detail = Outcome.TIMED_OUT, f"no reply within {self._timeout_s:g} s"
        except RequestError as error:
            outcome, detail = Outcome.TRANSPORT_ERROR, self._connection.described(error)
        latency_ms = (time.perf_counter() - sent) * 1000
        fatal = self._fatal(url, status, detail)
        raw, reply, partial = answer[3:] if answer is not None else (None, None, None)
        return Received(outcome, detail, status, raw, reply, wait_s, latency_ms, started_at, limits, fatal, partial)

    def _url_of(self, model: str) -> Url:
        if model not in self._urls:
            self._urls[model] = self._new_url(model)
        return self._urls[model]

    def _new_url(self, model: str) -> Url:
        deployment = f"openai/deployments/{quote(model, safe='')}/" if self._is_azure else ""
        return self._connection.url(f"{deployment}chat/completions")

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
