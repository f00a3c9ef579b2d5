"""Pods of workloads that have many each, as a cluster has them: what one template says is alike in all its pods.

Of 200 workloads, 40 of each kind of `benchmarks.pods`, each has images, an environment, resources, probes, volumes,
labels and an owner of its own. From pod to pod differ: name, UID and version, the node and both its addresses, all
times, the identifiers and restarts of containers, the generated name of the token's volume and of its mounts, and what
the kubelet owns of `managedFields`; in a StatefulSet also its ordinal's labels and claim, in a DaemonSet the
affinity to its node, and each Job has an owner, a label and an argument of its own, as runs of a CronJob do.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from benchmarks.field_sets import managed_fields
from benchmarks.pods import SEED, Values, make_pods, time_text

__all__ = ["make_replicas"]

Json = dict[str, Any]

_NODES = 200


def make_replicas(count: int, *, workloads: int = 200, seed: int = SEED) -> list[Json]:
    """Give `count` pods of so many workloads as the dicts of their JSON, sorted as a list has them."""
    values = Values(seed)
    templates = [json.dumps(pod) for pod in make_pods(workloads, seed=seed)]
    pods: list[Json] = []
    for number in range(count):
        ordinal, workload = divmod(number, workloads)
        pods.append(_replica(values, json.loads(templates[workload]), workload, ordinal))
    return sorted(pods, key=lambda pod: (pod["metadata"]["namespace"], pod["metadata"]["name"]))


def _replica(values: Values, pod: Json, workload: int, ordinal: int) -> Json:
    metadata, spec, status = pod["metadata"], pod["spec"], pod["status"]
    created = values.moment()
    node = values.random.randint(1, _NODES)
    owner = metadata["ownerReferences"][0]
    if owner["kind"] == "Job":
        _be_another_run(values, metadata, spec)
    metadata["uid"], metadata["resourceVersion"] = values.uid(), values.next_version()
    metadata["creationTimestamp"] = time_text(created)
    if owner["kind"] == "StatefulSet":
        owner["name"] = f"{owner['name']}-{workload}"
        metadata["name"] = f"{owner['name']}-{ordinal}"
        metadata["labels"]["apps.kubernetes.io/pod-index"] = str(ordinal)
        metadata["labels"]["statefulset.kubernetes.io/pod-name"] = metadata["name"]
        spec["volumes"][0]["persistentVolumeClaim"]["claimName"] = f"data-{metadata['name']}"
    else:
        metadata["name"] = f"{metadata['generateName']}{values.suffix(5)}"
    _report(values, status, created, host=f"10.10.0.{node}")
    # The token's volume is admission's, and not owned.
    token, mounted = spec["volumes"].pop(), [each["volumeMounts"].pop() for each in _containers(spec)]
    written = {name: spec[name] for name in ("volumes", "initContainers", "containers") if name in spec}
    metadata["managedFields"] = managed_fields(metadata, {**written, **_owned(spec)}, status, created)
    token["name"] = f"kube-api-access-{values.suffix(5)}"
    spec["volumes"].append(token)
    for container, mount in zip(_containers(spec), mounted, strict=True):
        container["volumeMounts"].append({**mount, "name": token["name"]})
    spec["nodeName"] = f"node-{node:03}.eu-central.example.com"
    if owner["kind"] == "DaemonSet":
        required = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        required["nodeSelectorTerms"][0]["matchFields"][0]["values"] = [spec["nodeName"]]
    return pod


def _be_another_run(values: Values, metadata: Json, spec: Json) -> None:
    owner = metadata["ownerReferences"][0]
    name = f"{owner['name'].rpartition('-')[0]}-{values.random.randint(29_000_000, 29_900_000)}"
    owner["name"], owner["uid"] = name, values.uid()
    metadata["generateName"] = f"{name}-"
    metadata["labels"]["batch.kubernetes.io/job-name"] = name
    (argument,) = spec["containers"][0]["args"]
    spec["containers"][0]["args"] = [f"{argument.rpartition('=')[0]}={values.suffix(8)}"]


def _report(values: Values, status: Json, created: datetime, *, host: str) -> None:
    """Say what the kubelet says of another pod of the same images."""
    started = created + timedelta(seconds=values.random.randint(2, 30))
    address = values.address("10.244")
    status["podIP"], status["hostIP"], status["hostIPs"] = address, host, [{"ip": host}]
    status["podIPs"] = [{"ip": address}, {"ip": f"fd00:10:244::{values.hexadecimal(4)}"}]
    status["startTime"] = time_text(created)
    for condition in status["conditions"]:
        is_early = condition["type"] in ("Initialized", "PodScheduled")
        condition["lastTransitionTime"] = time_text(created if is_early else started)
    for each in [*status.get("initContainerStatuses", ()), *status["containerStatuses"]]:
        each["containerID"] = f"containerd://{values.hexadecimal(64)}"
        each["restartCount"] = values.random.choice((0, 0, 0, 1, 4))
        for state in each["state"].values():
            state["startedAt"] = time_text(started)
            if "finishedAt" in state:
                state["finishedAt"] = time_text(started + timedelta(seconds=values.random.randint(1, 900)))
                state["containerID"] = each["containerID"]


def _containers(spec: Json) -> list[Json]:
    return [*spec.get("initContainers", ()), *spec["containers"]]


def _owned(spec: Json) -> Json:
    """Give what the owner's controller has written besides volumes and containers."""
    names = ("restartPolicy", "terminationGracePeriodSeconds", "dnsPolicy", "serviceAccountName", "serviceAccount",
             "securityContext", "schedulerName")  # fmt: skip
    return {name: spec[name] for name in names}
