"""A client's configuration from a kubeconfig: the context, its cluster and its user."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from anyio import to_thread

from kubex.configuration._files import check_readable, displayed
from kubex.configuration._pem import EmbeddedPem
from kubex.configuration._url import checked_proxy_url, checked_server_url
from kubex.configuration.auth._oidc_protocol import OidcConfig
from kubex.configuration.auth.impersonation import Impersonation
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.configuration.configuration import (
    AuthInfo,
    AuthProviderConfig,
    KubeConfig,
    NamedAuthInfo,
    NamedCluster,
    NamedContext,
)
from kubex.configuration.reading import default_kubeconfig_paths, read_kubeconfig, read_kubeconfigs
from kubex.core.exceptions import ConfigurationError, InvalidArgument, InvalidType

__all__ = ["configure_from_kubeconfig"]

_MOST_NAMES = 20

# What a cluster's entry has for credential plugins.
_EXEC_EXTENSION = "client.authentication.k8s.io/exec"


async def configure_from_kubeconfig(
    config: KubeConfig | None = None,
    use_context: str | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
) -> ClientConfiguration:
    """Give the configuration of a kubeconfig's context.

    https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/

    Args:
        config: a kubeconfig already read; paths in it are used as they are.
        use_context: name of the context; the kubeconfig's `current-context` where left out.
        path: one file to read, which has to exist. Without it and `config`, the files of KUBECONFIG, merged, else
            `~/.kube/config`.

    Raises:
        ConfigurationError: a file is missing, unreadable or no kubeconfig; the context, its cluster or user is not in
            it; what they say can't be used. It names the file and the key, and never shows a value that is secret.
        InvalidArgument: both `config` and `path` are given.
        InvalidType: `config` is no `KubeConfig`.

    Example:
        ```python
        configuration = await configure_from_kubeconfig(use_context="staging")
        ```
    """
    if config is not None and path is not None:
        raise InvalidArgument("give config or path, not both")
    if config is not None and not isinstance(config, KubeConfig):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidType.of("config", "a KubeConfig (a file is named with path=)", config)
    # In a thread: a large kubeconfig takes a while, and its files may be on a network.
    return await to_thread.run_sync(_configured, config, use_context, path)


def _configured(
    config: KubeConfig | None, use_context: str | None, path: str | os.PathLike[str] | None
) -> ClientConfiguration:
    if config is None:
        config = read_kubeconfig(path) if path is not None else _default_kubeconfig()
    return _context_configuration(config, use_context)


def _default_kubeconfig() -> KubeConfig:
    paths = default_kubeconfig_paths()
    config = read_kubeconfigs(paths)
    if not config.files:
        tried = ", ".join(displayed(path) for path in paths) or "~/.kube/config (there is no home folder)"
        raise ConfigurationError(f"there is no kubeconfig; tried {tried}")
    return config


def _context_configuration(config: KubeConfig, use_context: str | None = None) -> ClientConfiguration:
    """Give the configuration of a context: what `configure_from_kubeconfig` does once the files are read."""
    shown = _listed(displayed(path) for path in config.files) or "the kubeconfig"
    name = use_context or config.current_context
    if not name:
        raise ConfigurationError(
            f"{shown} has no current-context: choose one with use_context (it has: {_names(config.contexts)})"
        )
    entry = _find(config.contexts, name)
    if entry is None:
        raise ConfigurationError(f'context "{name}" is not in {shown} (it has: {_names(config.contexts)})')
    context = entry.context
    if not context.cluster:
        raise ConfigurationError(f'context "{name}" in {shown} names no cluster')
    cluster = _find(config.clusters, context.cluster)
    if cluster is None:
        raise ConfigurationError(
            f'cluster "{context.cluster}" of context "{name}" is not in {shown} (it has: {_names(config.clusters)})'
        )
    user = _find(config.users, context.user) if context.user else NamedAuthInfo(name="")  # none: anonymous
    if user is None:
        raise ConfigurationError(
            f'user "{context.user}" of context "{name}" is not in {shown} (it has: {_names(config.users)})'
        )
    return _with_user(_of_cluster(cluster, context.namespace), user)


def _of_cluster(entry: NamedCluster, namespace: str | None) -> ClientConfiguration:
    """Give the configuration of whoever needs no credentials in a cluster."""
    owner, cluster = _described("cluster", entry), entry.cluster
    if not cluster.server:
        raise ConfigurationError(f"{owner} has no server")
    if cluster.proxy_url:
        checked_proxy_url(cluster.proxy_url, f"{owner}: proxy-url")
    ca_file, ca_data = _pem(
        "certificate-authority", cluster.certificate_authority, cluster.certificate_authority_data, owner
    )
    if cluster.insecure_skip_tls_verify and (ca_file or ca_data):
        raise ConfigurationError(
            f"{owner}: insecure-skip-tls-verify would ignore its certificate-authority: remove one of them"
        )
    return ClientConfiguration(
        url=checked_server_url(cluster.server, f"{owner}: server"),
        server_ca_file=ca_file,
        server_ca_data=ca_data,
        insecure_skip_tls_verify=cluster.insecure_skip_tls_verify or None,
        tls_server_name=cluster.tls_server_name or None,
        proxy_url=cluster.proxy_url or None,
        disable_compression=cluster.disable_compression,
        namespace=namespace or None,
        exec_cluster_config=next(
            (extension.extension for extension in cluster.extensions if extension.name == _EXEC_EXTENSION), None
        ),
    )


def _with_user(configuration: ClientConfiguration, entry: NamedAuthInfo) -> ClientConfiguration:
    """Give the configuration with a user's credentials."""
    owner, user = _described("user", entry), entry.user
    try:
        configuration = replace(configuration, impersonation=_impersonation(user))
        if configuration.base_url.startswith("http:"):
            return configuration  # as kubectl: no credential goes over the wire for everyone to read
        return replace(configuration, **_credentials(user, entry, owner))
    except ConfigurationError as error:
        text = str(error)
    # What can't be used says whose it is, unless it does already.
    raise ConfigurationError(text if text.startswith(owner) else f"{owner}: {text}")


