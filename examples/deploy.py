"""Bring a namespace to what a folder of manifests says: apply all, delete what is no longer there.

python examples/deploy.py FOLDER SELECTOR
"""

from __future__ import annotations

import sys
from pathlib import Path

import anyio

import kubex


async def deploy(client: kubex.BaseClient, folder: Path, selector: str) -> list[str]:
    """Apply all manifests, and prune what this program has applied before; say what became of each."""
    objects = kubex.load_manifests(folder)
    tried = await kubex.apply_manifests(client, objects, field_manager="deploy", dry_run=True)
    tried.check()  # nothing is changed unless all of it would be taken
    applied = await kubex.apply_manifests(client, objects, field_manager="deploy", prune=selector)
    applied.check()
    return [str(each) for each in applied]


async def main(folder: str, selector: str) -> None:
    async with await kubex.create_client() as client:
        for line in await deploy(client, Path(folder), selector):
            print(line)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], sys.argv[2])
