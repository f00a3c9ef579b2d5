"""Makes changes that others follow: patches of pods, one after the other, that each set a label to something else.

Parameters: `address`, `namespace`, `names` of the pods, which take turns, and `count`, the changes of a round.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.peer import Measures, PeerWorkload, measured, serve
from benchmarks.raw_http import Address, Connections, request_bytes

_CONNECTIONS = 4  # fewer than pods, so that no two changes of a pod are made at once


class Changes(PeerWorkload):
    """Sends them over some connections, each as soon as the answer to the one before is there."""

    _number = 0

    async def prepare(self) -> object:
        assert len(self.parameters["names"]) > _CONNECTIONS
        return None

    async def round(self) -> Measures:
        # New ones each time: between two rounds others have theirs, and the server closes what is idle for 90 s.
        with Connections(Address(**self.parameters["address"]), _CONNECTIONS) as connections, measured() as measures:
            connections.exchange(self._requests())
        return measures

    def _requests(self) -> Iterator[bytes]:
        names, path = self.parameters["names"], f"/api/v1/namespaces/{self.parameters['namespace']}/pods"
        for _ in range(self.parameters["count"]):
            self._number += 1
            patch = {"metadata": {"labels": {"change": str(self._number)}}}
            yield request_bytes(
                "PATCH",
                f"{path}/{names[self._number % len(names)]}",
                json.dumps(patch).encode(),
                content_type="application/merge-patch+json",
            )


if __name__ == "__main__":
    serve({"changes": Changes})
