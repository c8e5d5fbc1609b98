"""Full disks, at every writer: it fails with an error that the command line prints, and nothing that was there is lost.

A disk of 24 MB is filled but for a rest. A writer either comes to its end, or raises what is printed as one line; what
was there before can be read; and when there is room again, the same is written. A new writer is a line in `WRITERS`.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import dagster as dg
import duckdb
import orjson
import pytest
import seeds
from builds import Built, called, reasonmed
from storage_toy import ITEMS, open_warehouse, rows_of, stage, texts_in, texts_in_file
from stores import KEYS, RAW, Waiting, attempt

from reasonmed_assets.config.recipes.book import change_book, new_book, read_book
from reasonmed_assets.config.recipes.recipe import Recipe
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.llm.ledger.opening import open_store
from reasonmed_assets.llm.ledger.records import Recorded
from reasonmed_assets.machine import FullDiskError, working_folder
from reasonmed_assets.orchestration.history import dagster_instance
from reasonmed_assets.pages.site import write_quality_pages
from reasonmed_assets.people.reviews import import_reviews, kept_files, read_reviews
from reasonmed_assets.release.files import written_aside
from reasonmed_assets.storage import Warehouse
from reasonmed_assets.storage import open_warehouse as open_declared
from reasonmed_assets.storage.duckdb_file.share import ReaderSpill

PRINTED = (ReasonmedError, OSError)
"""What `cli.options.plain_errors` prints."""
SIZE_KB = 24 * 1024
RESTS_KB = (0, 4, 12, 40, 120, 400, 1_200, 4_000)
LONG = random.Random(1).randbytes(300_000).hex()
"""A text that no compression makes small."""


def _publish(folder: Path, aside: Path) -> None:
    warehouse = open_warehouse(folder)
    version = "new" if texts_in(warehouse) else "old"
    _published_as(warehouse, "mmlu", {str(n): f"{version} {LONG[n:]}" for n in range(4)}, aside)


def _published_as(warehouse: Warehouse, source: str, texts: dict[str, str], aside: Path) -> None:
    """Publish rows that were staged on another disk."""
    staged = stage(aside / "rows.parquet", rows_of(texts, source))
    warehouse.publish(ITEMS, source, staged, run_id="r", fingerprint="f", profile="test", statistics={})


def _published(folder: Path) -> object:
    return {text[:3] for text in texts_in(open_warehouse(folder)).values()}


def _stage(folder: Path, _: Path) -> None:
    warehouse = open_warehouse(folder)
    with warehouse.staging_area("items", "mmlu", "run") as area, warehouse.read() as con:
        con.execute("create temp table staged as select $1 as text", [LONG])
        con.execute(f"copy staged to '{area / 'rows.parquet'}' (format parquet)")


def _snapshot(folder: Path, aside: Path) -> None:
    warehouse = open_warehouse(folder)
    if not warehouse.has_snapshot:
        _publish(folder, aside)
    _published_as(warehouse, "medqa", {"5": "new" if warehouse.has_snapshot else "old"}, aside)
    warehouse.refresh_snapshot()


def _shown(folder: Path) -> object:
    return sorted(text[:3] for text in texts_in_file(folder / "reasonmed.duckdb").values())


def _record(folder: Path, _: Path) -> None:
    with open_store(folder / "ledger.sqlite") as store:
        first = len(store.lookup(KEYS))
        waiting = [Waiting() for _ in range(20)]
        for key, one in zip(KEYS[first:], waiting, strict=False):
            store.record(attempt(key, raw=RAW.replace(b"yes", LONG[: 60_000 + first].encode())), one)
        for value in [one.get() for one in waiting]:
            if not isinstance(value, Recorded):
                assert isinstance(value, Exception)
                raise value


def _recorded(folder: Path) -> object:
    with open_store(folder / "ledger.sqlite") as store:
        return [store.reply_of(key) is not None for key in store.lookup(KEYS[:20])]


def _keep(folder: Path, _: Path) -> None:
    change_book(
        folder, lambda book: (book or new_book("real", "/data")).added(Recipe(data_dir="/data" * 500), "me", None)
    )


def _kept(folder: Path) -> object:
    book = read_book(folder)
    return book and [version.recipe for version in book.versions]


def _audit(folder: Path, _: Path) -> None:
    open_warehouse(folder).record_audit("items", "mmlu", {"outcomes": [LONG[:50_000]]})


def _audits(folder: Path) -> object:
    return open_warehouse(folder).audits()


def _import(folder: Path, aside: Path) -> None:
    file = aside / "reviews.csv"
    comment = f"{len(kept_files(folder / 'reviews'))} {LONG[:100_000]}"
    file.write_bytes(seeds.SHEET.replace(b"The dose is old.", comment.encode()))
    import_reviews(folder / "reviews", file)


def _imported(folder: Path) -> object:
    return [read_reviews(file) for file in kept_files(folder / "reviews")]


def _export(folder: Path, _: Path) -> None:
    names = [f"{n}.json" for n in range(4)]
    with written_aside(folder / "sets", names, force=True) as new:
        for name in names:
            (new / name).write_text(LONG[:200_000])


def _exported(folder: Path) -> object:
    return {file.name: file.read_bytes() for file in (folder / "sets").iterdir()}


def _report(folder: Path, _: Path) -> None:
    open_declared(folder).record_audit("questions", None, orjson.loads(seeds.AUDIT))
    number = len(list((folder / "pages").glob("*/data_docs/index.html")))
    list(write_quality_pages(folder, folder / "pages" / str(number)))


def _reported(folder: Path) -> object:
    pages = sorted((folder / "pages").glob("*/index.html"))
    return [page.parent.name for page in pages if "</html>" in page.read_text(encoding="utf-8")]


def _run(folder: Path, _: Path) -> None:
    with dagster_instance(folder) as instance:
        nothing.execute_in_process(instance=instance)


@dg.job
def nothing() -> None:
    """A job without steps."""


def _ran(folder: Path) -> object:
    with dagster_instance(folder) as instance:
        return instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS]))


@dataclass(frozen=True)
class Writer:
    """A writer.

    Attributes:
        name: what it writes.
        write: writes something once more; the second folder is on another disk.
        read: reads what was written.
        fast_kb: the rests that are tried every time; the others are slow.
    """

    name: str
    write: Callable[[Path, Path], None]
    read: Callable[[Path], object]
    fast_kb: tuple[int, ...] = (0, 120)


WRITERS = (
    Writer("publish", _publish, _published),
    Writer("staged rows", _stage, _published),
    Writer("snapshot", _snapshot, _shown),
    Writer("ledger", _record, _recorded),
    Writer("recipes", _keep, _kept),
    Writer("record of an audit", _audit, _audits),
    Writer("kept reviews", _import, _imported),
    Writer("export", _export, _exported),
    Writer("quality report", _report, _reported),
    Writer("history of runs", _run, _ran, fast_kb=(120,)),
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_KB}k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk takes the right to mount one")
    try:
        yield folder
    finally:
        if subprocess.run(["umount", str(folder)], capture_output=True).returncode:
            gc.collect()  # closes what could not be opened as a whole
            subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, rest_kb: int) -> Path:
    """Fill a disk but for a rest."""
    ballast = disk / "ballast"
    left = os.statvfs(disk)
    with ballast.open("wb") as file, suppress(OSError):
        file.write(bytes(max(0, left.f_bavail * left.f_frsize - rest_kb * 1024)))
    return ballast


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Writer], tuple[Path, object]]:
    """The folder of a writer that wrote once, and what is read of one that wrote twice."""

    @cache
    def write(writer: Writer) -> tuple[Path, object]:
        folder, aside = tmp_path_factory.mktemp("twice"), tmp_path_factory.mktemp("aside")
        writer.write(folder, aside)
        once = Path(shutil.copytree(folder, tmp_path_factory.mktemp("once") / "warehouse"))
        writer.write(folder, aside)
        return once, writer.read(folder)

    return write


@pytest.mark.parametrize(
    ("writer", "rest_kb"),
    [
        pytest.param(writer, rest, id=f"{writer.name}-{rest}", marks=() if rest in writer.fast_kb else pytest.mark.slow)
        for writer in WRITERS
        for rest in RESTS_KB
    ],
)
def test_on_a_full_disk_nothing_is_lost_and_later_it_is_written(
    writer: Writer, rest_kb: int, written: Callable[[Writer], tuple[Path, object]], disk: Path, tmp_path: Path
) -> None:
    once, after = written(writer)
    folder = Path(shutil.copytree(once, disk / "warehouse"))
    before = writer.read(folder)
    ballast = fill(disk, rest_kb)
    failed = False
    try:
        writer.write(folder, tmp_path)
    except PRINTED as error:
        failed = True
        assert str(error)
    ballast.unlink()
    if failed:
        assert writer.read(folder) in (before, after)
        writer.write(folder, tmp_path)
    assert writer.read(folder) == after


def test_what_is_published_can_be_read_on_a_full_disk(disk: Path, tmp_path: Path) -> None:
    _snapshot(disk / "warehouse", tmp_path)
    fill(disk, rest_kb=0)
    with open_warehouse(disk / "warehouse").snapshot() as con:
        assert con.execute("select count(*) from items").fetchone() == (5,)


@pytest.mark.parametrize("rest_kb", [pytest.param(8, marks=pytest.mark.slow), 300])
def test_a_full_temporary_folder_is_named_and_changes_nothing(
    rest_kb: int, rehearsal: Built, forked: Path, disk: Path, tmp_path: Path
) -> None:
    warehouse = Path(shutil.copytree(rehearsal.folder, tmp_path / "warehouse"))
    release, marks = str(tmp_path / "release"), ("--allow", "simulated", "--allow", "stand-in")
    assert called("release", release, "--warehouse", str(warehouse), *marks).returncode == 0
    of_warehouse = ("--profile", "simulated", "--warehouse", str(warehouse), "--source", "mmlu")
    before = {file: file.read_bytes() for file in warehouse.rglob("*") if file.is_file()}
    fill(disk, rest_kb)
    for command in (("plan", *of_warehouse), ("release", "--verify", release)):
        stopped = reasonmed(*command, command=[forked], TMPDIR=str(disk))
        said = stopped.stdout + stopped.stderr
        assert (stopped.returncode, said.count("\n")) == (1, 1), said
        assert f"{disk}: the disk of the temporary folder is full" in said
        assert [file.name for file in disk.iterdir()] == ["ballast"]
    assert {file: file.read_bytes() for file in warehouse.rglob("*") if file.is_file()} == before
    build = ("build", *of_warehouse, "--select", "key:questions")
    made = reasonmed(*build, command=[forked], TMPDIR=str(disk))
    assert made.returncode == 0, made.stdout + made.stderr


def test_what_a_database_spills_beyond_the_disk_is_told(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(disk, rest_kb=4_000)
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    with (
        pytest.raises(FullDiskError, match=rf"^{disk}: the disk of the temporary folder is full .* TMPDIR$"),
        working_folder("verify") as spill,
        duckdb.connect() as con,
    ):
        con.execute(f"set temp_directory = '{spill}'")
        con.execute("set memory_limit = '30MB'")
        con.execute("create temp table spilled as select hash(range) as n from range(10_000_000)")
    assert [file.name for file in disk.iterdir()] == ["ballast"]


def test_who_cannot_spill_reads_all_the_same(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(disk, rest_kb=0)
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    with duckdb.connect() as con, ReaderSpill(None).bounded(con):
        assert con.execute("select 1").fetchone() == (1,)
