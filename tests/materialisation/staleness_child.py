"""What the tables of a copy of the project are made from, after some edits: one JSON object per list of edits.

Libraries are imported once, and the copy is compiled once; after each list a forked process imports the copy anew. Run
with the copy as the only argument; the lists come as JSON on standard input.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from compileall import compile_dir
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

import dagster  # noqa: F401
import duckdb  # noqa: F401
import jinja2  # noqa: F401
import openai  # noqa: F401
import pandera.polars  # noqa: F401
import polars  # noqa: F401
import pyarrow.parquet  # noqa: F401
import pydantic  # noqa: F401
import rapidfuzz  # noqa: F401
import rich.progress  # noqa: F401


def made_from() -> dict[str, Any]:
    """The static parts of every table's fingerprint, and the code version that Dagster shows of its asset."""
    from reasonmed_assets.assets import definitions
    from reasonmed_assets.config.settings import BuildSettings
    from reasonmed_assets.materialisation.fingerprint import static_parts
    from reasonmed_assets.orchestration.code_location import build_defs

    settings = BuildSettings(profile="simulated")
    profile = settings.loaded_profile
    specs = build_defs(settings=settings).resolve_all_asset_specs()
    return {
        "parts": {name: static_parts(table, profile) for name, table in definitions().items()},
        "code_versions": {spec.key.to_user_string(): spec.code_version for spec in specs},
    }


def after(project: Path, edits: list[dict[str, str]]) -> Any:
    """`made_from` of the project with replacements in its files, which are undone."""
    before = {project / edit["file"]: (project / edit["file"]).read_text(encoding="utf-8") for edit in edits}
    for edit in edits:
        file = project / edit["file"]
        text = file.read_text(encoding="utf-8")
        assert edit["old"] in text, f"{edit['file']} has no {edit['old']!r}"
        file.write_text(text.replace(edit["old"], edit["new"], 1), encoding="utf-8")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "w") as said:
            json.dump(made_from(), said)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as said:
        found = said.read()
    os.waitpid(child, 0)
    for file, text in before.items():
        file.write_text(text, encoding="utf-8")
    return json.loads(found)


def main() -> None:
    """Read the edits, write what is made of what after each."""
    project = Path(sys.argv[1])
    # What is imported stays.
    gc.disable()
    sys.path.insert(0, str(project))
    # Two edits of one second leave files of the same time and maybe length: bytecode is held against their content.
    compile_dir(project / "reasonmed_assets", quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    sys.dont_write_bytecode = True
    json.dump([after(project, edits) for edits in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
