"""OpenAI's client for files and batches, under the rules that hold for all requests to a provider (see `Connection`).

Left to itself it takes keys, headers and addresses from the shell, describes this machine, and tries again.
"""

from __future__ import annotations

from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import SSLContext

import httpx2
import openai

from reasonmed_assets.llm.outcomes import EndpointError
from reasonmed_assets.llm.transports.connection import Connection

_NOT_SENT = "none"
"""A key that the client asks for; what is sent is the connection's."""

FAILURES = (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError)
"""What a request may raise: no response, one that is refused, one that cannot be unpacked, an id that is no path."""


class BatchClient(openai.AsyncOpenAI):
    """Files and batches of one endpoint. Its methods are used `with_raw_response`: what comes back is read here.

    Args:
        connection: how the endpoint is reached.
        timeout_s: seconds for each step of a request: a file may take longer than one answer.

    Raises:
        EndpointError: the address is none for this client.
    """

    def __init__(self, connection: Connection, timeout_s: float) -> None:
        self._headers = connection.headers(**{"Content-Type": "application/json"})
        timeout = httpx2.Timeout(timeout_s, connect=connection.connect_s, pool=None)
        try:
            http_client = httpx2.AsyncClient(
                trust_env=False,
                verify=_certificates(),
                proxy=connection.proxy,
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                limits=httpx2.Limits(keepalive_expiry=connection.idle_s),
            )
            super().__init__(
                api_key=_NOT_SENT,
                admin_api_key=_NOT_SENT,
                organization=_NOT_SENT,
                project=_NOT_SENT,
                webhook_secret=_NOT_SENT,
                base_url=connection.base_url,
                timeout=timeout,
                max_retries=0,
                http_client=http_client,
            )
        except httpx2.InvalidURL as error:
            raise EndpointError(f"{connection.base_url!r} is no address that can be asked: {error}") from None

    @property
    def default_headers(self) -> dict[str, str | openai.Omit]:
        """All headers of every request, and none of the shell's `OPENAI_CUSTOM_HEADERS`."""
        return {"Authorization": openai.Omit(), **self._headers}

    def _validate_headers(self, *_: object) -> None:
        """A provider without a key is one, too."""


@cache
def _certificates() -> SSLContext:
    """Whom all clients trust: to read them takes longer than most requests."""
    return httpx2.create_ssl_context()
