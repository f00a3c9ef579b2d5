"""What Kubernetes' own Go libraries answered (`tests/go_answers/ask.py` asks them), and that kubex answers alike."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from kubex.core.duration import Duration
from kubex.core.exceptions import InvalidArgument
from kubex.core.int_or_string import scaled
from kubex.core.quantity import Quantity, QuantityFormat
from kubex.core.selectors import FieldSelector, LabelSelector

__all__ = ["KINDS", "check_answers", "go_answers"]

ANSWERS = Path(__file__).parents[2] / "go_answers" / "answers.json"

Pair: TypeAlias = tuple[dict[str, Any], dict[str, Any]]
"""A question, and Go's answer."""


def go_answers() -> list[Pair]:
    """Give the questions that are kept, each with Go's answer."""
    pairs: list[Pair] = json.loads(ANSWERS.read_text())
    return pairs


def check_answers(kind: str, pairs: Iterable[Pair], least: int) -> None:
    """See that kubex answers all questions of a kind as Go did.

    Args:
        kind: one of `KINDS`.
        pairs: questions of any kind, with the answers.
        least: how many there are at least of this kind.
    """
    chosen = [(question, answer) for question, answer in pairs if _kind(question) == kind]
    assert len(chosen) >= least
    for question, answer in chosen:
        try:
            _CHECKS[kind](question, answer)
        except (AssertionError, InvalidArgument, pytest.fail.Exception) as error:
            raise AssertionError(f"{question}: Go answers {answer}: {error}") from error


def _kind(question: dict[str, Any]) -> str:
    return next(kind for kind in KINDS if kind in question)


def _quantity(question: dict[str, Any], answer: dict[str, Any]) -> None:
    exponent = re.search(r"[eE][+-]?(\d+)$", question["quantity"])
    is_absurd = exponent is not None and int(exponent[1]) > 1000  # which kubex refuses, as it says
    if "error" in answer or is_absurd:
        with pytest.raises(InvalidArgument):
            Quantity(question["quantity"])
        return
    quantity = Quantity(question["quantity"])
    assert quantity.format == answer["format"]
    if answer["rereads"]:
        assert (str(quantity), quantity.canonical) == (answer["text"], answer["canonical"])
    else:  # Go lost the suffix: it has none beyond E
        assert abs(quantity) >= 10**21
        assert Quantity(str(quantity)) == quantity
    # Go's Value() and MilliValue() overflow, and round some negative numbers to the wrong side.
    if 0 <= quantity.milli_value() < 2**63:
        assert (int(quantity), quantity.milli_value()) == (answer.get("value", 0), answer.get("milli", 0))


def _calculation(question: dict[str, Any], answer: dict[str, Any]) -> None:
    _quantity(question, answer)
    first, second = Quantity(question["quantity"]), Quantity(question["other"])
    assert (first > second) - (first < second) == answer.get("compared", 0)
    assert (first + second).format == answer["sumFormat"]
    results = {"sum": first + second, "less": first - second, "product": first * question["factor"]}
    for name, result in results.items():
        # Beyond the largest suffix Go's text is another number's.
        largest = 2**70 if result.format is QuantityFormat.BINARY_SI else 10**21
        if abs(result) < largest:
            assert str(result) == answer[name]
        if result.format is not QuantityFormat.BINARY_SI:  # which is capped when it is read
            assert Quantity(str(result)) == result


def _selector(
    parse: Callable[[str], FieldSelector | LabelSelector], text: str, question: dict[str, Any], answer: dict[str, Any]
) -> None:
    if "error" in answer:
        with pytest.raises(InvalidArgument):
            parse(text)
        return
    selector = parse(text)
    assert str(selector) == answer["text"]
    assert [selector.matches(each) for each in question["sets"]] == answer["matches"]


def _label_selector(question: dict[str, Any], answer: dict[str, Any]) -> None:
    _selector(LabelSelector.parse, question["labels"], question, answer)


def _field_selector(question: dict[str, Any], answer: dict[str, Any]) -> None:
    _selector(FieldSelector.parse, question["fields"], question, answer)


def _duration(question: dict[str, Any], answer: dict[str, Any]) -> None:
    if "error" in answer:
        with pytest.raises(InvalidArgument):
            Duration.parse(question["duration"])
        return
    found = Duration.parse(question["duration"])
    assert (str(found), found.nanoseconds) == (answer["text"], answer.get("value", 0))


def _percentage(question: dict[str, Any], answer: dict[str, Any]) -> None:
    text, total, round_up = question["percentage"], question["total"], question["roundUp"]
    if "error" in answer:
        with pytest.raises(InvalidArgument):
            scaled(text, total, round_up=round_up)
    else:
        assert scaled(text, total, round_up=round_up) == answer.get("value", 0)


_CHECKS: Final[dict[str, Callable[[dict[str, Any], dict[str, Any]], None]]] = {
    "other": _calculation,  # of two quantities, the first of which is under `quantity`
    "quantity": _quantity,
    "labels": _label_selector,
    "fields": _field_selector,
    "duration": _duration,
    "percentage": _percentage,
}
KINDS: Final = tuple(_CHECKS)
"""Kinds of questions: the member of a question that tells it from the kinds behind it."""
