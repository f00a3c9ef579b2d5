"""Show objects of any kind that the server has, by the names that kubectl takes: no class is needed.

python examples/browse.py                    # what there is
python examples/browse.py deploy NAMESPACE
"""

from __future__ import annotations

import sys
from functools import partial

import anyio

import kubex


async def kinds(client: kubex.BaseClient) -> list[str]:
    """Give every group and version with its kinds."""
    discovery = await kubex.discover(client)
    return sorted({f"{resource.api_version} {resource.kind}" for resource in discovery.in_category("all")})


async def browse(client: kubex.BaseClient, name: str, namespace: str | None = None) -> list[str]:
    """Give the objects of a kind, in all namespaces or in one."""
    resource = (await kubex.discover(client)).find(name)
    api = await kubex.dynamic_api(client, resource.api_version, resource.kind, namespace=namespace)
    return [f"{item.metadata.namespace or ''}/{item.metadata.name} {sorted(item)}" async for item in api.iterate()]


async def main(name: str | None = None, namespace: str | None = None) -> None:
    async with await kubex.create_client() as client:
        for line in await (kinds(client) if name is None else browse(client, name, namespace)):
            print(line)


if __name__ == "__main__":
    anyio.run(partial(main, *sys.argv[1:3]))
