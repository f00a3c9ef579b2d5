"""One testbed as its starter sees it: start, stop, and what is left of it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

from testbed.certificates import write_credentials
from testbed.cgroups import create_cgroups, remove_cgroups
from testbed.errors import TestbedError
from testbed.progress import say
from testbed.settings import SETTINGS_FILE, Settings, free_ports
from testbed.supervisor import CONTROL, READY

__all__ = ("Cluster", "remove_abandoned")

_PROJECT = Path(__file__).resolve().parents[1]
_PREFIX = "kubex-testbed-"
_START_SECONDS = 180
_STOP_SECONDS = 20
_COMPONENT_SECONDS = 60
_POLL = 0.05
_LOG = "testbed.log"  # the supervisor's own
_LOCK = "lock"  # held by every process of a testbed


class Cluster:
    """A testbed in a directory of its own.

    The methods that clean up (`stop`, `keep_logs`, `remove`) may be called however far `launch` came.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._control: int | None = None

    @classmethod
    def create(
        cls,
        binary: Path,
        *,
        node: bool = True,
        controllers: bool = True,
        apiserver_flags: tuple[str, ...] = (),
        directory: Path | None = None,
    ) -> Self:
        """Describe a new testbed, to outlive this process in `directory`, or to end with it in a temporary one."""
        if node and os.geteuid() != 0:
            raise TestbedError("a node needs root, for namespaces, mounts and control groups; without one: --no-node")
        if node and not controllers:
            raise TestbedError("a node needs the controllers: --no-controllers goes with --no-node")
        detached = directory is not None
        if directory is None:
            directory = Path(tempfile.gettempdir(), _PREFIX + secrets.token_hex(4))
        elif directory.exists() and any(directory.iterdir()):
            raise TestbedError(f"{directory} is not empty: stop the testbed there (down), or choose another directory")
        settings = (directory.resolve(), binary, node, controllers, detached, apiserver_flags)
        return cls(Settings(*settings, *free_ports(4)))

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Find the testbed that another process started in `directory`."""
        try:
            return cls(Settings.load(directory.resolve()))
        except FileNotFoundError as error:
            raise TestbedError(f"there is no testbed in {directory}") from error

    def launch(self) -> None:
        """Make the directory and start the testbed's first process, which starts the others."""
        settings = self.settings
        settings.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.save()
        settings.logs.mkdir()
        write_credentials(settings)
        if settings.node:
            create_cgroups(settings.name)
        os.mkfifo(settings.directory / CONTROL)
        self._start_supervisor()

    def wait_until_ready(self) -> None:
        """Wait for the cluster; `TestbedError`, with the reason from the logs, where it does not come."""
        settings = self.settings
        deadline = time.monotonic() + _START_SECONDS
        while not (settings.directory / READY).exists():
            if self._process is None or self._process.poll() is not None:
                log = (settings.logs / _LOG).read_text(errors="replace")
                raise TestbedError(f"the testbed did not start:\n{log}")
            if time.monotonic() > deadline:
                raise TestbedError(f"the testbed was not ready after {_START_SECONDS} s")
            time.sleep(_POLL)

    def stop(self) -> None:
        """End every process of the testbed, wait until they are gone, and remove the control groups."""
        if self._control is not None:
            os.close(self._control)
            self._control = None
        else:
            self._ask_to_end()
        if not self._wait_until_dead():
            for pid in self._members():
                os.kill(pid, signal.SIGKILL)
            if not self._wait_until_dead():
                raise TestbedError(f"processes of the testbed don't end: {self._members()}")
        if self._process is not None:
            self._process.wait()
        if self.settings.node:
            remove_cgroups(self.settings.name)

    def stop_component(self, name: str, *, at_once: bool = False) -> None:
        """End one component (`kube-apiserver`, `etcd`, …), and return when it is gone.

        Args:
            name: whose.
            at_once: with SIGKILL, instead of asking it to end in an orderly way.
        """
        self._tell(f"{'kill' if at_once else 'stop'} {name}")
        self._wait_for_component(name, running=False)

    def start_component(self, name: str) -> None:
        """Start a component that was stopped, and return when its process is there; it takes a while to be ready."""
        self._tell(f"start {name}")
        self._wait_for_component(name, running=True)

    def keep_logs(self) -> Path | None:
        """Copy the logs, those of pods too, out of the testbed's directory and return where to."""
        if not self.settings.logs.exists():
            return None
        kept = _PROJECT / ".build" / "testbed-logs" / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
        shutil.copytree(self.settings.logs, kept)
        pods = self.settings.directory / "pod-logs"
        if pods.exists():
            shutil.copytree(pods, kept / "pods", symlinks=True)
        return kept

    def remove(self) -> None:
        """Remove the directory of a stopped testbed."""
        if self.settings.directory.exists():
            shutil.rmtree(self.settings.directory)

    def _start_supervisor(self) -> None:
        settings = self.settings
        lock = os.open(settings.directory / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Both ends are opened here, so that nobody waits for the other.
        listen = os.open(settings.directory / CONTROL, os.O_RDONLY | os.O_NONBLOCK)
        self._control = os.open(settings.directory / CONTROL, os.O_WRONLY)
        os.set_blocking(listen, True)
        command = [sys.executable, "-m", "testbed.supervisor", str(settings.directory), str(lock)]
        if settings.node:
            command = ["unshare", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc", *command]
        try:
            with (settings.logs / _LOG).open("wb") as log:
                self._process = subprocess.Popen(
                    command,
                    cwd=_PROJECT,
                    stdin=listen,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    pass_fds=(lock,),
                )
        finally:
            # From here on the lock is held by the testbed's processes alone.
            os.close(lock)
            os.close(listen)

    def _ask_to_end(self) -> None:
        with contextlib.suppress(OSError):  # no such pipe, or nobody listens
            self._tell("end")

    def _tell(self, line: str) -> None:
        control = os.open(self.settings.directory / CONTROL, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(control, f"{line}\n".encode())
        finally:
            os.close(control)

    def _wait_for_component(self, name: str, *, running: bool) -> None:
        deadline = time.monotonic() + _COMPONENT_SECONDS
        while (self.settings.running / name).exists() is not running:
            if time.monotonic() > deadline:
                raise TestbedError(f"{name} did not {'start' if running else 'end'} within {_COMPONENT_SECONDS} s")
            time.sleep(_POLL)

    def _wait_until_dead(self) -> bool:
        deadline = time.monotonic() + _STOP_SECONDS
        while not _is_dead(self.settings.directory):
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL)
        return True

    def _members(self) -> list[int]:
        """Return the processes that hold the testbed's lock."""
        lock = str(self.settings.directory / _LOCK)
        return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and lock in _open_files(int(pid))]


def remove_abandoned() -> None:
    """Remove what is left of temporary testbeds whose starters were killed before they could."""
    for directory in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        status = directory.stat()
        # One that is younger may be about to start.
        if status.st_uid != os.geteuid() or time.time() - status.st_mtime < _START_SECONDS or not _is_dead(directory):
            continue
        try:
            if (directory / SETTINGS_FILE).exists():
                Cluster.load(directory).stop()
            shutil.rmtree(directory)
        except (TestbedError, OSError) as error:
            say(f"{directory} was left behind and can't be removed: {error}")


def _is_dead(directory: Path) -> bool:
    try:
        lock = os.open(directory / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def _open_files(pid: int) -> set[str]:
    folder = f"/proc/{pid}/fd"
    try:
        return {os.readlink(f"{folder}/{name}") for name in os.listdir(folder)}
    except OSError:  # ended meanwhile, or somebody else's
        return set()
