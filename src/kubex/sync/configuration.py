"""Where the cluster is, for programs without `await`: a context of a kubeconfig, or the pod's service account."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

from kubex.configuration import configure_default as read_default
from kubex.configuration import configure_from_kubeconfig as read_kubeconfig
from kubex.configuration import configure_from_pod_env as read_pod_env
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.configuration.configuration import KubeConfig
from kubex.sync._event_loop import EventLoopThread

__all__ = ["configure_default", "configure_from_kubeconfig", "configure_from_pod_env"]


def configure_default() -> ClientConfiguration:
    """Give the configuration that `create_client` takes where none is given; errors as in `kubex.configuration`."""
    return _awaited(read_default)


def configure_from_kubeconfig(
    config: KubeConfig | None = None,
    use_context: str | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
) -> ClientConfiguration:
    """Give the configuration of a kubeconfig's context; parameters and errors as in `kubex.configuration`.

    Example:
        ```python
        with create_client(configure_from_kubeconfig(use_context="staging")) as client:
            ...
        ```
    """
    return _awaited(lambda: read_kubeconfig(config, use_context, path=path))


def configure_from_pod_env(
    token_filename: str | os.PathLike[str] | None = None,
    cert_filename: str | os.PathLike[str] | None = None,
    kubernetes_service_host: str | None = None,
    kubernetes_service_port: str | int | None = None,
    try_refresh_token: bool = True,
) -> ClientConfiguration:
    """Give the configuration of the pod that the program runs in; parameters and errors as in `kubex.configuration`."""
    return _awaited(
        lambda: read_pod_env(
            token_filename, cert_filename, kubernetes_service_host, kubernetes_service_port, try_refresh_token
        )
    )


def _awaited(work: Callable[[], Awaitable[ClientConfiguration]]) -> ClientConfiguration:
    """Wait for it in an event loop that ends with it."""
    thread = EventLoopThread()
    try:
        return thread.run(work)
    finally:
        thread.close()
