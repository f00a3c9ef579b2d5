"""Addresses of servers and proxies: checked once, and shown without the credentials some of them carry."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from kubex.core.exceptions import ConfigurationError

__all__ = ["checked_proxy_url", "checked_server_url", "without_secrets"]


def without_secrets(url: str) -> str:
    """Give a URL as errors and reprs show it: no user, password or query, however broken the URL is."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "", url
    # At the last @: a password that wasn't percent-encoded can hold any of the other delimiters.
    _, at_sign, rest = rest.rpartition("@")
    address = re.split("[?#]", rest, maxsplit=1)[0]
    return f"{scheme}{separator}{'***@' if at_sign else ''}{address}{'' if address == rest else '?***'}"


def checked_server_url(url: str, what: str = "url") -> str:
    """Give a server's address without a trailing slash.

    A path is kept: proxies that stand before several clusters tell them apart by it.

    Args:
        url: the address.
        what: what gave the address, for the error's text.

    Raises:
        ConfigurationError: it isn't `https://host[:port][/path]`, or `http`.
    """
    parts = _split(url, what, ("https", "http"))
    if parts.username is not None:
        raise ConfigurationError(
            f"{what} {without_secrets(url)} holds a user name: give it apart, as username and password"
        )
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise ConfigurationError(
            f"{what} {without_secrets(url)} has a query or a fragment, which no server's address has"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def checked_proxy_url(url: str, what: str = "proxy_url") -> str:
    """Give a proxy's address as it is, once it is known to be one.

    Raises:
        ConfigurationError: it isn't `http://[user:password@]host[:port]`, or `https`, `socks5`.
    """
    _split(url, what, ("http", "https", "socks5", "socks5h"))
    return url


def _split(url: str, what: str, schemes: Collection[str]) -> SplitResult:
    shown = without_secrets(url)
    wrong = f"{what} {shown!r} is no address"
    # urlsplit would drop line ends and tabs in silence.
    if any(character <= " " or character == "\x7f" or character == "\\" for character in url):
        raise ConfigurationError(f"{wrong}: it has white space or control characters")
    if "://" not in url:
        raise ConfigurationError(f"{wrong}: it needs a scheme, as in https://{shown}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its text can hold a piece of the password
        raise ConfigurationError(f"{wrong}: its host or port is malformed") from None
    if parts.scheme not in schemes:
        raise ConfigurationError(f"{wrong}: its scheme has to be one of {', '.join(schemes)}")
    if not parts.hostname or port == 0:
        raise ConfigurationError(f"{wrong}: it has no {'host' if not parts.hostname else 'usable port'}")
    return parts
