"""The notebook in docs runs, on the public names of the package alone."""

from __future__ import annotations

import ast
import html
import json
from pathlib import Path

import polars as pl
import pytest
from builds import Built

import reasonmed_assets

NOTEBOOK = Path(__file__).parents[1] / "docs/guides/python.ipynb"


def _run(cell: str, names: dict[str, object]) -> object:
    """Execute a cell as a notebook does; what its last line gives, where that is an expression."""
    tree = ast.parse(cell)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if isinstance(last, ast.Expr) else None


def test_the_notebook_runs(
    rehearsal: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "warehouse").symlink_to(rehearsal.folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", None)
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    shown = [_run("".join(cell["source"]), names) for cell in cells if cell["cell_type"] == "code"]
    funnel, tiers, schema, calls, roles, summary, _ = shown
    assert isinstance(funnel, pl.DataFrame) and funnel.height == 4
    assert isinstance(tiers, pl.DataFrame) and tiers["examples"].sum() == rehearsal.value(
        "select count(*) from example"
    )
    assert schema.names == ["source", "question_id", "verdict", "reason"]  # type: ignore[attr-defined]
    assert "Role: generator" in calls._repr_html_()  # type: ignore[attr-defined]
    assert ("generator", "completed") in [role[:2] for role in roles]  # type: ignore[attr-defined]
    assert "complete: " in summary._repr_html_()  # type: ignore[attr-defined]
    assert "raw_questions" in capsys.readouterr().out
    assert {"wh", "other", "reasonmed_assets"} <= names.keys()


def test_the_public_names_are_few() -> None:
    methods = [name for name in vars(reasonmed_assets.Warehouse) if not name.startswith("_")]
    assert sorted([*reasonmed_assets.__all__, *methods]) == [
        "ReasonmedError",
        "Warehouse",
        "build",
        "diff",
        "plan",
        "show",
        "sql",
        "table",
        "trace",
    ]


def test_a_trace_is_shown_as_a_tree(rehearsal: Built) -> None:
    wh = reasonmed_assets.Warehouse(rehearsal.folder)
    path_id, text = rehearsal.query("select path_id, path_text from reasoning_paths where path_text is not null")[0]
    traced, full = wh.trace(str(path_id)), wh.trace(str(path_id), full=True)
    assert str(text) in {path["path_text"] for path in traced.to_json()["tables"]["reasoning_paths"]}
    assert "Role: generator" in repr(full) and "Role: generator" not in repr(traced)
    assert "<details>" in full._repr_html_() and html.escape(str(text)) in full._repr_html_()
    with pytest.raises(reasonmed_assets.ReasonmedError):
        wh.trace("nowhere at all")


def test_what_cannot_be_given_or_found_is_an_error_of_the_package(rehearsal: Built) -> None:
    wh = reasonmed_assets.Warehouse(rehearsal.folder)
    for query in ("select 1 as a, 2 as a", "select interval 1 day as a"):
        with pytest.raises(reasonmed_assets.ReasonmedError, match='rows="arrow"'):
            wh.sql(query)
        assert wh.sql(query, "arrow").num_rows == 1
    for unknown in ("\ud800", "\0", "nowhere"):
        with pytest.raises(reasonmed_assets.ReasonmedError, match="has the id"):
            wh.show(unknown)
    with pytest.raises(reasonmed_assets.ReasonmedError, match="nowhere"):
        wh.build(source="nowhere", once=True)
