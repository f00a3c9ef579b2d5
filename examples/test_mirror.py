"""A pytest suite of a program that talks to Kubernetes, on the API server in memory: `pytest examples/test_mirror.py`.

With `--kube-real` the same tests run on the cluster of KUBECONFIG.
"""

from __future__ import annotations

import pytest

import kubex
from kubex.core.exceptions import Forbidden
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def copy_settings(config_maps: kubex.Api[ConfigMap], name: str, to: str) -> None:
    """The program under test: copies a ConfigMap's data into another one."""
    source = await config_maps.get(name)
    await config_maps.create_or_replace(ConfigMap(metadata=ObjectMetadata(name=to), data=source.data))


@pytest.fixture
async def config_maps(kube_client: kubex.BaseClient, kube_namespace: str) -> kubex.Api[ConfigMap]:
    api = kubex.Api(ConfigMap, kube_client, namespace=kube_namespace)
    await api.create(ConfigMap(metadata=ObjectMetadata(name="settings"), data={"colour": "blue"}))
    return api


async def test_the_data_is_copied(config_maps: kubex.Api[ConfigMap]) -> None:
    await copy_settings(config_maps, "settings", "copy")
    assert (await config_maps.get("copy")).data == {"colour": "blue"}


async def test_a_right_that_is_missing_is_told(
    kube_api_server: ApiServer, config_maps: kubex.Api[ConfigMap], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("kube_real"):
        pytest.skip("a real server has no faults on purpose")
    kube_api_server.faults.status(403, verb="create", kind="ConfigMap")
    with pytest.raises(Forbidden):
        await copy_settings(config_maps, "settings", "copy")
