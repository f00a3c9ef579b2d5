"""An API server inside the test process.

```python
with ApiServer() as server:
    ...  # server.configuration for kubex, server.kubeconfig for any other client
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex.testing.access.authentication import Authentication as Authentication
    from kubex.testing.access.users import User as User
    from kubex.testing.clock import Clock as Clock
    from kubex.testing.clock import VirtualClock as VirtualClock
    from kubex.testing.faults import Faults as Faults
    from kubex.testing.recording import RecordedRequest as RecordedRequest
    from kubex.testing.server import ApiServer as ApiServer
    from kubex.testing.snapshots import SnapshotError as SnapshotError
    from kubex.testing.workloads.nodes import SimulatedNode as SimulatedNode
    from kubex.testing.workloads.options import Workloads as Workloads
    from kubex.testing.workloads.rules import PodRule as PodRule

_HOMES = {
    "ApiServer": "kubex.testing.server",
    "Authentication": "kubex.testing.access.authentication",
    "Clock": "kubex.testing.clock",
    "Faults": "kubex.testing.faults",
    "PodRule": "kubex.testing.workloads.rules",
    "RecordedRequest": "kubex.testing.recording",
    "SimulatedNode": "kubex.testing.workloads.nodes",
    "SnapshotError": "kubex.testing.snapshots",
    "User": "kubex.testing.access.users",
    "VirtualClock": "kubex.testing.clock",
    "Workloads": "kubex.testing.workloads.options",
}

__all__ = [
    "ApiServer",
    "Authentication",
    "Clock",
    "Faults",
    "PodRule",
    "RecordedRequest",
    "SimulatedNode",
    "SnapshotError",
    "User",
    "VirtualClock",
    "Workloads",
]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
