"""The kubeconfig file of a server in memory."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from kubex.configuration import ClientConfiguration

__all__ = ["kubeconfig_of"]


def kubeconfig_of(configuration: ClientConfiguration) -> bytes:
    """Give the content of a kubeconfig file whose only cluster is this server."""
    cluster: dict[str, Any] = {"server": configuration.url}
    if configuration.server_ca_data:
        cluster["certificate-authority-data"] = base64.b64encode(configuration.server_ca_data).decode()
    name = "kubex-testing"
    return msgspec.yaml.encode(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": cluster}],
            # Without credentials kubectl asks its user for a name and a password.
            "users": [{"name": name, "user": {"token": name}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": "default"}}],
            "current-context": name,
        }
    )
