"""The processes of one testbed, as their supervisor sees them."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from typing import NoReturn

from testbed.errors import TestbedError
from testbed.packages import PATH
from testbed.settings import Settings

__all__ = ("Components",)

_POLL = 0.05  # seconds
_STOP_SECONDS = 30
_LOG_TAIL = 15  # lines


class Components:
    """Starts processes, each with a log of its own, and notices when one of them ends that was not asked to.

    One that runs has a file of its name in the testbed's folder `running`, which holds its process' number.
    """

    def __init__(self, settings: Settings, lock: int) -> None:
        self._settings = settings
        self._lock = lock
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: dict[str, tuple[tuple[str, ...], str | None]] = {}
        self._changes = threading.RLock()  # of what runs
        self._environment = {**os.environ, "PATH": PATH}

    def start(self, name: str, *arguments: str, program: str | None = None) -> None:
        """Start `program`, or the part of the testbed's binary that goes by `name`, in the background."""
        with self._changes, (self._settings.logs / f"{name}.log").open("ab") as log:
            self._commands[name] = (arguments, program)
            self._running[name] = subprocess.Popen(
                [program or name, *arguments],
                executable=program or str(self._settings.binary),
                cwd=self._settings.directory,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # The starter can tell from this lock whether any process of the testbed is left.
                pass_fds=(self._lock,),
            )
            self._settings.running.mkdir(exist_ok=True)
            (self._settings.running / name).write_text(str(self._running[name].pid))

    def stop(self, name: str, *, at_once: bool = False) -> None:
        """End one component and wait until it is gone; with SIGKILL instead of SIGTERM if it is to end at once."""
        with self._changes:
            process = self._running.pop(name, None)
        if process is None:
            return
        process.send_signal(signal.SIGKILL if at_once else signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        (self._settings.running / name).unlink(missing_ok=True)

    def start_again(self, name: str) -> None:
        """Start a component that was stopped, as it was started before."""
        with self._changes:
            if name in self._commands and name not in self._running:
                arguments, program = self._commands[name]
                self.start(name, *arguments, program=program)

    def end(self) -> None:
        """End every component, and wait so that none is left to the machine's first process to reap."""
        for process in list(self._running.values()):
            process.kill()
            process.wait()

    def call(self, *command: str) -> bool:
        """Run a short command to its end and tell whether it succeeded."""
        done = subprocess.run(
            command, cwd=self._settings.directory, env=self._environment, capture_output=True, check=False
        )
        return done.returncode == 0

    def run(self, *command: str) -> None:
        """Run a short command to its end; its failure is the testbed's."""
        done = subprocess.run(
            command, cwd=self._settings.directory, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise TestbedError(f"{' '.join(command)} failed: {done.stdout}{done.stderr}".strip())

    def wait_for(self, what: str, happened: Callable[[], bool], *, seconds: float = 60) -> None:
        """Wait until `happened()`, for `seconds` at most and only while every component is alive."""
        deadline = time.monotonic() + seconds
        while not happened():
            for name, process in list(self._running.items()):
                if process.poll() is not None:
                    raise TestbedError(self._obituary(name, process.returncode))
            if time.monotonic() > deadline:
                raise TestbedError(f"{what} did not come within {seconds:.0f} s")
            time.sleep(_POLL)

    def watch(self) -> NoReturn:
        """Raise when a component ends, and return never. Reaps orphans too: that is the first process's duty."""
        while True:
            try:
                pid, status = os.wait()
            except ChildProcessError:  # all of them were stopped
                time.sleep(_POLL)
                continue
            with self._changes:
                name = next((name for name, process in self._running.items() if process.pid == pid), None)
            if name is not None:
                raise TestbedError(self._obituary(name, os.waitstatus_to_exitcode(status)))

    def _obituary(self, name: str, code: int) -> str:
        log = self._settings.logs / f"{name}.log"
        lines = log.read_text(errors="replace").splitlines()[-_LOG_TAIL:]
        return "\n".join([f"{name} ended with exit code {code}; the end of its log:", *lines])
