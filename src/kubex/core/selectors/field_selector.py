r"""`FieldSelector`: which objects are meant, by a few of their fields.

The grammar is that of `fields.ParseSelector` of k8s.io/apimachinery: terms joined by commas, `=`, `==` or `!=`, and in
values `\` before `\`, `,` and `=`. Spaces belong to the names and values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kubex.core.exceptions import InvalidArgument

__all__ = ["FieldRequirement", "FieldSelector"]

_TERM = re.compile(r"(?:\\.|[^,\\])*\\?", re.DOTALL)
_OPERATOR = re.compile(r"!=|==?")
_VALUE_PART = re.compile(r"\\([\\,=])|([^\\,=]+)")
_TO_ESCAPE = re.compile(r"[\\,=]")


@dataclass(frozen=True, slots=True)
class FieldRequirement:
    """One condition on an object's fields.

    Args:
        field: path of the field, e.g. `status.phase`. Which fields can be selected depends on the kind.
        value: value as text; a field that is absent has the empty value.
        negated: whether the field must have another value.

    Raises:
        InvalidArgument: a name that can't be written in a selector.
    """

    field: str
    value: str
    negated: bool = False

    def __post_init__(self) -> None:
        text = str(self)
        unambiguous = next(_terms(text))[1] == text and _split(text)[:2] == (self.field, self.negated)
        if not unambiguous or not (self.field or self.value):
            raise InvalidArgument(f'"{self.field}" is no field that a selector can name')

    def matches(self, fields: Mapping[str, str]) -> bool:
        """Say whether an object with these fields fulfils the condition."""
        return (fields.get(self.field, "") == self.value) is not self.negated

    def __str__(self) -> str:
        sign = "!=" if self.negated else "="
        return f"{self.field}{sign}{_TO_ESCAPE.sub(lambda match: chr(92) + match[0], self.value)}"


class FieldSelector:
    """Objects whose fields fulfil every requirement. Immutable and hashable.

    Without requirements it selects everything. Each method below gives a new selector with one more requirement;
    `&` joins two selectors. `str()` gives the form of the API's `fieldSelector` parameter.

    Args:
        requirements: conditions that all have to hold.

    Example:
        ```python
        selector = FieldSelector().equals("status.phase", "Running").not_equals("spec.nodeName", "node-7")
        str(selector)  # 'status.phase=Running,spec.nodeName!=node-7'
        ```

    https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
    """

    __slots__ = ("_requirements",)

    def __init__(self, requirements: Iterable[FieldRequirement] = ()) -> None:
        self._requirements = tuple(requirements)

    @classmethod
    def parse(cls, text: str) -> FieldSelector:
        """Read a selector as the API server does; an empty text selects everything.

        Raises:
            InvalidArgument: the text is no selector; the error quotes it and says where.
        """
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # what untyped programs pass
            raise InvalidArgument(f"field selector {text!r}: a string or a FieldSelector is needed")
        terms = sorted(_terms(text), key=lambda term: term[1])
        parsed = [_parsed(text, position, term) for position, term in terms if term]
        return cls(requirement for requirement in parsed if requirement is not None)

    @property
    def requirements(self) -> tuple[FieldRequirement, ...]:
        """Conditions that all have to hold."""
        return self._requirements

    def matches(self, fields: Mapping[str, str]) -> bool:
        """Say whether an object with these fields is selected; a field left out has the empty value."""
        return all(requirement.matches(fields) for requirement in self._requirements)

    def equals(self, field: str, value: str) -> FieldSelector:
        """And the field has this value."""
        return FieldSelector((*self._requirements, FieldRequirement(field, value)))

    def not_equals(self, field: str, value: str) -> FieldSelector:
        """And the field has another value."""
        return FieldSelector((*self._requirements, FieldRequirement(field, value, negated=True)))

    def __and__(self, other: FieldSelector) -> FieldSelector:
        return FieldSelector((*self._requirements, *other._requirements))

    def __str__(self) -> str:
        return ",".join(map(str, self._requirements))

    def __repr__(self) -> str:
        return f"FieldSelector.parse({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FieldSelector):
            return NotImplemented
        return frozenset(self._requirements) == frozenset(other._requirements)

    def __hash__(self) -> int:
        return hash(frozenset(self._requirements))


def _terms(text: str) -> Iterator[tuple[int, str]]:
    """Give what stands between the commas that no backslash precedes, and where."""
    position = 0
    while position < len(text):
        match = _TERM.match(text, position)
        term = match[0] if match else ""
        yield position, term
        position += len(term) + 1


def _split(term: str) -> tuple[str, bool, int]:
    """Give the field, whether it is negated, and where the value begins: at -1 if there is no operator."""
    match = _OPERATOR.search(term)
    if match is None:
        return term, False, -1
    return term[: match.start()], match[0] == "!=", match.end()


def _parsed(selector: str, position: int, term: str) -> FieldRequirement | None:
    field, negated, value_at = _split(term)
    if value_at < 0:
        raise _refusal(selector, position, f'found "{term}" where field=value or field!=value is expected')
    value, at = "", value_at
    while at < len(term):
        match = _VALUE_PART.match(term, at)
        if match is None:
            why = (
                'the "\\" escapes nothing; only "\\\\", "\\," and "\\=" do'
                if term[at] == "\\"
                else f'"{term[at]}" in a value needs a "\\" before it'
            )
            raise _refusal(selector, position + at, why)
        value += match[1] or match[2]
        at = match.end()
    # Go drops a term of nothing at all, such as the "=" in "a=b,=".
    return FieldRequirement(field, value, negated) if field or value else None


def _refusal(selector: str, position: int, problem: str) -> InvalidArgument:
    return InvalidArgument(f'field selector "{selector}", character {position + 1}: {problem}')
