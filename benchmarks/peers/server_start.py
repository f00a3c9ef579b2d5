"""Starts the server in memory in a process that has done nothing yet, and then begins anew some times.

Prints what that took until the first answer, which is to a request like a test's.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

from benchmarks.raw_http import Address, Connections, request_bytes
from benchmarks.written_pods import make_namespaces
from kubex.testing import ApiServer

_RESETS = 15
_GET = request_bytes("GET", "/api/v1/namespaces/default")


def main() -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    with ApiServer() as server:
        address = Address(server.url)
        with Connections(address, 1) as connections:
            connections.exchange([_GET])
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        resets = [_reset(server, address) for _ in range(_RESETS)]
    reset = statistics.median(resets)
    json.dump({"cpu_seconds": cpu, "wall_seconds": wall, "reset_wall_seconds": reset}, sys.stdout)


def _reset(server: ApiServer, address: Address) -> float:
    make_namespaces(address, ["shop"])  # something to be rid of
    with Connections(address, 1) as connections:
        connections.exchange([_GET])
        wall = time.perf_counter()
        server.reset()
        connections.exchange([_GET])
        return time.perf_counter() - wall


if __name__ == "__main__":
    main()
