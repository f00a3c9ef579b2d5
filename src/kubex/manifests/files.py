"""Reads YAML and JSON out of files, folders, open files and texts: documents, each with its place."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from kubex.configuration._files import displayed, read_bounded
from kubex.configuration._url import without_secrets
from kubex.configuration._yaml import parse_yaml_documents
from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import ConfigurationError
from kubex.manifests.errors import ManifestError

__all__ = ["Document", "documents_of", "files_in", "name_of", "read_open_file", "read_path", "taken_apart"]

_SUFFIXES: Final = (".yaml", ".yml", ".json")
_LARGEST: Final = 64 * 2**20  # bytes of a file
_PIECE: Final = 2**20


@dataclass(frozen=True)
class Document:
    """One object of a file."""

    content: dict[str, Any]
    source: str
    """Where it is from: `web.yaml`, or `web.yaml, document 2` where the file has several."""


def read_path(path: str | os.PathLike[str]) -> list[Document]:
    """Read a file, or the files below a folder.

    Raises:
        ManifestError: a file is missing, unreadable, too large or not YAML (with line and column), a document in it is
            no object, or a folder has no files.
    """
    if isinstance(path, str) and "://" in path:
        raise ManifestError(f"{without_secrets(path)} is an address: only files are read")
    if not os.path.isdir(path):
        return _read_file(Path(path))
    files = files_in(path, recursive=True)
    if not files:
        raise ManifestError(f"{os.fspath(path)} has no {', '.join(_SUFFIXES)} file")
    return [document for file in files for document in _read_file(file)]


def files_in(folder: str | os.PathLike[str], *, recursive: bool) -> list[Path]:
    """Give the `.yaml`, `.yml` and `.json` files of a folder, in the order of their names.

    Hidden files and folders are left out. Links are followed; a folder to which several lead is read once.

    Args:
        folder: where they are.
        recursive: whether those in folders below it belong to it.

    Raises:
        ManifestError: a folder can't be read.
    """
    return list(_files_in(Path(folder), recursive, set()))


def read_open_file(file: IO[str] | IO[bytes], shown: str) -> list[Document]:
    """Read an open file to its end.

    Args:
        file: of text or of bytes.
        shown: what errors call it where it has no name of its own.

    Raises:
        ManifestError: as of `read_path`.
    """
    shown = name_of(file, shown)
    return documents_of(_read_bounded(file, shown), shown)


def name_of(file: IO[str] | IO[bytes], otherwise: str) -> str:
    """Give the name of an open file; `otherwise` where it has none."""
    name = getattr(file, "name", None)
    if not isinstance(name, str):  # an opened descriptor has a number for a name
        return otherwise
    return "standard input" if name == "<stdin>" else name


def documents_of(content: bytes | str, shown: str) -> list[Document]:
    """Give the documents of YAML (any number of them) or JSON; Lists are taken apart.

    Args:
        content: the file.
        shown: its name, for errors.

    Raises:
        ManifestError: it is not YAML (with line and column), or a document in it is no object.
    """
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    try:
        read = parse_yaml_documents(data, shown)
    except ConfigurationError as error:
        raise ManifestError(str(error)) from None
    found = [(number, each) for number, each in enumerate(read, 1) if each is not None]  # "---" may end a file
    documents: list[Document] = []
    for number, each in found:
        source = shown if len(found) == 1 else f"{shown}, document {number}"
        documents += taken_apart(_with_text_keys(each, source), source)
    return documents


def taken_apart(value: Any, source: str) -> Iterator[Document]:
    """Give an object, or the items of a List of objects.

    Raises:
        ManifestError: it is no object.
    """
    if not is_object(value):
        raise ManifestError(f"{source} is not a Kubernetes object: it is not a mapping")
    kind, items = value.get("kind"), value.get("items")
    if not isinstance(kind, str) or not kind.endswith("List") or not is_array(items):
        yield Document(value, source)
        return
    # The API leaves the kind of a list's items to the list.
    own = {} if kind == "List" else {"apiVersion": value.get("apiVersion"), "kind": kind.removesuffix("List")}
    for number, item in enumerate(items, 1):
        place = f"{source}, item {number}" if source else f"item {number}"
        yield from taken_apart({**own, **item} if is_object(item) else item, place)


def _read_file(path: Path) -> list[Document]:
    try:
        content = read_bounded(path, "file", _LARGEST)
    except ConfigurationError as error:
        raise ManifestError(str(error)) from None
    return documents_of(content, os.fspath(path))


def _files_in(folder: Path, recursive: bool, seen: set[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in seen:  # a link leads back
        return
    seen.add(real)
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise ManifestError(f"folder {displayed(folder)} can't be read: {error.strerror}") from None
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if os.path.isdir(entry):
            if recursive:
                yield from _files_in(entry, recursive, seen)
        elif entry.suffix in _SUFFIXES:
            yield entry


def _read_bounded(file: IO[str] | IO[bytes], shown: str) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := file.read(_PIECE):
            data = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
            size += len(data)
            if size > _LARGEST:
                raise ManifestError(f"{shown} is larger than {_LARGEST} bytes")
            pieces.append(data)
    except OSError as error:
        raise ManifestError(f"{shown} can't be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ManifestError(f"{shown} is not text in {error.encoding}") from None
    return b"".join(pieces)


def _text_key(key: Any, source: str) -> str:
    if key is None:
        raise ManifestError(f"{source} has a mapping with an empty key: write it in quotes")
    return key if isinstance(key, str) else json.dumps(key)


def _with_text_keys(value: Any, source: str) -> Any:
    """Give a value of YAML as JSON can have it: keys are text, written as kubectl writes them."""
    if is_object(value):
        return {_text_key(key, source): _with_text_keys(value[key], source) for key in value}
    if is_array(value):
        return [_with_text_keys(item, source) for item in value]
    return value
