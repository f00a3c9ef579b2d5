"""Of several copies of this program one works: it counts in a ConfigMap, and another one goes on when it is gone.

Run it some times with `python examples/lead.py`, in the namespace of the kubeconfig; Ctrl-C ends it.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import anyio

import kubex
from kubex.core.exceptions import LeadershipLost
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.runtime import LeaderElector
from kubex_core.models.metadata import ObjectMetadata

NAME = "counter"


async def count(config_maps: kubex.Api[ConfigMap], seconds: float) -> None:
    """The led work: it is cancelled when this process leads no more."""
    if await config_maps.get_or_none(NAME) is None:
        await config_maps.create(ConfigMap(metadata=ObjectMetadata(name=NAME), data={"count": "0"}))
    while True:
        counter = await config_maps.get(NAME)
        number = int((counter.data or {}).get("count", "0")) + 1
        # The version makes sure that no other leader has counted meanwhile: an election has no fencing.
        patch = MergePatch(
            {"metadata": {"resourceVersion": counter.metadata.resource_version}, "data": {"count": str(number)}}
        )
        await config_maps.patch(NAME, patch)
        print(number, flush=True)
        await anyio.sleep(seconds)


async def main(seconds: float = 1.0) -> None:
    async with await kubex.create_client() as client:
        namespace = client.configuration.namespace or "default"
        elector = LeaderElector(
            client, NAME, namespace=namespace, on_new_leader=lambda leader: print(f"{leader} leads", flush=True)
        )
        config_maps = kubex.Api(ConfigMap, client, namespace=namespace)
        while True:
            with suppress(LeadershipLost):
                await elector.run(partial(count, config_maps, seconds))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        anyio.run(main)
