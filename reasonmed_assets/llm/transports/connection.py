"""What all requests to a provider have in common: the client, its headers, the key, the proxy.

The HTTP client is written in Rust and works in a thread of its own, outside the interpreter. It follows no redirect,
keeps no cookie, has no connection limit, and reads nothing from the environment but what is read here. The client for
batches (`batches/client.py`) is another one under the same rules.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote, urlsplit

import orjson
from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import RequestError
from pyreqwest.http import Url
from pyreqwest.proxy import ProxyBuilder

from reasonmed_assets.config.addresses import ProxyError, proxy_of
from reasonmed_assets.config.credentials import without_secret
from reasonmed_assets.config.profile import Provider
from reasonmed_assets.llm.outcomes import EndpointError, EngineError, UnauthorisedError, detail_of
from reasonmed_assets.llm.refusals import Cause, refusal_of
from reasonmed_assets.llm.transports.keys import key_in

_OK = 200
_SHOWN_CHARACTERS = 200
_CONNECT_S = 60.0
_IDLE_CONNECTION_S = 15.0


class Connection:
    """How one endpoint of a provider is reached.

    Args:
        name: the provider's name in the profile.
        provider: its declaration.
        base_url: where it is served, up to and including the version ("http://127.0.0.1:8000/v1"); for Azure the
            resource.

    Attributes:
        base_url: the address without a slash at its end.
        secret: the provider's key, None where it declares none.
        proxy: the address of the proxy that leads there; None where it is reached directly.
        connect_s: seconds after which there is no connection.
        idle_s: seconds for which one that nothing uses is kept.

    Raises:
        UnauthorisedError: the variable that is to hold the key does not.
        EndpointError: the address is not a URL.
        ProxyError: the environment names a proxy that cannot be used.
    """

    def __init__(self, name: str, provider: Provider, base_url: str) -> None:
        if not Url.is_valid(base_url) or Url(base_url).scheme not in ("http", "https"):
            raise EndpointError(f"provider {name}: base_url {base_url!r} is not an http address")
        self.base_url = base_url.rstrip("/")
        self.secret = key_of(name, provider.api_key_env)
        self._name = name
        self._provider = provider
        self.proxy = proxy_of(base_url)
        if self.proxy is not None and not Url.is_valid(self.proxy):
            raise ProxyError(f"provider {name}: the proxy for {base_url} in the environment is no address")
        self.connect_s = min(_CONNECT_S, provider.timeout_s)
        self.idle_s = _IDLE_CONNECTION_S

    def headers(self, **more: str) -> dict[str, str]:
        """The headers of each request: the key, what the provider declares, and more."""
        headers = {"Accept": "application/json", "User-Agent": "reasonmed-assets", **more, **self._provider.headers}
        if self.secret and self._provider.azure_api_version:
            headers["api-key"] = self.secret
        elif self.secret:
            headers["Authorization"] = f"Bearer {self.secret}"
        return headers

    def client(self, **more: str) -> ClientBuilder:
        """A new client with all that holds for each request, and more headers; time limits are its user's."""
        builder = (
            ClientBuilder()
            .default_headers(self.headers(**more))
            .follow_redirects(False)
            .referer(False)
            .no_proxy()
            .connect_timeout(timedelta(seconds=self.connect_s))
            .pool_idle_timeout(timedelta(seconds=self.idle_s))
        )
        return builder if self.proxy is None else builder.proxy(ProxyBuilder.all(self.proxy))

    def url(self, path: str) -> Url:
        """The address of a resource below the endpoint's."""
        url = Url(f"{self.base_url}/{path}")
        version = self._provider.azure_api_version
        return url if version is None else url.with_query({"api-version": version})

    def cleaned(self, raw: bytes) -> bytes:
        """What an endpoint said, without the key."""
        return without_secret(raw, self.secret)

    def described(self, error: RequestError) -> str:
        """What went wrong on the way, without the key and the proxy's password."""
        causes = error.details["causes"] or []
        # The outer ones repeat the address, with any password in it.
        return self.redacted(": ".join([error.message, *(cause["message"] for cause in causes[-1:])]))

    def redacted(self, said: str) -> str:
        """What a client says of a failure, without the key and the proxy's password."""
        password = urlsplit(self.proxy).password if self.proxy else None
        cleaned = self.cleaned(said.encode(errors="replace"))
        return without_secret(cleaned, password and unquote(password)).decode(errors="replace")

    def fatal(self, url: object, cause: Cause, detail: str, new_address: str | None = None) -> EngineError | None:
        """The error that ends the run where no further request to an address can succeed; else None.

        Args:
            url: what was asked.
            cause: why there was no reply.
            detail: what the endpoint said.
            new_address: where it says to go instead.
        """
        who = f"provider {self._name}: {url}"
        address = self.cleaned((new_address or "").encode()).decode()
        variable = self._provider.api_key_env
        whose = f"the environment variable {variable}" if variable else "the profile, which declares no key"
        if cause == Cause.CREDIT:
            return UnauthorisedError(
                f"{who} says that the account has no credit or quota left ({detail}); what was received is stored: run "
                f"the same command again once there is credit, or check {whose}"
            )
        if cause == Cause.KEY:
            return UnauthorisedError(f"{who} does not accept the key ({detail}); check {whose}")
        if cause == Cause.MOVED:
            return EndpointError(
                f"{who} answers {detail.partition(':')[0]}, it has moved to "
                f"{address or 'an address that it does not give'}: change the provider's base_url in the profile"
            )
        if cause == Cause.NOT_FOUND:
            return EndpointError(
                f"{who} answers {detail}; check the provider's base_url and the model's name in the profile"
            )
        return None


