"""Addresses of endpoints: which a profile may give, which are this machine, and which proxy leads to one."""

from __future__ import annotations

import ipaddress
import os
import re
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from reasonmed_assets.errors import ReasonmedError

_SERVER = re.compile(r"(?:\[[^\[\]]+\]|[^\[\]:]+)(?::\d*)?")
"""Host and port; nothing else follows the brackets around an address of IPv6."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ProxyError(ReasonmedError):
    """A variable of the environment names a proxy that cannot be used; the message never repeats its password."""


def problem_of(url: str) -> str | None:
    """What is wrong with an address as a provider's `base_url`; None where nothing is.

    The problem never repeats a password or a query, which may hold a key.
    """
    split = _split(url)
    # Where the address cannot be taken apart, a password may be anywhere in it.
    if "@" in (url if split is None else split.netloc):
        return "base_url must hold no user and no password: keys come from environment variables"
    if "?" in url or "#" in url:
        return (
            "base_url must hold no query and no fragment (`?`, `#`): an API version is `azure_api_version`, a key "
            "comes from the environment variable that `api_key_env` names"
        )
    if split is None:
        return f"base_url {url!r} is not an http address"
    return None


def is_read_on_the_way(url: str) -> bool:
    """Whether requests to an address go to another host in plain text."""
    split = _split(url)
    return split is not None and split.scheme == "http" and not is_this_machine(url)


def is_this_machine(url: str) -> bool:
    """Whether an address is a loopback one, which no other host serves and no proxy leads to."""
    split = _split(url)
    host = split.hostname if split else None
    if host is None:
        return False
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        mapped = getattr(address, "ipv4_mapped", None) or address
        return mapped.is_loopback or mapped.is_unspecified
    return host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost")


def proxy_of(url: str) -> str | None:
    """The proxy for an address by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; None where it is reached directly.

    A loopback address is always reached directly. NO_PROXY lists hosts with their subdomains, and networks
    ("10.0.0.0/8"), or is `*`. Variables in lower case win.

    Raises:
        ProxyError: the variable names something other than an http or https proxy.
    """
    split = _split(url)
    if split is None or split.hostname is None or is_this_machine(url):
        return None
    proxies = getproxies_environment()
    if proxy_bypass_environment(split.netloc, proxies) or _is_in_network(split.hostname, proxies.get("no", "")):
        return None
    name = split.scheme if split.scheme in proxies else "all"
    proxy = proxies.get(name)
    if proxy is None:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if _split(proxy) is None:
        raise ProxyError(
            f"the environment variable {name.upper()}_PROXY names no http proxy: give http://HOST:PORT, or add "
            f"{split.hostname} to NO_PROXY"
        )
    return proxy


def environment_of_downloads() -> dict[str, str]:
    """The environment for a program or library that reads the proxy variables itself: never for loopback."""
    listed = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if listed.strip() != "*":
        listed = ",".join(filter(None, [listed, *_LOOPBACK]))
    return {**os.environ, "no_proxy": listed, "NO_PROXY": listed}


def _split(url: str) -> SplitResult | None:
    """The parts of an http address, else None."""
    if not url.isprintable() or re.search(r"[\s\\]", url):
        return None
    try:
        split = urlsplit(url)
        _ = split.port
    except ValueError:
        return None
    is_whole = split.scheme in ("http", "https") and split.hostname
    return split if is_whole and _SERVER.fullmatch(split.netloc.rpartition("@")[2]) else None


def _is_in_network(host: str, listed: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    for entry in listed.split(","):
        with suppress(ValueError):
            network = ipaddress.ip_network(entry.strip(), strict=False)
            if network.version == address.version and address in network:
                return True
    return False
