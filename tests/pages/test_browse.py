"""The page of questions: what it draws and holds, what it leaves out, and what a reader does with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from browser import Browser, browser
from builds import Built, called
from html_page import Page
from quality_world import connect

from reasonmed_assets.pages.browse.page import BrowseError, Written, refuse_to_replace, write_page

HOSTILE = '</script><img src=x onerror=alert(1)><!-- <script> \u202e\u2066\x00\u2028 " \\ &lt; naïve'


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as con:
        yield con


def data_of(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Page(file).texts["data"])
    return found


def shown(file: Path) -> list[str]:
    return [question["id"] for question in data_of(file)["questions"]]


def test_questions_are_drawn_by_a_seeded_hash_the_same_bytes_each_time(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("a.html", "b.html", "other.html")]
    for file, seed in zip(files, (1, 1, 2), strict=True):
        assert write_page(con, file, seed=seed) == Written(7, 7, file.stat().st_size)
    assert files[0].read_bytes() == files[1].read_bytes()
    ids = [question_id for (question_id,) in con.execute("select question_id from questions").fetchall()]

    def by_hash(seed: int) -> list[str]:
        return sorted(ids, key=lambda one: hashlib.sha256(f"{seed}\x1fbrowse\x1f{one}".encode()).hexdigest())

    assert (shown(files[0]), shown(files[2])) == (by_hash(1), by_hash(2))
    assert by_hash(1) != by_hash(2)


def test_as_many_questions_are_shown_as_fit(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("update questions set question = repeat('a', 300000) where question_id = 'easy1'")
    file = tmp_path / "page.html"
    whole = write_page(con, file)
    drawn = shown(file)
    # What does not fit is passed over, and the others still come.
    budget = whole.n_bytes - 300_000
    some = write_page(con, file, budget_bytes=budget)
    assert file.stat().st_size == some.n_bytes <= budget
    assert shown(file) == [one for one in drawn if one != "easy1"]
    for less in (budget - 500, budget - 5_000, budget - 20_000):
        written = write_page(con, file, budget_bytes=less)
        assert file.stat().st_size == written.n_bytes <= less
        assert written.n_shown == len(shown(file)) <= some.n_shown
    with pytest.raises(BrowseError, match="no question fits into 1,000 bytes"):
        write_page(con, file, budget_bytes=1_000)


def test_a_warehouse_without_questions_is_named(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("delete from questions")
    with pytest.raises(BrowseError, match="build the warehouse first"):
        write_page(con, tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_texts_are_data(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("update questions set question = $1, subject = $1, options = [$1, 'b']", [HOSTILE])
    con.execute("update reasoning_paths set path_text = $1", [HOSTILE])
    write_page(con, tmp_path / "page.html")
    page = Page(tmp_path / "page.html")
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert "img" not in [tag for tag, _ in page.tags]
    for question in data_of(tmp_path / "page.html")["questions"]:
        assert (question["question"], question["options"][0]) == (HOSTILE, HOSTILE)
        assert {path["content"] for path in question.get("paths", []) if "content" in path} <= {HOSTILE}


def test_people_are_named_on_request_only(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("update overrides set decided_by = 'Dr. A.'")
    file = tmp_path / "page.html"
    write_page(con, file)
    assert "Dr. A." not in file.read_text(encoding="utf-8")
    decided = {one["id"]: one["overrides"] for one in data_of(file)["questions"] if "overrides" in one}
    assert {name: [one["kind"] for one in found] for name, found in decided.items()} == {
        "easy2": ["correct_key"],
        "unresolved": ["mark_doubt"],
    }
    write_page(con, file, with_names=True)
    named = data_of(file)["questions"]
    assert {one["decided_by"] for question in named for one in question.get("overrides", [])} == {"Dr. A."}
    assert {one["reviewer"] for question in named for one in question.get("reviews", [])} == {"Dr. A."}


def test_of_chosen_examples_nothing_else_is_shown(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute(
        "create temp table released as select example_id from reasonmed"
        " where (question_id, slot) in (('easy1', 2), ('medium', 1))"
    )
    write_page(con, tmp_path / "page.html", among="released")
    found = {one["id"]: one for one in data_of(tmp_path / "page.html")["questions"]}
    assert set(found) == {"easy1", "medium"}
    assert [one["id"] for one in found["easy1"]["paths"]] == ["easy1/qwen/2"]
    assert found["easy1"]["rewrites"] == found["medium"]["paths"] == []
    assert [one["id"] for one in found["medium"]["rewrites"]] == ["medium/refined/1/1"]
    assert [len(one["examples"]) for one in found.values()] == [1, 1]
    chosen = {one["id"] for question in found.values() for one in question["examples"]}
    scores = {(one["example_id"], one["text_role"]) for question in found.values() for one in question["scores"]}
    assert scores == set(
        con.execute("select example_id, text_role from quality_scores semi join released using (example_id)").fetchall()
    )
    assert {example_id for example_id, _ in scores} <= chosen
    # What people said is on a page for themselves alone.
    con.execute("create or replace temp table released as select example_id from reasonmed")
    con.execute("update overrides set reason = 'thought of Mrs. B.', decided_on = '2026-11-20'")
    con.execute("update reviews set comment = 'as Mrs. B. had it'")
    write_page(con, tmp_path / "all.html")
    assert (tmp_path / "all.html").read_text(encoding="utf-8").count("Mrs. B.") > 1
    for with_names in (False, True):
        write_page(con, tmp_path / "page.html", among="released", with_names=with_names)
        assert "Mrs. B." not in (tmp_path / "page.html").read_text(encoding="utf-8")
        assert not {"overrides", "reviews"} & {
            name for one in data_of(tmp_path / "page.html")["questions"] for name in one
        }


def test_only_a_page_of_its_own_is_replaced(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    ours, other, link = (tmp_path / name for name in ("ours.html", "other.html", "link.html"))
    write_page(con, ours)
    other.write_text("<html>mine</html>", encoding="utf-8")
    link.symlink_to(ours)
    refuse_to_replace(ours)
    refuse_to_replace(tmp_path / "new.html")
    for file in (other, link, tmp_path):
        with pytest.raises(BrowseError, match="give another file, so that it stays"):
            refuse_to_replace(file)


def test_the_command_shows_what_the_warehouse_holds(rehearsal: Built, tmp_path: Path) -> None:
    file, mine = tmp_path / "page.html", tmp_path / "notes.html"
    mine.write_text("mine", encoding="utf-8")
    place = ("--warehouse", str(rehearsal.folder))
    refused = called("browse", str(mine), *place)
    assert (refused.returncode, mine.read_text(encoding="utf-8")) == (1, "mine")
    within = called("browse", str(rehearsal.folder / "page.html"), *place)
    assert (within.returncode, "choose a file elsewhere" in within.stderr) == (1, True)
    for _ in range(2):
        done = called("browse", str(file), *place)
        assert done.returncode == 0, done.stderr
    n = rehearsal.value("select count(*) from questions")
    assert f"{file}: {n} of {n} questions" in done.stdout
    assert sorted(one.name for one in tmp_path.iterdir()) == ["notes.html", "page.html"]
    assert str(rehearsal.folder) not in file.read_text(encoding="utf-8")
    questions = data_of(file)["questions"]
    for part, table in (("paths", "reasoning_paths"), ("rewrites", "refined_paths"), ("scores", "quality_scores")):
        assert sum(len(one.get(part, [])) for one in questions) == rehearsal.value(f"select count(*) from {table}")
    paths = {path["id"]: path for one in questions for path in one["paths"]}
    for path_id, is_correct, reason, text in rehearsal.query(
        "select path_id, is_correct, reason, path_text from verifications join reasoning_paths using (path_id)"
    ):
        path = paths[str(path_id)]
        said = {True: "correct", False: "wrong", None: None}[is_correct]  # type: ignore[index]
        assert (path.get("judged"), path.get("reason")) == (said, reason)
        assert text is None or path["content"] == text
    summaries = {example.get("summary") for one in questions for example in one.get("examples", [])}
    assert {text for (text,) in rehearsal.query("select summary from answer_summaries where is_accepted")} <= summaries


def _key(opened: Browser, tab: str, key: str) -> None:
    for kind in ("keyDown", "keyUp"):
        text = {"text": key} if kind == "keyDown" and len(key) == 1 else {}
        opened.send("Input.dispatchKeyEvent", tab, type=kind, key=key, **text)
    opened.value(tab, "new Promise(done => setTimeout(done, 120))")


@pytest.mark.slow
def test_a_reader_searches_filters_and_reads_by_keyboard_and_on_a_phone(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """From disk, with its policy in force, without a request to anywhere."""
    con.execute("update questions set question = $1 || ' x-ray (50%)' where question_id = 'easy1'", [HOSTILE])
    con.execute("update reasoning_paths set path_text = 'Ménière [a-z]' where path_id = 'medium/qwen/1'")
    write_page(con, tmp_path / "page.html")
    address = (tmp_path / "page.html").as_uri()
    with browser(tmp_path / "profile") as opened:
        tab = opened.open("about:blank")
        ready = "new Promise(done => document.readyState === 'complete' ? done(1) : addEventListener('load', done))"
        later = "new Promise(done => setTimeout(done, 400))"

        def listed() -> list[str]:
            found: list[str] = opened.value(tab, "[...document.querySelectorAll('#list a')].map(one => one.dataset.id)")
            return found

        def reader() -> str:
            return str(opened.value(tab, "document.getElementById('reader').innerText"))

        def go(place: str) -> None:
            opened.send("Page.navigate", tab, url=f"{address}#{place}")
            opened.value(tab, f"{ready}.then(() => {later})")

        go("q=x-ray+(50%25)")
        assert listed() == ["easy1"]
        assert opened.value(tab, "[...document.querySelectorAll('mark')].map(one => one.textContent)") == [
            "x-ray", "(50%)",
        ]  # fmt: skip
        opened.value(tab, "document.querySelector('#list a').click()")
        opened.value(tab, later)
        assert opened.value(tab, "location.hash").endswith("row=easy1")
        assert "</script><img src=x onerror=alert(1)>" in reader()
        for sign in ("U+202E", "U+2066", "U+0000", "U+2028"):
            assert sign in reader()
        assert opened.value(tab, "document.images.length") == 0
        # What has an accent is found without it; a row can be linked by the id of one of its paths.
        go("q=meniere+%5Ba-z%5D&row=medium/qwen/2")
        assert listed() == ["medium"]
        assert "1 of 1" in reader()
        opened.value(tab, "document.getElementById('clear').click()")
        opened.value(tab, later)
        assert len(listed()) == 7
        opened.value(tab, "document.activeElement.blur()")
        _key(opened, tab, "j")
        assert listed().index(opened.value(tab, "state.row")) == listed().index("medium") + 1
        _key(opened, tab, "/")
        assert opened.value(tab, "document.activeElement.id") == "words"
        select = "const by = document.getElementById('by-tier'); by.value = 'easy';"
        opened.value(tab, f"{{ {select} by.dispatchEvent(new Event('change')) }}")
        opened.value(tab, later)
        assert sorted(listed()) == ["easy1", "easy2"]
        assert opened.value(tab, "location.hash").startswith("#tier=easy&")
        for order in ("constructor", "__proto__", "nothing"):
            go(f"order={order}&row=easy1")
            assert (len(listed()), opened.value(tab, "document.getElementById('order').value")) == (7, "drawn")
        go("row=nothing")
        assert "There is no question, example or path nothing on this page" in reader()
        phone = {"width": 390, "height": 780, "deviceScaleFactor": 1, "mobile": True}
        opened.send("Emulation.setDeviceMetricsOverride", tab, **phone)
        go("tier=easy&row=easy1")
        assert opened.value(tab, "document.documentElement.scrollWidth") == 390
        seen = "getComputedStyle(document.getElementById('{}')).display !== 'none'"
        assert [opened.value(tab, seen.format(name)) for name in ("side", "reader")] == [False, True]
        opened.value(tab, "document.querySelector('.back').click()")
        opened.value(tab, later)
        assert [opened.value(tab, seen.format(name)) for name in ("side", "reader")] == [True, False]
        assert opened.value(tab, "document.documentElement.scrollWidth") == 390
        assert opened.value(tab, "performance.getEntriesByType('resource').length") == 0
        # Of chosen examples alone no share of the paths is drawn.
        con.execute("create temp table released as select example_id from reasonmed where slot = 1")
        drawn = "document.querySelectorAll('.dots, .share:not([style*=\"width: 0%\"])').length"
        go("row=easy1")
        assert opened.value(tab, drawn) > 0
        write_page(con, tmp_path / "chosen.html", among="released")
        opened.send("Page.navigate", tab, url=f"{(tmp_path / 'chosen.html').as_uri()}#row=easy1")
        opened.value(tab, f"{ready}.then(() => {later})")
        assert opened.value(tab, drawn) == 0
        assert "paths correct" in reader()
