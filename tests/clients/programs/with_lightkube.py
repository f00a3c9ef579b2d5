"""What the documentation of lightkube teaches."""

from __future__ import annotations

import os

from lightkube import ApiError, Client
from lightkube.generic_resource import create_namespaced_resource
from lightkube.models.apps_v1 import DeploymentSpec
from lightkube.models.autoscaling_v1 import ScaleSpec
from lightkube.models.core_v1 import Container, PodSpec, PodTemplateSpec
from lightkube.models.meta_v1 import LabelSelector, ObjectMeta
from lightkube.resources.apiextensions_v1 import CustomResourceDefinition
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.core_v1 import ConfigMap, Pod
from lightkube.types import CascadeType, PatchType

NAMESPACE = os.environ["NAMESPACE"]
GROUP = f"{NAMESPACE}.example.com"


def main() -> None:
    client = Client(namespace=NAMESPACE, field_manager="lightkube")
    settings = ConfigMap(metadata=ObjectMeta(name="settings", labels={"app": "shop"}), data={"a": "1"})
    client.create(settings)
    try:
        client.create(settings)
    except ApiError as error:
        assert (error.status.code, error.status.reason) == (409, "AlreadyExists")
    client.patch(ConfigMap, "settings", {"data": {"b": "2"}})
    client.patch(ConfigMap, "settings", {"data": {"c": "3"}}, patch_type=PatchType.MERGE)
    client.patch(ConfigMap, "settings", [{"op": "remove", "path": "/data/a"}], patch_type=PatchType.JSON)
    found = client.get(ConfigMap, "settings")
    assert found.data == {"b": "2", "c": "3"}
    found.data["d"] = "4"
    assert client.replace(found).data == {"b": "2", "c": "3", "d": "4"}
    assert [each.metadata.name for each in client.list(ConfigMap, labels={"app": "shop"})] == ["settings"]
    assert [each.metadata.name for each in client.list(ConfigMap, fields={"metadata.name": "settings"})] == ["settings"]
    applied = client.apply(
        ConfigMap(apiVersion="v1", kind="ConfigMap", metadata=ObjectMeta(name="applied"), data={"x": "1"})
    )
    assert applied.data == {"x": "1"}
    for event, each in client.watch(ConfigMap, fields={"metadata.name": "settings"}):
        if event == "ADDED":
            client.delete(ConfigMap, each.metadata.name)
        else:
            assert event == "DELETED"
            break

    pod_spec = PodSpec(containers=[Container(name="web", image="web")], schedulerName="nobody")
    template = PodTemplateSpec(metadata=ObjectMeta(labels={"app": "web"}), spec=pod_spec)
    spec = DeploymentSpec(replicas=0, selector=LabelSelector(matchLabels={"app": "web"}), template=template)
    client.create(Deployment(metadata=ObjectMeta(name="web"), spec=spec))
    scale = Deployment.Scale(metadata=ObjectMeta(name="web"), spec=ScaleSpec(replicas=0))
    assert client.replace(scale).metadata.name == "web"
    assert client.get(Deployment.Scale, name="web").spec.replicas in (0, None)
    client.delete(Deployment, "web", cascade=CascadeType.BACKGROUND)
    client.create(Pod(metadata=ObjectMeta(name="web"), spec=pod_spec))
    status = client.get(Pod.Status, "web").status
    assert status.phase == "Pending"
    client.deletecollection(Pod)
    custom(client)
    print("done")


def custom(client: Client) -> None:
    shops = create_namespaced_resource(GROUP, "v1", "Shop", "shops")
    names = {"plural": "shops", "singular": "shop", "kind": "Shop"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema, "subresources": {"status": {}}}
    spec = {"group": GROUP, "scope": "Namespaced", "names": names, "versions": [version]}
    definition = CustomResourceDefinition.from_dict({"metadata": {"name": f"shops.{GROUP}"}, "spec": spec})
    client.create(definition)
    try:
        client.wait(CustomResourceDefinition, f"shops.{GROUP}", for_conditions=["Established"])
        for _ in range(100):  # established a moment before it is served
            try:
                client.create(shops(metadata=ObjectMeta(name="corner"), spec={"size": 1}))
            except ApiError as error:
                if error.status.code not in (404, 429):
                    raise
            else:
                break
        client.patch(shops.Status, "corner", {"status": {"open": True}}, patch_type=PatchType.MERGE)
        assert client.get(shops, "corner")["status"] == {"open": True}
        client.delete(shops, "corner")
    finally:
        client.delete(CustomResourceDefinition, f"shops.{GROUP}")


main()
