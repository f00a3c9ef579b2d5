"""Reads YAML as the API server does: it makes JSON of it, in which every name is text."""

from __future__ import annotations

import math
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

import yaml
from yaml.reader import ReaderError
from yaml.scanner import ScannerError

from kubex.core._go_text import go_short_float, go_syntax
from kubex.core._json_value import is_array, is_object
from kubex.testing.http.yaml_scalars import UnreadableYaml, resolve

__all__ = ["DEEPEST", "ReadYaml", "UnreadableYaml", "read_yaml"]

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where PyYAML was built with it
DEEPEST: Final = 100
"""Levels of nesting from which on nothing is read."""

_MERGES: Final = ("!", "tag:yaml.org,2002:merge")
_LARGEST: Final = 2**63  # from here on, a whole number is no name
_WHOLE: Final = 1e21  # from here on, JSON has an exponent
_NO_NUMBERS: Final = {"NaN": ".nan", "+Inf": ".inf", "-Inf": "-.inf"}
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
# What aliases may make of a text: beyond some values, the share of them that come by an alias.
_FEW_ALIASED, _FEW, _MANY, _VERY_MANY = 100, 1000, 400_000, 4_000_000


class ReadYaml(NamedTuple):
    """What a text holds."""

    value: Any
    """Members of objects are in the order of their names, in which the server speaks of them."""
    repeated: tuple[str, ...]
    """What is told of names that an object has again: `line 3: key "a" already set in map`."""


def read_yaml(content: bytes) -> ReadYaml:
    """Read the first document; none is null.

    Raises:
        UnreadableYaml: it is none, or what stands in it has no place in JSON.
    """
    try:
        node = _composed(content)
        reader = _Reader()
        value = None if node is None else _as_json(_named(reader.read(node)))
    except yaml.YAMLError as error:
        raise UnreadableYaml(_problem(error)) from None
    except UnicodeDecodeError:  # in a tag
        raise UnreadableYaml("yaml: found an incorrect trailing UTF-8 octet") from None
    except RecursionError:  # aliases within aliases
        raise UnreadableYaml("yaml: exceeded max depth") from None
    return ReadYaml(value, tuple(reader.repeated))


@dataclass(eq=False)
class _Node:
    """A value as it stands in the text."""

    line: int
    tag: str = ""
    text: str | None = None
    """Of a scalar."""
    is_plain: bool = False
    items: list[_Node] | None = None
    """Of a list; or of an object its names and values in turns."""
    is_object: bool = False
    target: _Node | None = None
    """What an alias stands for."""
    name: str = ""
    """Of the anchor that an alias names."""

    def add(self, node: _Node) -> None:
        """Add an item of a list, or a name or value of an object."""
        if self.items is not None:
            self.items.append(node)


def _composed(content: bytes) -> _Node | None:
    """Make nodes of the first document's events; aliases stay what they are."""
    root = _Node(0, items=[])
    open_: list[_Node] = [root]
    anchors: dict[str, _Node] = {}
    text = content.decode("utf-8-sig", errors="replace") if b"\\/" in content else ""
    for event in yaml.parse(content, Loader=_LOADER):
        if isinstance(event, yaml.DocumentStartEvent) and event.version == (1, 2):
            raise UnreadableYaml(_told(_line(event), "found incompatible YAML document"))
        if isinstance(event, yaml.DocumentEndEvent):
            break
        if isinstance(event, yaml.CollectionEndEvent):
            open_.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        node = _node(event, anchors)
        open_[-1].add(node)
        if isinstance(event, yaml.CollectionStartEvent):
            open_.append(node)
            if len(open_) > DEEPEST:
                raise UnreadableYaml(f"yaml: it is nested deeper than {DEEPEST} levels (line {node.line})")
        elif text:
            _check_escapes(event, text)
    return root.items[0] if root.items else None


def _node(event: yaml.NodeEvent, anchors: dict[str, _Node]) -> _Node:
    line, anchor = _line(event) + 1, event.anchor
    if isinstance(event, yaml.AliasEvent):
        if anchor not in anchors:
            raise UnreadableYaml(f"yaml: unknown anchor '{anchor}' referenced")
        return _Node(line, target=anchors[anchor], name=anchor)
    tag: str = getattr(event, "tag", None) or ""
    if isinstance(event, yaml.ScalarEvent):
        node = _Node(line, tag, text=event.value, is_plain=bool(event.implicit[0]))
    else:
        node = _Node(line, tag, items=[], is_object=isinstance(event, yaml.MappingStartEvent))
    if anchor is not None:
        anchors[anchor] = node
    return node


