"""The file of a recording: a header, and an entry for each thing that happened, a line of JSON each.

```json
{"format":"kubex/recording","formatVersion":1,"startedAt":"2026-03-01T12:00:00.000000Z","kubernetesVersion":"v1.35.4",
 "secretData":"masked","resources":[{"apiVersion":"v1","kind":"Pod","plural":"pods","namespaced":true}]}
{"at":0.012,"event":"LIST_STARTED","resource":0}
{"at":0.012,"event":"LISTED","resource":0,"object":{"apiVersion":"v1","kind":"Pod","metadata":{}}}
{"at":0.013,"event":"LIST_COMPLETED","resource":0,"resourceVersion":"57"}
{"at":3.5,"event":"APPLIED","resource":0,"object":{"apiVersion":"v1","kind":"Pod","metadata":{}}}
{"at":9.25,"event":"DELETED","resource":0,"object":{"apiVersion":"v1","kind":"Pod","metadata":{}}}
```

(The header is one line, too.) `at` is in seconds since the recording began, when the event came to the recorder;
entries stand in this order. `resource` is a place among the header's `resources`. `APPLIED` is an object that was
created or changed, `DELETED` one that was deleted, or is not selected any more, as it last was. A list that starts
again tells of a gap: what is not in it was deleted meanwhile, and what is in it may have changed, or be another of the
same name. One that starts and is not completed says nothing. `FAILED` has the `message` of what went wrong; the
recording went on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import TracebackType
from typing import Any, BinaryIO, Final, Literal, Self, TypeAlias

import msgspec

from kubex.core._json_value import is_object
from kubex.core.exceptions import KubexException

__all__ = [
    "Entry",
    "Event",
    "Header",
    "RecordedResource",
    "Recording",
    "RecordingError",
    "encoded_entry",
    "encoded_header",
]

_FORMAT: Final = "kubex/recording"
_VERSION: Final = 1

Event: TypeAlias = Literal["LIST_STARTED", "LISTED", "LIST_COMPLETED", "APPLIED", "DELETED", "FAILED"]
"""What happened."""


class RecordingError(KubexException, ValueError):
    """A recording can't be read, written or played; the text names the file, and the line in it."""


class RecordedResource(msgspec.Struct, kw_only=True, frozen=True, rename="camel", omit_defaults=True):
    """A resource of which a recording tells."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool
    namespace: str = ""
    """The one that was recorded; `""` is all."""
    label_selector: str = ""
    field_selector: str = ""
    definition: dict[str, Any] | None = None
    """The CustomResourceDefinition, of a custom resource."""


class Header(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """What a recording is of."""

    started_at: str
    kubernetes_version: str
    secret_data: Literal["masked", "omitted"]
    """What became of the data of Secrets, which no recording has."""
    resources: tuple[RecordedResource, ...]


class Entry(msgspec.Struct, kw_only=True, frozen=True, rename="camel", omit_defaults=True):
    """Something that happened."""

    at: float
    """Seconds since the recording began."""
    event: Event
    resource: int
    """Its place among the resources of the header."""
    object: dict[str, Any] | None = None
    resource_version: str = ""
    message: str = ""


class _Format(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    format: str = ""
    format_version: Any = None


def encoded_header(header: Header) -> bytes:
    """Write the first line of a recording."""
    document = {"format": _FORMAT, "formatVersion": _VERSION, **msgspec.to_builtins(header)}
    return msgspec.json.encode(document) + b"\n"


_encoder: Final = msgspec.json.Encoder()
_entries: Final = msgspec.json.Decoder(Entry)


def encoded_entry(entry: Entry) -> bytes:
    """Write a line of a recording."""
    return _encoder.encode(entry) + b"\n"


class Recording:
    """A recording that is read, an entry at a time; once, and closed at its end.

    Args:
        path: of the file.

    Example:
        ```python
        with Recording("rollout.jsonl") as recording:
            for entry in recording:
                print(entry.at, entry.event)
        ```

    Raises:
        RecordingError: the file is missing or unreadable, or no recording of a format that is known.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)
        self._line = 1
        self._last = 0.0
        try:
            self._file: BinaryIO = open(path, "rb")  # noqa: SIM115  # it is closed with this
        except OSError as error:
            raise RecordingError(f"{self._path}: can't be read: {error.strerror or error}") from None
        try:
            self.header: Header = self._header(self._read())
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; may be called again."""
        self._file.close()

    def __iter__(self) -> Iterator[Entry]:
        while not self._file.closed:
            line = self._read()
            # One that was cut off when whoever recorded was killed never came to be.
            if not line.endswith(b"\n"):
                return
            self._line += 1
            yield self._entry(line)

    def _read(self) -> bytes:
        try:
            return self._file.readline()
        except OSError as error:
            raise RecordingError(f"{self._path}: can't be read: {error.strerror or error}") from None

    def _header(self, line: bytes) -> Header:
        try:
            found = msgspec.json.decode(line, type=_Format)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            found = _Format()
        if found.format != _FORMAT:
            raise RecordingError(f"{self._path}: not a recording: its first line has no format {_FORMAT!r}")
        if found.format_version != _VERSION:
            why = f"the recording's formatVersion is {found.format_version!r}, and this kubex reads {_VERSION}"
            raise RecordingError(f"{self._path}: {why}")
        try:
            return msgspec.json.decode(line, type=Header)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise RecordingError(f"{self._path}: line 1: {error}") from None

    def _entry(self, line: bytes) -> Entry:
        where = f"{self._path}: line {self._line}"
        try:
            entry = _entries.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise RecordingError(f"{where}: {error}") from None
        if not 0 <= entry.resource < len(self.header.resources):
            raise RecordingError(f"{where}: there is no resource {entry.resource}")
        if entry.event in ("LISTED", "APPLIED", "DELETED"):
            _check_object(entry.object, where)
        if entry.at < self._last:
            raise RecordingError(f"{where}: it is earlier than the line before")
        self._last = entry.at
        return entry


def _check_object(object_: Any, where: str) -> None:
    metadata: Any = object_.get("metadata") if is_object(object_) else None
    names = [metadata.get(name) for name in ("name", "uid")] if is_object(metadata) else [None]
    if not all(isinstance(each, str) and each for each in names):
        raise RecordingError(f"{where}: it has no object with a name and a uid")