async def count_models(name: str, provider: Provider, base_url: str, timeout_s: float) -> int:
    """How many models an endpoint lists; whether it answers at all and accepts the key is known by then.

    Raises:
        UnauthorisedError: the key is missing, or not accepted.
        EndpointError, ProxyError: the endpoint cannot be reached, or does not list models; it may serve them even so.
    """
    connection = Connection(name, provider, base_url)
    path = "models" if provider.azure_api_version is None else "openai/models"
    client = connection.client().timeout(timedelta(seconds=timeout_s)).build()
    try:
        response = await client.get(connection.url(path)).build().send()
        raw = connection.cleaned((await response.bytes()).to_bytes())
    except TimeoutError:
        raise EndpointError(f"provider {name}: {base_url} does not answer within {timeout_s:g} s") from None
    except RequestError as error:
        raise EndpointError(f"provider {name}: {base_url} does not answer: {connection.described(error)}") from None
    finally:
        await client.close()
    if response.status != _OK:
        refusal = refusal_of(response.status, raw)
        detail = detail_of(response.status, refusal, raw.decode(errors="replace"))
        fatal = connection.fatal(base_url, refusal.cause, detail, response.headers.get("Location"))
        raise fatal or EndpointError(f"provider {name}: {base_url} lists no models: {detail}")
    try:
        listed = orjson.loads(raw)["data"]
        return len(listed)
    except (orjson.JSONDecodeError, TypeError, KeyError):
        said = raw[:_SHOWN_CHARACTERS].decode(errors="replace")
        raise EndpointError(f"provider {name}: {base_url} lists no models: {said!r}") from None


def key_of(name: str, variable: str | None) -> str | None:
    """The key of provider `name`, see `keys`; None when it declares none.

    Raises:
        UnauthorisedError: the variable does not hold a key.
    """
    if variable is None:
        return None
    key = key_in(variable)
    if not key:
        raise UnauthorisedError(f"provider {name}: set the environment variable {variable} to its key")
    if not (key.isascii() and key.isprintable()):
        raise UnauthorisedError(f"provider {name}: the environment variable {variable} holds characters no key has")
    return key