def _line(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark is not None else 0


def _check_escapes(event: yaml.Event, text: str) -> None:
    """Refuse `\\/` in quotes, which JSON has: to the library it is one of YAML's escapes, to the server it is none."""
    start, end = event.start_mark, event.end_mark
    if start is None or end is None or getattr(event, "style", None) != '"':
        return
    written = text[start.index : end.index]
    for escape in _ESCAPE.finditer(written):
        if escape[1] == "/":
            line = start.line + written[: escape.start()].count("\n")
            raise UnreadableYaml(_told(line + 1 if line else 0, "found unknown escape character"))


def _problem(error: yaml.YAMLError) -> str:
    """Word what is wrong with a text as the server does."""
    if isinstance(error, ReaderError):
        return _told(0, str(error.reason))
    if not isinstance(error, yaml.MarkedYAMLError):
        return _told(0, str(error))
    line = error.problem_mark.line if error.problem_mark is not None else 0
    if line and isinstance(error, ScannerError):
        line += 1
    if not line and error.context_mark is not None:
        line = error.context_mark.line
    return _told(line, str(error.problem))


def _told(line: int, problem: str) -> str:
    """Name a line as the server does: it does not name the first one."""
    return f"yaml: line {line}: {problem}" if line else f"yaml: {problem}"


class _Name(NamedTuple):
    """The name of a member, as YAML has it: to it 1 and "1" are two."""

    type: type[Any]
    value: Any


class _Members(dict[_Name, Any]):
    """An object."""


@dataclass
class _Reader:
    """Makes values of nodes, as YAML has them: only what is left in the end has to have a place in JSON."""

    repeated: list[str] = field(default_factory=list[str])
    _open: set[_Node] = field(default_factory=set[_Node])
    """Aliases that are being read."""
    _read: int = 0
    _aliased: int = 0

    def read(self, node: _Node) -> Any:
        """Give a value."""
        self._count()
        if node.target is not None:
            with self._following(node):
                return self.read(node.target)
        if node.items is None:
            return resolve(node.tag, node.text or "", plain=node.is_plain)
        if not node.is_object:
            return [self.read(item) for item in node.items]
        members = _Members()
        self._add_members(node, members)
        return members

    @contextmanager
    def _following(self, alias: _Node) -> Generator[None]:
        """Note that what an alias stands for is being read."""
        if alias in self._open:
            raise UnreadableYaml(f"yaml: anchor '{alias.name}' value contains itself")
        self._open.add(alias)
        yield
        self._open.discard(alias)

    def _count(self) -> None:
        """Bound what aliases make of a text, as the server does."""
        self._read += 1
        self._aliased += bool(self._open)
        if self._aliased <= _FEW_ALIASED or self._read <= _FEW:
            return
        share = 0.99 - 0.89 * min(max(self._read - _MANY, 0) / (_VERY_MANY - _MANY), 1)
        if self._aliased / self._read > share:
            raise UnreadableYaml("yaml: document contains excessive aliasing")

    def _add_members(self, node: _Node, members: _Members) -> None:
        """Add the members of a node, and of those that it merges, each in its place."""
        pairs: Iterator[_Node] = iter(node.items or ())
        for name_node, value_node in zip(pairs, pairs, strict=True):
            if name_node.text == "<<" and (name_node.tag in _MERGES or (name_node.is_plain and not name_node.tag)):
                self._merge(value_node, members)
                continue
            found = self.read(name_node)
            if isinstance(found, _Members) or is_array(found):
                raise UnreadableYaml(f"yaml: invalid map key: {_syntax(found)}")
            name, value = _Name(type(found), found), self.read(value_node)
            if name in members and found == found:  # no NaN is another's equal
                self.repeated.append(f"line {value_node.line}: key {go_syntax(found)} already set in map")
            members[name] = value

    def _merge(self, node: _Node, members: _Members) -> None:
        is_list = node.items is not None and not node.is_object
        for each in reversed(node.items or ()) if is_list else (node,):
            if not (each.target or each).is_object:
                raise UnreadableYaml("yaml: map merge requires map or sequence of maps as the value")
            self._add_merged(each, members)

    def _add_merged(self, node: _Node, members: _Members) -> None:
        self._count()
        if node.target is None:
            self._add_members(node, members)
            return
        with self._following(node):
            self._add_merged(node.target, members)


def _named(value: Any) -> Any:
    """Give a value whose members have text as names, in the order of these."""
    if is_array(value):
        return [_named(item) for item in value]
    if not isinstance(value, _Members):
        return value
    named = {_text(name.value, member): _named(member) for name, member in value.items()}
    return dict(sorted(named.items()))


def _as_json(value: Any) -> Any:
    """Give a value as it is read again from the JSON that the server makes of it."""
    if is_object(value):
        return {name: _as_json(member) for name, member in value.items()}
    if is_array(value):
        return [_as_json(item) for item in value]
    if type(value) is not float:
        return value
    if not math.isfinite(value):
        raise UnreadableYaml(f"json: unsupported value: {go_syntax(value)}")
    # Written by its shortest digits and noughts, and hence not always the number itself.
    return int(Decimal(repr(value))) if value.is_integer() and abs(value) < _WHOLE else value


def _text(name: Any, value: Any) -> str:
    """Give the name of a member as JSON has it."""
    if isinstance(name, str):
        return name
    if isinstance(name, bool):
        return "true" if name else "false"
    if name is None:
        shown = "<nil>" if value is None else _syntax(value)
        raise UnreadableYaml(f"unsupported map key of type: %!s(<nil>), key: <nil>, value: {shown}")
    if isinstance(name, float):
        short = go_short_float(name)
        return _NO_NUMBERS.get(short, short)
    if name >= _LARGEST:
        raise UnreadableYaml(f"unsupported map key of type: uint64, key: 0x{name:x}, value: {_syntax(value)}")
    return str(name)


def _syntax(value: Any) -> str:
    """Write a value as `%#v` does, of whatever type the names of its members are."""
    if isinstance(value, _Members):
        members = sorted(value.items(), key=lambda each: _order(each[0]))
        shown = (f"{go_syntax(name.value)}:{_syntax(member)}" for name, member in members)
        return f"map[interface {{}}]interface {{}}{{{', '.join(shown)}}}"
    if is_array(value):
        return f"[]interface {{}}{{{', '.join(map(_syntax, value))}}}"
    return go_syntax(value)


def _order(name: _Name) -> tuple[str, bool, Any]:
    """Give what names are told in the order of; Go has none between those of several types."""
    is_number = name.value is not None and name.value == name.value
    return name.type.__name__, is_number, name.value if is_number else 0
