"""The server's `Warning` headers, as Python warnings.

https://kubernetes.io/blog/2020/09/03/warnings/
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterable

__all__ = ["emit_api_warnings", "parse_warnings"]

# RFC 7234, 5.5: code, agent, quoted text, and a quoted date that Kubernetes does not send.
_WARNING = re.compile(r'\s*(?P<code>\d{3})\s+(?P<agent>[^\s"]+)\s+"(?P<text>(?:[^"\\]|\\.)*)"(?:\s+"[^"]*")?\s*(?:,|$)')
_QUOTED_PAIR = re.compile(r"\\(.)")


def parse_warnings(header: str) -> list[str]:
    """Give the texts of one `Warning` header line, which may hold several."""
    texts: list[str] = []
    position = 0
    while position < len(header):
        warning = _WARNING.match(header, position)
        if warning is None:
            break  # a proxy's own idea of a warning
        if warning["text"]:
            texts.append(_QUOTED_PAIR.sub(r"\1", warning["text"]))
        position = warning.end()
    return texts


def emit_api_warnings(headers: Iterable[str]) -> None:
    """Emit each warning of `Warning` header lines as a `UserWarning` at the line that called kubex."""
    for header in headers:
        for text in parse_warnings(header):
            warnings.warn(text, UserWarning, stacklevel=_caller_level())


def _caller_level() -> int:
    """Give the `stacklevel`, for the function that calls this one, of the first frame outside of kubex."""
    level = 1
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # as the warnings module does it
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "kubex":
        frame = frame.f_back
        level += 1
    return level
