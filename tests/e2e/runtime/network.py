"""A network between clients and an API server, which can be cut: `FaultProxy`, with the TLS of both as it is."""

from __future__ import annotations

from typing import Final

from testbed.cluster import Cluster
from tests.faults.proxy import FaultProxy

__all__ = ["network_to"]

_LIFETIME: Final = 3600.0


def network_to(cluster: Cluster) -> FaultProxy:
    """Make a network; each call makes another."""
    return FaultProxy(("127.0.0.1", cluster.settings.api_port), seconds=_LIFETIME, is_blind=True)