def _impersonation(user: AuthInfo) -> Impersonation | None:
    if not (user.impersonate or user.impersonate_uid or user.impersonate_groups or user.impersonate_user_extra):
        return None
    return Impersonation(
        user=user.impersonate or "",
        uid=user.impersonate_uid,
        groups=tuple(user.impersonate_groups),
        extra=user.impersonate_user_extra,
    )


def _credentials(user: AuthInfo, entry: NamedAuthInfo, owner: str) -> dict[str, Any]:
    """Give what a user's credentials are in a configuration."""
    cert_file, cert_data = _pem("client-certificate", user.client_certificate, user.client_certificate_data, owner)
    key_file = key_data = None
    if cert_file or cert_data:
        key_file, key_data = _pem("client-key", user.client_key, user.client_key_data, owner)
        if not key_file and not key_data:
            raise ConfigurationError(f"{owner} has a client-certificate but no client-key")
    has_token = bool(user.token or user.token_file)
    if has_token and (user.username or user.password):
        raise ConfigurationError(f"{owner} has both a token and a username: only one of them can be used")
    if user.exec is not None and user.auth_provider is not None:
        raise ConfigurationError(f"{owner} has both exec and an auth-provider: only one of them can be used")
    if user.token_file and not user.token:  # else the token serves until the file is there
        check_readable(user.token_file, f"{owner}: tokenFile")
    # As with kubectl, a token that is given goes before a program that would fetch one.
    is_static = has_token or bool(user.username or user.password)
    return {
        "client_cert_file": cert_file,
        "client_cert_data": cert_data,
        "client_key_file": key_file,
        "client_key_data": key_data,
        "token": user.token or None,
        "token_file": user.token_file or None,
        "try_refresh_token": bool(user.token_file),
        "username": user.username or None,
        "password": user.password or None,
        "exec": None if is_static else user.exec,
        "oidc": None if is_static or user.auth_provider is None else _oidc(user.auth_provider, entry, owner),
    }


def _oidc(provider: AuthProviderConfig, entry: NamedAuthInfo, owner: str) -> OidcConfig:
    if provider.name != "oidc":
        raise ConfigurationError(
            f"{owner} gets its credentials from the auth-provider {provider.name}, which kubectl has dropped: "
            "use the credential plugin that took its place (exec)"
        )
    config = provider.config
    ca_file, ca_data = _pem(
        "idp-certificate-authority",
        config.get("idp-certificate-authority"),
        config.get("idp-certificate-authority-data"),
        owner,
    )
    return OidcConfig(
        issuer_url=config.get("idp-issuer-url", ""),
        client_id=config.get("client-id", ""),
        client_secret=config.get("client-secret"),
        id_token=config.get("id-token"),
        refresh_token=config.get("refresh-token"),
        ca_file=ca_file,
        ca_data=ca_data,
        kubeconfig=None if entry.origin is None else (str(entry.origin), entry.name),
    )


def _pem(key: str, file: str | None, data: str | None, owner: str) -> tuple[str | None, bytes | None]:
    """Give a certificate or a key as a readable file, or decoded."""
    if file and data:
        raise ConfigurationError(f"{owner} has both {key} and {key}-data: remove one of them")
    if file:
        check_readable(file, f"{owner}: {key}")
        return file, None
    if not data:
        return None, None
    try:
        return None, EmbeddedPem.of(base64.b64decode("".join(data.split()), validate=True), owner)
    except (binascii.Error, ValueError):
        problem = f"{owner}: {key}-data is not base64"
    raise ConfigurationError(problem)


_EntryT = TypeVar("_EntryT", NamedCluster, NamedAuthInfo, NamedContext)


def _find(entries: Sequence[_EntryT], name: str) -> _EntryT | None:
    return next((entry for entry in entries if entry.name == name), None)


def _described(kind: str, entry: NamedCluster | NamedAuthInfo) -> str:
    origin: Path | None = entry.origin
    return f'{kind} "{entry.name}"' if origin is None else f'{kind} "{entry.name}" in {displayed(origin)}'


def _names(entries: Sequence[NamedCluster | NamedAuthInfo | NamedContext]) -> str:
    return _listed(entry.name for entry in entries) or "none"


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
