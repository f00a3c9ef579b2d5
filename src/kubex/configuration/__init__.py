"""Where the cluster is and who the program is there: from a kubeconfig, a pod's service account, or code.

The names here are imported when they are first used: a client that was given its address needs neither YAML nor the
models of a kubeconfig.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex.configuration.client_configuration import ClientConfiguration
    from kubex.configuration.configuration import (
        AuthInfo,
        AuthProviderConfig,
        Cluster,
        Context,
        ExecConfig,
        ExecEnvVar,
        ExecInteractiveMode,
        KubeConfig,
        NamedAuthInfo,
        NamedCluster,
        NamedContext,
        NamedExtension,
        Preferences,
    )
    from kubex.configuration.default import configure_default
    from kubex.configuration.file_config import configure_from_kubeconfig
    from kubex.configuration.incluster_config import configure_from_pod_env
    from kubex.configuration.merging import merge_kubeconfigs
    from kubex.configuration.reading import read_kubeconfig, read_kubeconfigs

__all__ = [
    "ClientConfiguration",
    "configure_default",
    "configure_from_kubeconfig",
    "configure_from_pod_env",
    "read_kubeconfig",
    "read_kubeconfigs",
    "merge_kubeconfigs",
    "KubeConfig",
    "NamedCluster",
    "Cluster",
    "NamedAuthInfo",
    "AuthInfo",
    "AuthProviderConfig",
    "ExecConfig",
    "ExecEnvVar",
    "ExecInteractiveMode",
    "NamedContext",
    "Context",
    "Preferences",
    "NamedExtension",
]

_MODULES = {
    "ClientConfiguration": ".client_configuration",
    "configure_default": ".default",
    "configure_from_kubeconfig": ".file_config",
    "configure_from_pod_env": ".incluster_config",
    "merge_kubeconfigs": ".merging",
    "read_kubeconfig": ".reading",
    "read_kubeconfigs": ".reading",
}

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, {name: _MODULES.get(name, ".configuration") for name in __all__})
