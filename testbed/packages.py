"""Debian packages that a node or a test needs, installed where they are missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping

from testbed.errors import TestbedError
from testbed.progress import say

__all__ = ("PATH", "install_packages", "static_busybox")

# A package, and the command that shows it is there.
_PACKAGES = {
    "containerd": "containerd",
    "runc": "runc",
    "busybox-static": "busybox",
    "iproute2": "ip",
    "mount": "mount",
    "util-linux": "unshare",
}
# Daemons and network tools are in the sbin folders, which not every shell has on its PATH.
PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def static_busybox() -> str | None:
    """Find a busybox that runs with no library beside it, as it must in an image that holds nothing else."""
    path = shutil.which("busybox", path=PATH)
    if path is None:
        return None
    with open(path, "rb") as file:
        # A dynamically linked executable names its loader right after the headers.
        return None if b"/ld-" in file.read(4096) else path


def install_packages(packages: Mapping[str, str] = _PACKAGES) -> None:
    """Install the missing packages with apt-get (root); where there is no apt-get, say which are missing.

    Args:
        packages: their names, and for each a command that shows it is there; those of a node where left out.
    """
    missing = [package for package, command in packages.items() if not _present(package, command)]
    if not missing:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise TestbedError(
            f"this needs {', '.join(missing)} (Debian's names): "
            "install them, or run this as root on a machine that has apt-get"
        )
    say(f"installing {', '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        command = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *arguments]
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise TestbedError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def _present(package: str, command: str) -> bool:
    if package == "busybox-static":
        return static_busybox() is not None
    return shutil.which(command, path=PATH) is not None
