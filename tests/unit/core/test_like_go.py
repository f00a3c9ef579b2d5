"""Quantities, selectors, durations and percentages are read and printed as Go has done it, by answers that are kept.

`tests/e2e` has Go answer many more.
"""

from __future__ import annotations

import pytest

from tests.unit.core.go_answers import KINDS, check_answers, go_answers


@pytest.mark.parametrize("kind", KINDS)
def test_kubex_answers_as_go_did(kind: str) -> None:
    check_answers(kind, go_answers(), least=200)


def test_another_answer_is_told() -> None:
    wrong = [({"duration": "60s"}, {"text": "60s", "value": 60 * 10**9})]
    with pytest.raises(AssertionError, match=r"'duration': '60s'.*Go answers"):
        check_answers("duration", wrong, least=1)
    with pytest.raises(AssertionError):
        check_answers("duration", [], least=1)
