"""Fixtures of tests in which a library is not installed."""

from __future__ import annotations

import sys

import pytest

__all__ = ["without_cel"]


@pytest.fixture
def without_cel(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing that evaluates CEL."""
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    monkeypatch.setitem(sys.modules, "cel_expr_python.cel", None)
