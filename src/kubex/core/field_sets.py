"""Sets of fields of an object, as managed fields hold them (`fieldsV1`).

https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import msgspec

from kubex.core._json_value import is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.path_elements import canonical, order

__all__ = ["LEAF", "SELF", "FieldSet", "Path", "Tree"]

Tree: TypeAlias = dict[str, Any]
"""What is below a path element: trees by their elements, and `.` where the element itself is a member of the set.

Unlike in `fieldsV1`, members that have nothing below them say so, too: `{"f:data": {"f:a": {".": {}}}}`. Trees are
shared between sets and never changed.
"""
Path: TypeAlias = tuple[str, ...]
"""The elements that lead to a field, as `fieldsV1` has them."""

SELF: Final = "."
"""Among what is below an element: the element itself is a member of the set."""
LEAF: Final[Tree] = {SELF: {}}
"""Below an element that is a member and has nothing below it. Not to be changed."""

_written_before: dict[bytes, Tree] = {}
_MOST_KEPT: Final = 256
_LONGEST_KEPT: Final = 16 * 1024  # bytes of JSON


class FieldSet:
    """A set of fields. Immutable.

    Args:
        tree: of the elements at the top; taken as it is, with elements in the spelling the server writes.
    """

    __slots__ = ("_written", "tree")

    def __init__(self, tree: Tree | None = None) -> None:
        self.tree: Tree = {} if tree is None else tree
        self._written: Tree | None = None

    @classmethod
    def of(cls, *paths: Path) -> FieldSet:
        """Make the set of these paths: `FieldSet.of(("f:spec", "f:replicas"))`."""
        tree: Tree = {}
        for path in paths:
            below = tree
            for element in path:
                below = below.setdefault(element, {})
            below[SELF] = {}
        return cls(tree)

    @classmethod
    def parse(cls, fields_v1: Any, *, own: bool = False) -> FieldSet:
        """Read `fieldsV1`. Elements of kinds that are not known are passed over.

        Args:
            fields_v1: JSON value.
            own: whether this very object came from `to_fields_v1`, so that it need not be made again.

        Raises:
            InvalidArgument: it is no set of fields.
        """
        tree = _parsed(fields_v1)
        fields = cls() if tree is LEAF else cls({each: below for each, below in tree.items() if each != SELF})
        if own:
            fields._written = fields_v1
        return fields

    def to_fields_v1(self) -> Tree:
        """Give it as `fieldsV1`, in the order in which the server writes it. Not to be changed."""
        if self._written is None:
            self._written = _written_once(self.tree)
        return self._written

    def __bool__(self) -> bool:
        return bool(self.tree)

    def __eq__(self, other: object) -> bool:
        return self.tree == other.tree if isinstance(other, FieldSet) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"FieldSet.parse({self.to_fields_v1()!r})"

    def __contains__(self, path: Path) -> bool:
        below: Tree | None = self.tree
        for element in path:
            below = below.get(element) if below is not None else None
        return below is not None and SELF in below

    def __iter__(self) -> Iterator[Path]:
        """Give the members' paths: of each node first its members, then what is below each of its elements."""
        return _paths(self.tree, ())

    def __or__(self, other: FieldSet) -> FieldSet:
        """Give the fields of either set."""
        return FieldSet(_union(self.tree, other.tree))

    def __and__(self, other: FieldSet) -> FieldSet:
        """Give the fields that both sets have."""
        return FieldSet(_intersection(self.tree, other.tree))

    def __sub__(self, other: FieldSet) -> FieldSet:
        """Give the fields that the other set does not have; what is below those it has stays."""
        return FieldSet(_difference(self.tree, other.tree))

    def without_subtrees(self, other: FieldSet) -> FieldSet:
        """Give the fields that neither the other set has nor are below those it has."""
        return FieldSet(_without_subtrees(self.tree, other.tree))

    def matching(self, patterns: Tree) -> FieldSet:
        """Give the fields on the way to a pattern and below it.

        Args:
            patterns: a tree of elements, `*` for any one; everything below its ends matches.
        """
        return FieldSet(_matching(self.tree, patterns))

    def below(self, element: str) -> FieldSet:
        """Give the fields below an element of the top, without that element itself."""
        return FieldSet({each: tree for each, tree in self.tree.get(element, {}).items() if each != SELF})

    def leaves(self) -> FieldSet:
        """Give the fields that have no other field of the set below them."""
        return FieldSet(_leaves(self.tree))


