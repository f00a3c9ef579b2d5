"""What runs in a container by exec or attach, without I/O: its channels, its query, how it ended.

https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podexecoptions-v1-core
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from kubex.core.exceptions import ExecError, InvalidArgument, InvalidResponse
from kubex.core.request import RequestAction
from kubex_core.models import _struct_codec
from kubex_core.models.status import Status

__all__ = [
    "RESIZE",
    "STATUS",
    "STDERR",
    "STDIN",
    "STDOUT",
    "ExecResult",
    "StatusReader",
    "command_query",
    "exit_code_of",
    "resize_payload",
]

STDIN = 0
"""Channel of a command's standard input."""
STDOUT = 1
"""Channel of its standard output."""
STDERR = 2
"""Channel of its standard error."""
STATUS = 3
"""Channel on which the server says how it ended."""
RESIZE = 4
"""Channel of the terminal's size."""

_LARGEST_STATUS = 2**20
_LARGEST_SIDE = 2**16 - 1


@dataclass(frozen=True, slots=True)
class ExecResult:
    """What a command wrote, and how it ended.

    Args:
        stdout: what it wrote to its standard output.
        stderr: what it wrote to its standard error.
        status: how it ended, in the server's words; `None` where the server never said.
        action: what was being done, for the text of errors.
    """

    stdout: bytes
    stderr: bytes
    status: Status | None = None
    action: RequestAction | None = field(default=None, repr=False, compare=False)

    @property
    def exit_code(self) -> int | None:
        """0 on success, else the command's code; `None` where it never started (see `status`) or nobody knows."""
        return exit_code_of(self.status)

    def check(self) -> None:
        """Raise unless the command ended with 0.

        Raises:
            ExecError: it ended otherwise, never started, or the server never said how it ended.
        """
        if self.exit_code != 0:
            raise ExecError(self.status, self.exit_code, stdout=self.stdout, stderr=self.stderr, action=self.action)


def exit_code_of(status: Status | None) -> int | None:
    """Give the exit code that a command's Status tells; `None` where it tells none: the command never started."""
    if status is None:
        return None
    if status.status == "Success":
        return 0
    if status.reason != "NonZeroExitCode" or status.details is None:
        return None
    for cause in status.details.causes or ():
        if cause.reason == "ExitCode" and cause.message is not None:
            try:
                code = int(cause.message)
            except ValueError:
                return None
            return code or None  # a failure with code 0 is nothing that the server says
    return None


class StatusReader:
    """Puts a command's Status together, which comes on a channel of its own, mostly in one message."""

    __slots__ = ("_bytes", "status")

    def __init__(self) -> None:
        self._bytes = bytearray()
        self.status: Status | None = None
        """The Status, once it is whole."""

    def feed(self, payload: bytes) -> None:
        """Take the next piece.

        Raises:
            InvalidResponse: this can't become a Status.
        """
        if self.status is not None or not payload:
            return
        if len(self._bytes) + len(payload) > _LARGEST_STATUS:
            raise InvalidResponse(f"the status of a command of more than {_LARGEST_STATUS} bytes")
        self._bytes += payload
        try:
            # Unlike others this one does not say what it is: it has neither kind nor apiVersion.
            status = _struct_codec.decoder_for(Status).decode(self._bytes)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        if status.status in ("Success", "Failure"):
            self.status = status

    def end(self) -> None:
        """Say that nothing more comes.

        Raises:
            InvalidResponse: what came is no Status.
        """
        if self.status is None and self._bytes:
            raise InvalidResponse(f"the status of a command is no Status: {bytes(self._bytes[:300])!r}")


def command_query(
    *,
    command: Sequence[str] | None = None,
    container: str | None = None,
    stdin: bool,
    stdout: bool,
    stderr: bool,
    tty: bool,
) -> list[tuple[str, str]]:
    """Query of exec, or of attach where there is no command.

    Raises:
        InvalidArgument: no stream at all, or a command that is none.
    """
    if tty:
        stderr = False  # a terminal has one output
    if not (stdin or stdout or stderr):
        raise InvalidArgument("one of stdin=, stdout= and stderr= is needed")
    pairs = [("command", argument) for argument in ([] if command is None else _checked_command(command))]
    if container is not None:
        pairs.append(("container", container))
    for name, flag in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr), ("tty", tty)):
        pairs.append((name, "true" if flag else "false"))
    return pairs


def _checked_command(command: Any) -> list[str]:
    try:
        arguments = msgspec.convert(command, list[str])  # not of a string, whose characters are strings, too
    except msgspec.ValidationError:
        arguments = []
    if not arguments:
        raise InvalidArgument(f"command={command!r}: a list of a program and its arguments is needed")
    return arguments


def resize_payload(width: Any, height: Any) -> bytes:
    """Give what tells a terminal its size, in characters.

    Raises:
        InvalidArgument: not a whole number from 1 to 65535.
    """
    for name, side in (("width", width), ("height", height)):
        if isinstance(side, bool) or not isinstance(side, int) or not 1 <= side <= _LARGEST_SIDE:
            raise InvalidArgument(f"{name}={side!r}: a whole number from 1 to {_LARGEST_SIDE} is needed")
    return msgspec.json.encode({"Width": width, "Height": height})
