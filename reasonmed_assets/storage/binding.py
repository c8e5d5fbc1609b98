"""What a warehouse is bound to: one kind of model, one folder of source files.

Kept in `binding.json` beside the database, so that it can be read while another process publishes.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path

from reasonmed_assets.storage.errors import WarehouseError

REAL = "real"


@dataclass(frozen=True)
class Binding:
    """Kind of provider behind the roles, and the data directory, as they were at the first build.

    `warehouse_id` tells the warehouse from others that share its ledger, wherever it is moved to.
    """

    provider_kind: str
    data_dir: str
    warehouse_id: str = field(default_factory=lambda: uuid.uuid4().hex, compare=False)


def read_binding(path: Path) -> Binding | None:
    """The binding, or None where there is none yet.

    Raises:
        WarehouseError: the file cannot be understood.
    """
    if not path.exists():
        return None
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return Binding(stored["provider_kind"], stored["data_dir"], stored["warehouse_id"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise WarehouseError(
            f"{path} cannot be understood ({error}); restore it, or set the warehouse aside with --replace"
        ) from error


def write_binding(path: Path, binding: Binding) -> None:
    """Store the binding, complete or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(json.dumps(asdict(binding), indent=2) + "\n", encoding="utf-8")
    sync(new)
    new.replace(path)
    sync(path.parent)


def refuse_difference(folder: Path, bound: Binding, wanted: Binding) -> None:
    """Stop when a build wants another kind of model or another data directory than the warehouse was built with.

    Raises:
        WarehouseError: names every difference and `--replace`.
    """
    differences = []
    if bound.provider_kind != wanted.provider_kind:
        differences.append(f"its models are of kind {bound.provider_kind}, this build's are {wanted.provider_kind}")
    if bound.data_dir != wanted.data_dir:
        differences.append(f"it was built from {bound.data_dir}, this build reads {wanted.data_dir}")
    if differences:
        raise WarehouseError(
            f"warehouse {folder} keeps another kind of build: {'; '.join(differences)}. Build elsewhere with "
            "--warehouse DIR, or set the old files aside with --replace"
        )


def next_replaced_folder(folder: Path) -> Path:
    """`replaced-<n>` with the number after the highest one there."""
    numbers = [path.name.removeprefix("replaced-") for path in folder.glob("replaced-*")]
    return folder / f"replaced-{1 + max((int(number) for number in numbers if number.isdigit()), default=0)}"


def sync(path: Path) -> None:
    """Fsync a file or folder."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
