"""The warehouse's pages over HTTP, read-only: a browser opens no file from a page that came by http."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

import reasonmed_assets.quality.tables  # noqa: F401
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.lineage.diff.comparison import diff
from reasonmed_assets.lineage.trace.gathering import Snapshot, TraceError, find, gather
from reasonmed_assets.lineage.trace.story import tell
from reasonmed_assets.materialisation.metadata import published_picture
from reasonmed_assets.pages import diff_page, trace_page
from reasonmed_assets.pages.column_page import FOLDER
from reasonmed_assets.pages.data_docs import SERVED_AT
from reasonmed_assets.pages.published import (
    DIFFS_AT,
    FRESHNESS,
    PICTURES_AT,
    ROWS_AT,
    TRACES_AT,
    render_freshness,
    render_rows,
)
from reasonmed_assets.quality.schema import TABLES
from reasonmed_assets.storage import WarehouseError, open_warehouse
from reasonmed_assets.storage.freshness import freshness

_KINDS = ("", ".html", ".css", ".svg", ".png", ".csv")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_HEADERS = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_DIGITS = 9
ENTRANCE = "/pages/graph"
"""Where the printed link leads: on to the asset graph, with its groups open."""
_GRAPH = """<!doctype html><title>reasonmed</title><script>
// Dagster keeps here which groups of the graph are open, none at first. What the user has changed stays so.
const key = "asset-graph-open-graph-nodes-global-__GLOBAL__";
if (localStorage.getItem(key) === null) localStorage.setItem(key, JSON.stringify({ expanded: "GROUPS" }));
location.replace("/asset-groups");
</script><a href="/asset-groups">Open the graph</a>"""


class Pages(StaticFiles):
    """The pages in one folder: no list of it, nothing hidden, no link out of it, no other kind of file.

    Args:
        folder: it need not exist yet.
        script: what `script-src` allows, for a page that has a script.
    """

    def __init__(self, folder: Path, script: str = "'none'") -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self.config_checked = True
        self._policy = f"{_POLICY}; script-src {script}"

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file at a path; status 404 where there is none to be shown."""
        parts = Path(path).parts
        is_shown = Path(path).suffix in _KINDS and not any(part.startswith(".") for part in parts if part != ".")
        answer = await super().get_response(path if is_shown else "not shown", scope)
        answer.headers["Content-Security-Policy"] = self._policy
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


def with_pages(app: ASGIApp, warehouse: Path) -> ASGIApp:
    """An application that serves the pages of a warehouse under `/pages/`, and everything else by `app`.

    They are what `reasonmed quality` and each run write into `quality/`, the form of `reasonmed review export` where it
    was told to write into `review/` of the warehouse, and the rows and the picture of each table as published,
    with the trace of each row, and what each build changed.
    """

    async def first(request: Request) -> Response:
        has_report = (warehouse / "quality" / "index.html").is_file()
        return RedirectResponse(f"{SERVED_AT}/{'' if has_report else FRESHNESS}")

    async def graph(request: Request) -> Response:
        groups = ",".join(f"global@global:{group}" for group in dict.fromkeys(spec.group for spec in TABLES.values()))
        policy = {"Content-Security-Policy": f"{_POLICY}; script-src 'unsafe-inline'"}
        return HTMLResponse(_GRAPH.replace("GROUPS", groups), headers=_HEADERS | policy)

    # None of these is a coroutine: what reads the warehouse runs in a thread, beside the requests of others.
    def rows_of(request: Request) -> Response:
        spec = TABLES.get(request.path_params["table"])
        number = request.query_params.get("page", "1")
        if spec is None or not number.isdecimal() or len(number) > _DIGITS:
            return _told(f"There is no such page of rows. The tables are {', '.join(TABLES)}.", 404)
        try:
            with open_warehouse(warehouse).snapshot() as con:
                page = render_rows(con, spec, request.query_params.get("partition"), int(number))
        except WarehouseError as error:
            return _told(str(error), 503)
        return HTMLResponse(page, headers=_HEADERS)

    def trace_of(request: Request) -> Response:
        try:
            with open_warehouse(warehouse).snapshot() as con:
                snapshot = Snapshot(con)
                rows = gather(snapshot, find(snapshot, request.path_params["wanted"]))
        except TraceError as error:
            return _told(str(error), 404)
        except WarehouseError as error:
            return _told(str(error), 503)
        return HTMLResponse(trace_page.render(tell(rows, None), warehouse, rows.asked.id), headers=_HEADERS)

    def diff_of(request: Request) -> Response:
        build = request.path_params["build"]
        states = (f"b{build - 1}", f"b{build}")
        if build <= 1:
            return _told("Before the first recorded build there is none to compare it with.", 404)
        try:
            page = diff_page.render(diff(warehouse, *states), warehouse, states)
        except ReasonmedError as error:
            return _told(str(error), 404)
        return HTMLResponse(page, headers=_HEADERS)

    def freshness_of(request: Request) -> Response:
        try:
            opened = open_warehouse(warehouse)
            if not opened.has_snapshot:
                return HTMLResponse(render_freshness([], str(warehouse)), headers=_HEADERS)
            with opened.snapshot() as con:
                page = render_freshness(freshness(con), str(warehouse))
        except WarehouseError as error:
            return _told(str(error), 503)
        return HTMLResponse(page, headers=_HEADERS)

    def picture_of(request: Request) -> Response:
        spec = TABLES.get(request.path_params["table"])
        try:
            image = published_picture(open_warehouse(warehouse), spec) if spec else None
        except WarehouseError as error:
            return _told(str(error), 503)
        return (
            Response(image, media_type="image/svg+xml", headers=_HEADERS)
            if image
            else _told("There is no picture.", 404)
        )

    return Starlette(
        routes=[
            Route("/pages/", first),
            Mount(f"{SERVED_AT}/{FOLDER}", Pages(warehouse / "quality" / FOLDER, script="'unsafe-inline'")),
            Route(ENTRANCE, graph),
            Route(f"{ROWS_AT}/{{table}}", rows_of),
            Route(f"{TRACES_AT}/{{wanted}}", trace_of),
            Route(f"{DIFFS_AT}/{{build:int}}", diff_of),
            Route(f"{PICTURES_AT}/{{table}}.svg", picture_of),
            Route(f"{SERVED_AT}/{FRESHNESS}", freshness_of),
            Mount(SERVED_AT, Pages(warehouse / "quality")),
            Mount("/pages/review", Pages(warehouse / "review", script="'unsafe-inline'")),
            Mount("/", app),
        ]
    )


def _told(text: str, status: int) -> Response:
    return PlainTextResponse(text, status_code=status, headers=_HEADERS)
