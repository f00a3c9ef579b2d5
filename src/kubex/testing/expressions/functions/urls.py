"""URLs: `url`, `isURL` and what they are made of.

https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from kubex.core._go_text import go_quoted
from kubex.testing.expressions.functions.declaration import Function, opaque, text_of

__all__ = ["URL_FUNCTIONS", "url_problem"]

_URL: Final = "kubernetes.URL"
_ABSOLUTE: Final = re.compile(r"/|[A-Za-z][A-Za-z0-9+.-]*:")


def url_problem(text: str) -> str | None:
    """Say what keeps a text from being an absolute URL, or a path; `None` if it is one."""
    why = ""
    if any(ord(each) < 0x20 or ord(each) == 0x7F for each in text):
        why = "net/url: invalid control character in URL"
    elif not text:
        why = "empty url"
    elif _ABSOLUTE.match(text) is None:
        why = "invalid URI for request"
    else:
        try:
            port = urlsplit(text).netloc.rpartition("@")[2].rpartition("]")[2].partition(":")[2]
            if port and not port.isdigit():
                why = f"invalid port {go_quoted(f':{port}')} after host"
        except ValueError:
            why = "missing ']' in host"
    return f"parse {go_quoted(text)}: {why}" if why else None


def _url(text: str) -> dict[str, Any]:
    problem = url_problem(text)
    if problem is not None:
        raise ValueError(f"URL parse error during conversion from string: {problem}")
    return opaque(_URL, text)


def _parts(value: Any) -> SplitResult:
    return urlsplit(text_of(value, _URL))


def _host(value: Any) -> str:
    return _parts(value).netloc.rpartition("@")[2]


def _host_name(value: Any) -> str:
    host = _host(value)
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _port(value: Any) -> str:
    return _host(value).rpartition("]")[2].partition(":")[2]


def _query(value: Any) -> dict[str, list[str]]:
    return parse_qs(_parts(value).query, keep_blank_values=True)


URL_FUNCTIONS: Final = (
    Function("isURL", ("string",), "bool", lambda text: url_problem(text) is None, method=False),
    Function("url", ("string",), _URL, _url, method=False),
    Function("getScheme", (_URL,), "string", lambda value: _parts(value).scheme),
    Function("getHost", (_URL,), "string", _host),
    Function("getHostname", (_URL,), "string", _host_name),
    Function("getPort", (_URL,), "string", _port),
    Function("getEscapedPath", (_URL,), "string", lambda value: _parts(value).path),
    Function("getQuery", (_URL,), "map<string,list<string>>", _query),
)
"""Functions for URLs."""
