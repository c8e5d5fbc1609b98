"""What the contract lets a second process do: python contract_child.py <opener> <place> <action> [arguments]."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from contract_places import open_at
from storage_toy import ITEMS, publish, rows_of, stage

_STEPS = {"execute", "commit", "fsync", "rename", "replace", "unlink", "copyfile", "flock"}
"""Calls by which a publish changes something that others see, or waits for its turn to."""


def publish_side_by_side(opener: str, place: Path, *sources: str) -> None:
    """Publish partitions at once, each by a process of its own; exits with the number of those that failed."""
    children = [_begun(publish_often, opener, place, source) for source in sources]
    sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))


def publish_often(opener: str, place: Path, source: str) -> None:
    """Publish a partition three times: n rows that all say n."""
    for count in range(1, 4):
        publish(open_at(opener, place), {f"{source}-{i}": str(count) for i in range(count)}, source)


def publish_and_die_at_every_step(opener: str, place: Path) -> None:
    """Publish in a process that dies before its first step, in one that dies before its second, and so on; each next
    one, and one after the last, first prints what is published."""
    staged = place.with_name("staged.parquet")
    _forked(stage, staged, rows_of({"1": "new", "2": "new"}))
    for step in range(1, 500):
        ended = _forked(_publish_and_die, opener, place, staged, step)
        is_dead = os.waitstatus_to_exitcode(ended) == -signal.SIGKILL
        if not is_dead:
            break
    _forked(_print_published, opener, place)


def _forked(action: Any, *arguments: Any) -> int:
    """Exit status of an action in a process of its own."""
    return os.waitpid(_begun(action, *arguments), 0)[1]


def _begun(action: Any, *arguments: Any) -> int:
    """The process of an action; this one never opens a database."""
    child = os.fork()
    if child == 0:
        try:
            action(*arguments)
            sys.stdout.flush()
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return child


def _publish_and_die(opener: str, place: Path, staged: Path, at: int) -> None:
    _print_published(opener, place)
    sys.stdout.flush()
    warehouse, left = open_at(opener, place), at

    def count(frame: FrameType, event: str, called: Any) -> None:
        nonlocal left
        if event == "c_call" and getattr(called, "__name__", "") in _STEPS:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    with warehouse.staging_area("items", "mmlu", "run") as area:
        rows = Path(shutil.copy(staged, area))
        sys.setprofile(count)
        warehouse.publish(ITEMS, "mmlu", rows, run_id="r", fingerprint="f", profile="p", statistics={})
        sys.setprofile(None)


def _print_published(opener: str, place: Path) -> None:
    warehouse = open_at(opener, place)
    with warehouse.read() as con:
        texts = dict(con.execute("select item_id, text from items where source = 'mmlu'").fetchall())
        first = con.execute(f"select text from ({warehouse.rows_as_of(con, ITEMS, 1)})").fetchall()
    is_whole = texts.keys() == {"1", "2"} and len(set(texts.values())) == 1 and first == 2 * [("old",)]
    print(texts["1"] if is_whole else f"torn:{texts}{first}")


if __name__ == "__main__":
    globals()[sys.argv[3]](sys.argv[1], Path(sys.argv[2]), *sys.argv[4:])
