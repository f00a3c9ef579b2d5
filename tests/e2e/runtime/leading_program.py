"""A process that competes for a lease: it tells, a line of JSON each, what it does and when.

`python -m tests.e2e.runtime.leading_program KUBECONFIG URL NAMESPACE IDENTITY LEASE_SECONDS (elector|manager)`
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import anyio

from kubex.api import Api
from kubex.client import create_client
from kubex.client.base import BaseClient
from kubex.configuration import configure_from_kubeconfig
from kubex.core.exceptions import KubexException, LeadershipLost
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.runtime import Context, Controller, LeaderElector, Manager

WORK = "work"  # name of the lease, and of the object that the work is about


def tell(what: str, **more: object) -> None:
    # The machine's clock, which all processes share.
    print(json.dumps({"what": what, "at": time.monotonic(), **more}), flush=True)


async def work(client: BaseClient, namespace: str, elector: LeaderElector) -> None:
    """Work for ever, and tell each step with the deadline of the lease, as it is then."""
    api = Api(ConfigMap, client, namespace=namespace)
    while True:
        tell("step", deadline=elector.__dict__["_deadline"])
        with contextlib.suppress(KubexException):
            await api.get(WORK, request_timeout=1)
        tell("step", deadline=elector.__dict__["_deadline"])
        await anyio.sleep(0.02)


async def lead(client: BaseClient, namespace: str, elector: LeaderElector, how: str) -> None:
    if how == "elector":
        await elector.run(lambda: work(client, namespace, elector))
        return
    controller = Controller(ConfigMap, name="kubex-tests", timeout=None)

    @controller.reconcile
    async def reconcile(config_map: ConfigMap, ctx: Context) -> None:
        if config_map.metadata.name == WORK:
            await work(ctx.client, namespace, elector)

    await Manager(controller, client=client, namespace=namespace, leader_election=elector, handle_signals=False).run()


async def main(*arguments: str) -> None:
    kubeconfig, url, namespace, identity, seconds, how = arguments
    configuration = replace(await configure_from_kubeconfig(path=Path(kubeconfig)), url=url)
    lease = float(seconds)
    async with await create_client(configuration) as client:
        while True:
            elector = LeaderElector(
                client,
                WORK,
                namespace=namespace,
                identity=identity,
                lease_duration=lease,
                renew_deadline=lease * 2 / 3,
                retry_period=lease * 2 / 15,
            )
            tell("competes")
            try:
                await lead(client, namespace, elector, how)
            except LeadershipLost:
                tell("lost")


if __name__ == "__main__":
    anyio.run(main, *sys.argv[1:])
