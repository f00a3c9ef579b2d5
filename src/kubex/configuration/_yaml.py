"""YAML of untrusted files: plain values only, bounded, and errors that repeat nothing of the text.

Scalars are read as kubectl reads them, which takes dates, `=` and `1:30` for strings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar

import yaml

from kubex.core.exceptions import ConfigurationError

__all__ = ["parse_yaml", "parse_yaml_documents"]

T = TypeVar("T")

_DEEPEST = 100
_TOO_DEEP = "exceeded maximum nesting depth"  # PyYAML's own, where it looks that far ahead
# Aliases counted as often as they are used: a few lines can mean billions. Files without any have fewer than bytes.
_MOST_VALUES = 1_000_000

_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = {None, "!", f"{_TAG}str", f"{_TAG}map", f"{_TAG}seq"}
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where PyYAML was built with it


_Resolvers: TypeAlias = dict[str, list[tuple[str, re.Pattern[str]]]]


class _Loader(_Base):  # type: ignore[misc]  # the base is one of two classes
    yaml_implicit_resolvers: ClassVar[_Resolvers] = {}


for _tag, _pattern, _first in (
    ("bool", r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF", "yYnNtTfFoO"),
    ("int", r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)", "-+0123456789"),
    ("float", r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?", "-+0123456789."),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+."),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"{_TAG}{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


class _ManifestLoader(_Loader):
    """Takes for numbers and truths all that kubectl does: `1e3` and `y` too, which PyYAML writes for text."""

    bool_values: ClassVar[dict[str, bool]] = {**_Loader.bool_values, "y": True, "n": False}
    yaml_implicit_resolvers: ClassVar[_Resolvers] = {
        first: [*found] for first, found in _Loader.yaml_implicit_resolvers.items()
    }


_FLOAT = re.compile(r"^[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$")
_ManifestLoader.add_implicit_resolver(f"{_TAG}float", _FLOAT, list("-+0123456789."))
_ManifestLoader.add_implicit_resolver(f"{_TAG}bool", re.compile("^[yYnN]$"), list("yYnN"))


def parse_yaml(content: bytes, shown: str) -> Any:
    """Give the first document of a YAML or JSON file as plain values; `None` where there is none.

    Args:
        content: the file.
        shown: the file's name, for errors.

    Raises:
        ConfigurationError: it is not YAML, has tags, or is too deep or too large; with line and column.
    """
    if content.lstrip()[:1] == b"{":
        try:  # JSON may be indented with tabs, which YAML forbids
            return json.loads(content)
        except (ValueError, RecursionError):
            pass

    def first() -> Any:
        _check_bounds(content, shown, whole=False)
        loader = _Loader(content)
        try:
            return loader.get_data() if loader.check_data() else None
        finally:
            loader.dispose()

    return _read(first, content, shown)


def parse_yaml_documents(content: bytes, shown: str) -> list[Any]:
    """Give all documents of a YAML or JSON file as plain values; `None` for an empty one.

    JSON may be several values after each other.

    Args:
        content: the file.
        shown: the file's name, for errors.

    Raises:
        ConfigurationError: as of `parse_yaml`.
    """
    if content.lstrip()[:1] == b"{":
        try:
            return _json_values(content.decode())
        except (ValueError, RecursionError):
            pass

    def every() -> list[Any]:
        _check_bounds(content, shown, whole=True)
        return list(yaml.load_all(content, _ManifestLoader))

    return _read(every, content, shown)


def _json_values(text: str) -> list[Any]:
    decoder, values, at = json.JSONDecoder(), list[Any](), 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        values.append(value)
        at = len(text) - len(text[at:].lstrip())
    return values


def _read(work: Callable[[], T], content: bytes, shown: str) -> T:
    """Do the reading, with errors that are ours."""
    try:
        return work()
    except yaml.MarkedYAMLError as error:
        problem = f"{shown} is not YAML{_place(error.problem_mark)}{_fault(error, content)}"
        if error.problem == _TOO_DEEP:
            problem = f"{shown} is nested deeper than {_DEEPEST} levels{_place(error.problem_mark)}"
    except yaml.YAMLError:  # the reader's
        problem = f"{shown} is not YAML: it has characters that no text file has (is it in UTF-8?)"
    except ValueError:  # a number that Python can't make one of
        problem = f"{shown} is not YAML: it has a malformed number"
    raise ConfigurationError(problem)  # outside of the handlers: the errors above hold pieces of the file


class _Mark(Protocol):
    """A place in the text, as both of PyYAML's parsers have it."""

    line: int
    column: int


def _place(mark: _Mark | None) -> str:
    return "" if mark is None else f" (line {mark.line + 1}, column {mark.column + 1})"


def _fault(error: yaml.MarkedYAMLError, content: bytes) -> str:
    """Give what is wrong, unless that quotes the file: a password that begins with * or ! is an alias or a tag."""
    line = content.splitlines()[error.problem_mark.line :][:1] if error.problem_mark is not None else []
    if line and b"\t" in line[0][: len(line[0]) - len(line[0].lstrip())]:
        return ": a tab, where YAML wants spaces"
    problem = (error.problem or "").replace("'<", "").replace(">'", "")  # kinds of tokens, as in '<block end>'
    return f": {problem}" if problem and not re.search("[\"'`]", problem) else ""


def _check_bounds(content: bytes, shown: str, *, whole: bool) -> None:
    """Walk over the first document, or the whole file, without building it.

    Raises:
        ConfigurationError: it has tags, or would be too deep or too large.
        yaml.YAMLError: it is not YAML.
    """
    most = max(_MOST_VALUES, len(content))
    sizes: dict[str, int] = {}
    counts = [0]  # of the open collections, the innermost last
    anchors: list[str | None] = [None]
    for event in yaml.parse(content, Loader=_Loader):
        anchor: str | None = getattr(event, "anchor", None)
        if getattr(event, "tag", None) not in _PLAIN_TAGS:
            raise ConfigurationError(f"{shown} has a YAML tag{_place(event.start_mark)}: quote the value if it is text")
        if isinstance(event, yaml.CollectionStartEvent):
            counts.append(1)
            anchors.append(anchor)
            if len(counts) > _DEEPEST:
                raise ConfigurationError(f"{shown} is nested deeper than {_DEEPEST} levels{_place(event.start_mark)}")
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            size, anchor = counts.pop(), anchors.pop()
        elif isinstance(event, yaml.AliasEvent):
            if anchor not in sizes:
                raise ConfigurationError(f"{shown} has a YAML alias of nothing{_place(event.start_mark)}")
            counts[-1] += sizes[anchor]
            continue
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
        elif isinstance(event, yaml.DocumentEndEvent):
            if not whole:
                return
            sizes, counts = {}, [0]
            continue
        else:
            continue
        counts[-1] += size
        if anchor is not None:
            sizes[anchor] = size
        if counts[-1] > most:
            raise ConfigurationError(f"{shown} has more than {most} values{_place(event.start_mark)}")
