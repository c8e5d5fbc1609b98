"""Which kind of disk a folder is on. File locks and memory-mapped writes are only safe on a local one."""

from __future__ import annotations

from pathlib import Path

from reasonmed_assets.machine import mount_of
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


def refuse_network_disk(folder: Path) -> None:
    """Stop when `folder` (or the nearest parent that exists) is on a network file system.

    A folder of which the system does not tell where it lies is let through.

    Args:
        folder: the folder to be written to; it need not exist yet.

    Raises:
        WarehouseError: names the folder, the mount point and its file system.
    """
    found = mount_of(folder.resolve())
    if found is not None and found[1] in NETWORK_FILE_SYSTEMS:
        raise WarehouseError(
            f"{folder} is on a network file system ({found[1]}, mounted at {found[0]}), where file locks are not "
            "reliable; choose a folder on a local disk with --warehouse"
        )
