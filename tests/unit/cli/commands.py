"""The command run in the test's own process, and what it is given."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from kubex.cli.application import run

SHOP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: colours
  namespace: shop
  labels: {app: shop}
data:
  sky: blue
---
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {app: shop}
"""


class Ran(SimpleNamespace):
    """How a command ended: its exit code, and what it printed."""

    code: int
    out: str
    err: str


class Command:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Ran:
        code = run([str(argument) for argument in arguments])
        printed = self._capsys.readouterr()
        return Ran(code=code, out=printed.out, err=printed.err)


def one_line(text: str) -> bool:
    return text.startswith("error: ") and text.count("\n") == 1 and "Traceback" not in text
