"""Whether a request to a server on this machine may be answered, by its Host and its Origin.

Every web page that the user opens can send requests to 127.0.0.1. A page of another site is told by the Origin that
its browser sends along, a name that was pointed at 127.0.0.1 (DNS rebinding) by the Host.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""The names of this machine, with any port: a forwarded port (`ssh -L`) has another number."""

_HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:]+\])(:(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def refusal(hosts: Sequence[str], origins: Sequence[str], names: Collection[str] = LOOPBACK) -> str | None:
    """Why a request is refused, or None.

    Args:
        hosts: the values of its Host headers.
        origins: the values of its Origin headers; none where no page of another site sent it.
        names: the hosts that are served.
    """
    host = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    if host is None or host["name"].lower() not in names:
        return f"the request is for the host {', '.join(hosts) or '(none)'}, and this server answers for " + ", ".join(
            sorted(names)
        )
    if len(origins) > 1 or any(not _is_same(origin, host) for origin in origins):
        return f"the request comes from a page of {', '.join(origins)}, not of {hosts[0]}"
    return None


def _is_same(origin: str, host: re.Match[str]) -> bool:
    scheme, separator, rest = origin.partition("://")
    of_page = _HOST.fullmatch(rest)
    if scheme not in _PORTS or not separator or of_page is None:
        return False
    default = _PORTS[scheme]
    return (of_page["name"].lower(), int(of_page["port"] or default)) == (
        host["name"].lower(),
        int(host["port"] or default),
    )
