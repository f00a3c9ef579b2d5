"""Programs of this machine in the place of those in a container."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
import shutil
import signal
import struct
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import PIPE
from typing import Final

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream, Process

from kubex.testing.pods.programs import CommandNotFound, Program
from kubex.testing.pods.sessions import CommandSession, InputStream, OutputStream, TerminalSize

__all__ = ["running_locally"]

_PIECE: Final = 32 * 1024
# Opens the terminal anew in a session of its own, which makes it the one that Ctrl-C and job control are about.
_IN_TERMINAL: Final = 'exec "$@" <>"$0" >&0 2>&0'


def running_locally(
    command: Sequence[str] | None, *, folder: str | os.PathLike[str] | None, environment: Mapping[str, str] | None
) -> Program:
    """Make a program that starts a process for each client, and ends it with the client.

    Args:
        command: what to start; `None` is what the client asks for.
        folder: where it is started.
        environment: its variables, beside this process' own.
    """
    given = None if command is None else tuple(command)

    async def run(session: CommandSession) -> int:
        program, *arguments = given or session.command or ("",)
        variables = {**os.environ, **(environment or {})}
        where = Path(folder) if folder is not None else Path.cwd()
        found = shutil.which(where / program if "/" in program else program, path=variables.get("PATH"))
        if found is None:
            raise CommandNotFound(program)
        local = _LocalProcess(session, [found, *arguments], where, variables)
        return await (local.run_in_terminal() if session.tty else local.run())

    return run


class _LocalProcess:
    """A process for one client."""

    def __init__(self, session: CommandSession, command: list[str], folder: Path, variables: dict[str, str]) -> None:
        self._session = session
        self._command = command
        self._folder = folder
        self._variables = variables

    async def run(self) -> int:
        """Run with pipes, until the process has ended and nobody holds its outputs any more."""
        session = self._session
        process = await self._start(self._command)
        try:
            async with anyio.create_task_group() as tasks:
                if process.stdin is not None:
                    tasks.start_soon(_feed, session.stdin, process.stdin)
                async with anyio.create_task_group() as outputs:
                    for pipe, output in ((process.stdout, session.stdout), (process.stderr, session.stderr)):
                        if pipe is not None:
                            outputs.start_soon(_tell, pipe, output)
                await process.wait()
                tasks.cancel_scope.cancel()
            return _exit_code(await process.wait())
        finally:
            await _end(process)

    async def run_in_terminal(self) -> int:
        """Run in a terminal of its own, until nobody has it open any more."""
        session = self._session
        ours, theirs = os.openpty()
        try:
            try:
                if session.size is not None:
                    _resize(ours, session.size)
                command = ["/bin/sh", "-c", _IN_TERMINAL, os.ttyname(theirs), *self._command]
                process = await self._start(command, theirs)
            finally:
                os.close(theirs)
            try:
                os.set_blocking(ours, False)
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_type, session.stdin, ours)
                    tasks.start_soon(_follow_size, session, ours)
                    await _show(ours, session.stdout)
                    await process.wait()
                    tasks.cancel_scope.cancel()
                return _exit_code(await process.wait())
            finally:
                await _end(process)
        finally:
            os.close(ours)

    async def _start(self, command: list[str], terminal: int = PIPE) -> Process:
        process: Process | None = None
        try:
            with anyio.CancelScope(shield=True):  # nobody would end a process that is broken off while it starts
                process = await anyio.open_process(
                    command,
                    stdin=terminal,
                    stdout=terminal,
                    stderr=terminal,
                    cwd=self._folder,
                    env=self._variables,
                    start_new_session=True,
                )
        except OSError as error:
            raise CommandNotFound(f"{command[0]}: {error.strerror}") from None
        if process is None:  # never: a scope that is shielded is not cancelled
            raise CommandNotFound(command[0])
        return process


async def _feed(stdin: InputStream, pipe: ByteSendStream) -> None:
    """Give a process its input; what comes after it has closed that is dropped."""
    try:
        async for piece in stdin:
            await pipe.send(piece)
        await pipe.aclose()
    except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
        stdin.close()


async def _tell(pipe: ByteReceiveStream, output: OutputStream) -> None:
    while True:
        try:
            piece = await pipe.receive(_PIECE)
        except anyio.EndOfStream:
            return
        await output.send(piece)


async def _type(stdin: InputStream, terminal: int) -> None:
    """Type what comes; the end of the input is no end of the terminal."""
    async for piece in stdin:
        rest = memoryview(piece)
        while rest:
            try:
                rest = rest[os.write(terminal, rest) :]
            except BlockingIOError:
                await _until(terminal, writable=True)
            except OSError:
                stdin.close()
                return


async def _show(terminal: int, output: OutputStream) -> None:
    while True:
        try:
            piece = os.read(terminal, _PIECE)
        except BlockingIOError:
            await _until(terminal, writable=False)
            continue
        except OSError as error:
            if error.errno != errno.EIO:  # as Linux says that nobody has it open any more
                raise
            return
        if not piece:
            return
        await output.send(piece)


async def _until(terminal: int, *, writable: bool) -> None:
    """Wait until a terminal can be read from, or written to."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    if writable:
        loop.add_writer(terminal, ready.set)
    else:
        loop.add_reader(terminal, ready.set)
    try:
        await ready.wait()
    finally:
        if writable:
            loop.remove_writer(terminal)
        else:
            loop.remove_reader(terminal)


async def _follow_size(session: CommandSession, terminal: int) -> None:
    async for size in session.sizes():
        _resize(terminal, size)


def _resize(terminal: int, size: TerminalSize) -> None:
    with contextlib.suppress(OSError):
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size.height, size.width, 0, 0))


async def _end(process: Process) -> None:
    """End a process, and those it has started, unless it has ended; and let go of it."""
    with anyio.CancelScope(shield=True):
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        await process.aclose()


def _exit_code(code: int) -> int:
    """Give an exit code as shells and container runtimes have it: 137 of a process that SIGKILL has ended."""
    return code if code >= 0 else 128 - code
