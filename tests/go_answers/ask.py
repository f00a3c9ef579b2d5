"""Asks Kubernetes' own Go libraries about generated quantities, selectors, durations and percentages.

    python -m tests.go_answers.ask            writes their answers to answers.json, which the unit tests read
    python -m tests.go_answers.ask 10000      writes so many answers of each kind to standard output instead

It needs a Go toolchain, and the unit tests don't; tests/e2e asks about 10,000 of each kind.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from testbed.go import find_go, go_environment

HERE = Path(__file__).parent

SUFFIXES = ("", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
DURATION_UNITS = ("ns", "us", "\u00b5s", "\u03bcs", "ms", "s", "m", "h", "h", "m", "s", "d", "")
EXPONENTS = ("0", "1", "2", "3", "6", "9", "10", "12", "18", "21", "33")
SPACES = (" ", "  ", "\t", "\n", "\r", "\u00a0", "\0")
GOOD_KEYS = ("a", "b", "app", "in", "notin", "x/y", "example.com/a", "A.b", "a_b", "1")
ODD_KEYS = ("-a", "a/b/c", "/a", "a/", "X.y/z", "é", "a" * 63, "a" * 64, ("a" * 63 + ".") * 3 + "a/k", "exists", "a\n")
GOOD_VALUES = ("", "a", "b", "in", "notin", "1", "2", "10")
ODD_VALUES = ("-1", "9223372036854775807", "9223372036854775808", "007", "a.b", "a b", "é", "x" * 64, ".a", "+5", "a=b")
SYMBOLS = ("a", "in", "notin", "(", ")", ",", "=", "!", ">", "<", " ", "\0", "x/y")
FIELDS = ("a", "b", "status.phase", "", "a!", "a\\", "a b", "é", "metadata.name", " ")
FIELD_VALUES = ("", "a", "b", "a b", "é", "a\\,b", "a\\=b", "a\\\\", "\\", "a\\x", "a=b", "\n", "!", " a")
FIELD_CONTENTS = ("", "a", "b", "a b", "é", "a,b", "a=b", "a\\", " a")


class Questions:
    """Makes up questions; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._any = self._random.choice

    def quantity(self) -> dict[str, Any]:
        if self._random.random() < 0.1:
            return {"quantity": self._letters("eEinumkKMGTP+-0123456789. ", 6)}
        return {"quantity": self._number() + self._suffix()}

    def two_quantities(self) -> dict[str, Any]:
        factor = self._any((0, 1, -1, 2, 3, 10, 1000, 1024, self._random.randint(-(10**9), 10**9)))
        first, second = (self._digits(1, 20) + self._any(SUFFIXES) for _ in range(2))
        return {"quantity": first, "other": self._any(("", "-")) + second, "factor": factor}

    def label_selector(self) -> dict[str, Any]:
        text = self._any((",", ",", ",", ", ", ",,")).join(self._label_terms())
        return {"labels": text, "sets": [self._set(GOOD_KEYS, GOOD_VALUES + ODD_VALUES) for _ in range(6)]}

    def field_selector(self) -> dict[str, Any]:
        text = ",".join(self._field_terms())
        return {"fields": text, "sets": [self._set(FIELDS, FIELD_CONTENTS) for _ in range(6)]}

    def duration(self) -> dict[str, Any]:
        if self._random.random() < 0.1:
            return {"duration": self._letters("hmsnu\u00b5+-0123456789. ", 8)}
        parts = (self._number().lstrip("+-") + self._any(DURATION_UNITS) for _ in range(self._random.randint(1, 4)))
        return {"duration": self._any(("", "", "", "-", "+")) + "".join(parts)}

    def percentage(self) -> dict[str, Any]:
        odd = self._letters("%+-0123456789 ", 5)
        usual = f"{self._random.randint(-20, 220)}%"
        total = self._any((0, 1, 2, 3, 5, 7, 10, 100, self._random.randint(0, 10**6)))
        text = usual if self._random.random() < 0.9 else odd
        return {"percentage": text, "total": total, "roundUp": self._any((True, False))}

    def _digits(self, least: int, most: int) -> str:
        return self._letters("00001234567890", most, least)

    def _letters(self, alphabet: str, most: int, least: int = 0) -> str:
        return "".join(self._any(alphabet) for _ in range(self._random.randint(least, most)))

    def _number(self) -> str:
        longest = 25 if self._random.random() < 0.2 else 5
        fraction = "." + self._digits(0, longest) if self._random.random() < 0.5 else ""
        return self._any(("", "", "", "-", "+")) + self._digits(0, longest) + fraction

    def _suffix(self) -> str:
        if self._random.random() < 0.75:
            return self._any(SUFFIXES)
        return self._any("eE") + self._any(("", "+", "-")) + self._any(EXPONENTS)

    def _space(self) -> str:
        return self._any(SPACES) if self._random.random() < 0.1 else ""

    def _mostly(self, usual: tuple[str, ...], odd: tuple[str, ...]) -> str:
        return self._space() + self._any(usual if self._random.random() < 0.9 else odd) + self._space()

    def _label_terms(self) -> Iterator[str]:
        for _ in range(self._any((0, 1, 1, 1, 2, 2, 3))):
            key = self._mostly(GOOD_KEYS, ODD_KEYS)
            kind = self._random.random()
            if kind < 0.25:
                yield self._any(("", "!")) + key
            elif kind < 0.55:
                sign = self._any(("=", "==", "!=", ">", "<", "= =", "===", "=!", "~"))
                yield key + sign + self._mostly(GOOD_VALUES, ODD_VALUES)
            elif kind < 0.9:
                values = ",".join(self._mostly(GOOD_VALUES, ODD_VALUES) for _ in range(self._random.randint(0, 4)))
                opening, closing = self._any(("(", "(", "(", "", "((")), self._any((")", ")", ")", "", "))"))
                yield f"{key} {self._any(('in', 'notin', 'in', 'In'))} {opening}{values}{closing}"
            else:
                yield "".join(self._any(SYMBOLS) for _ in range(4))

    def _field_terms(self) -> Iterator[str]:
        for _ in range(self._any((0, 1, 1, 1, 2, 2, 3))):
            if self._random.random() < 0.85:
                sign = self._any(("=", "==", "!=", "!==", "===", "!", ""))
                yield self._any(FIELDS) + sign + self._any(FIELD_VALUES)
            else:
                yield "".join(self._any(("a", "b", "\\", ",", "=", "!", "\\,", " ", "é")) for _ in range(5))

    def _set(self, keys: tuple[str, ...], values: tuple[str, ...]) -> dict[str, str]:
        return {self._any(keys): self._any(values) for _ in range(self._random.randint(0, 5))}


