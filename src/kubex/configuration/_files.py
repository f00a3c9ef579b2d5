"""Reading the small files that a configuration names, with errors that name them."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kubex.core.exceptions import ConfigurationError

__all__ = ["check_readable", "displayed", "is_there", "read_bounded"]


def displayed(path: str | os.PathLike[str]) -> str:
    """Give a path as errors show it: below the home folder with a tilde."""
    text = os.fspath(path)
    try:
        home = os.fspath(Path.home())
    except RuntimeError:  # no HOME, and no account of this user id: usual in containers
        return text
    return "~" + text[len(home) :] if home != os.sep and text.startswith(home + os.sep) else text


def is_there(path: str | os.PathLike[str]) -> bool:
    """Tell whether there is such a file; one that can't be reached is there, so that reading it gives the error."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return False
    except OSError:
        pass
    return True


def check_readable(path: str | os.PathLike[str], what: str) -> None:
    """Find out now, and not at the first request, whether a file can be read.

    Raises:
        ConfigurationError: it is missing, not readable, or no ordinary file.
    """
    with _opened(path, what):
        pass


def read_bounded(path: str | os.PathLike[str], what: str, largest: int) -> bytes:
    """Read a file that has to be an ordinary one: a pipe could block for ever, a device never end.

    Args:
        path: the file.
        what: what the file is, for the error's text.
        largest: bytes it may have.

    Raises:
        ConfigurationError: it is missing, not readable, no ordinary file, or too large.
    """
    with _opened(path, what) as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ConfigurationError(f"{what} {displayed(path)} is larger than {largest} bytes")
    return content


@contextmanager
def _opened(path: str | os.PathLike[str], what: str) -> Generator[BinaryIO]:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise ConfigurationError(f"{what} {displayed(path)} is not an ordinary file")
        with open(path, "rb") as file:
            yield file
    except FileNotFoundError:
        problem = "does not exist"
    except OSError as error:
        problem = f"can't be read: {error.strerror}"
    except ValueError:
        problem = "can't be read: its name has a null character"
    else:
        return
    raise ConfigurationError(f"{what} {displayed(path)} {problem}")
