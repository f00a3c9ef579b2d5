"""The functions that Kubernetes adds to CEL.

https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-list-library
"""

from __future__ import annotations

from typing import Final

from kubex.testing.expressions.functions.addresses import ADDRESS_FUNCTIONS
from kubex.testing.expressions.functions.authorization import AUTHORIZATION_FUNCTIONS
from kubex.testing.expressions.functions.declaration import Function
from kubex.testing.expressions.functions.formats import FORMAT_FUNCTIONS, OPTIONAL_FUNCTIONS
from kubex.testing.expressions.functions.lists import LIST_FUNCTIONS
from kubex.testing.expressions.functions.maps import MAP_FUNCTIONS
from kubex.testing.expressions.functions.numbers import CROSS_TYPE_COMPARISONS, NUMBER_FUNCTIONS
from kubex.testing.expressions.functions.patterns import PATTERN_FUNCTIONS
from kubex.testing.expressions.functions.urls import URL_FUNCTIONS

__all__ = ["COMPILED_ALONE", "EVALUATED_ALONE", "KUBERNETES_FUNCTIONS"]

KUBERNETES_FUNCTIONS: Final[tuple[Function, ...]] = (
    *ADDRESS_FUNCTIONS,
    *AUTHORIZATION_FUNCTIONS,
    *FORMAT_FUNCTIONS,
    *LIST_FUNCTIONS,
    *NUMBER_FUNCTIONS,
    *PATTERN_FUNCTIONS,
    *URL_FUNCTIONS,
)
"""What they are called, what they take, and what they do."""

COMPILED_ALONE: Final[tuple[Function, ...]] = CROSS_TYPE_COMPARISONS
"""Functions that the evaluator has by itself and the compiler has not."""

EVALUATED_ALONE: Final[tuple[Function, ...]] = (*MAP_FUNCTIONS, *OPTIONAL_FUNCTIONS)
"""Functions that the compiler has by itself."""
