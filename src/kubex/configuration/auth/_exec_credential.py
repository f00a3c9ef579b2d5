"""The ExecCredential of credential plugins: what they are told, and what they answer.

https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, cast

from kubex.configuration.auth._authorization import bearer_authorization
from kubex.configuration.auth.refreshing import Credentials
from kubex.configuration.auth.source import ClientCertificate
from kubex.core.exceptions import ConfigurationError

__all__ = ["API_VERSIONS", "ExecCluster", "exec_info", "parse_exec_credential"]

API_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
"""Versions of the protocol that are spoken here; kubectl 1.24 dropped v1alpha1."""


@dataclass(frozen=True)
class ExecCluster:
    """The cluster, as plugins are told of it that want to know (`provideClusterInfo`).

    Args:
        server: its address.
        tls_server_name: name that its certificate has to have.
        insecure_skip_tls_verify: whether any certificate is believed.
        ca_data: PEM of the authorities that sign its certificates.
        ca_file: file of the same.
        proxy_url: proxy to it.
        disable_compression: whether it is to send its answers as they are.
        config: what the kubeconfig has for the plugin, in the cluster's extension `client.authentication.k8s.io/exec`.
    """

    server: str
    tls_server_name: str | None = None
    insecure_skip_tls_verify: bool = False
    ca_data: bytes | None = field(default=None, repr=False)
    ca_file: str | os.PathLike[str] | None = None
    proxy_url: str | None = field(default=None, repr=False)
    disable_compression: bool = False
    config: object = field(default=None, repr=False)


def exec_info(api_version: str, *, interactive: bool, cluster: ExecCluster | None) -> str:
    """Give the value of KUBERNETES_EXEC_INFO."""
    spec: dict[str, Any] = {"interactive": interactive}
    if cluster is not None:
        told = {
            "server": cluster.server,
            "tls-server-name": cluster.tls_server_name,
            "insecure-skip-tls-verify": cluster.insecure_skip_tls_verify,
            "certificate-authority-data": base64.b64encode(cluster.ca_data).decode() if cluster.ca_data else None,
            "proxy-url": cluster.proxy_url,
            "disable-compression": cluster.disable_compression,
            "config": cluster.config,
        }
        spec["cluster"] = {key: value for key, value in told.items() if value}
    return json.dumps({"kind": "ExecCredential", "apiVersion": api_version, "spec": spec})


def parse_exec_credential(output: bytes, api_version: str, plugin: str) -> Credentials:
    """Give the credentials that a plugin printed.

    Args:
        output: its standard output.
        api_version: version of the protocol that it was asked in.
        plugin: the plugin, for the error's text.

    Raises:
        ConfigurationError: that is no ExecCredential, of another version, or without credentials. It repeats nothing of
            the output.
    """
    try:
        document = json.loads(output)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ConfigurationError(f"{plugin} printed no ExecCredential: JSON is needed on its standard output")
    credential = cast("dict[str, Any]", document)
    if credential.get("kind") != "ExecCredential":
        raise ConfigurationError(f"{plugin} printed no ExecCredential: its kind is another")
    if credential.get("apiVersion") != api_version:
        raise ConfigurationError(
            f"{plugin} printed an ExecCredential of another version than {api_version}, which it is configured with"
        )
    status = credential.get("status")
    if not isinstance(status, dict):
        raise ConfigurationError(f"{plugin} printed an ExecCredential without a status")
    return _credentials(cast("dict[str, Any]", status), plugin)


def _credentials(status: Mapping[str, Any], plugin: str) -> Credentials:
    token, certificate, key, expiration = (
        _text(status, name, plugin)
        for name in ("token", "clientCertificateData", "clientKeyData", "expirationTimestamp")
    )
    if not token and not certificate and not key:
        raise ConfigurationError(f"{plugin} printed an ExecCredential with neither a token nor a client certificate")
    if bool(certificate) != bool(key):
        missing = "clientKeyData" if certificate else "clientCertificateData"
        raise ConfigurationError(f"{plugin} printed an ExecCredential that lacks {missing}")
    return Credentials(
        bearer_authorization(token, f"the token of {plugin}") if token else MappingProxyType({}),
        _timestamp(expiration, plugin) if expiration else None,
        ClientCertificate(certificate.encode(), key.encode()) if certificate and key else None,
    )


def _text(status: Mapping[str, Any], name: str, plugin: str) -> str | None:
    value = status.get(name)
    if value is not None and not isinstance(value, str):
        raise ConfigurationError(f"{plugin} printed an ExecCredential whose {name} is no text")
    return value


def _timestamp(text: str, plugin: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(
            f"{plugin} printed an ExecCredential whose expirationTimestamp is no RFC 3339 time"
        ) from None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
