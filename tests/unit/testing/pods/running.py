"""Runs a program as exec does, without a connection."""

from __future__ import annotations

from collections.abc import Sequence

from kubex.testing.pods.programs import Program
from kubex.testing.pods.sessions import CommandSession

__all__ = ["run"]


async def run(
    program: Program, command: Sequence[str] = (), stdin: bytes | None = None, *, tty: bool = False
) -> tuple[bytes, bytes, int]:
    """Run a program to its end: what it wrote to its two outputs, and its exit code."""
    written: dict[int, bytes] = {1: b"", 2: b""}

    async def send(channel: int, data: bytes) -> None:
        written[channel] += data

    session = CommandSession(
        command, {}, "main", has_stdin=stdin is not None, tty=tty, outputs=[1] if tty else [1, 2], send=send
    )
    if stdin is not None:
        await session.stdin.put(stdin)
        session.stdin.end()
    code = await program(session)
    return written[1], written[2], code
