"""Network file systems are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from reasonmed_assets.storage import WarehouseError
from reasonmed_assets.storage.disks import mount_of, refuse_network_disk

MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:30 / /home rw - nfs4 server:/home rw
24 23 8:2 / /home/local rw shared:2 master:3 - xfs /dev/sdb1 rw
25 22 0:31 / /mnt/my\040disk rw - cifs //server/disk rw
26 22 0:32 / /over rw - ext4 /dev/sdc1 rw
27 22 0:33 / /over rw - fuse.sshfs server: rw
not a mount
"""


@pytest.mark.parametrize(
    ("path", "mount", "kind"),
    [
        ("/srv/warehouse", "/", "ext4"),
        ("/home/me/warehouse", "/home", "nfs4"),
        ("/home/local/warehouse", "/home/local", "xfs"),
        ("/homely", "/", "ext4"),
        ("/mnt/my disk/w", "/mnt/my disk", "cifs"),
        ("/over/w", "/over", "fuse.sshfs"),
    ],
)
def test_the_mount_of_a_path(path: str, mount: str, kind: str) -> None:
    assert mount_of(Path(path), MOUNTS) == (Path(mount), kind)


def test_a_network_disk_is_refused_and_a_local_one_is_not(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(f"1 0 0:1 / {tmp_path.resolve()} rw - nfs server:/x rw\n", encoding="utf-8")
    with pytest.raises(WarehouseError, match=r"network file system \(nfs, mounted at .*--warehouse"):
        refuse_network_disk(tmp_path / "warehouse", table)
    table.write_text("1 0 0:1 / / rw - ext4 /dev/sda rw\n", encoding="utf-8")
    refuse_network_disk(tmp_path / "warehouse", table)


def test_without_a_mount_table_nothing_is_refused(tmp_path: Path) -> None:
    refuse_network_disk(tmp_path, tmp_path / "absent")
