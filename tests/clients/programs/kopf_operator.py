"""An operator as kopf's introduction has it: what it does to an object stands in the object, and in config maps."""

from __future__ import annotations

import os

import kopf
import kubernetes

GROUP = f"{os.environ['NAMESPACE']}.example.com"
SHOPS = {"group": GROUP, "version": "v1", "plural": "shops"}


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_):
    settings.posting.enabled = True
    kubernetes.config.load_kube_config()


@kopf.on.create(**SHOPS)
def create(body, spec, name, namespace, logger, **_):
    child = {"metadata": {"name": f"of-{name}"}, "data": {"size": str(spec["size"])}}
    kopf.adopt(child)
    child = kubernetes.client.CoreV1Api().create_namespaced_config_map(namespace, child)
    kopf.info(body, reason="Opened", message="the shop is open")
    logger.info("made the config map")
    return {"child": child.metadata.name}


@kopf.on.update(**SHOPS, field="spec.size")
def update(old, new, name, namespace, patch, **_):
    api = kubernetes.client.CoreV1Api()
    api.patch_namespaced_config_map(f"of-{name}", namespace, {"data": {"size": str(new)}})
    patch.status["was"] = old


@kopf.on.delete(**SHOPS)
def delete(name, namespace, **_):
    body = {"metadata": {"name": f"grave-of-{name}"}}
    kubernetes.client.CoreV1Api().create_namespaced_config_map(namespace, body)


@kopf.timer(**SHOPS, interval=0.5)
def tick(status, patch, **_):
    if status.get("ticks", 0) < 3:
        patch.status["ticks"] = status.get("ticks", 0) + 1


@kopf.on.event("v1", "configmaps", labels={"watched": "yes"})
def seen(name, type, **_):
    print(f"saw {name} {type}", flush=True)
