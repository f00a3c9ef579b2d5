"""List pods of all namespaces as a table, page by page: any number of them, a page in memory.

python examples/pods_table.py [PAGE_SIZE]
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from functools import partial

import anyio

import kubex
from kubex.k8s.v1_35.core.v1 import Pod

ROW = "{:20} {:30} {:10} {}"


async def rows(client: kubex.BaseClient, page_size: int = 500) -> AsyncIterator[str]:
    """Give the table's lines."""
    yield ROW.format("NAMESPACE", "NAME", "PHASE", "NODE")
    async for pod in kubex.Api(Pod, client).iterate(page_size):
        phase = pod.status.phase if pod.status else None
        node = pod.spec.node_name if pod.spec else None
        yield ROW.format(pod.metadata.namespace or "", pod.metadata.name or "", phase or "?", node or "<none>")


async def main(page_size: int = 500) -> None:
    async with await kubex.create_client() as client:
        async for row in rows(client, page_size):
            print(row)


if __name__ == "__main__":
    anyio.run(partial(main, *map(int, sys.argv[1:2])))
