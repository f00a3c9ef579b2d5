"""The binaries that hold etcd and the Kubernetes components, built from their published Go modules.

`testbed/kube` is all of a cluster of one release; `testbed/kube/api_server` the API server of others, each with a
`RELEASE.mod` and `RELEASE.sum` in place of the module's own.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from testbed.errors import TestbedError
from testbed.go import find_go, go_environment
from testbed.progress import say

__all__ = ("OTHER_RELEASES", "build_binary")

_PROJECT = Path(__file__).resolve().parents[1]
_SOURCE = Path(__file__).parent / "kube"
_OTHERS = "api_server"  # in the folder of the sources
OTHER_RELEASES = tuple(sorted(path.stem for path in (_SOURCE / _OTHERS).glob("*.mod")))
"""Releases, `1.32`, of which there is an API server without anything else."""
_BUILD = _PROJECT / ".build"
_LOG_TAIL = 4000  # characters


@dataclass(frozen=True)
class _Sources:
    """What a binary is built from: files below `testbed/kube`."""

    name: str
    program: str
    modules: str
    checksums: str

    @property
    def version(self) -> str:
        """The version of Kubernetes, `v1.35.4`."""
        text = (_SOURCE / self.modules).read_text()
        match = re.search(r"^\s*k8s\.io/kubernetes (v\S+)$", text, re.MULTILINE)
        if match is None:
            raise TestbedError(f"{_SOURCE / self.modules} does not require k8s.io/kubernetes")
        return match[1]

    @property
    def digest(self) -> str:
        """What tells these very sources from others."""
        names = (f"{self.program}/main.go", self.modules, self.checksums)
        return hashlib.sha256(b"".join((_SOURCE / name).read_bytes() for name in names)).hexdigest()[:12]


def _sources(release: str | None) -> _Sources:
    if release is None:
        return _Sources("kube-testbed", ".", "go.mod", "go.sum")
    return _Sources("kube-api-server", _OTHERS, f"{_OTHERS}/{release}.mod", f"{_OTHERS}/{release}.sum")


def build_binary(release: str | None = None) -> Path:
    """Build a binary, unless it has been built from these very sources, and return its path.

    Args:
        release: one of `OTHER_RELEASES`; the binary with all components where it is left out.
    """
    sources = _sources(release)
    path = _BUILD / f"{sources.name}-{sources.version}-{sources.digest}"
    if not path.exists():  # or else who needs one binary would wait for the building of another
        _BUILD.mkdir(exist_ok=True)
        with (_BUILD / "kube-testbed.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # a second builder waits for the first
            if not path.exists():
                _build(path, sources)
    return path


def _build(path: Path, sources: _Sources) -> None:
    go = find_go()
    version = sources.version
    say(f"building Kubernetes {version} (several minutes, unless Go's cache is warm)")
    started = time.monotonic()
    unfinished = path.with_name(f"{path.name}.unfinished")
    flags = f"-s -w -X k8s.io/component-base/version.gitVersion={version}"
    command = [go, "build", f"-modfile={sources.modules}", "-trimpath", "-tags", "providerless", "-ldflags", flags]
    command += ["-o", str(unfinished), f"./{sources.program}"]
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
    say(f"built {path.relative_to(_PROJECT)} in {time.monotonic() - started:.0f} s")
