"""What differs from kube-apiserver in expressions, each with its row in the guide."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.expressions.programs import EvaluationFailed, Program, Variables
from kubex.testing.lifecycle.validation.definition_rules import expression_causes

TOO_LONG = "<string>.substring(<start>, <end>): <start> or <end> is greater than <string>.size()"


@pytest.mark.differs("no-costs-of-cel")
def test_an_expression_may_cost_what_it_does() -> None:
    texts: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
    rule = "self.all(x, self.all(y, self.all(z, x == y || y == z)))"
    ruled = {**texts, "x-kubernetes-validations": [{"rule": rule}]}
    assert expression_causes({"type": "object", "properties": {"texts": ruled}}, "schema", []) == []


@pytest.mark.differs("cel-in-other-words")
def test_some_mistakes_are_told_in_other_words_or_later() -> None:
    variables = Variables({"self": "dyn"})
    for expression, why in (
        ("self.name.first == 'x'", "no such overload"),
        ("format.uuid().validate(self.name).orValue([]).size() == 1", "no such overload"),
        ("self.name.substring(9) == 'x'", TOO_LONG),
    ):
        with pytest.raises(EvaluationFailed) as caught:
            Program(expression, variables).evaluate({"self": {"name": "a"}})
        assert str(caught.value) == why
    assert Program("[1, 'a'].size() == 2", variables).evaluate({"self": {}}) is True


@pytest.mark.differs("lists-in-their-order")
def test_lists_are_the_same_in_the_same_order_alone() -> None:
    program = Program("self.a == self.b", Variables({"self": "dyn"}))
    assert program.evaluate({"self": {"a": ["x", "y"], "b": ["y", "x"]}}) is False
