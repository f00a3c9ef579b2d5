"""`Pods`: `server.pods`, where a test says what its pods answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, overload

from kubex.core.exceptions import InvalidArgument
from kubex.testing.failures import ApiFailure, unknown_resource
from kubex.testing.pods.containers import chosen_container
from kubex.testing.pods.handlers import CommandKind, Handlers, PortHandler, Target
from kubex.testing.pods.local_processes import running_locally
from kubex.testing.pods.ports import relaying
from kubex.testing.pods.programs import (
    AsyncCommandHandler,
    CommandHandler,
    SessionHandler,
    running_function,
    running_session,
)
from kubex.testing.pods.tracking import ContainerTracker
from kubex.testing.pods.transcripts import playing
from kubex.testing.storage import JsonObject, Key

__all__ = ["Pods"]

if TYPE_CHECKING:
    from kubex.testing.running import RunningServer
    from kubex.testing.serving import ServedCluster


class Pods:
    """What the pods of a server answer to exec, attach, port-forward and for their logs.

    Nothing runs in them: a test gives what does instead. Each method adds something for the pods that fit, from now on,
    whether they are there already or not; of several that fit, the one given last answers. All is forgotten with
    `reset`. The parameters that most of them have are patterns such as `web-*`, and any where they are left out:

    - `namespace`, `pod`, `container`: names.
    - `program`: name of the program, the first word of the command without its folders.

    A handler that is an `async def` runs in the server's event loop, which is asyncio's, in the server's thread; one
    that is an ordinary function in a thread of its own. What a handler raises is logged (`kubex.testing`), and told to
    the client as an internal error; with `CommandNotFound` the container has no such program. A client that goes away
    cancels its handler.

    Example:
        ```python
        server.pods.on_exec(lambda command, stdin: "hello\n", pod="web-*")
        server.pods.run_locally(pod="shell", folder=tmp_path)
        server.pods.on_port(5432, to="127.0.0.1:15432")
        server.pods.log("web-0", "listening on 8080\n")
        ```

    Args:
        handlers: where it is kept.
        running: gives the server that runs.
    """

    def __init__(self, handlers: Handlers, running: Callable[[], RunningServer]) -> None:
        self._handlers = handlers
        self._running = running

    @overload
    def on_exec(
        self,
        handler: CommandHandler,
        *,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
        program: str | None = None,
    ) -> None: ...

    @overload
    def on_exec(
        self,
        handler: AsyncCommandHandler,
        *,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
        program: str | None = None,
    ) -> None: ...

    def on_exec(
        self,
        handler: CommandHandler | AsyncCommandHandler,
        *,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
        program: str | None = None,
    ) -> None:
        r"""Have a function answer exec.

        Args:
            handler: takes the command as a list and its standard input, and gives its standard output as text or bytes,
                or a `CommandResult`. The input is read with `stdin.read()`, to its end, or `stdin.readline()`; in an
                `async def` with `await stdin.read()` and `await stdin.read_line()`.

        Example:
            ```python
            def grep(command: list[str], stdin: BlockingInput) -> CommandResult:
                found = [line for line in stdin if command[1].encode() in line]
                return CommandResult(b"".join(found), exit_code=0 if found else 1)


            server.pods.on_exec(grep, program="grep")
            ```
        """
        target = Target(namespace=namespace, pod=pod, container=container, program=program)
        self._handlers.add_command("exec", target, running_function(handler))

    def on_exec_session(
        self,
        handler: SessionHandler,
        *,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
        program: str | None = None,
    ) -> None:
        r"""Have a function talk to the clients of exec, for as long as it likes.

        Args:
            handler: takes a `CommandSession` (its input, its outputs, the terminal's size), and gives the exit code;
                `None` is 0.

        Example:
            ```python
            async def shout(session: CommandSession) -> int:
                while line := await session.stdin.read_line():
                    await session.stdout.write(line.upper())
                return 0
            ```
        """
        target = Target(namespace=namespace, pod=pod, container=container, program=program)
        self._handlers.add_command("exec", target, running_session(handler))

    def on_attach(
        self,
        handler: SessionHandler,
        *,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
    ) -> None:
        """Have a function talk to the clients of attach, as `on_exec_session` does to those of exec.

        Of an exit code clients of attach are told nothing: it is in the pod's status.
        """
        target = Target(namespace=namespace, pod=pod, container=container)
        self._handlers.add_command("attach", target, running_session(handler))

    def run_locally(
        self,
        *,
        folder: str | os.PathLike[str] | None = None,
        environment: Mapping[str, str] | None = None,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
        program: str | None = None,
    ) -> None:
        """Run the commands of exec as processes of this machine, with a terminal where the client asks for one.

        Whoever can reach the server's port can then run anything as this user: leave `host` at its default. A process
        ends with its client, and so do those that it has started.

        Args:
            folder: where they are started; this process' own where it is left out.
            environment: variables, beside this process' own.
        """
        self._add_local("exec", None, folder, environment, namespace, pod, container, program)

    def attach_locally(
        self,
        command: Sequence[str],
        *,
        folder: str | os.PathLike[str] | None = None,
        environment: Mapping[str, str] | None = None,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
    ) -> None:
        """Start a process of this machine for each client of attach; otherwise as `run_locally`.

        Args:
            command: program and arguments.
            folder: where it is started; this process' own where it is left out.
            environment: variables, beside this process' own.

        Raises:
            InvalidArgument: the command is empty, or no list.
        """
        if isinstance(command, str) or not command:
            raise InvalidArgument(f"command={command!r}: a list of a program and its arguments is needed")
        self._add_local("attach", command, folder, environment, namespace, pod, container, None)

    def play(
        self,
        transcript: str,
        *,
        namespace: str | None = None,
        pod: str | None = None,
        container: str | None = None,
    ) -> None:
        r"""Answer exec and attach with what stands in a transcript.

        A command that is in it several times gets its answers in turn, and then the last one again. Shells (`sh`, also
        with `-c`, and attach) read their commands, and answer each that way; any other command is not found.

        Args:
            transcript: lines that begin with `$ ` are commands; what follows is their output, and `[3]` in a line at
                its end the exit code.

        Raises:
            InvalidArgument: it is no transcript.

        Example:
            ```python
            server.pods.play('''
            $ hostname
            web-0
            $ cat /missing
            cat: can't open '/missing': No such file or directory
            [1]
            ''')
            ```
        """
        program = playing(transcript)
        target = Target(namespace=namespace, pod=pod, container=container)
        self._handlers.add_command("exec", target, program)
        self._handlers.add_command("attach", target, program)

    def on_port(
        self,
        port: int | None,
        handler: PortHandler | None = None,
        *,
        to: str | None = None,
        namespace: str | None = None,
        pod: str | None = None,
    ) -> None:
        """Answer at a port of pods. Others refuse connections, as those that no program listens on.

        Args:
            port: 1 to 65535; `None` is each.
            handler: takes each connection as an anyio `ByteStream`, in the server's event loop (asyncio); the
                connection ends with it.
            to: a TCP port to connect to instead, such as `127.0.0.1:5432`.

        Raises:
            InvalidArgument: no such port or address, or not one of `handler` and `to`.
        """
        if port is not None and (isinstance(port, bool) or not 0 < port < 2**16):
            raise InvalidArgument(f"port={port!r}: a number from 1 to 65535 is needed")
        if (handler is None) == (to is None):
            raise InvalidArgument("one of handler= and to= is needed")
        chosen = handler if handler is not None else relaying(to or "")
        self._handlers.add_port(port, Target(namespace=namespace, pod=pod), chosen)

    def log(
        self,
        pod: str,
        text: str | bytes,
        *,
        namespace: str = "default",
        container: str | None = None,
        previous: bool = False,
    ) -> None:
        r"""Add lines to the log of a container, of a pod that is there; who follows it gets them at once.

        The log goes with its pod; a restart of the container (its `restartCount`) begins a new one.

        Args:
            pod: the pod's name.
            text: the lines; a last one without `\n` gets it.
            namespace: the pod's.
            container: the container's name; not needed where the pod has one container.
            previous: add to the log of the container before its last restart.

        Raises:
            InvalidArgument: there is no such pod or container.
        """
        data = text.encode() if isinstance(text, str) else text
        running = self._running()

        def write() -> None:
            tracker, object_ = _found(running.application.cluster, namespace, pod)
            name = chosen_container(object_, container or "")
            tracker.write(object_, name, data, previous=previous)

        try:
            running.call(write)
        except ApiFailure as failure:
            raise InvalidArgument(f"log of pod {pod!r} in namespace {namespace!r}: {failure}") from None

    def _add_local(
        self,
        kind: CommandKind,
        command: Sequence[str] | None,
        folder: str | os.PathLike[str] | None,
        environment: Mapping[str, str] | None,
        namespace: str | None,
        pod: str | None,
        container: str | None,
        program: str | None,
    ) -> None:
        target = Target(namespace=namespace, pod=pod, container=container, program=program)
        self._handlers.add_command(kind, target, running_locally(command, folder=folder, environment=environment))


def _found(cluster: ServedCluster, namespace: str, pod: str) -> tuple[ContainerTracker, JsonObject]:
    resource = cluster.registry.find("", "v1", "pods")
    if resource is None:
        raise unknown_resource()
    return cluster.containers, cluster.operations.get(resource, Key(namespace, pod)).object
