"""The guard over real HTTP: what a page of another site can make a browser send is refused before the UI sees it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from reasonmed_assets.orchestration.ui.guard import Guard

TOKEN = "the-token-of-this-start"
MUTATION = json.dumps({"query": "mutation { launch }"})
JSON = ("Content-Type", "application/json")
HANDSHAKE = [
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
]
Headers = Sequence[tuple[str, str]]


@dataclass
class Served:
    """An application behind the guard, and the requests that reached it."""

    port: int
    reached: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def cookie(self) -> tuple[str, str]:
        return "Cookie", f"reasonmed_ui_{self.port}={TOKEN}"

    @property
    def own(self) -> tuple[str, str]:
        return "Origin", f"http://{self.host}"

    def send(
        self, method: str, path: str, headers: Headers, body: str = "", hosts: Sequence[str] | None = None
    ) -> http.client.HTTPResponse:
        """Send exactly these headers, beside the length."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for host in [self.host] if hosts is None else hosts:
            connection.putheader("Host", host)
        for name, value in headers:
            connection.putheader(name, value.format(port=self.port))
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body.encode() or None)
        return connection.getresponse()


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    reached: list[str] = []

    async def answer(request: Request) -> PlainTextResponse:
        reached.append(f"{request.method} {request.url.path}")
        return PlainTextResponse("reached")

    async def talk(websocket: WebSocket) -> None:
        reached.append("websocket")
        await websocket.accept()
        await websocket.close()

    methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
    app = Starlette(routes=[WebSocketRoute("/graphql", talk), Route("/{path:path}", answer, methods=methods)])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            Guard(app, TOKEN, "/warehouse/ui.token", ["desk.example"]), lifespan="off", log_level="warning"
        )
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, args=([listening],), daemon=True)
        thread.start()
        yield Served(listening.getsockname()[1], reached)
        running.should_exit = True
        thread.join()


@pytest.fixture
def served(server: Served) -> Served:
    server.reached.clear()
    return server