def answers(count: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Make up so many questions of each kind, the same ones each time, and give each with Go's answer."""
    questions = Questions(seed=count)
    makers: list[Callable[[], dict[str, Any]]] = [
        questions.quantity,
        questions.two_quantities,
        questions.label_selector,
        questions.field_selector,
        questions.duration,
        questions.percentage,
    ]
    return _answered([make() for make in makers for _ in range(count)])


def _answered(questions: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    with TemporaryDirectory(prefix="go-answers-") as folder:
        # `-trimpath` as the testbed's binary has it: what was compiled for that one is compiled.
        _run([find_go(), "build", "-trimpath", "-o", f"{folder}/answers", "."])
        printed = _run([f"{folder}/answers"], lines)
    return list(zip(questions, map(json.loads, printed.splitlines()), strict=True))


def _run(command: list[str], given: str = "") -> str:
    done = subprocess.run(command, cwd=HERE, env=go_environment(), input=given, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed (exit code {done.returncode}):\n{done.stderr[-4000:]}")
    return done.stdout


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    text = "[\n" + ",\n".join(json.dumps(pair, ensure_ascii=True) for pair in answers(count)) + "\n]\n"
    if len(sys.argv) > 1:
        sys.stdout.write(text)
    else:
        (HERE / "answers.json").write_text(text)


if __name__ == "__main__":
    main()
