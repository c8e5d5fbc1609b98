"""Chat completions over HTTP: one request, one `Received`. Retries, limits and the ledger are elsewhere.

Azure OpenAI takes the same requests at another address: the deployment is part of the path, the key has a header of its
own.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from pyreqwest.exceptions import RequestError
from pyreqwest.http import Url

from reasonmed_assets.config.profile import Provider
from reasonmed_assets.llm.outcomes import (
    NO_RATE_LIMITS,
    EngineError,
    Received,
    rate_limits,
    retry_after_s,
)
from reasonmed_assets.llm.refusals import Cause
from reasonmed_assets.llm.transports.connection import Connection
from reasonmed_assets.llm.transports.responses import LARGEST_BYTES, judged
from reasonmed_assets.vocabulary import Outcome

_NO_CONNECTION = "client error (Connect)"
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class _Headers(Mapping[str, str]):
    """The headers of a response; one that is no text is not there."""

    __slots__ = ("_headers",)

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        try:
            return self._headers[name]
        except ValueError as error:
            raise KeyError(name) from error

    def get(self, name: str, default: Any = None) -> Any:
        """As of any mapping; that one raises and catches an error for every header that is not there."""
        try:
            return self._headers.get(name, default)
        except ValueError:
            return default

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)


def _sensible(read: Callable[[Mapping[str, str]], _T], headers: Mapping[str, str], otherwise: _T) -> _T:
    """What headers say, unless that makes no sense."""
    try:
        return read(headers)
    except (ValueError, OverflowError, TypeError, IndexError):
        return otherwise


class HttpTransport:
    """A chat-completions endpoint of a provider.

    Args, Raises: see `Connection`.
    """

    def __init__(self, name: str, provider: Provider, base_url: str) -> None:
        self._name = name
        self._connection = Connection(name, provider, base_url)
        self._is_azure = provider.azure_api_version is not None
        self._urls: dict[str, Url] = {}
        self._timeout_s = provider.timeout_s
        client = self._connection.client(**{"Content-Type": "application/json"})
        self._client = client.timeout(timedelta(seconds=provider.timeout_s)).build()

    async def close(self) -> None:
        """Close the connections: the client does so once nothing refers to it. Nothing can be sent after this."""
        await self._client.close()
        del self._client

    async def send(self, body: bytes, model: str, headers: Mapping[str, str]) -> Received:
        """Send a request once; `model` is the one in its body, `headers` are those of this call.

        Fatal are a key that the endpoint does not accept and an account without credit (`UnauthorisedError`), and an
        unknown or new address, or an unknown model (`EndpointError`).
        """
        started_at, sent = datetime.now(UTC), time.perf_counter()
        status, answer, wait_s, limits = None, None, None, NO_RATE_LIMITS
        fatal: EngineError | None = None
        is_unsent = False
        url = self._url_of(model)
        try:
            request = self._client.post(url).body_bytes(body)
            response = await (request.headers(headers) if headers else request).build().send()
            status = response.status
            told = _Headers(response.headers)
            wait_s = _sensible(retry_after_s, told, None)
            limits = _sensible(rate_limits, told, NO_RATE_LIMITS)
            is_marked = told.get("X-Simulated", "").lower() == "true"
            data = await response.body_reader.read(LARGEST_BYTES + 1)
            answer = judged(status, self._connection.cleaned(b"" if data is None else data.to_bytes()), is_marked)
            outcome, detail, status, cause = answer.outcome, answer.detail, answer.status, answer.cause
            if cause is not None:
                wait_s = answer.wait_s if wait_s is None else wait_s
                fatal = self._connection.fatal(url, cause, detail or "", told.get("Location"))
        except TimeoutError as error:
            cause, outcome, detail = Cause.TIMEOUT, Outcome.TIMED_OUT, f"no reply within {self._timeout_s:g} s"
            is_unsent = _is_unsent(error)
        except RequestError as error:
            cause, outcome, detail = Cause.OUTAGE, Outcome.TRANSPORT_ERROR, self._connection.described(error)
            is_unsent = _is_unsent(error)
        except Exception as error:
            _log.exception("provider %s: a response could not be handled", self._name)
            said = self._connection.cleaned(f"{type(error).__name__}: {error}".encode()).decode(errors="replace")
            cause, outcome = Cause.FAILURE, Outcome.TRANSPORT_ERROR
            detail = f"the response could not be handled ({said})"
        latency_ms = (time.perf_counter() - sent) * 1000
        raw, reply, partial = answer[3:6] if answer is not None else (None, None, None)
        return Received(
            outcome, detail, status, raw, reply, wait_s, latency_ms, started_at, limits, fatal, partial, cause,
            is_unsent,
        )  # fmt: skip

    def _url_of(self, model: str) -> Url:
        if model not in self._urls:
            self._urls[model] = self._new_url(model)
        return self._urls[model]

    def _new_url(self, model: str) -> Url:
        deployment = f"openai/deployments/{quote(model, safe='')}/" if self._is_azure else ""
        return self._connection.url(f"{deployment}chat/completions")


def _is_unsent(error: BaseException) -> bool:
    """There was no connection, so that nothing was sent. The type of a timeout does not tell: its causes do."""
    causes = error.details["causes"] if isinstance(error, RequestError) else None
    return any(_NO_CONNECTION in cause["message"] for cause in causes or ())
