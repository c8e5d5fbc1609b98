"""Downloading a source from the Hugging Face hub, at a pinned commit, into the folder where its declaration looks.

Needs the extra `hub`. Reading the files afterwards needs no network.
"""

from __future__ import annotations

import os
from pathlib import Path

from reasonmed_assets.config.addresses import environment_of_downloads
from reasonmed_assets.sources.declaration import Declaration, Hub, SourceError


def fetch(declaration: Declaration, data_dir: Path, revision: str | None = None, upload: str | None = None) -> Path:
    """Download a source's files below the data directory; what exists already is not loaded again.

    Args:
        declaration: the source, with a section `hub`.
        data_dir: the data directory.
        revision: commit to take in place of the declared one (40 hex digits).
        upload: name of the re-upload to take in place of the declared repository.

    Returns:
        The folder that mirrors the repository.

    Raises:
        SourceError: the declaration names no repository or commit, the extra `hub` is not installed, the download
            fails, or files that the repository lacks are still to be put in place.
    """
    hub = declaration.hub if upload is None else declaration.re_uploads.get(upload)
    if hub is None:
        known = f"; it has the re-uploads {', '.join(declaration.re_uploads)}" if declaration.re_uploads else ""
        section = "[hub]" if upload is None else f"[re_uploads.{upload}]"
        raise SourceError(
            f"{declaration.name}: its declaration has no section {section}, so there is nothing to fetch{known}"
        )
    commit = revision or hub.revision
    if commit is None or len(commit) != 40 or set(commit) - set("0123456789abcdef"):
        raise SourceError(
            f"{declaration.name}: the revision {commit!r} of {hub.repo} is no commit (40 hex digits); branches move, "
            "so give a commit, with --revision or in the declaration"
        )
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise SourceError('fetching needs the extra hub: pip install -c constraints.txt -e ".[hub]"') from error
    folder = data_dir / hub.folder
    os.environ.update(environment_of_downloads())  # the library reads the proxies there
    try:
        snapshot_download(
            repo_id=hub.repo,
            repo_type="dataset",
            revision=commit,
            allow_patterns=list(hub.files),
            local_dir=folder,
        )
    except OSError as error:  # the library's own errors are OSErrors
        raise SourceError(f"{declaration.name}: {hub.repo} at {commit} could not be downloaded: {error}") from error
    _check_complete(declaration, hub, data_dir, folder)
    return folder


def _check_complete(declaration: Declaration, hub: Hub, data_dir: Path, folder: Path) -> None:
    absent = [pattern for pattern in hub.files if not any(folder.glob(pattern))]
    if absent:
        raise SourceError(f"{declaration.name}: {hub.repo} has no {', '.join(absent)} at this commit")
    missing = [file for file in hub.also_needed if not (data_dir / file).is_file()]
    if missing:
        raise SourceError(
            f"{declaration.name}: {hub.repo} is downloaded, but {', '.join(missing)} is not part of it: "
            f"get it from the publisher of {declaration.title} and put it into {data_dir}"
        )
