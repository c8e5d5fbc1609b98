"""The files of an export, in a folder that may hold others: written aside, then moved, never over one of the user's."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.machine import temporary_folder

MANIFEST = "export.json"
"""SHA-256 of every file of the export, by name."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHOWN = 5


class ExportError(ReasonmedError):
    """An export that is refused; the message says what to allow or to change."""


def replaceable(folder: Path, names: Sequence[str], *, force: bool) -> list[Path]:
    """The files of the earlier export in a folder, which a new one replaces; none where there is none.

    Args:
        folder: it need not exist.
        names: the files that the new export writes.
        force: whether to replace an earlier one.

    Raises:
        ExportError: a file is in the way, and it is not one of an earlier export as that wrote it, or not `force`.
    """
    digests = _digests(folder / MANIFEST) if force else {}
    if digests.keys().isdisjoint(names):
        digests = {}
    there = [folder / name for name in dict.fromkeys([*names, *digests, MANIFEST]) if os.path.lexists(folder / name)]
    # A manifest that lists files of an export is ours.
    known = {**digests, MANIFEST: _digest(folder / MANIFEST)} if digests else {}
    foreign = [file.name for file in there if file.name not in known or _digest(file) != known[file.name]]
    if foreign:
        shown = ", ".join(foreign[:_SHOWN]) + (", ..." if len(foreign) > _SHOWN else "")
        why = "not as an earlier export wrote them" if force else "--force replaces an earlier export, and only that"
        raise ExportError(f"{folder} holds {shown}, which the export would overwrite ({why}): give another folder")
    return there


@contextmanager
def written_aside(folder: Path, names: Sequence[str], *, force: bool) -> Iterator[Path]:
    """A new folder to write into, whose files are moved into `folder` at the end, in place of an earlier export.

    Where it does not come to the end, `folder` is as it was. The manifest is the last file that goes and the first that
    comes, so that what is cut short in between can be replaced too.

    Args:
        folder: it need not exist.
        names: the files that will be written.
        force: whether to replace an earlier export.

    Raises:
        ExportError: a file is in the way, at the beginning or when the files are moved; see `replaceable`.
    """
    replaceable(folder, names, force=force)
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise ExportError(f"{folder} is no folder: give another one") from None
    try:
        with temporary_folder("export", folder) as temporary:
            aside = temporary / "files"
            aside.mkdir()
            yield aside
            digests = {file.name: _digest(file) for file in sorted(aside.iterdir())}
            (aside / MANIFEST).write_text(json.dumps({"files": digests}, indent=2) + "\n", encoding="utf-8")
            # Writing takes long enough for somebody to put or change a file there.
            earlier = replaceable(folder, names, force=force)
            for file in sorted(earlier, key=lambda file: file.name == MANIFEST):
                file.unlink()
            for file in sorted(aside.iterdir(), key=lambda file: file.name != MANIFEST):
                file.rename(folder / file.name)
        is_new = False
    finally:
        if is_new:
            with suppress(OSError):  # somebody put a file into it
                folder.rmdir()


def _digests(manifest: Path) -> dict[str, str]:
    """The files that a manifest lists and their digests; none where there is no manifest of ours."""
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
        listed = content.pop("files")
        is_ours = not content and all(_SHA256.fullmatch(digest) for digest in listed.values())
        return {name: digest for name, digest in listed.items() if is_ours and Path(name).name == name}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _digest(file: Path) -> str | None:
    """SHA-256 of a regular file; None for anything else."""
    if file.is_symlink() or not file.is_file():
        return None
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
