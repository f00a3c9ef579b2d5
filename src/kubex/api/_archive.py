"""Files and trees to tar archives and back, in constant memory; blocking, for a worker thread.

https://docs.python.org/3/library/tarfile.html#extraction-filters
"""

from __future__ import annotations

import os
import posixpath
import shutil
import stat
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Set
from pathlib import Path
from typing import Any, Protocol, cast

from kubex.core.exceptions import CopyError, InvalidArgument

__all__ = ["CONTENT", "END", "Unpacking", "pack"]

CONTENT = "content"
"""Name of what is copied, in an archive that is sent."""

END = "end"
"""Name of the empty file that such an archive ends with: without it, it broke off."""

_BLOCK_SIZE = 2**18


class Sink(Protocol):
    """Where an archive goes."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""
        ...


class Source(Protocol):
    """Where an archive comes from."""

    def read(self, size: int, /) -> bytes:
        """Give so many bytes, or fewer at the end."""
        ...


def pack(local: Path, sink: Sink, note_file: Callable[[], None]) -> None:
    """Write an archive of a file or tree.

    Args:
        local: the file, directory or symlink.
        sink: where the archive goes, in large blocks.
        note_file: called after each file.

    Raises:
        OSError: something can't be read.
        InvalidArgument: something is neither file, directory nor symlink.
    """
    # Of the formats with names of any length, this is the one that busybox reads.
    file_object = cast("Any", sink)
    with tarfile.open(fileobj=file_object, mode="w|", bufsize=_BLOCK_SIZE, format=tarfile.GNU_FORMAT) as archive:
        for path, name in _walk(local, CONTENT):
            member = archive.gettarinfo(path, name)
            if not _can_be_copied(member):
                raise InvalidArgument(f"{path}: only files, directories and symlinks can be copied")
            member.uid = member.gid = 0  # they belong to whoever unpacks them
            member.uname = member.gname = ""
            if member.isreg():
                with path.open("rb") as file:
                    archive.addfile(member, file)
            else:
                archive.addfile(member)
            if not member.isdir():
                note_file()
        archive.addfile(tarfile.TarInfo(END))


def _can_be_copied(member: tarfile.TarInfo | None) -> bool:
    # A socket is no member of archives at all.
    return member is not None and (member.isreg() or member.isdir() or member.issym() or member.islnk())


def _walk(path: Path, name: str) -> Iterator[tuple[Path, str]]:
    waiting = [(path, name)]
    while waiting:
        path, name = waiting.pop()
        yield path, name
        if stat.S_ISDIR(path.lstat().st_mode):
            waiting += [(path / each, f"{name}/{each}") for each in sorted(os.listdir(path), reverse=True)]


class _CountedSource:
    """Counts what comes of an archive."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.size = 0

    def read(self, size: int) -> bytes:
        data = self._source.read(size)
        self.size += len(data)
        return data


