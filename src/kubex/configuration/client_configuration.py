"""`ClientConfiguration`: all that a client has to know of one cluster and of the program's identity in it."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import KW_ONLY, dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

from kubex.configuration._url import checked_proxy_url, checked_server_url, without_secrets
from kubex.configuration.auth.source import CredentialSource
from kubex.core.exceptions import ConfigurationError, InvalidType

if TYPE_CHECKING:
    from kubex.configuration.auth._oidc_protocol import OidcConfig
    from kubex.configuration.auth.impersonation import Impersonation
    from kubex.configuration.configuration import ExecConfig

__all__ = ["ClientConfiguration"]

_SECRET = frozenset({"token", "password", "client_cert_data", "client_key_data", "exec_cluster_config"})
_LONG = frozenset({"server_ca_data"})
_TEXTS = ("url", "token", "namespace", "username", "password", "tls_server_name", "proxy_url")
_PATHS = ("server_ca_file", "client_cert_file", "client_key_file", "token_file")
_BYTES = ("server_ca_data", "client_cert_data", "client_key_data")


@dataclass(frozen=True, repr=False)
class ClientConfiguration:
    """Address, certificates and credentials of one cluster.

    It can't be changed; `dataclasses.replace` gives another. Files are not looked at here: they are read
    when a client connects. Certificates and keys may be given as a file or as data, which stays in memory.
    Neither `repr` nor an error shows a token, a password or a key.

    Args:
        url: server's address, `https://host[:port][/path]`. There is no default: a program that was given no
            cluster should hear so, and not that a connection to localhost was refused.
        server_ca_file: PEM file of the authorities that may have signed the server's certificate; the
            system's where left out.
        insecure_skip_tls_verify: believe any certificate of the server, and of an `https://` proxy before it.
        client_cert_file: PEM file of the client certificate.
        client_key_file: PEM file of the client certificate's key; may be the same file.
        token_file: file of a bearer token, read again every 60 seconds. It goes before `token`, which is then
            used only until the file can be read.
        token: bearer token.
        namespace: namespace of the program, or of the kubeconfig's context.
        try_refresh_token: after a 401, read `token_file` again at once and repeat the request.
        refreshable_token: an async function that fetches a bearer token, or a `CredentialSource` of one's
            own. It is asked for the first request, and after a 401 for a newer token.
        username: user name of basic authentication.
        password: password of basic authentication.
        tls_server_name: name that the server's certificate has to have, instead of the address' host.
        proxy_url: proxy for all requests, `http://[user:password@]host[:port]`, also `https` and `socks5`.
        server_ca_data: PEM of the authorities, as bytes, instead of `server_ca_file`.
        client_cert_data: PEM of the client certificate, as bytes, instead of `client_cert_file`.
        client_key_data: PEM of the key, as bytes, instead of `client_key_file`.
        impersonation: whom to act as.
        exec: a program that prints credentials, `ExecConfig(command=..., api_version=...)`.
        exec_cluster_config: what that program is told beside the cluster's address where it wants to know.
        oidc: an OpenID Connect user, whose id tokens are refreshed.
        strict_x509: whether certificates have to keep to RFC 5280 to the letter, as Python 3.13 demands. `False` is the
            way out for clusters whose authority is older, e.g. lacks a key identifier; chain, name and time are
            verified all the same.
        disable_compression: have the server send its answers as they are: faster where the network is.

    Raises:
        ConfigurationError: an address, a token or a user name is malformed, or what is given contradicts
            itself.
        InvalidType: a value of another type: a token that is no text, a certificate's data that are no bytes.

    Example:
        ```python
        ClientConfiguration(url="https://10.0.0.1:6443", server_ca_file="ca.crt", token_file="token")
        ```
    """

    url: str | None = None
    server_ca_file: str | os.PathLike[str] | None = None
    insecure_skip_tls_verify: bool | None = None
    client_cert_file: str | os.PathLike[str] | None = None
    client_key_file: str | os.PathLike[str] | None = None
    token_file: str | os.PathLike[str] | None = None
    token: str | None = None
    namespace: str | None = None
    try_refresh_token: bool = False
    refreshable_token: CredentialSource | Callable[[], Awaitable[str]] | None = None
    _: KW_ONLY
    username: str | None = None
    password: str | None = None
    tls_server_name: str | None = None
    proxy_url: str | None = None
    server_ca_data: bytes | None = None
    client_cert_data: bytes | None = None
    client_key_data: bytes | None = None
    impersonation: Impersonation | None = None
    exec: ExecConfig | None = None
    exec_cluster_config: object = None
    oidc: OidcConfig | None = None
    strict_x509: bool = True
    disable_compression: bool = False

    def __post_init__(self) -> None:
        self._check_types()
        if self.url is not None:
            checked_server_url(self.url)
        if self.proxy_url is not None:
            checked_proxy_url(self.proxy_url)
        self._check_tls()
        self.credential_source()

    def _check_types(self) -> None:
        # Of secrets no local variable is made: reports of errors show those.
        for name in _TEXTS:
            self._check_type(name, str, "a str")
        for name in _PATHS:
            self._check_type(name, (str, os.PathLike), "a path, as a str or a Path,")
        for name in _BYTES:
            if not isinstance(getattr(self, name), bytes | bytearray | memoryview | None):
                raise InvalidType.of_bytes(name, getattr(self, name))

    def _check_type(self, name: str, types: type | tuple[type, ...], needed: str) -> None:
        if getattr(self, name) is not None and not isinstance(getattr(self, name), types):
            raise InvalidType.of(name, needed, getattr(self, name))

    def _check_tls(self) -> None:
        for what in ("server_ca", "client_cert", "client_key"):
            if getattr(self, f"{what}_file") and getattr(self, f"{what}_data"):
                raise ConfigurationError(f"give {what}_file or {what}_data, not both")
        if self.insecure_skip_tls_verify and (self.server_ca_file or self.server_ca_data):
            raise ConfigurationError(
                "insecure_skip_tls_verify would ignore the certificate authority that is given as well"
            )
        has_cert = bool(self.client_cert_file or self.client_cert_data)
        has_key = bool(self.client_key_file or self.client_key_data)
        if has_cert != has_key:
            given, missing = ("client_cert", "client_key") if has_cert else ("client_key", "client_cert")
            raise ConfigurationError(
                f"{given} needs {missing}_file or {missing}_data beside it (a file with both is named twice)"
            )

    @cached_property
    def base_url(self) -> str:
        """Server's address without a trailing slash; a path of its own is kept.

        Raises:
            ConfigurationError: there is none.
        """
        if self.url is None:
            raise ConfigurationError("the configuration has no address of a server: give url")
        return checked_server_url(self.url)

    def credential_source(self) -> CredentialSource:
        """Give the source of the program's credentials: at every call the same, for all clients to share."""
        return self._source

    @cached_property
    def _source(self) -> CredentialSource:
        # Imported here: programs that import kubex for its models, or give a client of their own, need none of them.
        from kubex.configuration.auth._choice import credential_source_of

        return credential_source_of(self)

    def __getstate__(self) -> dict[str, object]:
        # A copy, or one in another process, has a credential source of its own.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __repr__(self) -> str:
        shown: list[str] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value == field.default:
                continue
            if field.name in _SECRET:
                text = "***"
            elif field.name in _LONG:
                text = f"<{len(value)} bytes>"
            elif field.name.endswith("url"):
                text = repr(without_secrets(value))
            else:
                text = repr(value)
            shown.append(f"{field.name}={text}")
        return f"{type(self).__name__}({', '.join(shown)})"
