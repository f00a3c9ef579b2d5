"""The binary that holds etcd and the Kubernetes components, built from their published Go modules."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from testbed.errors import TestbedError
from tools.environments import environment

__all__ = ("build_binary",)

_PROJECT = Path(__file__).resolve().parents[1]
_SOURCE = Path(__file__).parent / "kube"
_BUILD = _PROJECT / ".build"
_LOG_TAIL = 4000  # characters
_OLDEST_GO = (1, 21)  # the first that fetches the newer one that a module asks for


def build_binary() -> Path:
    """Build the binary, unless it has been built from these very sources, and return its path."""
    version = _kubernetes_version()
    digest = hashlib.sha256(b"".join((_SOURCE / name).read_bytes() for name in ("main.go", "go.mod", "go.sum")))
    path = _BUILD / f"kube-testbed-{version}-{digest.hexdigest()[:12]}"
    _BUILD.mkdir(exist_ok=True)
    with (_BUILD / "kube-testbed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second builder waits for the first
        if not path.exists():
            _build(path, version)
    return path


def _build(path: Path, version: str) -> None:
    go = _find_go()
    print(f"testbed: building Kubernetes {version} (several minutes, unless Go's cache is warm)", flush=True)
    started = time.monotonic()
    unfinished = path.with_name(f"{path.name}.unfinished")
    flags = f"-s -w -X k8s.io/component-base/version.gitVersion={version}"
    command = [go, "build", "-trimpath", "-tags", "providerless", "-ldflags", flags, "-o", str(unfinished), "."]
    settings = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off", "GOTOOLCHAIN": "auto"}
    done = subprocess.run(
        command,
        cwd=_SOURCE,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise TestbedError(f"{' '.join(command)} failed (exit code {done.returncode}):\n{done.stderr[-_LOG_TAIL:]}")
    unfinished.replace(path)
    print(f"testbed: built {path.relative_to(_PROJECT)} in {time.monotonic() - started:.0f} s", flush=True)


def _kubernetes_version() -> str:
    match = re.search(r"^\s*k8s\.io/kubernetes (v\S+)$", (_SOURCE / "go.mod").read_text(), re.MULTILINE)
    if match is None:
        raise TestbedError(f"{_SOURCE / 'go.mod'} does not require k8s.io/kubernetes")
    return match[1]


def _find_go() -> str:
    """Return the machine's Go, or one installed for the project alone."""
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go"):
        version = None if candidate is None else _go_version(candidate)
        if candidate is not None and version is not None and version >= _OLDEST_GO:
            return candidate
    print("testbed: no Go of 1.21 or newer on this machine; installing one into .venv/go", flush=True)
    installed = environment("go") / "bin" / "go"
    if _go_version(str(installed)) is None:
        raise TestbedError("there is no Go on this machine, and the one of requirements/go.txt does not run on it")
    return str(installed)


def _go_version(go: str) -> tuple[int, int] | None:
    environment_ = {**os.environ, "GOTOOLCHAIN": "local"}
    try:
        done = subprocess.run([go, "env", "GOVERSION"], env=environment_, capture_output=True, text=True, check=False)
    except OSError:
        return None
    match = re.match(r"go(\d+)\.(\d+)", done.stdout)
    return (int(match[1]), int(match[2])) if match else None
