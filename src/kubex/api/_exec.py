"""`Api.exec`: commands in running containers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import anyio

from kubex.api._command_accessor import CommandAccessor
from kubex.api._command_reader import BoundedConnection, CommandReader
from kubex.api._stream_session import DEFAULT_BUFFER_SIZE, InputStream, StreamSession, view_of
from kubex.client.websocket import WebSocketConnection
from kubex.core.channels import ChannelProtocol
from kubex.core.exceptions import KubexClientException, RequestTimeout
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes
from kubex.core.remote_command import ExecResult
from kubex.core.request import Request

__all__ = ["ExecAccessor", "ExecResult"]


class ExecAccessor(CommandAccessor):
    """Runs commands in containers.

    https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/
    """

    async def run(
        self,
        name: str,
        *,
        command: Sequence[str],
        container: str | None = None,
        stdin: bytes | None = None,
        stdout: bool = True,
        stderr: bool = True,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> ExecResult:
        """Run a command to its end, and give what it wrote; all of that is kept in memory.

        A command that fails is no exception: look at the result's `exit_code`, or call its `check`. Of one that ends
        without having read what it was sent, servers may not tell the end (kubectl waits, too): `request_timeout`
        bounds that.

        Args:
            name: the pod's name.
            command: the program and its arguments; no shell looks at them.
            container: the container's name; the pod's default container where it is left out.
            stdin: what the command reads, to its end; no standard input where it is left out.
            stdout: whether its standard output comes.
            stderr: whether its standard error comes.
            namespace: `...` the Api's own, or another one.
            request_timeout: seconds that opening the connection may take, and then the command again. With `...` the
                client's default bounds the opening, and nothing the command.

        Raises:
            InvalidType: `stdin` is text, or something else than bytes.
            NotFound: no such pod.
            BadRequest: no such container.
            RequestTimeout: it took too long; the connection is closed, whether the command goes on is up to it.
            KubexClientException: no connection, or it broke.

        Example:
            ```python
            result = await pods.exec.run("web-0", command=["cat", "/etc/hostname"])
            result.check()
            print(result.stdout.decode())
            ```
        """
        request = self._exec_request(
            name,
            command,
            container=container,
            stdin=stdin is not None,
            stdout=stdout,
            stderr=stderr,
            namespace=namespace,
            request_timeout=request_timeout,
        )
        if stdin is not None:
            view_of(stdin, "stdin")
        connection, protocol = await self._connect(request)
        try:
            return await _result(connection, protocol, request, stdin)
        finally:
            await connection.close()

    def stream(
        self,
        name: str,
        *,
        command: Sequence[str],
        container: str | None = None,
        stdin: bool = False,
        stdout: bool = True,
        stderr: bool = True,
        tty: bool = False,
        buffer_size: int = DEFAULT_BUFFER_SIZE,
        block_on_full: bool = False,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> AbstractAsyncContextManager[StreamSession]:
        r"""Run a command and talk to it while it runs: an async context that gives a `StreamSession`.

        Leaving the context closes the connection; whether the command goes on is up to it.

        Args:
            name: the pod's name.
            command: the program and its arguments; no shell looks at them.
            container: the container's name; the pod's default container where it is left out.
            stdin: whether it gets a standard input.
            stdout: whether its standard output comes.
            stderr: whether its standard error comes; a terminal has none.
            tty: whether it gets a terminal.
            buffer_size: pieces that are kept of an output that nobody reads.
            block_on_full: hold the server back, rather than drop what comes for an output whose buffer is full.
            namespace: `...` the Api's own, or another one.
            request_timeout: seconds that opening the connection may take, and then the session again. With `...` the
                client's default bounds the opening, and nothing the session.

        Raises:
            NotFound: no such pod.
            BadRequest: no such container.
            KubexClientException: no connection.

        Example:
            ```python
            async with pods.exec.stream("web-0", command=["sh"], stdin=True, tty=True) as session:
                await session.resize(width=120, height=40)
                await session.stdin.write(b"exit 3\n")
                async for chunk in session.stdout:
                    print(chunk.decode(errors="replace"), end="")
                print(session.exit_code)
            ```
        """
        request = self._exec_request(
            name,
            command,
            container=container,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            tty=tty,
            namespace=namespace,
            request_timeout=request_timeout,
        )
        return self._session(
            request,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            tty=tty,
            buffer_size=buffer_size,
            block_on_full=block_on_full,
        )


async def _result(
    connection: WebSocketConnection, protocol: ChannelProtocol, request: Request, stdin: bytes | None
) -> ExecResult:
    """Wait for a command's end, and feed it meanwhile."""
    subject = request.described()
    bounded = BoundedConnection(connection, None, subject)
    reader = CommandReader(bounded, protocol, buffer_size=sys.maxsize, subject=subject)
    seconds = _seconds_of(request)
    with anyio.move_on_after(seconds) as scope:
        if stdin is None:
            await reader.wait_for_end()
        else:
            await _feed_to_the_end(reader, InputStream(bounded, protocol, reader, subject), stdin)
    if scope.cancelled_caught:
        raise RequestTimeout(f"{subject}: the command did not end within {seconds:g} s")
    return ExecResult(b"".join(reader.stdout.chunks), b"".join(reader.stderr.chunks), reader.status, request.action)


def _seconds_of(request: Request) -> float | None:
    """Give the bound of a command: what was asked for of its request, and not of the client's."""
    timeout = request.timeout
    if timeout is ... or timeout is None:
        return None
    return timeout.total if timeout.total is not None else timeout.read


async def _feed_to_the_end(reader: CommandReader, stdin: InputStream, data: bytes) -> None:
    failure: Exception | None = None  # raised in the task group it would come in an exception group

    async def feed() -> None:
        nonlocal failure
        try:
            await stdin.write(data)
            await stdin.aclose()
        except KubexClientException:
            pass  # a command may end before it has read all, and of a broken connection the reader hears, too
        except Exception as error:
            failure = error
            tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(feed)
        try:
            await reader.wait_for_end()
        except Exception as error:
            failure = error
        tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure
