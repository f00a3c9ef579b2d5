"""What runs for an exec or attach: the functions of a test, and what becomes of what they return and raise."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, TypeAlias

import anyio

from kubex.testing.pods.sessions import CommandSession, InputStream

__all__ = [
    "AsyncCommandHandler",
    "BlockingInput",
    "CommandHandler",
    "CommandNotFound",
    "CommandOutput",
    "CommandResult",
    "Program",
    "SessionHandler",
    "running_function",
    "running_session",
]


class CommandNotFound(Exception):
    """A handler raises it where a container would have no such program."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command writes, and how it ends.

    Args:
        stdout: what it writes to its standard output.
        stderr: what it writes to its standard error.
        exit_code: 0 to 255.
    """

    stdout: str | bytes = b""
    stderr: str | bytes = b""
    exit_code: int = 0


class BlockingInput:
    """Standard input of a command, for a handler that is an ordinary function.

    Args:
        stdin: the input.
        loop: event loop that it belongs to.
    """

    def __init__(self, stdin: InputStream, loop: asyncio.AbstractEventLoop) -> None:
        self._stdin = stdin
        self._loop = loop

    def read(self) -> bytes:
        """Read to the end.

        Raises:
            ConnectionAbortedError: the client has gone.
        """
        return self._wait_for(self._stdin.read)

    def readline(self) -> bytes:
        r"""Read to the next `\n`, which is a part of it; `b""` at the end.

        Raises:
            ConnectionAbortedError: the client has gone.
        """
        return self._wait_for(self._stdin.read_line)

    def __iter__(self) -> Iterator[bytes]:
        """Give line by line."""
        return iter(self.readline, b"")

    def _wait_for(self, read: Callable[[], Any]) -> bytes:
        try:
            result: bytes = asyncio.run_coroutine_threadsafe(read(), self._loop).result()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, CancelledError, RuntimeError):
            raise ConnectionAbortedError("the client has gone") from None
        return result


CommandOutput: TypeAlias = str | bytes | CommandResult | None
"""What a command comes to: its standard output, or more; `None` is nothing."""

CommandHandler: TypeAlias = Callable[[list[str], BlockingInput], CommandOutput]
"""Runs a command in a thread of its own, and gives what it comes to."""

AsyncCommandHandler: TypeAlias = Callable[[list[str], InputStream], Awaitable[CommandOutput]]
"""Runs a command in the server's event loop (asyncio), and gives what it comes to."""

SessionHandler: TypeAlias = Callable[[CommandSession], Awaitable[int | None]]
"""Talks to a client in the server's event loop (asyncio); gives the exit code, where it is not 0."""

Program: TypeAlias = Callable[[CommandSession], Awaitable[int]]
"""Runs for one client; gives the exit code."""


def running_function(handler: CommandHandler | AsyncCommandHandler) -> Program:
    """Make a program of a function of the command and its input."""
    is_async = inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(type(handler).__call__)

    async def run(session: CommandSession) -> int:
        command: Any = list(session.command)
        outcome: Any
        function: Any = handler
        if is_async:
            outcome = await function(command, session.stdin)
        else:
            stdin = BlockingInput(session.stdin, asyncio.get_running_loop())
            try:
                outcome = await _in_thread(lambda: function(command, stdin))
            finally:
                session.stdin.end(broken=True)  # or a thread that nobody waits for would read for ever
        return await _tell(session, outcome)

    return run


def running_session(handler: SessionHandler) -> Program:
    """Make a program of a function of the session."""

    async def run(session: CommandSession) -> int:
        return _checked_code(await handler(session) or 0)

    return run


async def _tell(session: CommandSession, outcome: Any) -> int:
    if not isinstance(outcome, CommandResult):
        outcome = CommandResult(b"" if outcome is None else outcome)
    for data in (outcome.stdout, outcome.stderr):
        if not isinstance(data, str | bytes):
            raise TypeError(f"a handler gives text, bytes or a CommandResult, and this one gave {data!r}")
    await session.stdout.write(outcome.stdout)
    await session.stderr.write(outcome.stderr)
    return _checked_code(outcome.exit_code)


def _checked_code(code: Any) -> int:
    if not isinstance(code, int) or not 0 <= code <= 255:
        raise TypeError(f"an exit code is a number from 0 to 255, and this one is {code!r}")
    return int(code)


async def _in_thread(work: Callable[[], Any]) -> Any:
    """Wait for a function in a thread that nobody need wait for: unlike those of an executor it ends with the process.

    A function can't be cancelled; one whose caller is runs on, and what comes of it is dropped.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[Any] = loop.create_future()

    def settle(value: Any, error: BaseException | None) -> None:
        if result.done():
            return
        if error is not None:
            result.set_exception(error)
        else:
            result.set_result(value)

    def run() -> None:
        value: Any = None
        failure: BaseException | None = None
        try:
            value = work()
        except StopIteration as error:  # which no future takes
            failure = RuntimeError(f"a handler raised {error!r}")
        except BaseException as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the server has ended
            loop.call_soon_threadsafe(settle, value, failure)

    threading.Thread(target=run, name="kubex-pod-command", daemon=True).start()
    return await result
