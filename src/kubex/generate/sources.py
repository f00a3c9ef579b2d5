"""Reads what classes are made of: files, texts and objects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any, TypeAlias, cast

from kubex.generate.errors import DefinitionError
from kubex.manifests.errors import ManifestError
from kubex.manifests.files import Document, documents_of, name_of, read_open_file, read_path, taken_apart
from kubex.manifests.objects import plain
from kubex_core.models.entity import Entity

__all__ = ["Source", "read_documents"]

Source: TypeAlias = Path | str | IO[str] | IO[bytes] | Mapping[str, Any] | Entity
"""A file or a folder (`Path`), YAML or JSON (`str`), an open file, or an object."""


def read_documents(sources: Source | Iterable[Source]) -> list[Document]:
    """Read documents; Lists are taken apart.

    Raises:
        DefinitionError: a file is missing, or is not YAML (with line and column), or a document is no object.
    """
    try:
        return [document for source in _each(sources) for document in _documents(source)]
    except ManifestError as error:
        raise DefinitionError(str(error)) from None


def _each(sources: Source | Iterable[Source]) -> Iterable[Source]:
    # An open file is an iterable too, of lines, and a mapping one of keys.
    is_one = isinstance(sources, Path | str | Mapping | Entity) or hasattr(sources, "read")
    return [cast("Source", sources)] if is_one else cast("Iterable[Source]", sources)


def _documents(source: Source) -> Iterable[Document]:
    if isinstance(source, Entity):
        return taken_apart(plain(source), "")
    if isinstance(source, Mapping):
        return taken_apart({**source}, "")
    if isinstance(source, Path):
        return read_path(source) or _nothing(os.fspath(source))
    if isinstance(source, str):
        return documents_of(source, "the text") or _nothing("the text")
    return read_open_file(source, "the file") or _nothing(name_of(source, "the file"))


def _nothing(source: str) -> list[Document]:
    """Give what an empty file is: no definition, and yet a name for the error that there is none."""
    return [Document({}, source)]
