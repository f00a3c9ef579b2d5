"""A process that competes for a lease, as the test that watches it sees it."""

from __future__ import annotations

import json
import math
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import Process, TaskStatus
from anyio.streams.text import TextReceiveStream

__all__ = ["Competitor", "Race"]

_PROJECT = Path(__file__).resolve().parents[3]


class Competitor:
    """One of the processes, and what it told."""

    def __init__(self, identity: str, url: str) -> None:
        self.identity = identity
        self.url = url
        self.process: Process | None = None
        self.steps: list[tuple[float, float]] = []
        """Of each step when it began, and the deadline of the lease."""
        self.losses = 0

    @property
    def last_step(self) -> float:
        """When its last step began."""
        return self.steps[-1][0] if self.steps else -math.inf

    def send(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def take(self, told: dict[str, Any]) -> None:
        """Take what it told."""
        if told["what"] == "step":
            self.steps.append((told["at"], told["deadline"]))
        elif told["what"] == "lost":
            self.losses += 1


class Race:
    """Starts the processes and hears them.

    Args:
        kubeconfig: of the server.
        namespace: of the lease.
        lease: seconds that it lasts for.
        how: what competes, `elector` or `manager`.
    """

    def __init__(self, kubeconfig: Path, namespace: str, lease: float, how: str) -> None:
        self._arguments = (str(kubeconfig), namespace, f"{lease:g}", how)
        self._heard = anyio.Event()

    async def run(self, competitor: Competitor, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Run the process of a competitor, and hear it to its end."""
        kubeconfig, namespace, lease, how = self._arguments
        program = [sys.executable, "-m", "tests.e2e.runtime.leading_program"]
        command = [*program, kubeconfig, competitor.url, namespace, competitor.identity, lease, how]
        async with await anyio.open_process(command, cwd=_PROJECT, stderr=None) as process:
            competitor.process = process
            task_status.started()
            try:
                await self._hear(competitor, process)
            finally:
                if process.returncode is None:
                    process.kill()  # one that is stopped, too

    async def _hear(self, competitor: Competitor, process: Process) -> None:
        assert process.stdout is not None
        rest = ""
        async for text in TextReceiveStream(process.stdout):
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                competitor.take(json.loads(line))
            self._heard.set()

    async def until(self, is_so: Callable[[], bool], seconds: float) -> None:
        """Wait for something that the processes tell."""
        with anyio.fail_after(seconds):
            while not is_so():
                self._heard = anyio.Event()
                await self._heard.wait()
