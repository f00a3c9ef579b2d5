"""`Api.attach`: the main process of running containers."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from kubex.api._command_accessor import CommandAccessor
from kubex.api._stream_session import DEFAULT_BUFFER_SIZE, StreamSession
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes
from kubex.core.remote_command import command_query

__all__ = ["AttachAccessor", "AttachedSession"]


class AttachedSession(StreamSession):
    """A session with a container's own process, whose exit code the server does not tell: it is in the pod's status."""

    @property
    def exit_code(self) -> int | None:
        """`None`: the Status of an attached session says only how attaching went, whatever the process ended with."""
        return None


class AttachAccessor(CommandAccessor):
    """Attaches to the process that a container runs.

    https://kubernetes.io/docs/reference/kubectl/generated/kubectl_attach/
    """

    def stream(
        self,
        name: str,
        *,
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
        """Talk to a container's process: an async context that gives a `StreamSession`.

        What the process wrote before is in its log. The session ends with the container, whose exit code is in the
        pod's status and nowhere here; leaving the context ends only the connection.

        Args:
            name: the pod's name.
            container: the container's name; the pod's default container where it is left out.
            stdin: whether to write to its standard input, which the container must have (`stdin: true` in its spec).
            stdout: whether its standard output comes.
            stderr: whether its standard error comes; a terminal has none.
            tty: whether the container has a terminal (`tty: true` in its spec).
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
            async with pods.attach.stream("shell-0", stdin=True, tty=True) as session:
                await session.stdin.write(b"uptime\\n")
                async for chunk in session.stdout:
                    print(chunk.decode(errors="replace"), end="")
            ```
        """
        request = self._requests.connect(
            name,
            self._required_namespace(namespace),
            "attach",
            params=command_query(container=container, stdin=stdin, stdout=stdout, stderr=stderr, tty=tty),
            timeout=request_timeout,
        )
        return self._session(
            request,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            tty=tty,
            buffer_size=buffer_size,
            block_on_full=block_on_full,
            kind=AttachedSession,
        )
