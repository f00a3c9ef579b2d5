"""What the documentation of the official client teaches: typed, custom and dynamic access, watches, patches."""

from __future__ import annotations

import os

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client.exceptions import ApiException

NAMESPACE = os.environ["NAMESPACE"]
GROUP = f"{NAMESPACE}.example.com"
POD = {"schedulerName": "nobody", "containers": [{"name": "web", "image": "web:1"}]}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {
        "replicas": 0,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": POD},
    },
}


def core() -> None:
    api = client.CoreV1Api()
    body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name="settings", labels={"app": "shop"}), data={"a": "1"})
    created = api.create_namespaced_config_map(NAMESPACE, body)
    assert created.metadata.uid
    try:
        api.create_namespaced_config_map(NAMESPACE, body)
    except ApiException as error:
        assert (error.status, error.reason) == (409, "Conflict")
    else:
        raise AssertionError("created twice")
    assert api.read_namespaced_config_map("settings", NAMESPACE).data == {"a": "1"}
    api.patch_namespaced_config_map("settings", NAMESPACE, {"data": {"b": "2"}})  # a strategic merge patch
    api.patch_namespaced_config_map("settings", NAMESPACE, [{"op": "remove", "path": "/data/a"}])  # a JSON patch
    api.patch_namespaced_config_map(
        "settings", NAMESPACE, {"data": {"c": "3"}}, _content_type="application/merge-patch+json"
    )
    found = api.list_namespaced_config_map(NAMESPACE, label_selector="app=shop").items
    assert [(each.metadata.name, each.data) for each in found] == [("settings", {"b": "2", "c": "3"})]
    found[0].data = {"d": "4"}
    api.replace_namespaced_config_map("settings", NAMESPACE, found[0])
    found[0].metadata.resource_version = "1"
    try:
        api.replace_namespaced_config_map("settings", NAMESPACE, found[0])
    except ApiException as error:
        assert error.status == 409
    pages = api.list_namespaced_config_map(NAMESPACE, limit=1)
    assert len(pages.items) == 1

    api.create_namespaced_pod(NAMESPACE, {"metadata": {"name": "web"}, "spec": POD})
    pod = api.read_namespaced_pod_status("web", NAMESPACE)
    assert pod.status.phase == "Pending"
    eviction = client.V1Eviction(metadata=client.V1ObjectMeta(name="web"))
    api.create_namespaced_pod_eviction("web", NAMESPACE, eviction)
    response, code, _ = api.list_namespaced_pod_with_http_info(NAMESPACE)
    assert (code, response.items) == (200, [])
    api.delete_namespaced_config_map("settings", NAMESPACE)
    assert api.list_namespaced_config_map(NAMESPACE, label_selector="app=shop").items == []


def workloads() -> None:
    apps = client.AppsV1Api()
    utils.create_from_dict(client.ApiClient(), DEPLOYMENT, namespace=NAMESPACE)
    scale = apps.read_namespaced_deployment_scale("web", NAMESPACE)
    assert scale.spec.replicas in (0, None)
    scaled = apps.patch_namespaced_deployment_scale("web", NAMESPACE, {"spec": {"replicas": 0}})
    assert scaled.kind == "Scale"
    seen = []
    for event in watch.Watch().stream(apps.list_namespaced_deployment, NAMESPACE, timeout_seconds=20):
        seen.append((event["type"], event["object"].metadata.name))
        if event["type"] == "ADDED":
            apps.delete_namespaced_deployment("web", NAMESPACE, propagation_policy="Background")
        elif event["type"] == "DELETED":
            break
    assert seen[0] == ("ADDED", "web")
    assert seen[-1] == ("DELETED", "web")


def custom() -> None:
    extensions = client.ApiextensionsV1Api()
    names = {"plural": "shops", "singular": "shop", "kind": "Shop"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema, "subresources": {"status": {}}}
    spec = {"group": GROUP, "scope": "Namespaced", "names": names, "versions": [version]}
    extensions.create_custom_resource_definition({"metadata": {"name": f"shops.{GROUP}"}, "spec": spec})
    try:
        for event in watch.Watch().stream(
            extensions.list_custom_resource_definition,
            field_selector=f"metadata.name=shops.{GROUP}",
            timeout_seconds=20,
        ):
            conditions = {each.type: each.status for each in event["object"].status.conditions or ()}
            if conditions.get("Established") == "True":
                break
        objects = client.CustomObjectsApi()
        where = (GROUP, "v1", NAMESPACE, "shops")
        shop = {"apiVersion": f"{GROUP}/v1", "kind": "Shop", "metadata": {"name": "corner"}, "spec": {"size": 1}}
        created = _eventually(lambda: objects.create_namespaced_custom_object(*where, shop))
        assert created["spec"] == {"size": 1}
        objects.patch_namespaced_custom_object(*where, "corner", {"spec": {"size": 2}})
        objects.patch_namespaced_custom_object_status(*where, "corner", {"status": {"open": True}})
        (found,) = objects.list_namespaced_custom_object(*where)["items"]
        assert (found["spec"], found["status"]) == ({"size": 2}, {"open": True})

        shops = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version=f"{GROUP}/v1", kind="Shop")
        assert shops.get(name="corner", namespace=NAMESPACE).spec.size == 2
        objects.delete_namespaced_custom_object(*where, "corner")
    finally:
        extensions.delete_custom_resource_definition(f"shops.{GROUP}")


def dynamically() -> None:
    access = dynamic.DynamicClient(client.ApiClient())
    maps = access.resources.get(api_version="v1", kind="ConfigMap")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "dynamic"}, "data": {"a": "1"}}
    maps.server_side_apply(body=body, namespace=NAMESPACE, field_manager="kubernetes")
    maps.patch(
        body={"data": {"b": "2"}}, name="dynamic", namespace=NAMESPACE, content_type="application/merge-patch+json"
    )
    found = maps.get(name="dynamic", namespace=NAMESPACE)
    assert found.data.to_dict() == {"a": "1", "b": "2"}
    listed = maps.get(namespace=NAMESPACE, field_selector="metadata.name=dynamic")
    assert [each.metadata.name for each in listed.items] == ["dynamic"]
    for event in maps.watch(namespace=NAMESPACE, timeout=20):
        if event["object"].metadata.name == "dynamic":
            break
    maps.delete(name="dynamic", namespace=NAMESPACE)
    assert "deployments" in [each.name for each in access.resources.search(group="apps")]
    assert access.version["kubernetes"]["gitVersion"].startswith("v1.")


def others() -> None:
    assert "apps" in [group.name for group in client.ApisApi().get_api_versions().groups]
    review = {"spec": {"resourceAttributes": {"namespace": NAMESPACE, "verb": "get", "resource": "pods"}}}
    assert client.AuthorizationV1Api().create_self_subject_access_review(review).status.allowed
    token = client.CoreV1Api().create_namespaced_service_account_token(
        _eventually(_account),
        NAMESPACE,
        client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(audiences=[])),
    )
    assert token.status.token.count(".") == 2


def _account() -> str:
    api = client.CoreV1Api()
    try:
        api.create_namespaced_service_account(NAMESPACE, {"metadata": {"name": "robot"}})
    except ApiException as error:
        assert error.status == 409
    return "robot"


def _eventually(act):
    """Try again for a while: a kind is served a moment after it is established."""
    import time

    for _ in range(100):
        try:
            return act()
        except ApiException as error:
            if error.status not in (404, 429):
                raise
            time.sleep(0.1)
    return act()


config.load_kube_config()
core()
workloads()
custom()
dynamically()
others()
print("done")
