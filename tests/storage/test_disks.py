"""Network file systems are refused."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from reasonmed_assets.storage import WarehouseError
from reasonmed_assets.storage.duckdb_file.disks import refuse_network_disk


def test_a_network_disk_is_refused_and_a_local_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    table = tmp_path / "self" / "mounts"
    table.parent.mkdir()
    table.write_text(f"server:/x {tmp_path.resolve()} nfs rw 0 0\n", encoding="utf-8")
    with pytest.raises(WarehouseError, match=r"network file system \(nfs, mounted at .*--warehouse"):
        refuse_network_disk(tmp_path / "warehouse")
    table.write_text("/dev/sda / ext4 rw 0 0\n", encoding="utf-8")
    refuse_network_disk(tmp_path / "warehouse")
    table.unlink()
    refuse_network_disk(tmp_path / "warehouse")
