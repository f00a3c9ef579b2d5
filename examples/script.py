"""A script without `await`: ConfigMaps that nothing has changed for some days.

`python examples/script.py DAYS`, on the cluster and in the namespace of the kubeconfig.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.sync import Api, create_client


def last_change(config_map: ConfigMap) -> datetime | None:
    """Managed fields say when each writer was there last."""
    times = [each.time for each in config_map.metadata.managed_fields or [] if each.time is not None]
    return max(times, default=config_map.metadata.creation_timestamp)


def main(days: float) -> None:
    before = datetime.now(UTC) - timedelta(days=days)
    with create_client() as client:
        config_maps = Api(ConfigMap, client, namespace=client.configuration.namespace or "default")
        for each in config_maps.iterate():
            changed = last_change(each)
            if changed is not None and changed <= before:
                print(f"{each.metadata.name}: {changed:%Y-%m-%d}")


if __name__ == "__main__":
    main(float(sys.argv[1]))
