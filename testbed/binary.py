"""The binary that holds etcd and the Kubernetes components, built from their published Go modules."""

from __future__ import annotations

import fcntl
import hashlib
import re
import subprocess
import time
from pathlib import Path

from testbed.errors import TestbedError
from testbed.go import find_go, go_environment

__all__ = ("build_binary",)

_PROJECT = Path(__file__).resolve().parents[1]
_SOURCE = Path(__file__).parent / "kube"
_BUILD = _PROJECT / ".build"
_LOG_TAIL = 4000  # characters


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
    go = find_go()
    print(f"testbed: building Kubernetes {version} (several minutes, unless Go's cache is warm)", flush=True)
    started = time.monotonic()
    unfinished = path.with_name(f"{path.name}.unfinished")
    flags = f"-s -w -X k8s.io/component-base/version.gitVersion={version}"
    command = [go, "build", "-trimpath", "-tags", "providerless", "-ldflags", flags, "-o", str(unfinished), "."]
    done = subprocess.run(
        command,
        cwd=_SOURCE,
        env=go_environment(),
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
