"""Quantities, selectors, durations and percentages, 10,000 of each: kubex and Kubernetes' Go libraries say the same.

It needs no kubelet, but a Go and its modules, which the cluster's own binary is built with.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.go_answers.ask import answers
from tests.unit.core.go_answers import KINDS, check_answers

COUNT = 10_000

pytestmark = pytest.mark.timeout(300)  # compiling takes 30 seconds of a processor, where Go's cache is cold


@pytest.fixture(autouse=True)
def leave_nothing_open() -> None:
    """Nothing is opened here, on whichever transport: once is enough."""


@pytest.fixture(scope="module")
def answered() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Questions of every kind, each with the answer of Go."""
    return answers(COUNT)


@pytest.mark.parametrize("kind", KINDS)
def test_kubex_answers_as_go_does(kind: str, answered: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    check_answers(kind, answered, least=COUNT)
