"""A client's configuration inside a pod: the service account that Kubernetes gives it."""

from __future__ import annotations

import os
from pathlib import Path

from kubex.configuration._files import check_readable, is_there, read_bounded
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError

__all__ = ["SERVICE_ACCOUNT_FOLDER", "configure_from_pod_env"]

SERVICE_ACCOUNT_FOLDER = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Folder in which a pod finds its service account's token, namespace and the cluster's certificate authority."""

_LARGEST_NAMESPACE = 4096


async def configure_from_pod_env(
    token_filename: str | os.PathLike[str] | None = None,
    cert_filename: str | os.PathLike[str] | None = None,
    kubernetes_service_host: str | None = None,
    kubernetes_service_port: str | int | None = None,
    try_refresh_token: bool = True,
) -> ClientConfiguration:
    """Give the configuration of the pod that the program runs in.

    https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/

    The namespace is that of the file `namespace` beside the token; without such a file there is none.

    Args:
        token_filename: file of the token, which the kubelet replaces before it expires;
            `/var/run/secrets/kubernetes.io/serviceaccount/token` where left out.
        cert_filename: PEM file of the cluster's certificate authority; `ca.crt` of the same folder where left out.
        kubernetes_service_host: address of the API server; `KUBERNETES_SERVICE_HOST` where left out.
        kubernetes_service_port: port of the API server; `KUBERNETES_SERVICE_PORT` where left out.
        try_refresh_token: after a 401, read the token's file again at once and repeat the request.

    Raises:
        ConfigurationError: this is no pod with a service account, or a file is missing.
    """
    host = kubernetes_service_host or os.environ.get("KUBERNETES_SERVICE_HOST")
    port = kubernetes_service_port or os.environ.get("KUBERNETES_SERVICE_PORT")
    if not host or not port:
        variable = "KUBERNETES_SERVICE_PORT" if host else "KUBERNETES_SERVICE_HOST"
        raise ConfigurationError(f"{variable} is not set: the program does not run in a pod")
    token_file = SERVICE_ACCOUNT_FOLDER / "token" if token_filename is None else Path(token_filename)
    ca_file = SERVICE_ACCOUNT_FOLDER / "ca.crt" if cert_filename is None else Path(cert_filename)
    check_readable(token_file, "the service account's token")
    check_readable(ca_file, "the cluster's certificate authority")
    return ClientConfiguration(
        url=f"https://{_bracketed(host)}:{port}",
        server_ca_file=str(ca_file),
        token_file=str(token_file),
        namespace=_namespace(token_file.with_name("namespace")),
        try_refresh_token=try_refresh_token,
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _namespace(path: Path) -> str | None:
    if not is_there(path):
        return None
    return read_bounded(path, "the pod's namespace", _LARGEST_NAMESPACE).decode(errors="replace").strip() or None
