"""Which kind of disk a folder is on. File locks and memory-mapped writes are only safe on a local one."""

from __future__ import annotations

from pathlib import Path

from reasonmed_assets.storage.errors import WarehouseError

# 9p is absent on purpose: sandboxes and virtual machines show folders of their own host that way.
NETWORK_FILE_SYSTEMS = frozenset(
    {
        "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.ceph", "fuse.ceph-fuse", "fuse.davfs2",
        "fuse.gcsfuse", "fuse.glusterfs", "fuse.goofys", "fuse.juicefs", "fuse.mount-s3", "fuse.rclone", "fuse.s3fs",
        "fuse.smbnetfs", "fuse.sshfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2",
        "pvfs2", "smb2", "smb3", "smbfs", "wekafs",
    }
)  # fmt: skip
MOUNTS = Path("/proc/self/mountinfo")


def refuse_network_disk(folder: Path, mounts: Path = MOUNTS) -> None:
    """Stop when `folder` (or the nearest parent that exists) is on a network file system.

    Args:
        folder: the folder to be written to; it need not exist yet.
        mounts: mount table in the format of Linux's /proc/self/mountinfo; without one nothing is refused.

    Raises:
        WarehouseError: names the folder, the mount point and its file system.
    """
    if not mounts.exists():
        return
    found = mount_of(folder.resolve(), mounts.read_text(encoding="utf-8", errors="surrogateescape"))
    if found is not None and found[1] in NETWORK_FILE_SYSTEMS:
        raise WarehouseError(
            f"{folder} is on a network file system ({found[1]}, mounted at {found[0]}), where file locks are not "
            "reliable; choose a folder on a local disk with --warehouse"
        )


def mount_of(path: Path, mountinfo: str) -> tuple[Path, str] | None:
    """(mount point, file system) that an absolute path lies on, or None when the table names none.

    The longest mount point wins; of several mounts on one point the last one covers the others.
    """
    found: tuple[Path, str] | None = None
    for line in mountinfo.splitlines():
        fields, separator, rest = line.partition(" - ")
        if not separator or len(fields.split()) < 5:
            continue
        point = Path(_unescaped(fields.split()[4]))
        is_longer = found is None or len(point.parts) >= len(found[0].parts)
        if path.is_relative_to(point) and is_longer:
            found = (point, rest.split()[0])
    return found


def _unescaped(field: str) -> str:
    """The kernel writes blanks and backslashes in mount points as octal escapes."""
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, character)
    return field
