"""kubex for programs without `await`: the same names, parameters and errors; scripts, notebooks, threads.

What waits for a cluster runs in an event loop in a thread of the client's; it works inside a running event loop, too,
and holds that up while it waits. For models, patches and the like there is one module: they wait for nothing.

Example:
    ```python
    from kubex.sync import Api, create_client

    with create_client() as client:
        pods = Api(Pod, client, namespace="shop")
        for pod in pods.iterate():
            print(pod.metadata.name)
    ```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex.sync._api import Api as Api
    from kubex.sync._sessions import PortForwarder as PortForwarder
    from kubex.sync._sessions import PortForwardStream as PortForwardStream
    from kubex.sync._sessions import StreamSession as StreamSession
    from kubex.sync.client import Client as Client
    from kubex.sync.client import create_client as create_client
    from kubex.sync.configuration import configure_default as configure_default
    from kubex.sync.configuration import configure_from_kubeconfig as configure_from_kubeconfig
    from kubex.sync.configuration import configure_from_pod_env as configure_from_pod_env
    from kubex.sync.functions import apply_manifests as apply_manifests
    from kubex.sync.functions import create_api as create_api
    from kubex.sync.functions import discover as discover
    from kubex.sync.functions import dynamic_api as dynamic_api
    from kubex.sync.functions import wait_for as wait_for
    from kubex.sync.informer import Informer as Informer

_HOMES = {
    "Api": "kubex.sync._api",
    "Client": "kubex.sync.client",
    "Informer": "kubex.sync.informer",
    "PortForwardStream": "kubex.sync._sessions",
    "PortForwarder": "kubex.sync._sessions",
    "StreamSession": "kubex.sync._sessions",
    "apply_manifests": "kubex.sync.functions",
    "configure_default": "kubex.sync.configuration",
    "configure_from_kubeconfig": "kubex.sync.configuration",
    "configure_from_pod_env": "kubex.sync.configuration",
    "create_api": "kubex.sync.functions",
    "create_client": "kubex.sync.client",
    "discover": "kubex.sync.functions",
    "dynamic_api": "kubex.sync.functions",
    "wait_for": "kubex.sync.functions",
}

__all__ = [
    "Api",
    "Client",
    "Informer",
    "PortForwardStream",
    "PortForwarder",
    "StreamSession",
    "apply_manifests",
    "configure_default",
    "configure_from_kubeconfig",
    "configure_from_pod_env",
    "create_api",
    "create_client",
    "discover",
    "dynamic_api",
    "wait_for",
]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