def _parsed(source: Any) -> Tree:
    if source is None or source == {}:
        return LEAF
    if not is_object(source):
        raise InvalidArgument("a set of fields is an object")
    tree: Tree = {}
    for element, below in source.items():
        if element == SELF:
            tree[SELF] = {}
            continue
        known = element if element[:2] == "f:" else canonical(element)
        if known is not None:
            tree[known] = LEAF if below == {} else _parsed(below)
    return LEAF if tree.keys() <= {SELF} else tree


def _written_once(tree: Tree) -> Tree:
    """Write a tree as `fieldsV1`, equal ones as one: what a controller makes has the same fields each time.

    They are half of the dicts of such objects, and as JSON they are compared in a fifth of the time of writing them.
    """
    key = msgspec.json.encode(tree)
    written = _written_before.get(key)
    if written is None:
        written = _written(tree)
        if len(key) <= _LONGEST_KEPT:
            if len(_written_before) >= _MOST_KEPT:
                _written_before.clear()
            _written_before[key] = written
    return written


def _written(tree: Tree) -> Tree:
    written: Tree = {}
    for element in _sorted(tree):
        below = tree[element]
        # Most elements have nothing below them: nothing at all, or only that they are members.
        written[element] = {} if below is LEAF or len(below) == (SELF in below) else _written(below)
    return written


def _sorted(tree: Tree) -> list[str]:
    # Names sort as they are, after the dot, and they are by far the most; other elements don't stand among them.
    elements = sorted(tree)
    return elements if elements and elements[-1][0] in "f." else sorted(elements, key=order)


def _paths(tree: Tree, prefix: Path) -> Iterator[Path]:
    elements = [element for element in _sorted(tree) if element != SELF]
    for element in elements:
        if SELF in tree[element]:
            yield (*prefix, element)
    for element in elements:
        yield from _paths(tree[element], (*prefix, element))


def _union(left: Tree, right: Tree) -> Tree:
    if left is right or not right:
        return left
    if not left:
        return right
    merged = dict(left)
    for element, below in right.items():
        own = left.get(element)
        merged[element] = below if own is None else _union(own, below)
    return merged


def _intersection(left: Tree, right: Tree) -> Tree:
    if left is right:
        return left
    common: Tree = {}
    for element, below in left.items():
        other = right.get(element)
        if other is not None:
            kept = _intersection(below, other)
            if kept or element == SELF:
                common[element] = kept
    return common


def _difference(left: Tree, right: Tree) -> Tree:
    if not right:
        return left
    rest: Tree = {}
    for element, below in left.items():
        other = right.get(element)
        if other is None:
            rest[element] = below
        elif element != SELF:
            kept = _difference(below, other)
            if kept:
                rest[element] = kept
    return rest


def _without_subtrees(left: Tree, right: Tree) -> Tree:
    rest: Tree = {}
    for element, below in left.items():
        other = right.get(element)
        if other is None:
            rest[element] = below
        elif SELF not in other:
            kept = _without_subtrees(below, other)
            if kept:
                rest[element] = kept
    return rest


def _matching(tree: Tree, patterns: Tree) -> Tree:
    if not patterns:
        return tree
    found: Tree = {}
    for element, below in tree.items():
        if element == SELF:
            found[SELF] = below
            continue
        pattern = patterns.get(element, patterns.get("*"))
        kept = _matching(below, pattern) if pattern is not None else {}
        if kept:
            found[element] = kept
    return found


def _leaves(tree: Tree) -> Tree:
    return {
        element: below if len(below) == 1 and SELF in below else _leaves(below)
        for element, below in tree.items()
        if element != SELF
    }
