"""Transcripts: commands, and what they wrote on a real API server.

Their form is cram's. What is indented by two spaces is a command (`$`, going on with `>`) or the output of the one
above it, with its exit code in brackets unless that is 0; the rest is said to the reader. What differs from run to run
stands in the output as a word in capitals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, NamedTuple

from tests.clients.environment import Ended

__all__ = ["Step", "normalized", "read_transcript", "rewritten", "shown"]

_INDENT: Final = "  "
_COMMAND: Final = f"{_INDENT}$ "
_CONTINUED: Final = f"{_INDENT}> "

# Tell the same in other words each time.
_VOLATILE: Final = [
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"), "TIME"),
    (re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"), "TIME"),
    (re.compile(r'(resourceVersion\\*"?): ?(\\*)"\d+\\*"'), r'\1: \2"VERSION\2"'),
    (re.compile(r"kubectl-edit-\d+"), "kubectl-edit-RANDOM"),
    (re.compile(r"^[IWE]\d{4} \d\d:\d\d:\d\d\.\d+ .*\n", re.MULTILINE), ""),  # kubectl's log, which depends on time
    (re.compile(r"\b10(?:\.\d{1,3}){3}\b"), "ADDRESS"),
    (re.compile(r"kube-api-access-[a-z0-9]{5}\b"), "kube-api-access-RANDOM"),
    (re.compile(r"(?<=\s\s)(?:\d+m)?\d+s(?=\s|$)", re.MULTILINE), "AGE"),
    (re.compile(r"(?<=\S) {2,}"), "  "),  # columns are as wide as what is in them
    (re.compile(r" +$", re.MULTILINE), ""),
]


class Step(NamedTuple):
    """A command, and what it is to write."""

    line: int
    """Where in its file it begins, from 1."""
    command: str
    output: str


def read_transcript(path: Path) -> list[Step]:
    """Read the steps of a transcript."""
    steps: list[Step] = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if line.startswith(_COMMAND):
            steps.append(Step(number, line.removeprefix(_COMMAND), ""))
        elif line.startswith(_CONTINUED) or line == _CONTINUED.rstrip():
            step = steps[-1]
            steps[-1] = step._replace(command=f"{step.command}\n{line[len(_CONTINUED) :]}")
        elif line.startswith(_INDENT):
            step = steps[-1]
            steps[-1] = step._replace(output=f"{step.output}{line.removeprefix(_INDENT)}\n")
    return steps


def rewritten(path: Path, run: Callable[[str], str]) -> str:
    """Give a transcript anew: with the outputs that a function gives for the commands."""
    lines = path.read_text().splitlines()
    steps = {step.line: step for step in read_transcript(path)}
    written: list[str] = []
    for number, line in enumerate(lines, start=1):
        if number in steps:
            command = steps[number].command
            first, *rest = command.split("\n")
            written += [_COMMAND + first, *((_CONTINUED + each).rstrip() for each in rest)]
            written += [(_INDENT + each) if each else _INDENT for each in run(command).splitlines()]
        elif not line.startswith(_INDENT):
            written.append(line)
    return "\n".join(written) + "\n"


def shown(ended: Ended) -> str:
    """Write down what a command did as a transcript has it."""
    output = ended.output if ended.output.endswith("\n") or not ended.output else f"{ended.output}\n"
    return output + (f"[{ended.code}]\n" if ended.code else "")


def normalized(output: str, names: Iterable[tuple[str, str]]) -> str:
    """Put words in capitals for what differs from run to run.

    Args:
        output: of a command.
        names: what else differs, and the word for it.
    """
    for name, word in names:
        output = output.replace(name, word)
    for pattern, word in _VOLATILE:
        output = pattern.sub(word, output)
    return "".join(map(_in_order, output.splitlines(keepends=True)))


def _in_order(line: str) -> str:
    """Sort the members of a line of JSON: a raw answer has them in an order that means nothing."""
    if not line.startswith(("{", "[")):
        return line
    try:
        return json.dumps(json.loads(line), sort_keys=True) + "\n"
    except ValueError:
        return line
