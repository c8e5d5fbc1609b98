"""What a source is and which of its files are there, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from reasonmed_assets.sources.declaration import Declaration, SourceError
from reasonmed_assets.sources.files import find_files
from reasonmed_assets.sources.inputs import InputFiles


def describe(declaration: Declaration, data_dir: Path, split_roles: Mapping[str, str]) -> Iterator[str]:
    """A source's name, title and licence, its splits with their roles and files, and where it is on the hub.

    Args:
        declaration: the source.
        data_dir: folder that is looked into.
        split_roles: roles that differ from the declaration, by "source.split", as in a profile.
    """
    yield f"{declaration.name}: {declaration.title}; licence {declaration.licence}, language {declaration.language}"
    for split, declared in declaration.splits.items():
        role = split_roles.get(f"{declaration.name}.{split}", declared.role)
        yield f"  {split} ({role}): {_files(declaration, split, data_dir)}"
    if declaration.hub is not None:
        yield (
            f"  hub: {declaration.hub.repo}, without a pinned revision"
            if declaration.hub.revision is None
            else (f"  hub: {declaration.hub.repo} at {declaration.hub.revision}")
        )
    for name, upload in declaration.re_uploads.items():
        yield f"  re-upload {name}: {upload.repo}"


def _files(declaration: Declaration, split: str, data_dir: Path) -> str:
    """The files of a split that a build would read, or where they may be."""
    roles = {name: declared.role if name == split else "unused" for name, declared in declaration.splits.items()}
    roles[split] = "train"
    try:
        (found,) = find_files(declaration, data_dir, roles, InputFiles())
    except SourceError:
        first, *others = declaration.splits[split].alternatives
        more = f" or {len(others)} other places" if others else ""
        return f"no files; expected {', '.join(first.files[:2])}{', ...' if len(first.files) > 2 else ''}{more}"
    names = f"{found.files[0]} and {len(found.files) - 1} more" if len(found.files) > 1 else found.files[0]
    layout = next(name for name, layout in declaration.layouts.items() if layout == found.layout)
    return f"{names}, layout {layout}"
