"""Texts in a terminal are data: no markup in them is read, and nothing in them controls the terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from builds import called
from hypothesis import given
from hypothesis import strategies as st

from reasonmed_assets.cli.summary import print_announcement
from reasonmed_assets.cli.terminal import new_console, new_table, print_rows, printable, say
from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.materialisation.display import PlainDisplay, TerminalDisplay

HOSTILE = "[/red] [bold :smile: \x1b[2J\x1b]0;title\x07 \x9b31m \u202egnp.exe \r\x00\x7f \udcff \ud83d"
SHOWN = r"[/red] [bold :smile: \x1b[2J\x1b]0;title"


def assert_harmless(said: str) -> None:
    assert SHOWN in said
    said.encode("utf-8")
    assert all(one.isprintable() or one in "\n\t" for one in said), ascii(said)


@given(st.text(st.characters()))
def test_what_is_printed_has_an_encoding_and_no_control_character(text: str) -> None:
    written = printable(text)
    written.encode("utf-8")
    controlling = {one for one in written if (one < " " and one not in "\n\t") or "\x7f" <= one <= "\x9f"}
    assert not controlling and not set(written) & set("\u202d\u202e\u2066")
    assert printable(written) == written


@pytest.mark.parametrize("text", ["plain", "naïve café", "中文", "Ж\nД\tЯ", "a\u00a0b\u3000c", "✓ ✗ …"])
def test_texts_that_people_write_stay_as_they_are(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert printable(text) == text
    say(text.replace("\t", " "))
    assert capsys.readouterr().out == text.replace("\t", " ") + "\n"


def test_every_way_to_print_shows_a_hostile_text_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE)
    assert_harmless(capsys.readouterr().out)
    say(HOSTILE, is_error=True)
    assert_harmless(capsys.readouterr().err)
    table = new_table([HOSTILE, "n"], HOSTILE)
    table.add_row(HOSTILE, "1")
    new_console().print(table, soft_wrap=True, width=200)
    assert_harmless(capsys.readouterr().out)
    console = new_console()
    console.width = 200
    print_rows(console, ["question", "n"], [False, True], [[HOSTILE, 1]])
    assert_harmless(capsys.readouterr().out)
    for display in (PlainDisplay(console), TerminalDisplay(console)):
        display.notice(HOSTILE, HOSTILE)
        display.table_failed("questions", HOSTILE, HOSTILE)
        assert_harmless(capsys.readouterr().out)


def test_the_bars_of_a_terminal_still_move_its_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    console = new_console()
    console.file, console.width = io.StringIO(), 200
    display = TerminalDisplay(console)
    display.started("[/step]\x1b[2J", 3)
    display._bars.refresh()
    display.finished("[/step]\x1b[2J", None)  # type: ignore[arg-type]
    said = console.file.getvalue()
    assert r"[/step]\x1" in said and "\x1b[2J" not in said
    assert "\x1b[?25l" in said


def test_a_description_and_a_path_are_printed_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "[/red] \x1b[2J \udcff"
    folder.mkdir(parents=True)
    profile = folder / "mine.toml"
    profile.write_text('extends = "simulated"\ndescription = "[/red] \\u001b[2J \\u202e"\n')
    settings = BuildSettings(profile=str(profile), warehouse=str(folder / "warehouse"))
    print_announcement(new_console(), settings)
    said = capsys.readouterr().out
    assert said.count(r"[/red] \x1b[2J") == 2 and "\x1b" not in said
    missing = called("sql", "select 1", "--warehouse", str(folder / "nothing"))
    assert missing.returncode == 1 and "\x1b" not in missing.stderr
    assert r"[/red] \x1b[2J \udcff/nothing" in missing.stderr
