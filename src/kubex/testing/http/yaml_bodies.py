"""Reads YAML as the API server does: it makes JSON of it, in which every name is text."""

from __future__ import annotations

import base64
import binascii
import math
import re
import sys
from typing import Any, Final, NamedTuple

import yaml
from yaml.composer import ComposerError
from yaml.constructor import SafeConstructor
from yaml.reader import ReaderError
from yaml.scanner import ScannerError

from kubex.configuration._yaml import compose_yaml
from kubex.core._go_text import go_syntax
from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import ConfigurationError

__all__ = ["ReadYaml", "UnreadableYaml", "read_yaml"]

_TAG: Final = "tag:yaml.org,2002:"
_MERGE: Final = f"{_TAG}merge"
_LARGEST: Final = 2**64  # of the numbers that are whole ones to the server; larger ones are floats
_MOST_DIGITS: Final = 1000
_WHOLE: Final = 1e21  # from here on, JSON has an exponent
_NEWER: Final = re.compile(rb"((?:[ \t]*(?:#[^\n]*)?\r?\n)*)%YAML[ \t]+1\.2")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONVERTS: Final = SafeConstructor()


class UnreadableYaml(Exception):
    """A text is no YAML, or can't be made JSON of."""


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
        _check_version(content)
        node = compose_yaml(content)
        _check_escapes(content)
    except ConfigurationError as error:
        raise UnreadableYaml(f"yaml: {error}") from None
    except yaml.YAMLError as error:
        raise UnreadableYaml(_problem(error)) from None
    reader = _Reader()
    try:
        value = None if node is None else reader.read(node)
    except RecursionError:  # aliases within aliases
        raise UnreadableYaml("yaml: exceeded max depth") from None
    return ReadYaml(value, tuple(reader.repeated))


def _check_version(content: bytes) -> None:
    """Refuse what says that it is YAML 1.2, which the library reads and the server does not."""
    if directive := _NEWER.match(content):
        raise UnreadableYaml(_told(directive[1].count(b"\n"), "found incompatible YAML document"))


def _check_escapes(content: bytes) -> None:
    """Refuse `\\/` in quotes, which JSON has: to the library it is one of YAML's escapes, to the server it is none."""
    if b"\\/" not in content:
        return
    text = content.decode("utf-8-sig", errors="replace")
    for event in yaml.parse(text, Loader=_LOADER):
        if not isinstance(event, yaml.ScalarEvent) or event.style != '"':
            continue
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            continue
        written = text[start.index : end.index]
        for escape in _ESCAPE.finditer(written):
            if escape[1] == "/":
                line = start.line + written[: escape.start()].count("\n")
                raise UnreadableYaml(_told(line + 1 if line else 0, "found unknown escape character"))


def _problem(error: yaml.YAMLError) -> str:
    """Word what is wrong with a text as the server does."""
    if isinstance(error, ReaderError):
        return _told(0, str(error.reason))
    if not isinstance(error, yaml.MarkedYAMLError) or isinstance(error, ComposerError):
        return _told(0, str(getattr(error, "problem", error)))
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


class _Reader:
    """Makes values of nodes."""

    def __init__(self) -> None:
        self.repeated: list[str] = []

    def read(self, node: yaml.Node) -> Any:
        """Give a value as JSON has it."""
        if isinstance(node, yaml.MappingNode):
            members: dict[_Name, Any] = {}
            self._add_members(node, members)
            named = {_text(name.value, value): value for name, value in members.items()}
            return dict(sorted(named.items()))
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item) for item in node.value]
        return _as_json(_scalar(node))

    def _add_members(self, node: yaml.MappingNode, members: dict[_Name, Any]) -> None:
        """Add the members of a node, and of those that it merges, each in its place."""
        for name_node, value_node in node.value:
            if isinstance(name_node, yaml.ScalarNode) and name_node.tag == _MERGE:
                self._merge(value_node, members)
                continue
            found = _scalar(name_node) if isinstance(name_node, yaml.ScalarNode) else self.read(name_node)
            if is_object(found) or is_array(found):
                shown = go_syntax(found).replace("map[string]", "map[interface {}]")
                raise UnreadableYaml(f"yaml: invalid map key: {shown}")
            name, value = _Name(type(found), found), self.read(value_node)
            if name in members:
                line = value_node.start_mark.line + 1
                self.repeated.append(f"line {line}: key {go_syntax(found)} already set in map")
            members[name] = value

    def _merge(self, node: yaml.Node, members: dict[_Name, Any]) -> None:
        merged = node.value[::-1] if isinstance(node, yaml.SequenceNode) else [node]
        for each in merged:
            if not isinstance(each, yaml.MappingNode):
                raise UnreadableYaml("yaml: map merge requires map or sequence of maps as the value")
            self._add_members(each, members)


def _scalar(node: yaml.Node) -> Any:
    """Give what a scalar stands for; one with a tag that nobody knows is its text."""
    text: str = node.value
    match node.tag.removeprefix(_TAG):
        case "null":
            return None
        case "bool":
            return text.lower() in ("y", "yes", "true", "on")
        case "int" | "float" as name:
            try:
                return _converted(node, name)
            except (IndexError, ValueError):
                raise UnreadableYaml(f"yaml: cannot decode !!str `{text}` as a !!{name}") from None
        case "binary":
            try:
                return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True).decode(
                    errors="replace"
                )
            except binascii.Error:
                raise UnreadableYaml("yaml: !!binary value contains invalid base64 data") from None
        case _:
            return text


def _converted(node: yaml.Node, name: str) -> Any:
    """Give a scalar as its type; a number that not even a float holds is its text."""
    text: str = node.value
    if name == "int" and len(text) > _MOST_DIGITS:
        return text
    value = getattr(_CONVERTS, f"construct_yaml_{name}")(node)
    if name == "int" and not -_LARGEST // 2 <= value < _LARGEST:
        value = float(value) if abs(value) < sys.float_info.max else math.inf
    return text if value in (math.inf, -math.inf) and "inf" not in text.lower() else value


def _as_json(value: Any) -> Any:
    """Give a value as it is read again from the JSON that the server makes of it."""
    if type(value) is not float:
        return value
    if not math.isfinite(value):
        shown = "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
        raise UnreadableYaml(f"json: unsupported value: {shown}")
    return int(value) if value.is_integer() and abs(value) < _WHOLE else value


def _text(name: Any, value: Any) -> str:
    """Give the name of a member as JSON has it."""
    if isinstance(name, str):
        return name
    if isinstance(name, bool):
        return "true" if name else "false"
    if name is None:
        shown = "<nil>" if value is None else go_syntax(value)
        raise UnreadableYaml(f"unsupported map key of type: %!s(<nil>), key: <nil>, value: {shown}")
    if isinstance(name, float) and not math.isfinite(name):
        return ".nan" if math.isnan(name) else ".inf" if name > 0 else "-.inf"
    return str(_as_json(name))
