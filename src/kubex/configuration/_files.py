"""Reading the small files that a configuration names, with errors that name them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from kubex.core.exceptions import ConfigurationError

__all__ = ["displayed", "read_bounded"]


def displayed(path: str | os.PathLike[str]) -> str:
    """Give a path as errors show it: below the home folder with a tilde."""
    text = os.fspath(path)
    try:
        home = os.fspath(Path.home())
    except RuntimeError:  # no HOME, and no account of this user id: usual in containers
        return text
    return "~" + text[len(home) :] if home != os.sep and text.startswith(home + os.sep) else text


def read_bounded(path: str | os.PathLike[str], what: str, largest: int) -> bytes:
    """Read a file that has to be an ordinary one: a pipe could block for ever, a device never end.

    Args:
        path: the file.
        what: what the file is, for the error's text.
        largest: bytes it may have.

    Raises:
        ConfigurationError: it is missing, not readable, no ordinary file, or too large.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise ConfigurationError(f"{what} {displayed(path)} is not an ordinary file")
        with open(path, "rb") as file:
            content = file.read(largest + 1)
    except FileNotFoundError:
        raise ConfigurationError(f"{what} {displayed(path)} does not exist") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        reason = error.strerror if isinstance(error, OSError) else None
        raise ConfigurationError(f"{what} {displayed(path)} can't be read: {reason or error}") from None
    if len(content) > largest:
        raise ConfigurationError(f"{what} {displayed(path)} is larger than {largest} bytes")
    return content
