"""Which credentials a configuration means, and the source that gives them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from kubex.configuration.auth.basic import BasicAuth
from kubex.configuration.auth.no_credentials import NoCredentials
from kubex.configuration.auth.refreshable_token import RefreshableToken
from kubex.configuration.auth.source import CredentialSource
from kubex.configuration.auth.static_token import StaticToken
from kubex.configuration.auth.token_file import TokenFile
from kubex.core.exceptions import ConfigurationError

if TYPE_CHECKING:
    from kubex.configuration.client_configuration import ClientConfiguration
    from kubex.configuration.configuration import ExecConfig

__all__ = ["credential_source_of"]


def credential_source_of(configuration: ClientConfiguration) -> CredentialSource:
    """Make the source of a configuration's credentials.

    Raises:
        ConfigurationError: there is more than one kind of credentials, or something is wrong with them.
    """
    has_basic = bool(configuration.username or configuration.password)
    has_token = bool(configuration.token or configuration.token_file)
    sources = (configuration.refreshable_token, configuration.exec, configuration.oidc)
    if has_basic + has_token + sum(source is not None for source in sources) > 1:
        raise ConfigurationError(
            "give one kind of credentials: token or token_file, refreshable_token, exec, oidc, username and password"
        )
    if configuration.exec is not None:
        return _exec(configuration, configuration.exec)
    if configuration.oidc is not None:
        from kubex.configuration.auth.oidc import OidcTokens

        return OidcTokens(configuration.oidc)
    if configuration.refreshable_token is not None:
        return _refreshable(configuration.refreshable_token)
    if configuration.token_file:
        return TokenFile(
            configuration.token_file,
            fallback=configuration.token,
            reread_when_rejected=configuration.try_refresh_token,
        )
    if configuration.token:
        return StaticToken(configuration.token)
    if has_basic:
        return BasicAuth(configuration.username or "", configuration.password or "")
    return NoCredentials()


def _exec(configuration: ClientConfiguration, config: ExecConfig) -> CredentialSource:
    from kubex.configuration.auth.exec import ExecAuthProvider, ExecCluster

    if configuration.client_cert_file or configuration.client_cert_data:
        raise ConfigurationError("a credential plugin may give a client certificate: exec can't have one beside it")
    cluster = ExecCluster(
        configuration.url or "",
        tls_server_name=configuration.tls_server_name,
        insecure_skip_tls_verify=bool(configuration.insecure_skip_tls_verify),
        ca_data=configuration.server_ca_data,
        ca_file=configuration.server_ca_file,
        proxy_url=configuration.proxy_url,
        disable_compression=configuration.disable_compression,
        config=configuration.exec_cluster_config,
    )
    return ExecAuthProvider(config, cluster=cluster)


def _refreshable(source: CredentialSource | Callable[[], Awaitable[str]]) -> CredentialSource:
    if isinstance(source, CredentialSource):
        return source
    if not callable(source):
        raise ConfigurationError(
            "refreshable_token has to be an async function that gives a token, or a CredentialSource"
        )
    return RefreshableToken(source)
