"""The guard before the UI: it answers only requests of its own pages and of scripts that have the token.

A web page of another site can make a browser send requests here. They are told by Host, Origin and Sec-Fetch-Site, they
lack the token (a cookie that browsers send for no other site), and they cannot have the content type of GraphQL.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reasonmed_assets.orchestration.ui.pages import ENTRANCE
from reasonmed_assets.servers.origins import LOOPBACK, refusal

_READING = ("GET", "HEAD")
_ENTERED = f'<!doctype html><meta http-equiv="refresh" content="0;url={ENTRANCE}"><a href="{ENTRANCE}">Open the UI</a>'
_HEADERS = {"X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin"}


class Guard:
    """An ASGI application that hands on to another one what it does not refuse.

    Args:
        app: Dagster's webserver.
        token: who has it may do what the UI can.
        token_file: where scripts find the token, for messages.
        names: hosts that are served, beside those of this machine.
    """

    def __init__(self, app: ASGIApp, token: str, token_file: str, names: Collection[str] = ()) -> None:
        self._app = app
        self._token = token
        self._token_file = token_file
        self._names = LOOPBACK | {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or a handshake of a websocket: by a refusal, or as the application does."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_unframed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        answer = self._answer(HTTPConnection(scope)) or self._app
        await answer(scope, receive, send_unframed)

    def _answer(self, request: HTTPConnection) -> Response | None:
        """A refusal, or the way in by the printed link; None where the application answers."""
        headers = request.headers
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if why := refusal(hosts, origins, self._names):
            return _refused(f"{why}. Open the UI at that address; `reasonmed ui --allow-host NAME` adds a host.")
        is_read = request.scope["type"] == "http" and request.scope["method"] in _READING
        given = request.query_params.get("token")
        if is_read and request.url.path == "/" and given is not None:
            return self._entered(request, given)
        site = headers.get("sec-fetch-site")
        if site not in (None, "none", "same-origin"):
            return _refused(f"the request comes from a page of another site (Sec-Fetch-Site: {site}).")
        by_header = self._is_token(headers.get("authorization", "").removeprefix("Bearer "))
        if not by_header and not self._is_token(request.cookies.get(_cookie(hosts[0]), "")):
            return _refused(
                "it lacks the token. Open the link that `reasonmed ui` printed when it started; a script sends "
                f"`Authorization: Bearer TOKEN` with the token in {self._token_file}."
            )
        if not is_read and not by_header and not origins and site is None:
            return _refused("the browser does not say which page sent it (no Origin and no Sec-Fetch-Site).")
        return self._refused_by_kind(request, is_read)

    def _entered(self, request: HTTPConnection, given: str) -> Response:
        if not self._is_token(given):
            return _refused("the link is of another start of the UI: open the one that it printed last.")
        # After a link on another site, a browser sends the cookie only with what a page of our own leads to.
        is_other = request.headers.get("sec-fetch-site") not in (None, "none", "same-origin")
        answer = HTMLResponse(_ENTERED) if is_other else RedirectResponse(ENTRANCE, status_code=303)
        answer.set_cookie(_cookie(request.headers["host"]), self._token, httponly=True, samesite="strict")
        answer.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
        return answer

    def _refused_by_kind(self, request: HTTPConnection, is_read: bool) -> Response | None:
        if is_read and request.url.path.rstrip("/") == "/graphql" and request.url.query:
            return _refused("GraphQL is not answered by query string: send POST with Content-Type: application/json.")
        kinds = request.headers.getlist("content-type")
        is_json = len(kinds) == 1 and kinds[0].partition(";")[0].strip().lower() == "application/json"
        if request.scope["type"] == "http" and not is_read and not (request.scope["method"] == "POST" and is_json):
            return _refused("send POST with Content-Type: application/json.")
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())


def _cookie(host: str) -> str:
    """The name of the cookie: a browser keeps one store for all ports of a host."""
    return f"reasonmed_ui_{host.rpartition(':')[2]}" if host[-1].isdigit() and ":" in host else "reasonmed_ui"


def _refused(why: str) -> Response:
    return PlainTextResponse(f"Refused: {why}\n", status_code=403)
