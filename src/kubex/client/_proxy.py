"""Which proxy, and which credentials of the environment, a client uses for its server."""

from __future__ import annotations

import base64
import ipaddress
import logging
import netrc
import os
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

from kubex.client.options import ClientOptions
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError

__all__ = ["dropped_proxies", "netrc_authorization", "proxy_url"]

logger = logging.getLogger("kubex.client")


def proxy_url(configuration: ClientConfiguration, options: ClientOptions) -> str | None:
    """Give the URL of the proxy to the server; `None` where it is reached directly.

    The options' go before the configuration's, and those before the environment's.

    Raises:
        ConfigurationError: the environment names a proxy that is none.
    """
    scheme = urlsplit(configuration.base_url).scheme
    if options.proxy is not None:
        return options.proxy if isinstance(options.proxy, str) else options.proxy.get(scheme)
    if configuration.proxy_url is not None:
        return configuration.proxy_url
    return _from_environment(configuration.base_url) if options.trust_env else None


def dropped_proxies(configuration: ClientConfiguration, options: ClientOptions) -> list[str]:
    """Give the schemes of `options.proxy` that no request of the client ever has."""
    if not isinstance(options.proxy, dict):
        return []
    return sorted(options.proxy.keys() - {urlsplit(configuration.base_url).scheme})


def _from_environment(server: str) -> str | None:
    parts = urlsplit(server)
    proxies = getproxies_environment()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if not proxy or _is_bypassed(parts.hostname or "", port, proxies.get("no", "")):
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    try:
        usable = bool(urlsplit(proxy).hostname) and urlsplit(proxy).port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError(f"the environment's proxy for {parts.scheme} is no URL: http://host:port is needed")
    return proxy


def _is_bypassed(host: str, port: int, no_proxy: str) -> bool:
    """Whether NO_PROXY names the host: itself, a domain it is in, or a network (clusters are mostly addresses)."""
    for entry in no_proxy.replace(" ", ",").split(","):
        if entry == "*":
            return True
        pattern, colon, entry_port = entry.lower().rpartition(":")
        if not (colon and entry_port.isdigit() and (":" not in pattern or pattern.endswith("]"))):
            pattern = entry.lower()  # no port, or an IPv6 address that ends like one
        elif int(entry_port) != port:
            continue
        pattern = pattern.strip("[]").removeprefix("*").removeprefix(".")
        if pattern and (host == pattern or host.endswith(f".{pattern}") or _is_within(host, pattern)):
            return True
    return False


def _is_within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def netrc_authorization(server: str) -> str | None:
    """Give the basic credentials that netrc has for the server, as the value of an Authorization header."""
    named = os.environ.get("NETRC")
    try:
        path = Path(named) if named else Path.home() / ".netrc"
    except RuntimeError:  # no home, as for a user without an account in a container
        return None
    try:
        entry = netrc.netrc(path).authenticators(urlsplit(server).hostname or "")
    except FileNotFoundError:
        return None
    except (OSError, netrc.NetrcParseError, UnicodeDecodeError) as error:
        # The parser's text may quote a password.
        line = getattr(error, "lineno", None)
        logger.warning("%s can't be read%s: it is left out", path, f" (line {line})" if line else "")
        return None
    if entry is None:
        return None
    login, account, password = entry
    pair = f"{login or account}:{password}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
