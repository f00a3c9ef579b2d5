"""What the documentation of kubernetes_asyncio teaches."""

from __future__ import annotations

import asyncio
import os

from kubernetes_asyncio import client, config, watch
from kubernetes_asyncio.client.exceptions import ApiException
from kubernetes_asyncio.dynamic import DynamicClient

NAMESPACE = os.environ["NAMESPACE"]


async def main() -> None:
    await config.load_kube_config()
    async with client.ApiClient() as api:
        await core(client.CoreV1Api(api))
        await workloads(client.AppsV1Api(api))
        await dynamically(api)
    print("done")


async def core(api: client.CoreV1Api) -> None:
    body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name="settings"), data={"a": "1"})
    await api.create_namespaced_config_map(NAMESPACE, body)
    try:
        await api.create_namespaced_config_map(NAMESPACE, body)
    except ApiException as error:
        assert error.status == 409
    patched = await api.patch_namespaced_config_map("settings", NAMESPACE, {"data": {"b": "2"}})
    assert patched.data == {"a": "1", "b": "2"}
    found = await api.read_namespaced_config_map("settings", NAMESPACE)
    found.data["c"] = "3"
    replaced = await api.replace_namespaced_config_map("settings", NAMESPACE, found)
    assert replaced.data == {"a": "1", "b": "2", "c": "3"}
    listed = await api.list_namespaced_config_map(NAMESPACE, field_selector="metadata.name=settings")
    assert [each.metadata.name for each in listed.items] == ["settings"]

    seen = []
    async with watch.Watch() as events:
        async for event in events.stream(
            api.list_namespaced_config_map, NAMESPACE, field_selector="metadata.name=settings", timeout_seconds=20
        ):
            seen.append(event["type"])
            if event["type"] == "ADDED":
                await api.delete_namespaced_config_map("settings", NAMESPACE)
            else:
                break
    assert seen == ["ADDED", "DELETED"], seen


async def workloads(api: client.AppsV1Api) -> None:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    await api.create_namespaced_deployment(NAMESPACE, {"metadata": {"name": "web"}, "spec": spec})
    scale = await api.read_namespaced_deployment_scale("web", NAMESPACE)
    assert scale.metadata.name == "web"
    await api.patch_namespaced_deployment_scale("web", NAMESPACE, {"spec": {"replicas": 0}})
    await api.delete_namespaced_deployment("web", NAMESPACE)


async def dynamically(api: client.ApiClient) -> None:
    access = await DynamicClient(api)
    maps = await access.resources.get(api_version="v1", kind="ConfigMap")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "dynamic"}, "data": {"a": "1"}}
    await maps.server_side_apply(body=body, name="dynamic", namespace=NAMESPACE, field_manager="kubernetes")
    found = await maps.get(name="dynamic", namespace=NAMESPACE)
    assert found.data.to_dict() == {"a": "1"}
    await maps.delete(name="dynamic", namespace=NAMESPACE)


asyncio.run(main())
