"""The folder of a release: written beside its place and renamed, never over what is not a release as it was written."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reasonmed_assets.machine import exchange, temporary_folder
from reasonmed_assets.release.dataset.record import FORMAT, RECORD
from reasonmed_assets.release.files import ExportError

CHECKSUMS = "SHA256SUMS"
"""SHA-256 of every other file, as `sha256sum --check` reads it."""
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


@contextmanager
def written_beside(folder: Path, *, force: bool) -> Iterator[Path]:
    """A new folder to write into, which takes the place of `folder` at once at the end. Else `folder` is as it was.

    Args:
        folder: it must not exist, or be empty.
        force: whether to replace an earlier release, if its files are as it wrote them.

    Raises:
        ExportError: something is in its place, at the beginning or at the end.
    """
    folder = folder.resolve()
    _refuse_others(folder, force=force)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder("release", folder.parent) as temporary:
        new = temporary / "new"
        new.mkdir()
        yield new
        write_checksums(new)
        # Writing takes long enough for somebody to put or change a file there.
        _refuse_others(folder, force=force)
        if folder.exists():
            exchange(new, folder)
        else:
            new.rename(folder)


def write_checksums(folder: Path) -> None:
    """Write the SHA-256 of every file in a folder."""
    digests = {name: digest_of(folder / name) for name in files_in(folder)}
    (folder / CHECKSUMS).write_text(as_listed(digests), encoding="utf-8")


def as_listed(digests: Mapping[str, str | None]) -> str:
    """The list of some digests by name."""
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items())


def checksums_in(folder: Path) -> dict[str, str]:
    """The listed digests by name; none where there is no such list."""
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    found = [_LINE.fullmatch(line) for line in lines]
    return {line[2]: line[1] for line in found if line}


def files_in(folder: Path) -> list[str]:
    """Names of all files below a folder, sorted, without the checksums; links and empty folders too.

    Raises:
        OSError: a folder cannot be read.
    """
    found = []
    for at, folders, files in os.walk(folder, onerror=_raise):
        below = [Path(at) / name for name in folders]
        found += [Path(at) / name for name in files]
        found += [one for one in below if one.is_symlink() or not any(one.iterdir())]
    return sorted({one.relative_to(folder).as_posix() for one in found} - {CHECKSUMS})


def digest_of(file: Path) -> str | None:
    """SHA-256 of a regular file; None for anything else."""
    if file.is_symlink() or not file.is_file():
        return None
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _raise(error: OSError) -> None:
    raise error


def _refuse_others(folder: Path, *, force: bool) -> None:
    if not os.path.lexists(folder) or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not folder.is_dir():
        raise ExportError(f"{folder} is no folder: give another one")
    is_ours = _is_release(folder)
    if not (is_ours and force):
        why = "--force replaces it" if is_ours else "no release as it was written: --force replaces only that"
        raise ExportError(f"{folder} holds files already ({why}): give another folder")


def _is_release(folder: Path) -> bool:
    """Whether a folder holds a release, of this format or an earlier one, and nothing else, as it was written."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        is_one = isinstance(record["project"], str) and record["format"] in range(1, FORMAT + 1)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False
    return is_one and {name: digest_of(folder / name) for name in files_in(folder)} == checksums_in(folder)