ATTACKS = {
    "a page of another site posts a form": ("POST", "/graphql", [("Origin", "https://evil.example"),
        ("Content-Type", "application/x-www-form-urlencoded")]),
    "JSON as a text, which needs no preflight": ("POST", "/graphql", [("Origin", "https://evil.example"),
        ("Content-Type", "text/plain")]),
    "JSON, after a preflight": ("POST", "/graphql", [("Origin", "https://evil.example"), JSON]),
    "the preflight": ("OPTIONS", "/graphql", [("Origin", "https://evil.example"),
        ("Access-Control-Request-Method", "POST")]),
    "another port of this machine": ("POST", "/graphql", [("Origin", "http://127.0.0.1:1"), JSON]),
    "another name of this machine": ("POST", "/graphql", [("Origin", "http://localhost:{port}"), JSON]),
    "https in front of the same name": ("POST", "/graphql", [("Origin", "https://127.0.0.1"), JSON]),
    "a sandboxed frame": ("POST", "/graphql", [("Origin", "null"), JSON]),
    "an extension": ("POST", "/graphql", [("Origin", "chrome-extension://abcdef"), JSON]),
    "a name that begins like ours": ("POST", "/graphql", [("Origin", "http://127.0.0.1:{port}.evil.example"), JSON]),
    "a user before the name": ("POST", "/graphql", [("Origin", "http://127.0.0.1:{port}@evil.example"), JSON]),
    "two origins": ("POST", "/graphql", [("Origin", "http://127.0.0.1:{port}"), ("Origin", "https://evil.example"),
        JSON]),
    "a mutation by query string": ("GET", "/graphql?query=mutation%20%7B%20launch%20%7D",
        [("Origin", "http://127.0.0.1:{port}")]),
    "the same in an image of another site": ("GET", "/graphql?query=mutation%20%7B%20launch%20%7D",
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")]),
    "the same by a browser that says nothing": ("GET", "/graphql?query=mutation%20%7B%20launch%20%7D", []),
    "the same with another spelling": ("GET", "/%67raphql?query=mutation%20%7B%20launch%20%7D", []),
    "the same by HEAD": ("HEAD", "/graphql?query=mutation%20%7B%20launch%20%7D", []),
    "a frame of another port": ("GET", "/", [("Sec-Fetch-Site", "same-site")]),
    "a text that mentions JSON": ("POST", "/graphql", [("Origin", "http://127.0.0.1:{port}"),
        ("Content-Type", "text/plain; application/json")]),
    "two content types": ("POST", "/graphql", [("Origin", "http://127.0.0.1:{port}"), JSON,
        ("Content-Type", "text/plain")]),
    "no content type": ("POST", "/graphql", [("Origin", "http://127.0.0.1:{port}")]),
    "a browser that does not say which page": ("POST", "/graphql", [JSON]),
    "another method": ("PUT", "/graphql", [("Origin", "http://127.0.0.1:{port}"), JSON]),
    "a report of a materialisation": ("POST", "/report_asset_materialization/questions?partition=mmlu",
        [("Origin", "https://evil.example")]),
    "a websocket of another site": ("GET", "/graphql", [("Origin", "https://evil.example"), *HANDSHAKE]),
    "a websocket of a sandboxed frame": ("GET", "/graphql", [("Origin", "null"), *HANDSHAKE]),
    "a websocket of nobody": ("GET", "/graphql", HANDSHAKE),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_even_with_the_cookie(served: Served, attack: str) -> None:
    """The worst case: the browser sends the cookie along, as it does for another port of this machine."""
    method, path, headers = ATTACKS[attack]
    answer = served.send(method, path, [*headers, served.cookie], MUTATION if method == "POST" else "")
    assert (answer.status, served.reached) == (403, [])
    assert "access-control-allow-origin" not in answer.headers
    assert method == "HEAD" or answer.read().startswith(b"Refused: ")


@pytest.mark.parametrize(
    "hosts",
    [["evil.example"], ["evil.example:3000"], ["127.0.0.1.evil.example"], ["localhost.evil.example:3000"],
     ["localhost."], ["[::1].evil.example"], ["127.0.0.2"], ["0.0.0.0:3000"], ["localhost", "evil.example"], [], [""],
     ["localhost:port"]],
)  # fmt: skip
def test_a_name_that_was_pointed_at_this_machine_is_refused(served: Served, hosts: list[str]) -> None:
    origin = ("Origin", f"http://{hosts[0]}" if hosts else "http://evil.example")
    for headers in ([("Authorization", f"Bearer {TOKEN}"), origin, JSON], [("Authorization", f"Bearer {TOKEN}"), JSON]):
        answer = served.send("POST", "/graphql", headers, MUTATION, hosts)
        # A request without a host, or with two, is none of HTTP; the server itself may say so.
        assert answer.status in ((403,) if len(hosts) == 1 else (400, 403))
    assert served.reached == []


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", TOKEN[:-1], "\xff"])
@pytest.mark.parametrize("kind", ["request", "websocket"])
def test_without_the_token_nothing_is_answered(served: Served, token: str | None, kind: str) -> None:
    given = [("Authorization", f"Bearer {token}"), ("Cookie", f"reasonmed_ui_{served.port}={token}")] if token else []
    if kind == "websocket":
        assert served.send("GET", "/graphql", [served.own, *HANDSHAKE, *given]).status == 403
    else:
        answer = served.send("POST", "/graphql", [served.own, JSON, *given], MUTATION)
        assert answer.status == 403 and b"/warehouse/ui.token" in answer.read()
    assert served.reached == []


def test_the_pages_of_the_ui_and_scripts_pass(served: Served) -> None:
    own, bearer = [served.own, served.cookie], [("Authorization", f"Bearer {TOKEN}")]
    same = [("Sec-Fetch-Site", "same-origin"), served.cookie]
    requests = [
        ("GET", "/", [("Sec-Fetch-Site", "none"), served.cookie]), ("GET", "/runs", same), ("GET", "/graphql", same),
        ("POST", "/graphql", [*own, JSON]), ("POST", "/graphql", [*same, JSON]),
        ("POST", "/graphql", [*own, ("Content-Type", "application/json; charset=utf-8")]),
        ("GET", "/server_info", bearer), ("POST", "/graphql", [*bearer, JSON]),
    ]  # fmt: skip
    for method, path, headers in requests:
        assert served.send(method, path, headers, MUTATION if method == "POST" else "").status == 200, (path, headers)
    for headers in ([*own, *HANDSHAKE], [*bearer, *HANDSHAKE]):
        assert served.send("GET", "/graphql", headers).status == 101
    assert len(served.reached) == len(requests) + 2


@pytest.mark.parametrize(
    "host", ["localhost:3000", "127.0.0.1:8123", "[::1]:4000", "localhost", "LocalHost:3000", "desk.example:8443"]
)
def test_a_forwarded_port_and_a_declared_host_pass(served: Served, host: str) -> None:
    port = host.rpartition(":")[2]
    cookie = f"reasonmed_ui_{port}" if port.isdigit() else "reasonmed_ui"
    headers = [("Origin", f"http://{host}"), ("Cookie", f"{cookie}={TOKEN}"), JSON]
    assert served.send("POST", "/graphql", headers, MUTATION, [host]).status == 200


def test_behind_a_proxy_the_page_may_come_by_https(served: Served) -> None:
    headers = [("Origin", "https://desk.example"), ("Cookie", f"reasonmed_ui={TOKEN}"), JSON]
    assert served.send("POST", "/graphql", headers, MUTATION, ["desk.example"]).status == 200


def test_the_printed_link_becomes_a_cookie_and_a_clean_address(served: Served) -> None:
    answer = served.send("GET", f"/?token={TOKEN}", [("Sec-Fetch-Site", "none")])
    assert (answer.status, answer.headers["location"]) == (303, "/pages/graph")
    cookie, *attributes = [part.strip().lower() for part in answer.headers["set-cookie"].split(";")]
    assert cookie == f"reasonmed_ui_{served.port}={TOKEN}"
    assert {"httponly", "samesite=strict", "path=/"} <= set(attributes)
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert served.reached == []


def test_the_link_works_in_a_terminal_that_is_a_page(served: Served) -> None:
    """After a link on another site, a browser sends the cookie only with what a page of our own leads to."""
    answer = served.send("GET", f"/?token={TOKEN}", [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")])
    assert answer.status == 200 and TOKEN in answer.headers["set-cookie"]
    assert b"url=/" in answer.read()


def test_the_link_of_another_start_is_refused(served: Served) -> None:
    answer = served.send("GET", "/?token=old", [("Sec-Fetch-Site", "none"), served.cookie])
    assert answer.status == 403 and b"another start" in answer.read() and "set-cookie" not in answer.headers
    assert served.reached == []


def test_no_page_of_another_site_frames_or_reads_the_ui(served: Served) -> None:
    answer = served.send("GET", "/", [("Sec-Fetch-Site", "none"), served.cookie])
    assert (answer.headers["x-frame-options"], answer.headers["cross-origin-resource-policy"]) == (
        "DENY",
        "same-origin",
    )
