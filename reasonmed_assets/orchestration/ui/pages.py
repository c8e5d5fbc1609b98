"""The warehouse's pages over HTTP, read-only: a browser opens no file from a page that came by http."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from reasonmed_assets.pages.column_page import FOLDER
from reasonmed_assets.pages.data_docs import SERVED_AT

_KINDS = ("", ".html", ".css", ".svg", ".png", ".csv")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


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

    They are what `reasonmed quality` writes into `quality/`, and the form of `reasonmed review export` where it was
    told to write into `review/` of the warehouse.
    """

    async def first(request: Request) -> Response:
        return RedirectResponse(f"{SERVED_AT}/")

    return Starlette(
        routes=[
            Route("/pages/", first),
            Mount(f"{SERVED_AT}/{FOLDER}", Pages(warehouse / "quality" / FOLDER, script="'unsafe-inline'")),
            Mount(SERVED_AT, Pages(warehouse / "quality")),
            Mount("/pages/review", Pages(warehouse / "review", script="'unsafe-inline'")),
            Mount("/", app),
        ]
    )
