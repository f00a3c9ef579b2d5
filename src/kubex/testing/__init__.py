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
    from kubex.testing.faults import Faults as Faults
    from kubex.testing.recording import RecordedRequest as RecordedRequest
    from kubex.testing.server import ApiServer as ApiServer
    from kubex.testing.snapshots import SnapshotError as SnapshotError

_HOMES = {
    "ApiServer": "kubex.testing.server",
    "Faults": "kubex.testing.faults",
    "RecordedRequest": "kubex.testing.recording",
    "SnapshotError": "kubex.testing.snapshots",
}

__all__ = ["ApiServer", "Faults", "RecordedRequest", "SnapshotError"]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
