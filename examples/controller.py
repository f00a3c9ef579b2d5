"""A small controller: each ConfigMap with the label `mirror=yes` has a Secret with the same data, of the same name.

Run it with `python examples/controller.py`, on the cluster and in the namespace of the kubeconfig. SIGTERM and Ctrl-C
end it in an orderly way; of several that run at once, one works. Who takes the label away has to take the finalizer
away, too: docs/controllers.md says what a program can do about that.
"""

from __future__ import annotations

import logging

import anyio

import kubex
from kubex.core.references import owner_reference
from kubex.k8s.v1_35.core.v1 import ConfigMap, Secret
from kubex.runtime import Context, Controller, Manager
from kubex_core.models.metadata import ObjectMetadata

controller = Controller(ConfigMap, name="mirror", owns=[Secret], label_selector="mirror=yes")


@controller.reconcile
async def reconcile(config_map: ConfigMap, ctx: Context) -> None:
    secret = Secret(
        metadata=ObjectMetadata(
            name=config_map.metadata.name, owner_references=[owner_reference(config_map, controller=True)]
        ),
        string_data=config_map.data,
    )
    await ctx.api(Secret).apply(secret, force=True)
    await ctx.event(config_map, "Mirrored", "its Secret is as it should be")


@controller.finalize("examples.kubex.dev/mirror")
async def cleanup(config_map: ConfigMap, ctx: Context) -> None:
    ctx.log.info("%s is deleted; the garbage collector takes the Secret", ctx.key)


async def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    async with await kubex.create_client() as client:
        namespace = client.configuration.namespace or "default"
        manager = Manager(
            controller,
            client=client,
            namespace=namespace,
            leader_election="mirror",
            health_port=0,
            health_host="127.0.0.1",
        )
        await manager.run()


if __name__ == "__main__":
    anyio.run(main)
