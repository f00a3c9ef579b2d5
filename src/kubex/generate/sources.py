"""Reads what classes are made of: files, texts and objects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, TypeAlias, cast

from kubex.configuration._files import read_bounded
from kubex.configuration._yaml import parse_yaml_documents
from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import ConfigurationError
from kubex.generate.errors import DefinitionError
from kubex.manifests.objects import plain
from kubex_core.models.entity import Entity

__all__ = ["Document", "Source", "read_documents"]

Source: TypeAlias = Path | str | IO[str] | IO[bytes] | Mapping[str, Any] | Entity
"""A file or a folder (`Path`), YAML or JSON (`str`), an open file, or an object."""

_SUFFIXES: Final = (".yaml", ".yml", ".json")
_LARGEST: Final = 64 * 2**20


@dataclass(frozen=True)
class Document:
    """One document."""

    content: Mapping[str, Any]
    shown: str
    """Where it is from: `crds.yaml, document 2`; `""` for an object."""


def read_documents(sources: Source | Iterable[Source]) -> list[Document]:
    """Read documents; Lists are taken apart.

    Raises:
        DefinitionError: a file is missing, or is not YAML (with line and column), or a document is no object.
    """
    return [document for source in _each(sources) for document in _documents(source)]


def _each(sources: Source | Iterable[Source]) -> Iterable[Source]:
    # An open file is an iterable too, of lines, and a mapping one of keys.
    is_one = isinstance(sources, Path | str | Mapping | Entity) or hasattr(sources, "read")
    return [cast("Source", sources)] if is_one else cast("Iterable[Source]", sources)


def _documents(source: Source) -> Iterator[Document]:
    if isinstance(source, Entity):
        yield from _flat(plain(source), "")
    elif isinstance(source, Mapping):
        yield from _flat(source, "")
    elif isinstance(source, Path):
        for file in _files(source):
            try:
                yield from _parsed(read_bounded(file, "file", _LARGEST), os.fspath(file))
            except ConfigurationError as error:
                raise DefinitionError(str(error)) from None
    elif isinstance(source, str):
        yield from _parsed(source, "the text")
    else:
        yield from _parsed(source.read(), str(getattr(source, "name", "the file")))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = [
        file
        for file in sorted(path.rglob("*"))
        if file.suffix in _SUFFIXES and file.is_file() and not _is_hidden(file.relative_to(path))
    ]
    if not found:
        raise DefinitionError(f"{path} has no {', '.join(_SUFFIXES)} file")
    return found


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _parsed(content: bytes | str, shown: str) -> Iterator[Document]:
    try:
        documents = parse_yaml_documents(content.encode() if isinstance(content, str) else content, shown)
    except ConfigurationError as error:
        raise DefinitionError(str(error)) from None
    for number, document in enumerate(documents, 1):
        if document is not None:  # between two separators there may be nothing
            yield from _flat(document, shown if len(documents) == 1 else f"{shown}, document {number}")


def _flat(document: Any, shown: str) -> Iterator[Document]:
    if not isinstance(document, Mapping):
        raise DefinitionError(f"{shown} is not an object")
    content = cast("Mapping[str, Any]", document)
    items, kind = content.get("items"), str(content.get("kind", ""))
    if kind.endswith("List") and is_array(items):
        # The API leaves the kind of a list's items to the list.
        own = {} if kind == "List" else {"apiVersion": content.get("apiVersion"), "kind": kind.removesuffix("List")}
        for number, item in enumerate(items, 1):
            yield from _flat({**own, **item} if is_object(item) else item, f"{shown}, item {number}".lstrip(", "))
        return
    yield Document(content, shown)
