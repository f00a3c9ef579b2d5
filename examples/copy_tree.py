"""Copy a directory into a container or out of it, telling how far it is.

`python examples/copy_tree.py LOCAL POD:REMOTE` or `python examples/copy_tree.py POD:REMOTE LOCAL`.
"""

from __future__ import annotations

import sys

import anyio

import kubex
from kubex.client.base import BaseClient
from kubex.core.exceptions import CopyError
from kubex.k8s.v1_35.core.v1 import Pod


def tell(size: int, files: int) -> None:
    print(f"\r{files} files, {size / 2**20:.1f} MiB", end="", file=sys.stderr, flush=True)


async def copy(client: BaseClient, source: str, target: str) -> None:
    """Copy from one to the other: that which has a colon is in a pod."""
    pods = kubex.Api(Pod, client, namespace=client.configuration.namespace)
    if ":" in source:
        pod, _, remote = source.partition(":")
        await pods.copy.from_pod(pod, remote, target, progress=tell)
    else:
        pod, _, remote = target.partition(":")
        await pods.copy.to_pod(pod, source, remote, progress=tell)


async def main(source: str, target: str) -> None:
    async with await kubex.create_client() as client:
        try:
            await copy(client, source, target)
        except CopyError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    source, target = sys.argv[1:]
    anyio.run(main, source, target)
