"""The configuration of a program that names none: the kubeconfig kubectl would use, else the pod's service account."""

from __future__ import annotations

import os

from anyio import to_thread

from kubex.configuration._files import displayed
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.configuration.configuration import KubeConfig
from kubex.configuration.file_config import configure_from_kubeconfig
from kubex.configuration.incluster_config import configure_from_pod_env
from kubex.configuration.reading import default_kubeconfig_paths, read_kubeconfigs
from kubex.core.exceptions import ConfigurationError

__all__ = ["configure_default"]


async def configure_default() -> ClientConfiguration:
    """Give the configuration found where kubectl looks.

    The files of KUBECONFIG, merged; where that isn't set, `~/.kube/config`; where there is no such file, or nothing in
    it, the pod's service account. A kubeconfig that is there is used or is an error: a program never ends up in another
    cluster because of a mistake in a file.

    Raises:
        ConfigurationError: nothing was found, with what was tried; or a kubeconfig can't be used.
    """
    paths = default_kubeconfig_paths()
    config = await to_thread.run_sync(read_kubeconfigs, paths)
    if not _is_empty(config):
        return await configure_from_kubeconfig(config)
    try:
        return await configure_from_pod_env()
    except ConfigurationError as error:
        in_pod = str(error)
    source = "the files of KUBECONFIG" if os.environ.get("KUBECONFIG") else "the default kubeconfig"
    found = {displayed(path) for path in config.files}
    tried = [f"{shown} ({'empty' if shown in found else 'missing'})" for shown in map(displayed, paths)]
    raise ConfigurationError(
        f"no configuration of a cluster; tried {source}: {', '.join(tried) or 'no home folder'}; "
        f"the pod's service account: {in_pod}"
    )


def _is_empty(config: KubeConfig) -> bool:
    return not (config.clusters or config.users or config.contexts or config.current_context)
