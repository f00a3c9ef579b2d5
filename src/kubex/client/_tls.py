"""The TLS context of a configuration, the same for every library."""

from __future__ import annotations

import contextlib
import logging
import os
import ssl
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

from kubex.configuration._pem import place_of
from kubex.configuration._url import without_secrets
from kubex.configuration.auth.source import ClientCertificate
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError

__all__ = ["proxy_tls_context", "tls_context"]

logger = logging.getLogger("kubex.client")


class _KeyIsEncryptedError(Exception):
    """The key asks for a password."""


class _RenamedServerContext(ssl.SSLContext):
    """Expects another name of one server than the one it is connected by.

    Libraries differ in where they take such a name, and forget it behind proxies. They all end here.
    """

    host: str
    expected_name: str

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        host = server_hostname.decode() if isinstance(server_hostname, bytes) else server_hostname
        if host is not None and host.rstrip(".").lower() == self.host:
            server_hostname = self.expected_name
        return super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)


def tls_context(
    configuration: ClientConfiguration, certificate: ClientCertificate | None = None
) -> ssl.SSLContext | None:
    """Make the TLS context of a configuration; `None` where its server speaks plain HTTP.

    Args:
        configuration: whom to trust, and the client certificate.
        certificate: client certificate where the configuration has none.

    Raises:
        ConfigurationError: a certificate or key is missing, unreadable, or does not fit.
    """
    server = urlsplit(configuration.base_url)
    if server.scheme != "https":
        return None
    context: ssl.SSLContext
    if configuration.tls_server_name:
        context = _RenamedServerContext(ssl.PROTOCOL_TLS_CLIENT)
        context.host = (server.hostname or "").rstrip(".")
        context.expected_name = configuration.tls_server_name
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    has_own = bool(configuration.server_ca_data or configuration.server_ca_file)
    _trust(context, configuration, configuration.base_url, systems_too=not has_own)
    _identify(context, configuration, certificate)
    return context


def proxy_tls_context(configuration: ClientConfiguration, proxy: str | None) -> ssl.SSLContext | None:
    """Make the TLS context of the connections to a proxy; `None` where they have no TLS.

    The cluster's certificate authority is believed as well as the system's: kubectl believes that one alone, and
    proxies of whole networks have certificates of the others. Where the server's certificate is not verified the
    proxy's isn't, as with kubectl. A proxy is never shown the client certificate.

    Args:
        configuration: of the server behind it.
        proxy: its URL.

    Raises:
        ConfigurationError: the certificate authority can't be read.
    """
    if proxy is None or not proxy.lower().startswith("https://"):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    _trust(context, configuration, f"the proxy {without_secrets(proxy)}", systems_too=True)
    return context


def _trust(context: ssl.SSLContext, configuration: ClientConfiguration, peer: str, *, systems_too: bool) -> None:
    """Say whose certificates are believed of a peer."""
    if configuration.insecure_skip_tls_verify:
        logger.warning(
            "The certificate of %s is not verified (insecure-skip-tls-verify): anyone on the way can read and change"
            " everything",
            peer,
        )
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return
    _believe(context, configuration, systems_too=systems_too)


def _believe(context: ssl.SSLContext, configuration: ClientConfiguration, *, systems_too: bool) -> None:
    """Believe the configuration's certificate authority, where it has one."""
    if sys.version_info >= (3, 13):  # what ssl.create_default_context does there
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if configuration.strict_x509:
            context.verify_flags |= ssl.VERIFY_X509_STRICT
    what = "the system's certificate authorities"
    try:
        if systems_too:
            context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        if configuration.server_ca_data:
            what = f"certificate-authority-data{place_of(configuration.server_ca_data)}"
            # ssl takes text for PEM, and only ASCII of it: what is not is a comment.
            context.load_verify_locations(cadata=configuration.server_ca_data.decode("ascii", "ignore"))
        elif configuration.server_ca_file:
            what = f"certificate authority {os.fspath(configuration.server_ca_file)}"
            _read(configuration.server_ca_file, "certificate authority")
            context.load_verify_locations(cafile=configuration.server_ca_file)
    except (ssl.SSLError, ValueError):
        raise ConfigurationError(f"{what}: this is no PEM certificate") from None


