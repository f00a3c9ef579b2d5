"""`RuleSet`: the rules of a schema and of all below it, and what they have against an object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kubex.core._json_value import is_array, is_object
from kubex.testing.expressions.rules import Rule, rule_variables
from kubex.testing.expressions.values import bound_value
from kubex.testing.failures import Cause
from kubex.testing.lifecycle.json_members import list_at, object_at

__all__ = ["BrokenRules", "RuleSet"]

_RULES: Final = "x-kubernetes-validations"
_EMBEDDED: Final = "x-kubernetes-embedded-resource"


class BrokenRules(NamedTuple):
    """What is said of an object."""

    causes: list[Cause]
    """Why it is refused."""
    warnings: list[Cause]
    """What it may break since it did so before, unchanged."""


class _Place(NamedTuple):
    """A value, and what it was."""

    value: Any
    old: Any
    path: str
    unchanged: bool
    """Whether it is what it was, or is in something that is."""

    def member(self, name: str, path: str) -> _Place:
        before = self.old.get(name) if is_object(self.old) else None
        return self._inner(self.value[name], before, path)

    def item(self, index: int, keys: Sequence[str]) -> _Place:
        item = self.value[index]
        old = _same_item(item, self.old if is_array(self.old) else [], keys)
        return self._inner(item, old, f"{self.path}[{index}]")

    def _inner(self, value: Any, old: Any, path: str) -> _Place:
        return _Place(value, old, path, self.unchanged or (old is not None and value == old))


class RuleSet:
    """The rules of a schema and of all below it.

    Args:
        schema: OpenAPI, as a CustomResourceDefinition has it.
        whole: whether it is a whole object's, with `metadata`.
    """

    def __init__(self, schema: Mapping[str, Any], *, whole: bool = False) -> None:
        self._schema = schema
        self._whole = whole or bool(schema.get(_EMBEDDED))
        self._kind = "object" if self._whole else str(schema.get("type") or "")
        rules = list_at(schema, _RULES)
        variables = rule_variables(schema, whole=self._whole) if rules else None
        self._rules = [Rule(rule, schema, variables) for rule in rules] if variables is not None else []
        fields = {name: RuleSet(each) for name, each in object_at(schema, "properties").items()}
        self._fields = {name: rules for name, rules in fields.items() if not rules.is_empty}
        self._values, self._items = _inner(schema.get("additionalProperties")), _inner(schema.get("items"))
        is_map = schema.get("x-kubernetes-list-type") == "map"
        self._keys: list[str] = list_at(schema, "x-kubernetes-list-map-keys") if is_map else []

    @property
    def is_empty(self) -> bool:
        """Whether there is no rule at all."""
        return not self._rules and not self._fields and self._values is None and self._items is None

    def broken(self, value: Any, old: Any = None, where: str = "") -> BrokenRules:
        """Say which rules a value breaks.

        Args:
            value: the value.
            old: what it was before; `None` if it is new.
            where: the value's field; `""` for a whole object.
        """
        found = BrokenRules([], [])
        for cause, is_warning in self._found(_Place(value, old, where, old is not None and value == old)):
            (found.warnings if is_warning else found.causes).append(cause)
        return found

    def _found(self, place: _Place) -> Iterator[tuple[Cause, bool]]:
        value = place.value
        if value is None:
            return
        if self._rules:
            yield from self._own(place)
        if is_array(value) and self._items is not None:
            for index in range(len(value)):
                yield from self._items._found(place.item(index, self._keys))
        elif is_object(value):
            for name in value:
                if self._values is not None:
                    yield from self._values._found(place.member(name, f"{place.path}[{name}]"))
                elif name in self._fields:
                    path = f"{place.path}.{name}" if place.path else name
                    yield from self._fields[name]._found(place.member(name, path))

    def _own(self, place: _Place) -> Iterator[tuple[Cause, bool]]:
        values = {"self": bound_value(place.value, self._schema, whole=self._whole)}
        if place.old is not None:
            values["oldSelf"] = bound_value(place.old, self._schema, whole=self._whole)
        for rule in self._rules:
            verdict = rule.verdict(place.value, values, place.path, self._kind)
            if verdict is not None:
                yield verdict.cause, verdict.may_stay and place.unchanged


def _inner(schema: Any) -> RuleSet | None:
    rules = RuleSet(schema) if is_object(schema) else None
    return None if rules is None or rules.is_empty else rules


def _same_item(item: Any, old: Sequence[Any], keys: Sequence[str]) -> Any:
    """Give the item of a list before that has the same keys; items of a list that is no map can't be compared."""
    if not keys or not is_object(item):
        return None
    key = [item.get(name) for name in keys]
    return next((each for each in old if is_object(each) and [each.get(name) for name in keys] == key), None)
