"""The warehouse's pages over HTTP: only pages, only those, and nothing that a page could do with the UI."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builds import Built
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from reasonmed_assets.orchestration.ui.pages import with_pages


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    async def dagster(request: Request) -> PlainTextResponse:
        return PlainTextResponse("dagster")

    warehouse = tmp_path / "warehouse"
    docs = warehouse / "quality" / "data_docs"
    docs.mkdir(parents=True)
    (warehouse / "ledger.sqlite").write_text("paid")
    (warehouse / "ui.token").write_text("token")
    (warehouse / "quality" / "index.html").write_text("<h1>report</h1>")
    (docs / "index.html").write_text("<h1>docs</h1>")
    (warehouse / "quality" / "columns").mkdir()
    (warehouse / "quality" / "columns" / "index.html").write_text("<h1>columns</h1>")
    (docs / "style.css").write_text("h1 {}")
    (warehouse / "quality" / "notes.py").write_text("print()")
    (warehouse / "quality" / ".hidden.html").write_text("hidden")
    (warehouse / "quality" / "link.html").symlink_to(warehouse / "ledger.sqlite")
    (warehouse / "quality" / "empty").mkdir()
    return TestClient(with_pages(Starlette(routes=[Route("/{path:path}", dagster)]), warehouse))


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("/pages/", "report", "text/html"),
        ("/pages/quality/", "report", "text/html"),
        ("/pages/quality/index.html", "report", "text/html"),
        ("/pages/quality/data_docs/", "docs", "text/html"),
        ("/pages/quality/data_docs/style.css", "h1 {}", "text/css"),
    ],
)
def test_pages_are_shown_by_their_type_and_can_do_nothing(client: TestClient, path: str, text: str, kind: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200 and text in answer.text
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'none'" in policy and "form-action 'none'" in policy


def test_only_the_page_of_columns_may_run_its_script(client: TestClient) -> None:
    for place in ("/pages/quality/columns/", "/pages/quality/columns/index.html"):
        answer = client.get(place)
        assert (answer.status_code, answer.text) == (200, "<h1>columns</h1>")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src 'unsafe-inline'" in policy
    assert "token" not in client.get("/pages/quality/columns/%2e%2e/%2e%2e/ui.token").text


@pytest.mark.parametrize(
    "path",
    ["ledger.sqlite", "../ledger.sqlite", "%2e%2e/ledger.sqlite", "..%2fui.token", "data_docs/../../ledger.sqlite",
     "data_docs/%2e%2e/%2e%2e/ui.token", "%2fetc/passwd", "//etc/passwd", "notes.py", ".hidden.html", "link.html",
     "empty/", "nothing.html", "%00.html", "a" * 5000],
)  # fmt: skip
def test_nothing_else_is_shown(client: TestClient, path: str) -> None:
    answer = client.get(f"/pages/quality/{path}")
    assert answer.status_code == 404 or answer.text == "dagster", answer.text
    assert "paid" not in answer.text and "token" not in answer.text


def test_the_freshness_of_a_warehouse_without_a_publish_is_a_page(client: TestClient) -> None:
    answer = client.get("/pages/quality/freshness.html")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert "Nothing is published yet." in answer.text


def test_they_are_read_only_and_the_rest_is_dagster_s(client: TestClient) -> None:
    assert client.post("/pages/quality/index.html").status_code == 405
    assert client.get("/pages/review/reviews.html").status_code == 404
    assert client.get("/runs").text == "dagster"


def test_each_row_leads_to_its_trace(rehearsal: Built) -> None:
    client = TestClient(with_pages(Starlette(), rehearsal.folder))
    rows = client.get("/pages/rows/reasonmed?partition=mmlu").text
    link = re.search(r'<a href="(/pages/trace/[0-9a-f]{16})">trace</a>', rows)
    assert link is not None
    answer = client.get(link[1])
    assert answer.status_code == 200 and "reasonmed trace" in answer.text
    assert "script-src" not in answer.headers["content-security-policy"], "default-src 'none' allows no script"
    call = re.search(r'<a href="(/pages/trace/[0-9a-f]+)">trace</a>', client.get("/pages/rows/llm_calls").text)
    assert call is not None and client.get(call[1]).status_code == 200
    missing = client.get("/pages/trace/%3Cscript%3E")
    assert (missing.status_code, missing.headers["content-type"].partition(";")[0]) == (404, "text/plain")
    assert '<a href="/pages/diff/1">what it changed</a>' in client.get("/pages/rows/builds").text
    assert client.get("/pages/diff/1").status_code == client.get("/pages/diff/99").status_code == 404
