"""`LabelSelector`: which objects are meant, by their labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors._label_parser import parse_label_selector
from kubex.core.selectors.label_requirement import LabelOperator, LabelRequirement

__all__ = ["LabelSelector", "LabelSelectorExpression", "LabelSelectorModel"]


class LabelSelectorExpression(Protocol):
    """A `matchExpressions` entry of a generated model, of whatever Kubernetes version."""

    @property
    def key(self) -> str:
        """Label key."""
        ...

    @property
    def operator(self) -> str:
        """`In`, `NotIn`, `Exists` or `DoesNotExist`."""
        ...

    @property
    def values(self) -> Sequence[str] | None:
        """Values; none where the operator takes none."""
        ...


class LabelSelectorModel(Protocol):
    """The generated model `LabelSelector`, of whatever Kubernetes version."""

    @property
    def match_labels(self) -> Mapping[str, str] | None:
        """Labels that have to be there."""
        ...

    @property
    def match_expressions(self) -> Sequence[LabelSelectorExpression] | None:
        """Further conditions."""
        ...


_API_OPERATORS = {
    "In": LabelOperator.IN,
    "NotIn": LabelOperator.NOT_IN,
    "Exists": LabelOperator.EXISTS,
    "DoesNotExist": LabelOperator.DOES_NOT_EXIST,
}


class LabelSelector:
    """Objects whose labels fulfil every requirement. Immutable and hashable.

    Without requirements it selects everything. Each method below gives a new selector with one more requirement;
    `&` joins two selectors. `str()` gives the form of `kubectl -l` and of the API's `labelSelector` parameter.

    Args:
        requirements: conditions that all have to hold.

    Example:
        ```python
        selector = LabelSelector().equals("app", "web").is_in("tier", "front", "edge").lacks("canary")
        str(selector)  # 'app=web,!canary,tier in (edge,front)'
        selector.matches({"app": "web", "tier": "edge"})  # True
        LabelSelector.parse("app=web,tier in (edge,front),!canary") == selector  # True
        ```

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
    """

    __slots__ = ("_requirements",)

    def __init__(self, requirements: Iterable[LabelRequirement] = ()) -> None:
        self._requirements = tuple(sorted(requirements, key=lambda requirement: requirement.key))

    @classmethod
    def parse(cls, text: str) -> LabelSelector:
        """Read a selector as the API server does; an empty text selects everything.

        Raises:
            InvalidArgument: the text is no selector; the error quotes it and says where.
        """
        return cls(parse_label_selector(text))

    @classmethod
    def from_labels(cls, labels: Mapping[str, str]) -> LabelSelector:
        """Select the objects that carry all these labels.

        Raises:
            InvalidArgument: a key or value that no label can have.
        """
        return cls(LabelRequirement(key, LabelOperator.EQUALS, (value,)) for key, value in labels.items())

    @classmethod
    def from_model(cls, model: LabelSelectorModel | Mapping[str, Any] | None) -> LabelSelector:
        """Give the selector of an object's field, e.g. a deployment's `spec.selector`.

        Args:
            model: a generated `LabelSelector`, or the same as a dict (`matchLabels`, `matchExpressions`). As in the
                API, an empty one selects everything and `None` selects nothing.

        Raises:
            InvalidArgument: an operator that the API does not have, or a key or value that no label can have.
        """
        if model is None:
            return cls.nothing()
        if isinstance(model, Mapping):
            labels = cast("Mapping[str, str]", model.get("matchLabels") or {})
            expressions = [
                _api_requirement(each.get("key") or "", each.get("operator") or "", each.get("values"))
                for each in cast("Iterable[Mapping[str, Any]]", model.get("matchExpressions") or ())
            ]
        else:
            labels = model.match_labels or {}
            expressions = [
                _api_requirement(each.key, each.operator, each.values) for each in model.match_expressions or ()
            ]
        return cls.from_labels(labels) & cls(expressions)

    @classmethod
    def nothing(cls) -> LabelSelector:
        """Give a selector that no object fulfils, here and on the server."""
        return cls().exists("nothing").lacks("nothing")

    @property
    def requirements(self) -> tuple[LabelRequirement, ...]:
        """Conditions that all have to hold, by key."""
        return self._requirements

    def matches(self, labels: Mapping[str, str] | None) -> bool:
        """Say whether an object with these labels is selected; `None` is an object without labels."""
        labels = labels if labels is not None else {}
        return all(requirement.matches(labels) for requirement in self._requirements)

    def equals(self, key: str, value: str) -> LabelSelector:
        """And has the label `key` with this value."""
        return self._with(key, LabelOperator.EQUALS, value)

    def not_equals(self, key: str, value: str) -> LabelSelector:
        """And has the label `key` with another value, or not at all."""
        return self._with(key, LabelOperator.NOT_EQUALS, value)

    def is_in(self, key: str, *values: str) -> LabelSelector:
        """And has the label `key` with one of these values."""
        return self._with(key, LabelOperator.IN, *values)

    def not_in(self, key: str, *values: str) -> LabelSelector:
        """And has the label `key` with none of these values, or not at all."""
        return self._with(key, LabelOperator.NOT_IN, *values)

    def exists(self, key: str) -> LabelSelector:
        """And has the label `key`."""
        return self._with(key, LabelOperator.EXISTS)

    def lacks(self, key: str) -> LabelSelector:
        """And does not have the label `key`."""
        return self._with(key, LabelOperator.DOES_NOT_EXIST)

    def greater_than(self, key: str, number: int) -> LabelSelector:
        """And has the label `key` with a whole number above this one, which is 0 or more."""
        return self._with(key, LabelOperator.GREATER_THAN, str(number))

    def less_than(self, key: str, number: int) -> LabelSelector:
        """And has the label `key` with a whole number below this one, which is 0 or more."""
        return self._with(key, LabelOperator.LESS_THAN, str(number))

    def _with(self, key: str, operator: LabelOperator, *values: str) -> LabelSelector:
        return LabelSelector((*self._requirements, LabelRequirement(key, operator, values)))

    def __and__(self, other: LabelSelector) -> LabelSelector:
        return LabelSelector((*self._requirements, *other._requirements))

    def __str__(self) -> str:
        return ",".join(map(str, self._requirements))

    def __repr__(self) -> str:
        return f"LabelSelector.parse({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LabelSelector):
            return NotImplemented
        return frozenset(self._requirements) == frozenset(other._requirements)

    def __hash__(self) -> int:
        return hash(frozenset(self._requirements))


def _api_requirement(key: str, operator: str, values: Sequence[str] | None) -> LabelRequirement:
    meant = _API_OPERATORS.get(operator)
    if meant is None:
        raise InvalidArgument(f'label "{key}": "{operator}" is no operator; there are {", ".join(_API_OPERATORS)}')
    return LabelRequirement(key, meant, tuple(values or ()))
