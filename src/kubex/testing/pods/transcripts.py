"""Scripted sessions: what somebody typed, and what came of it, played back."""

from __future__ import annotations

import re
import shlex
import textwrap
from typing import Final, NamedTuple

from kubex.core.exceptions import InvalidArgument
from kubex.testing.pods.programs import CommandNotFound, Program
from kubex.testing.pods.sessions import CommandSession

__all__ = ["Answer", "playing", "read_transcript"]

_PROMPT: Final = "$ "
_CODE: Final = re.compile(r"\[([0-9]{1,3})\]")
_SHELLS: Final = frozenset({"ash", "bash", "dash", "sh", "zsh"})
_NOT_FOUND: Final = 127


class Answer(NamedTuple):
    """What a command writes, and its exit code."""

    output: str
    exit_code: int


def read_transcript(text: str) -> dict[tuple[str, ...], list[Answer]]:
    """Read a transcript: for each command its answers, in order.

    Args:
        text: lines, all of them indented alike; those that begin with `$ ` are commands, what follows is their output,
            `[3]` at its end the exit code.

    Raises:
        InvalidArgument: it begins with no command, or a command that is none.
    """
    found: dict[tuple[str, ...], list[Answer]] = {}
    text = textwrap.dedent(text).lstrip("\n")
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        try:
            command = tuple(shlex.split(line))
        except ValueError as error:
            raise InvalidArgument(f"transcript: {line!r} is no command: {error}") from None
        if not command:
            raise InvalidArgument("transcript: a prompt without a command")
        lines = output.splitlines(keepends=True)
        code = _CODE.fullmatch(lines[-1].strip()) if lines else None
        if code is not None:
            del lines[-1]
        found.setdefault(command, []).append(Answer("".join(lines), int(code[1]) if code is not None else 0))
    if not found or not text.startswith(_PROMPT):
        raise InvalidArgument(f"transcript: it begins with a command, in a line that begins with {_PROMPT!r}")
    return found


def playing(text: str) -> Program:
    """Make a program of a transcript.

    A command is answered with what followed it there: the first time with its first answer, then with the next, and in
    the end with the last again and again. A shell reads commands from its standard input, or runs that of `-c`.

    Raises:
        InvalidArgument: it is no transcript.
    """
    player = _Player(read_transcript(text))
    return player.run


class _Player:
    """A transcript that is played."""

    def __init__(self, answers: dict[tuple[str, ...], list[Answer]]) -> None:
        self._answers = answers

    async def run(self, session: CommandSession) -> int:
        command = session.command
        found = self._answer(command)
        is_shell = not command or command[0].rpartition("/")[2] in _SHELLS
        if found is None and is_shell:
            if len(command) == 3 and command[1] == "-c":
                return await self._run_line(session, command[2])
            return await self._read_commands(session)
        if found is None:
            raise CommandNotFound
        await session.stdout.write(_shown(session, found.output))
        return found.exit_code

    def _answer(self, command: tuple[str, ...]) -> Answer | None:
        answers = self._answers.get(command)
        if answers is None:
            return None
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def _read_commands(self, session: CommandSession) -> int:
        code = 0
        while True:
            if session.tty:
                await session.stdout.write(_PROMPT)
            line = (await session.stdin.read_line()).decode(errors="replace")
            if session.tty:
                await session.stdout.write(_shown(session, line.rstrip("\r\n") + "\n"))
            if not line or line == "\x04":
                return code
            match line.split():
                case []:
                    pass
                case ["exit"]:
                    return code
                case ["exit", text] if text.isascii() and text.isdigit():
                    return int(text) % 256
                case _:
                    code = await self._run_line(session, line)

    async def _run_line(self, session: CommandSession, line: str) -> int:
        try:
            command = tuple(shlex.split(line))
        except ValueError:
            command = (line.strip(),)
        found = self._answer(command)
        if found is None:
            await session.stderr.write(_shown(session, f"sh: {command[0] if command else ''}: not found\n"))
            return _NOT_FOUND
        await session.stdout.write(_shown(session, found.output))
        return found.exit_code


def _shown(session: CommandSession, text: str) -> str:
    r"""Give a text as a terminal shows it: with `\r\n` at the end of each line."""
    return text.replace("\n", "\r\n") if session.tty else text
