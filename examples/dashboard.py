"""A live dashboard in the terminal: Deployments and how many of their pods are ready, by namespace.

`python examples/dashboard.py [SELECTOR]`; needs `pip install rich`. Ctrl-C ends it.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial

import anyio
from rich.console import Console
from rich.live import Live
from rich.table import Table

import kubex
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.runtime import without_managed_fields

REDRAW_SECONDS = 0.25


def table_of(cache: kubex.Informer[Deployment]) -> Table:
    """Draw what is in the cache now; reading it waits for nothing."""
    table = Table("namespace", "deployment", "ready", title=f"{len(cache)} deployments")
    for each in sorted(cache, key=lambda each: (each.metadata.namespace or "", each.metadata.name or "")):
        wanted = each.spec.replicas if each.spec and each.spec.replicas is not None else 1
        ready = (each.status and each.status.ready_replicas) or 0
        colour = "green" if ready >= wanted else "red"
        table.add_row(each.metadata.namespace, each.metadata.name, f"[{colour}]{ready}/{wanted}[/{colour}]")
    return table


async def show(client: kubex.BaseClient, console: Console, selector: str | None = None) -> None:
    """Draw the table, and again after changes, at most some times a second."""
    deployments = kubex.Api(Deployment, client)
    async with kubex.Informer(deployments, label_selector=selector, transform=without_managed_fields) as cache:
        await cache.wait_synced(timeout=30)
        with Live(table_of(cache), console=console, auto_refresh=False) as live, cache.subscribe() as changes:
            async for _ in changes:
                await anyio.sleep(REDRAW_SECONDS)  # in which others come
                live.update(table_of(cache), refresh=True)


async def main(selector: str | None = None) -> None:
    async with await kubex.create_client() as client:
        await show(client, Console(), selector)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        anyio.run(partial(main, *sys.argv[1:2]))
