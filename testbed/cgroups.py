"""The control groups that hold a testbed's pods, apart from those of any other kubelet on the machine."""

from __future__ import annotations

import os
import time
from pathlib import Path

from testbed.errors import TestbedError

__all__ = ("create_cgroups", "remove_cgroups")

_ROOT = Path("/sys/fs/cgroup")
_CONTROLLERS = ("cpu", "cpuset", "memory", "pids")  # those that the kubelet asks for


def create_cgroups(name: str) -> None:
    """Make the control group `/name` in every hierarchy of this machine, of version 1 or 2."""
    if (_ROOT / "cgroup.controllers").exists():
        _hand_down_controllers()
    for hierarchy in _hierarchies():
        group = hierarchy / name
        group.mkdir(exist_ok=True)
        # In version 1 a new group has no CPU until it is told.
        for file in ("cpuset.cpus", "cpuset.mems"):
            if (hierarchy / file).exists():
                (group / file).write_text((hierarchy / file).read_text())


def remove_cgroups(name: str, *, seconds: float = 10) -> None:
    """Remove the control group `/name` and those below it; they are busy until the last dead process is gone."""
    deadline = time.monotonic() + seconds
    for hierarchy in _hierarchies():
        for folder, _, _ in os.walk(hierarchy / name, topdown=False):
            while True:
                try:
                    os.rmdir(folder)
                    break
                except FileNotFoundError:
                    break
                except OSError as error:
                    if time.monotonic() > deadline:
                        raise TestbedError(f"the control group {folder} can't be removed: {error.strerror}") from error
                    time.sleep(0.05)


def _hierarchies() -> list[Path]:
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    return [Path(mount[1]) for mount in mounts if mount[2] in ("cgroup", "cgroup2")]


def _hand_down_controllers() -> None:
    control = _ROOT / "cgroup.subtree_control"
    wanted = [controller for controller in _CONTROLLERS if controller not in control.read_text().split()]
    try:
        for controller in wanted:
            control.write_text(f"+{controller}")
    except OSError as error:
        raise TestbedError(
            f"the controllers {', '.join(wanted)} can't be enabled in {control} ({error.strerror}): the kubelet needs "
            "them; in a container, run with the host's control groups or move the processes out of the root group"
        ) from error
