"""What the documentation of kr8s teaches."""

from __future__ import annotations

import asyncio
import os

import kr8s
from kr8s.asyncio.objects import ConfigMap, Deployment, Pod, new_class

NAMESPACE = os.environ["NAMESPACE"]


async def main() -> None:
    api = await kr8s.asyncio.api(namespace=NAMESPACE)
    assert (await api.version())["gitVersion"].startswith("v1.")
    assert api.namespace == NAMESPACE
    resource = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "1"}}
    settings = await ConfigMap(resource, namespace=NAMESPACE, api=api)
    await settings.create()
    assert await settings.exists()
    await settings.patch({"data": {"b": "2"}})
    assert settings.data == {"a": "1", "b": "2"}
    await settings.patch([{"op": "remove", "path": "/data/a"}], type="json")
    await settings.label({"app": "shop"})
    await settings.annotate({"note": "x"})
    found = [each async for each in api.get("configmaps", namespace=NAMESPACE, label_selector={"app": "shop"})]
    assert [(each.name, dict(each.annotations)) for each in found] == [("settings", {"note": "x"})]
    await settings.refresh()
    assert settings.data == {"b": "2"}
    again = await ConfigMap.get("settings", namespace=NAMESPACE, api=api)
    assert again.metadata.uid == settings.metadata.uid
    try:
        await ConfigMap.get("missing", namespace=NAMESPACE, api=api, timeout=1)
    except kr8s.NotFoundError:
        pass
    else:
        raise AssertionError("found what is not there")

    async for event, each in api.watch("configmaps", namespace=NAMESPACE, label_selector={"app": "shop"}):
        if event == "ADDED":
            await each.delete()
        elif event == "DELETED":
            break
    await settings.wait("delete", timeout=10)

    await workloads(api)
    print("done")


async def workloads(api) -> None:
    container = {"name": "web", "image": "web"}
    spec = {"schedulerName": "nobody", "containers": [container]}
    pod = await Pod({"metadata": {"name": "web"}, "spec": spec}, namespace=NAMESPACE, api=api)
    await pod.create()
    assert not await pod.ready()
    await pod.delete(force=True)
    template = {"metadata": {"labels": {"app": "web"}}, "spec": spec}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    web = await Deployment({"metadata": {"name": "web"}, "spec": spec}, namespace=NAMESPACE, api=api)
    await web.create()
    assert web.replicas == 0
    await web.delete(propagation_policy="Foreground")

    account = new_class(kind="ServiceAccount", version="v1", namespaced=True)
    robot = await account({"metadata": {"name": "robot"}}, namespace=NAMESPACE, api=api)
    await robot.create()
    kinds = [each["kind"] for each in await api.api_resources()]
    assert "Deployment" in kinds


asyncio.run(main())
