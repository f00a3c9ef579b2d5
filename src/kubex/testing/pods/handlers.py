"""`Handlers`: what a test has given to answer for pods, and which of it is meant for a request."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal, TypeAlias

from anyio.abc import ByteStream

from kubex.testing.pods.programs import CommandNotFound, Program
from kubex.testing.pods.sessions import CommandSession
from kubex.testing.storage import JsonObject

__all__ = ["CommandKind", "Handlers", "PortHandler", "Target"]

CommandKind: TypeAlias = Literal["exec", "attach"]

PortHandler: TypeAlias = Callable[[ByteStream], Awaitable[None]]
"""Talks to one client of a port in the server's event loop (asyncio); the connection ends with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which requests something is for: patterns as `fnmatch` has them; `None` is any."""

    namespace: str | None = None
    pod: str | None = None
    container: str | None = None
    program: str | None = None

    def takes(self, pod: JsonObject, container: str | None) -> bool:
        """Whether it is for a container of a pod; `None` is for the pod itself."""
        metadata = pod["metadata"]
        return (
            _matches(metadata["name"], self.pod)
            and _matches(metadata["namespace"], self.namespace)
            and (container is None or _matches(container, self.container))
        )


def _matches(name: str, pattern: str | None) -> bool:
    return pattern is None or fnmatchcase(name, pattern)


@dataclass(frozen=True, slots=True)
class _Command:
    kind: CommandKind
    target: Target
    program: Program


@dataclass(frozen=True, slots=True)
class _Port:
    number: int | None
    target: Target
    handler: PortHandler


class Handlers:
    """Handlers, which may be given from any thread; of several that fit, the one given last answers."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._commands: tuple[_Command, ...] = ()
        self._ports: tuple[_Port, ...] = ()

    def add_command(self, kind: CommandKind, target: Target, program: Program) -> None:
        """Have a program run for exec or attach."""
        with self._lock:
            self._commands = (_Command(kind, target, program), *self._commands)

    def add_port(self, number: int | None, target: Target, handler: PortHandler) -> None:
        """Have a port answered; `None` is each."""
        with self._lock:
            self._ports = (_Port(number, target, handler), *self._ports)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._commands, self._ports = (), ()

    def program(self, kind: CommandKind, pod: JsonObject, container: str, command: tuple[str, ...]) -> Program | None:
        """Give what runs for a request; `None` where a test has given nothing for the container."""
        fitting = [each for each in self._commands if each.kind == kind and each.target.takes(pod, container)]
        for each in fitting:
            if not command or _matches(command[0].rpartition("/")[2], each.target.program):
                return each.program
        return _missing if fitting else None

    def has_ports(self, pod: JsonObject) -> bool:
        """Whether a test has given something for any port of a pod."""
        return any(each.target.takes(pod, None) for each in self._ports)

    def port(self, pod: JsonObject, number: int) -> PortHandler | None:
        """Give what answers at a port; `None` where nobody listens."""
        for each in self._ports:
            if each.number in (None, number) and each.target.takes(pod, None):
                return each.handler
        return None


async def _missing(session: CommandSession) -> int:
    raise CommandNotFound
