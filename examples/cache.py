"""A live picture of a cluster: ConfigMaps by their `team` label, shown whenever one changes.

Run it with `python examples/cache.py`, on the cluster and in the namespace of the kubeconfig; Ctrl-C ends it.
"""

from __future__ import annotations

from contextlib import suppress

import anyio

import kubex
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.runtime import without_managed_fields


def team_of(config_map: ConfigMap) -> str | None:
    return (config_map.metadata.labels or {}).get("team")


async def main() -> None:
    async with await kubex.create_client() as client:
        config_maps = kubex.Api(ConfigMap, client, namespace=client.configuration.namespace or "default")
        async with kubex.Informer(config_maps, indexers={"team": team_of}, transform=without_managed_fields) as cache:
            await cache.wait_synced(timeout=30)
            print(f"{len(cache)} ConfigMaps", flush=True)
            with cache.subscribe() as changes:
                async for change in changes:
                    teams = {
                        team: len(cache.by_index("team", team)) for team in sorted(cache.store.index_values("team"))
                    }
                    print(type(change).__name__, change.object.metadata.name, teams, flush=True)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        anyio.run(main)
