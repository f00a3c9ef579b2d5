from __future__ import annotations

from contextlib import closing

import pytest

from kubex.core.exceptions import WaitTimeout
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.runtime import Added
from kubex.sync import Api, Informer
from kubex.testing import ApiServer
from tests.unit.sync.conftest import config_map


def test_a_live_picture(config_maps: Api[ConfigMap]) -> None:
    config_maps.create(config_map("a"))
    with Informer(config_maps, indexers={"first": lambda each: (each.metadata.name or "")[0]}) as cache:
        cache.wait_synced(timeout=30)
        assert cache.is_synced
        version = config_maps.create(config_map("b")).metadata.resource_version
        cache.wait_for(version, timeout=30)
        found = cache.get("b")
        assert found is not None
        assert found.data == {"a": "b"}
        assert [each.metadata.name for each in cache.by_index("first", "b")] == ["b"]
        assert len(cache) == len(list(cache)) == 2
        with closing(cache.changes()) as changes:
            first = next(changes)
            assert isinstance(first, Added)


def test_what_goes_wrong_is_told(server: ApiServer, config_maps: Api[ConfigMap]) -> None:
    server.faults.status(403, verb="list", kind="ConfigMap", count=None)
    with Informer(config_maps) as cache:
        with pytest.raises(WaitTimeout):
            cache.wait_synced(timeout=1)
        assert cache.last_error is not None
