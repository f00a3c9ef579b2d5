"""The kubeconfig file of a server in memory."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from kubex.configuration import ClientConfiguration

__all__ = ["kubeconfig_of"]


def kubeconfig_of(configuration: ClientConfiguration) -> bytes:
    """Give the content of a kubeconfig file whose only cluster is this server, and whose only user is this one."""
    cluster: dict[str, Any] = {"server": configuration.url}
    if configuration.server_ca_data:
        cluster["certificate-authority-data"] = base64.b64encode(configuration.server_ca_data).decode()
    name = "kubex-testing"
    # Without credentials kubectl asks its user for a name and a password.
    user: dict[str, Any] = {"token": configuration.token or name}
    if configuration.client_cert_data and configuration.client_key_data:
        user = {
            "client-certificate-data": base64.b64encode(configuration.client_cert_data).decode(),
            "client-key-data": base64.b64encode(configuration.client_key_data).decode(),
        }
    namespace = configuration.namespace or "default"
    return msgspec.yaml.encode(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": cluster}],
            "users": [{"name": name, "user": user}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": namespace}}],
            "current-context": name,
        }
    )
