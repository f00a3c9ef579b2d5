"""A user of the operator in `kopf_operator.py`, which it starts and stops: makes, changes and deletes an object."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

NAMESPACE = os.environ["NAMESPACE"]
GROUP = f"{NAMESPACE}.example.com"
SHOPS = (GROUP, "v1", NAMESPACE, "shops")
SECONDS = 30


def main() -> None:
    config.load_kube_config()
    names = {"plural": "shops", "singular": "shop", "kind": "Shop"}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema, "subresources": {"status": {}}}
    spec = {"group": GROUP, "scope": "Namespaced", "names": names, "versions": [version]}
    extensions = client.ApiextensionsV1Api()
    extensions.create_custom_resource_definition({"metadata": {"name": f"shops.{GROUP}"}, "spec": spec})
    command = ["kopf", "run", "--namespace", NAMESPACE, str(Path(__file__).with_name("kopf_operator.py"))]
    operator = subprocess.Popen([sys.executable, "-m", *command])
    try:
        live()
    finally:
        extensions.delete_custom_resource_definition(f"shops.{GROUP}")
        operator.send_signal(signal.SIGINT)
        code = operator.wait(SECONDS)
    assert code in (0, -signal.SIGINT), code
    print("done")


def live() -> None:
    objects, core = client.CustomObjectsApi(), client.CoreV1Api()
    shop = {"apiVersion": f"{GROUP}/v1", "kind": "Shop", "metadata": {"name": "corner"}, "spec": {"size": 1}}
    until(lambda: objects.create_namespaced_custom_object(*SHOPS, shop))

    def get():
        return objects.get_namespaced_custom_object(*SHOPS, "corner")

    until(lambda: get()["status"]["create"] == {"child": "of-corner"})
    assert get()["metadata"]["finalizers"] == ["kopf.zalando.org/KopfFinalizerMarker"]
    child = core.read_namespaced_config_map("of-corner", NAMESPACE)
    assert child.data == {"size": "1"}
    assert child.metadata.owner_references[0].uid == get()["metadata"]["uid"]
    until(lambda: get()["status"]["ticks"] == 3)
    objects.patch_namespaced_custom_object(*SHOPS, "corner", {"spec": {"size": 2}})
    until(lambda: get()["status"]["was"] == 1)
    assert core.read_namespaced_config_map("of-corner", NAMESPACE).data == {"size": "2"}
    until(lambda: "Opened" in [each.reason for each in core.list_namespaced_event(NAMESPACE).items])
    core.create_namespaced_config_map(NAMESPACE, {"metadata": {"name": "watched", "labels": {"watched": "yes"}}})
    objects.delete_namespaced_custom_object(*SHOPS, "corner")
    until(lambda: core.read_namespaced_config_map("grave-of-corner", NAMESPACE))
    until(lambda: not objects.list_namespaced_custom_object(*SHOPS)["items"])


def until(holds) -> None:
    """Wait for what the operator does in its own time."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            if holds():
                return
        except (ApiException, KeyError) as error:
            if isinstance(error, ApiException) and error.status not in (404, 429):
                raise
        assert time.monotonic() < end, "the operator did not do it in time"
        time.sleep(0.1)


main()
