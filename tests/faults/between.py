"""A `FaultProxy` before the API server of a configuration, and the configuration of its clients."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

import trustme

from kubex.client._tls import tls_context
from kubex.configuration import ClientConfiguration
from tests.faults.proxy import FaultProxy

__all__ = ["configuration_behind", "proxy_before"]


def proxy_before(
    server: ClientConfiguration, authority: trustme.CA, host: str = "127.0.0.1", *, seconds: float = 100.0
) -> FaultProxy:
    """Make a proxy that speaks TLS with its clients, and is to the server who the configuration says.

    Args:
        server: the API server's.
        authority: signs the proxy's certificate.
        host: whose certificate it is.
        seconds: how long it lives at most.
    """
    target = urlsplit(server.base_url)
    assert target.hostname is not None
    assert target.port is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return FaultProxy((target.hostname, target.port), tls=context, server_tls=tls_context(server), seconds=seconds)


def configuration_behind(proxy: FaultProxy, authority: trustme.CA) -> ClientConfiguration:
    """Give the configuration of a client that trusts the proxy."""
    return ClientConfiguration(url=proxy.url, server_ca_data=authority.cert_pem.bytes())
