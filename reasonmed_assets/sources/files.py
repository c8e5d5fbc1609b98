"""Which files a build reads for a source: the first alternative of each split that is there, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from reasonmed_assets.sources.declaration import Declaration, Layout, SourceError, Split
from reasonmed_assets.sources.inputs import InputFiles
from reasonmed_assets.vocabulary import SPLIT_ROLES

_UNUSED = "unused"


@dataclass(frozen=True)
class SplitFiles:
    """The files of one split that a build reads.

    Attributes:
        split: its name.
        role: what it is used for.
        declared: its declaration, without the files of ids where its files hold nothing else.
        layout: how the files are to be read.
        files: names relative to the data directory, in order.
    """

    split: str
    role: str
    declared: Split
    layout: Layout
    files: tuple[str, ...]


def find_files(
    declaration: Declaration, data_dir: Path, roles: Mapping[str, str], inputs: InputFiles
) -> list[SplitFiles]:
    """The files of every split that has a use, in the order of declaration.

    Args:
        declaration: the source.
        data_dir: folder that the declared paths are relative to.
        roles: role by split, where it differs from the declared one.
        inputs: the files as this build sees them.

    Raises:
        SourceError: an unknown split or role, no data directory, or a split whose files are missing.
    """
    _check_roles(declaration, roles)
    if not data_dir.is_dir():
        raise SourceError(f"{declaration.name}: the data directory {data_dir} does not exist")
    used = {name: roles.get(name, split.role) for name, split in declaration.splits.items()}
    return [_find_split(declaration, name, role, data_dir, inputs) for name, role in used.items() if role != _UNUSED]


def input_digest(
    declaration: Declaration, data_dir: Path, roles: Mapping[str, str], inputs: InputFiles | None = None
) -> str:
    """SHA-256 over the declaration, the roles, and the names and contents of the files in use.

    Raises:
        SourceError: as `find_files`, or a file cannot be read.
        ChangedError: a file changed while it was read.
    """
    inputs = inputs or InputFiles()
    used = find_files(declaration, data_dir, roles, inputs)
    names = sorted({file for split in used for file in (*split.files, *split.declared.id_files)})
    parts = [
        declaration.model_dump(mode="json"),
        [(split.split, split.role, split.files) for split in used],
        [(name, file_digest(data_dir, name, inputs)) for name in names],
    ]
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def file_digest(data_dir: Path, file: str, inputs: InputFiles) -> str:
    """SHA-256 of a file's bytes.

    Raises:
        SourceError: it cannot be read.
        ChangedError: it changed while it was read.
    """
    try:
        return inputs.digest(data_dir / file)
    except OSError as error:
        raise SourceError(f"{file}: cannot be read in {data_dir}: {error.strerror or error}") from error


def _check_roles(declaration: Declaration, roles: Mapping[str, str]) -> None:
    for split, role in roles.items():
        if split not in declaration.splits:
            raise SourceError(
                f"{declaration.name}: there is no split {split!r}; it has {', '.join(declaration.splits)}"
            )
        if role not in (*SPLIT_ROLES, _UNUSED):
            raise SourceError(
                f"{declaration.name}.{split}: the role {role!r} is none of {', '.join((*SPLIT_ROLES, _UNUSED))}"
            )


def _find_split(declaration: Declaration, name: str, role: str, data_dir: Path, inputs: InputFiles) -> SplitFiles:
    split = declaration.splits[name]
    for alternative in split.alternatives:
        found = {pattern: inputs.matching(data_dir, pattern) for pattern in alternative.files}
        if any(found.values()):
            missing = [pattern for pattern, files in found.items() if not files]
            if missing:
                raise SourceError(
                    f"{declaration.name}.{name}: {', '.join(missing)} missing in {data_dir}, "
                    "while other files of the split are there: add them"
                )
            paths = dict.fromkeys(path for matched in found.values() for path in matched)
            files = tuple(path.relative_to(data_dir).as_posix() for path in paths)
            if alternative.is_whole_split:
                split = split.model_copy(update={"only_ids_in": None, "except_ids_in": None})
            return SplitFiles(name, role, split, declaration.layouts[alternative.layout], files)
    expected = "; or ".join(", ".join(alternative.files) for alternative in split.alternatives)
    raise SourceError(
        f"{declaration.name}.{name} (role {role}): no file of the split in {data_dir}; expected {expected}. "
        f'Put it there, or leave the split out: split_roles = {{ "{declaration.name}.{name}" = "unused" }} '
        "under [sources] in the profile"
    )
