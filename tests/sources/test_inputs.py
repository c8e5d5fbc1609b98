"""Input files are what they were when they were first read; what changes meanwhile or afterwards is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reasonmed_assets.sources import ChangedError, InputFiles

_APPEND = "import sys, os\nwith open(sys.argv[1], 'ab', 0) as file:\n while True: file.write(b' ')"
_REPLACE = (
    "import sys, os\nfile = sys.argv[1]\nwhile True:\n os.link(file, file + '.new')\n"
    " open(file + '.other', 'wb').truncate(os.path.getsize(file)); os.replace(file + '.other', file)\n"
    " os.unlink(file + '.new')"
)
_OVERWRITE = "import sys, os\nwith open(sys.argv[1], 'r+b', 0) as file:\n while True: file.seek(0), file.write(b'x')"


def test_a_file_is_read_once(tmp_path: Path) -> None:
    inputs, file = InputFiles(), tmp_path / "a.jsonl"
    file.write_bytes(b"first")
    assert (inputs.read(file), inputs.matching(tmp_path, "*.jsonl")) == (b"first", [file])
    digest = inputs.digest(file)
    file.write_bytes(b"second")
    (tmp_path / "b.jsonl").write_bytes(b"late")
    assert (inputs.read(file), inputs.digest(file)) == (b"first", digest)
    assert inputs.matching(tmp_path, "*.jsonl") == [file]
    assert inputs.changed() == [file, tmp_path / "b.jsonl"]


def test_a_file_with_the_same_content_has_not_changed(tmp_path: Path) -> None:
    inputs, file = InputFiles(), tmp_path / "a.jsonl"
    file.write_bytes(b"first")
    inputs.read(file)
    (tmp_path / "copy").write_bytes(b"first")
    (tmp_path / "copy").replace(file)
    assert inputs.changed() == []
    file.unlink()
    assert inputs.changed() == [file]


@pytest.mark.parametrize("change", [_APPEND, _OVERWRITE, _REPLACE], ids=["append", "overwrite", "replace"])
def test_a_file_that_changes_while_it_is_read_is_not_used(change: str, tmp_path: Path) -> None:
    file = tmp_path / "large.jsonl"
    with file.open("wb") as new:
        os.truncate(new.fileno(), 256 * 1024**2)
    writer = subprocess.Popen([sys.executable, "-c", change, str(file)])
    try:
        first = file.stat()
        while (file.stat().st_mtime_ns, file.stat().st_ino) == (first.st_mtime_ns, first.st_ino):
            assert writer.poll() is None
        inputs = InputFiles()
        with pytest.raises(ChangedError, match=r"large\.jsonl: it changed while it was read"):
            inputs.read(file)
    finally:
        writer.kill()
        writer.wait()
    # All tables of the build agree that it cannot be used.
    with pytest.raises(ChangedError):
        inputs.digest(file)
    assert inputs.changed() == [file]