def _identify(
    context: ssl.SSLContext, configuration: ClientConfiguration, certificate: ClientCertificate | None
) -> None:
    """Load the client certificate and its key.

    The key has no variable of its own: reports of errors show the local variables.
    """
    cert_file, key_file = configuration.client_cert_file, configuration.client_key_file
    cert_place, key_place = place_of(configuration.client_cert_data), place_of(configuration.client_key_data)
    cert_name = os.fspath(cert_file) if cert_file else f"client-certificate-data{cert_place}"
    key_name = os.fspath(key_file) if key_file else f"client-key-data{key_place}"
    pair = _own_pair(configuration)
    if pair is None:
        if certificate is None or cert_file or configuration.client_cert_data is not None:
            return
        pair, cert_file, key_file = certificate, None, None
        cert_name, key_name = "of the credential plugin", "of the credential plugin"
    if b"-----BEGIN" not in pair.certificate or b"CERTIFICATE-----" not in pair.certificate:
        raise ConfigurationError(f"client certificate {cert_name}: this is no PEM certificate")
    if b"PRIVATE KEY-----" not in pair.key:
        raise ConfigurationError(f"client key {key_name}: this is no PEM private key")
    try:
        with contextlib.ExitStack() as files:
            # What is on disk already is loaded from there; what is not must not come there.
            cert_path = os.fspath(cert_file) if cert_file else files.enter_context(_as_file(pair.certificate))
            key_path = os.fspath(key_file) if key_file else files.enter_context(_as_file(pair.key))
            context.load_cert_chain(cert_path, key_path, password=_no_password)
    except _KeyIsEncryptedError:
        raise ConfigurationError(
            f"client key {key_name} is encrypted: kubex can't ask for its password; `openssl pkey` writes one without"
        ) from None
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            problem = "they do not belong together"
        else:
            problem = f"they can't be loaded ({error.reason or 'damaged PEM'})"
        raise ConfigurationError(f"client certificate {cert_name} and key {key_name}: {problem}") from None
    except OSError as error:
        raise ConfigurationError(
            f"client certificate {cert_name} and key {key_name}: {error.strerror or 'unreadable'}"
        ) from None


def _own_pair(configuration: ClientConfiguration) -> ClientCertificate | None:
    """Give the configuration's certificate and key; `None` where it lacks one of them."""
    cert_file, key_file = configuration.client_cert_file, configuration.client_key_file
    cert = _read(cert_file, "client certificate") if cert_file else configuration.client_cert_data
    key = _read(key_file, "client key") if key_file else configuration.client_key_data
    return None if cert is None or key is None else ClientCertificate(cert, key)


def _no_password() -> bytes:
    # Without this OpenSSL would ask on the terminal.
    raise _KeyIsEncryptedError


def _read(path: str | os.PathLike[str], what: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{what} {os.fspath(path)}: {error.strerror or 'unreadable'}") from None
    except ValueError:
        raise ConfigurationError(f"{what} {os.fspath(path)!r}: this is no path") from None


@contextlib.contextmanager
def _as_file(data: bytes) -> Generator[str]:
    """Give a path that holds the data while the context is open; `ssl` reads certificates from paths only."""
    descriptor = _anonymous_file()
    path = f"/proc/self/fd/{descriptor}" if descriptor is not None else ""
    if descriptor is None or not os.path.exists(path):
        if descriptor is not None:
            os.close(descriptor)
        descriptor, path = tempfile.mkstemp(prefix="kubex-")  # readable by its owner alone
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(data)
        yield path
    finally:
        os.close(descriptor)
        if not path.startswith("/proc/self/fd/"):
            os.unlink(path)


def _anonymous_file() -> int | None:
    """Open a file that is in memory alone, where the system has such."""
    if sys.platform != "linux":
        return None
    try:
        return os.memfd_create("kubex", os.MFD_CLOEXEC)
    except OSError:  # an old kernel, or a sandbox
        return None