class Unpacking:
    """An archive on its way to a local path; nothing is there until `finish`.

    Args:
        local: path that the copy gets; its folder must be there.

    Raises:
        CopyError: this Python has no safe way to unpack.
        OSError: the folder is not there, or can't be written to.
    """

    def __init__(self, local: Path) -> None:
        if not hasattr(tarfile, "data_filter"):
            raise CopyError(
                "copying out of containers needs Python 3.11.4 or newer: before, nothing keeps an archive in its place"
            )
        self._local = local
        # Beside the target, so that it is only renamed in the end.
        self._folder = Path(tempfile.mkdtemp(prefix=f".{local.name[:100]}.", dir=local.parent))
        self._content = self._folder / CONTENT

    def unpack(
        self,
        source: Source,
        root: str,
        note_file: Callable[[], None],
        acknowledge: Callable[[], None] = lambda: None,
    ) -> None:
        """Unpack an archive.

        Args:
            source: where the archive comes from.
            root: name of what is copied in the archive: all members are it, or below it.
            note_file: called before each file.
            acknowledge: called when all of it has come; only then the source has to end.

        Raises:
            CopyError: the archive breaks off, or has members that must not be unpacked.
            OSError: something can't be written.
        """
        counted = _CountedSource(source)
        try:
            with tarfile.open(fileobj=cast("Any", counted), mode="r|", bufsize=_BLOCK_SIZE) as archive:
                first = archive.next()
                if first is None:
                    acknowledge()
                    _read_to_end(source)
                    raise CopyError("the archive is empty")
                if first.isdir():
                    # Links are checked against the tree itself, not against the folder that it is unpacked in.
                    self._content.mkdir()
                    target, name = self._content, ""
                else:
                    target, name = self._folder, CONTENT
                members = _renamed(archive, first, root, name)
                archive.extractall(target, members, filter=_Filter(note_file))  # noqa: S202  # that is the check
                # To tarfile an archive that breaks off between two members is whole.
                if counted.size < archive.offset + tarfile.BLOCKSIZE:
                    raise CopyError("the archive breaks off")
                acknowledge()
                _read_to_end(source)
        except tarfile.FilterError as error:
            raise CopyError(f"the archive holds what must not be unpacked: {error}") from None
        except tarfile.TarError as error:
            raise CopyError(f"the archive breaks off or is none ({error})") from None

    def finish(self) -> None:
        """Give the copy its name; what is there of that name is replaced, and directories are merged."""
        if not self._content.is_symlink() and self._content.is_dir() and self._local.is_dir():
            _merge(self._content, self._local)
        else:
            os.replace(self._content, self._local)

    def clean_up(self) -> None:
        """Remove what has not got its name."""
        shutil.rmtree(self._folder, ignore_errors=True)


class _Filter:
    """The standard library's `data` filter, with the modes of files and directories as they are."""

    def __init__(self, note_file: Callable[[], None]) -> None:
        self._note_file = note_file

    def __call__(self, member: tarfile.TarInfo, path: str) -> tarfile.TarInfo:
        if not member.isdir():
            self._note_file()
        safe = tarfile.data_filter(member, path)
        # Without setuid, setgid and sticky bits. A directory that one can't write to could not be moved, or removed.
        mode = (member.mode & 0o777) | (0o700 if member.isdir() else 0)
        return safe.replace(mode=mode, deep=False)


def _renamed(archive: tarfile.TarFile, first: tarfile.TarInfo, root: str, name: str) -> Iterator[tarfile.TarInfo]:
    """Give an archive's members by their names below the root, which gets another.

    No tar writes by way of a symlink that it has written; what does is meant to lead the filter astray (CVE-2025-4517).
    """
    links: set[str] = set()
    member: tarfile.TarInfo | None = first
    while member is not None:
        member.name = _below(member.name, root, name)
        _keep_off(links, member.name, member.name)
        if member.islnk():
            member.linkname = _below(member.linkname, root, name)
            _keep_off(links, posixpath.dirname(member.linkname), member.linkname)
        if member.issym() or (member.islnk() and member.linkname in links):
            links.add(member.name)
        yield member
        member = archive.next()


def _keep_off(links: Set[str], path: str, name: str) -> None:
    """Refuse a name of which a path is a link, or below one."""
    parts = path.split("/")
    if links and not links.isdisjoint("/".join(parts[:count]) for count in range(1, len(parts) + 1)):
        raise CopyError(f"the archive holds what leads through a link: {name!r}")


def _below(name: str, root: str, new_root: str) -> str:
    parts = [part for part in name.split("/") if part not in ("", ".")]
    roots = [part for part in root.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or parts[: len(roots)] != roots:
        raise CopyError(f"the archive holds what was not asked for: {name!r}")
    return "/".join([*([new_root] if new_root else []), *parts[len(roots) :]]) or "."


def _read_to_end(source: Source) -> None:
    """Read what pads an archive."""
    while source.read(_BLOCK_SIZE):
        pass


def _merge(source: Path, target: Path) -> None:
    for each in sorted(os.listdir(source)):
        new, old = source / each, target / each
        if not new.is_symlink() and new.is_dir() and not old.is_symlink() and old.is_dir():
            _merge(new, old)
        else:
            os.replace(new, old)
