"""The leak check: as many tasks, sockets and file descriptors after a test as before.

A test module asks for it with `pytestmark = pytest.mark.usefixtures("no_leaks")`, beside the mark `anyio`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import stat
from collections.abc import AsyncIterator, Callable

import anyio
import pytest
import sniffio
import trio

_SETTLE_SECONDS = 1.0  # what closes in the background of a loop gets this long, and no test waits where nothing is open
_POLL = 0.005


@pytest.fixture(scope="module", autouse=True)
def only_what_is_new_is_collected() -> None:
    """Let a collection leave out what was there before a module: models and documents make it take most of a test."""
    gc.collect()
    gc.freeze()


@pytest.fixture
async def no_leaks(anyio_backend: str) -> AsyncIterator[None]:
    """Fail a test that leaves more tasks, sockets or file descriptors behind than it found.

    It comes before the fixtures that a test names itself, so what they close is counted too.
    """
    descriptors, tasks = open_descriptors(), open_tasks()
    yield
    gc.collect()  # what only a collected object closes is found as a ResourceWarning by pytest, and not here
    left = await _settled(lambda: [*_new_descriptors(descriptors), *_new_tasks(tasks)])
    if left:
        pytest.fail("the test left behind: " + "; ".join(left), pytrace=False)


def open_descriptors() -> set[tuple[int, int, int]]:
    """Return what identifies each open file descriptor of this process: its number, device and inode."""
    found: set[tuple[int, int, int]] = set()
    for name in os.listdir("/dev/fd"):
        try:
            status = os.fstat(int(name))
        except OSError:  # the one that listed the folder
            continue
        found.add((int(name), status.st_dev, status.st_ino))
    return found


def open_connections(port: int) -> set[str]:
    """Return the sockets of this process that are connected to a port of a server, which may have its own ends here."""
    own: set[str] = set()
    for descriptor in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):
            own.add(os.readlink(f"/proc/self/fd/{descriptor}"))
    with open("/proc/self/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return {f"socket:[{row[9]}]" for row in rows if row[2].endswith(f":{port:04X}")} & own


async def _settled(left: Callable[[], list[str]]) -> list[str]:
    with anyio.move_on_after(_SETTLE_SECONDS):
        while left():  # noqa: ASYNC110 - a closed socket raises no event
            await anyio.sleep(_POLL)
    return left()


def _new_descriptors(before: set[tuple[int, int, int]]) -> list[str]:
    return [_describe(descriptor) for descriptor, _, _ in sorted(open_descriptors() - before)]


def _describe(descriptor: int) -> str:
    try:
        target = os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:  # no such folder on this system, or closed meanwhile
        target = "a file"
    try:
        kind = "socket" if stat.S_ISSOCK(os.fstat(descriptor).st_mode) else "descriptor"
    except OSError:
        kind = "descriptor"
    return f"{kind} {descriptor} ({target})"


def open_tasks() -> set[int]:
    """Return what identifies each task of the event loop."""
    return set(_tasks_by_id())


def _new_tasks(before: set[int]) -> list[str]:
    return [f"task {name}" for key, name in _tasks_by_id().items() if key not in before]


def _tasks_by_id() -> dict[int, str]:
    if sniffio.current_async_library() == "asyncio":
        tasks = asyncio.all_tasks()
        # anyio's pytest plugin has a new task of its own for each fixture and test.
        return {id(task): repr(task) for task in tasks if "TestRunner." not in repr(task.get_coro())}
    root = trio.lowlevel.current_root_task()
    found: dict[int, str] = {}
    waiting = [root] if root is not None else []
    while waiting:
        task = waiting.pop()
        found[id(task)] = task.name
        waiting.extend(child for nursery in task.child_nurseries for child in nursery.child_tasks)
    return found
