"""Paths of copies, in containers and here, and what goes wrong with those that are here."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final

from kubex.core.exceptions import CopyError, InvalidArgument, InvalidType, KubexClientException

__all__ = ["LocalCopyError", "is_folder", "local_path", "name_of", "remote_path", "split", "telling"]


class LocalCopyError(CopyError, OSError):
    """A local file or folder could not be read or written; `errno`, `strerror` and `filename` as those of its cause."""

    @classmethod
    def of(cls, subject: str, error: OSError, path: str, hint: str) -> LocalCopyError:
        """Make one of the operating system's error, which is of that one's class as well.

        Args:
            subject: what was being done.
            error: what the operating system says.
            path: of what, as the user knows it.
            hint: what to do about it, if it is known.
        """
        text = f"{subject}: {path}: {error.strerror or error}{f' ({hint})' if hint else ''}"
        made = _BY_CLASS.get(type(error), LocalCopyError)(text)
        made.errno, made.strerror, made.filename = error.errno, error.strerror, path
        return made

    def __str__(self) -> str:
        return str(self.args[0])  # an OSError's own would leave out what was being done


class LocalFileNotFound(LocalCopyError, FileNotFoundError):
    """There is no such file here, or no folder for it."""


class LocalFileExists(LocalCopyError, FileExistsError):
    """There is something of that name here already."""


class LocalNotADirectory(LocalCopyError, NotADirectoryError):
    """What is to be a directory here is none."""


class LocalIsADirectory(LocalCopyError, IsADirectoryError):
    """What is to be a file here is a directory."""


class LocalPermissionDenied(LocalCopyError, PermissionError):
    """A file or directory here may not be read or written."""


_BY_CLASS: Final[Mapping[type[OSError], type[LocalCopyError]]] = MappingProxyType(
    {
        FileNotFoundError: LocalFileNotFound,
        FileExistsError: LocalFileExists,
        NotADirectoryError: LocalNotADirectory,
        IsADirectoryError: LocalIsADirectory,
        PermissionError: LocalPermissionDenied,
    }
)


def local_path(local: str | os.PathLike[str]) -> Path:
    """Give a path that is here.

    Raises:
        InvalidArgument: it has a NUL.
        InvalidType: it is none.
    """
    try:
        text = os.fspath(local)
    except TypeError:
        raise InvalidType.of("local", "a path, as a str or a Path,", local) from None
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidType.of("local", "a path, as a str or a Path,", local)
    if "\0" in text:
        raise InvalidArgument(f"local={text!r}: a path is needed, which has no NUL")
    return Path(text)


def is_folder(local: str | os.PathLike[str]) -> bool:
    """Say whether a path that is here is written as that of a directory that something goes into."""
    return os.fspath(local).endswith(("/", os.sep))


def remote_path(remote: str | PurePosixPath) -> str:
    """Give a path in a container.

    Raises:
        InvalidType: it is none.
    """
    if isinstance(remote, PurePosixPath):
        return str(remote)
    if not isinstance(remote, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidType.of("remote", "a path in the container, as a str or a PurePosixPath,", remote)
    return remote


def split(remote: str) -> tuple[str, str]:
    """Give the folder and the name of a path in a container.

    Raises:
        InvalidArgument: it has no name.
    """
    folder, name = posixpath.split(remote.rstrip("/"))
    if name in ("", ".", "..") or "\0" in remote:
        raise InvalidArgument(f"remote={remote!r}: a path that ends with the name of a file or directory is needed")
    return folder or ".", name


def name_of(path: Path) -> str:
    """Give the name that a copy of a path gets in a directory."""
    return path.name if path.name not in ("", "..") else path.resolve().name


@contextmanager
def telling(subject: str, path: Path, *, is_source: bool = False, hint: str = "") -> Generator[None]:
    """Have what goes wrong with local files say so by the paths that the user knows.

    Args:
        subject: what is being done.
        path: what it is done with here.
        is_source: whether that is read: what is below it is then told by its own path, and not by a temporary one.
        hint: what to do where it is not there.

    Raises:
        LocalCopyError: something can't be read or written.
    """
    try:
        yield
    except KubexClientException:  # of which those of connections are OSErrors as well
        raise
    except OSError as error:
        named = (error.filename if is_source else error.filename2) or path
        raise LocalCopyError.of(subject, error, os.fspath(named), _hint(error, hint)) from error


def _hint(error: OSError, hint: str) -> str:
    match error:
        case FileNotFoundError():
            return hint
        case IsADirectoryError():
            return "a file can't take the place of a directory: a path that ends with / is a directory to copy into"
        case NotADirectoryError():
            return "a directory can't take the place of a file, nor be in one"
        case _:
            return ""
