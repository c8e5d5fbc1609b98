"""Which requests a server on this machine answers, by Host and Origin; and that the servers of a build ask."""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.servers import LocalServer, embedded
from reasonmed_assets.servers.origins import refusal

FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Host": "evil.example"},
    {"Host": "evil.example", "Origin": "http://evil.example"},
]


@given(st.text())
def test_no_text_but_a_page_of_the_host_itself_is_an_origin(origin: str) -> None:
    own = origin.lower() in ("http://localhost:3000", "https://localhost:3000")
    assert (refusal(["localhost:3000"], [origin]) is None) == own


@given(st.text())
def test_no_text_but_a_name_of_this_machine_is_a_host(host: str) -> None:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    assert refusal([host], []) or name.lower() in ("localhost", "127.0.0.1", "[::1]")


def status(base_url: str, headers: dict[str, str], body: dict[str, object] | None = None) -> int:
    """The status of a request for a completion; of the list of models where there is no body."""
    url = urlsplit(base_url)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=60)
    try:
        if body is None:
            connection.request("GET", "/v1/models", headers=headers)
        else:
            connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture(scope="module", params=["simulated", pytest.param("embedded", marks=pytest.mark.slow)])
def base_url(request: pytest.FixtureRequest) -> Iterator[str]:
    command = [sys.executable, "-m", f"reasonmed_assets.servers.{request.param}", "--exit-with-parent"]
    with LocalServer(command, request.param) as server:
        yield server.base_url


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_page_of_another_site_gets_nothing_from_a_server_of_a_build(base_url: str, headers: dict[str, str]) -> None:
    body = {"model": embedded.MODEL_NAME, "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 5}
    assert status(base_url, headers) == 403
    assert status(base_url, headers | {"Content-Type": "text/plain"}, body) == 403
    assert status(base_url, {}) == 200
    assert status(base_url, {"Host": "localhost:1", "Content-Type": "application/json"}, body) == 200
