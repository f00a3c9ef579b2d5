"""Realistic pods: what an API server answers for the usual workloads of a cluster, the same for the same seed.

Five kinds of workload take turns: web servers, some with a sidecar, services with an init container, databases with
volumes of their own, agents on every node, and finished jobs. Names, addresses, times, environments and digests differ
from pod to pod, and `managedFields` name the very fields that the pod has, as a real server's do. A pod has 7 to 8 KB
of JSON, of which two fifths are `managedFields`.
"""

# Long because five kinds of pods are spelled out, and what is spelled out is data.

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.field_sets import managed_fields

__all__ = ["SEED", "Values", "make_pods", "pod_json", "pod_list_json", "time_text", "watch_lines"]

Json = dict[str, Any]

SEED = 35

_EPOCH = datetime(2026, 1, 12, 8, 0, 0, tzinfo=UTC)
_WORDS = (
    "cart", "catalog", "checkout", "inventory", "ledger", "mailer", "media", "orders", "payments", "pricing",
    "profile", "ratings", "search", "sessions", "shipping", "tickets",
)  # fmt: skip
_TEAMS = ("storefront", "logistics", "platform", "finance")
_SETTINGS = (
    "LOG_LEVEL", "HTTP_PORT", "DATABASE_URL", "CACHE_URL", "QUEUE_NAME", "FEATURE_FLAGS", "REGION", "MAX_CONNECTIONS",
    "REQUEST_TIMEOUT", "TRACE_ENDPOINT", "TRACE_SAMPLE_RATE", "BUCKET", "WORKERS", "SMTP_HOST", "CURRENCY", "LOCALE",
)  # fmt: skip
_SUFFIX = "bcdfghjklmnpqrstvwxz2456789"  # the letters of the API server's generated names


class Values:
    """Draws what differs from pod to pod."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.version = 48_000_000

    def suffix(self, length: int) -> str:
        return "".join(self.random.choices(_SUFFIX, k=length))

    def hexadecimal(self, length: int) -> str:
        return f"{self.random.getrandbits(4 * length):0{length}x}"

    def uid(self) -> str:
        digits = self.hexadecimal(32)
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def address(self, network: str, *, octets: int = 2) -> str:
        return ".".join([network, *(str(self.random.randint(1, 254)) for _ in range(octets))])

    def next_version(self) -> str:
        self.version += self.random.randint(1, 40)
        return str(self.version)

    def moment(self) -> datetime:
        return _EPOCH + timedelta(seconds=self.random.randint(0, 40 * 86_400))


def make_pods(count: int, *, seed: int = SEED) -> list[Json]:
    """Give `count` pods as the dicts of their JSON, sorted by namespace and name as a list has them."""
    cluster = Values(seed)
    makers = (_web, _service, _database, _agent, _job)
    pods = [makers[number % len(makers)](cluster, number // len(makers)) for number in range(count)]
    return sorted(pods, key=lambda pod: (pod["metadata"]["namespace"], pod["metadata"]["name"]))


def pod_json(pod: Json) -> bytes:
    """Give the answer to a get."""
    return _encoded({"kind": "Pod", "apiVersion": "v1", **pod}) + b"\n"


def pod_list_json(pods: Iterable[Json]) -> bytes:
    """Give the answer to a list, whose items don't say what they are."""
    return (
        _encoded({"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "49999999"}, "items": [*pods]})
        + b"\n"
    )


def watch_lines(pods: Iterable[Json]) -> list[bytes]:
    """Give the lines of a watch without their line feeds: an event for each pod, added, modified and deleted."""
    types = ("ADDED", "MODIFIED", "MODIFIED", "MODIFIED", "DELETED")
    return [
        _encoded({"type": types[number % len(types)], "object": {"kind": "Pod", "apiVersion": "v1", **pod}})
        for number, pod in enumerate(pods)
    ]


def _encoded(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _web(cluster: Values, number: int) -> Json:
    app = _WORDS[number % len(_WORDS)]
    containers = [_container(cluster, "web", f"registry.example.com/shop/{app}", settings=2, port=8080, probes=1)]
    if number % 4 == 0:
        containers.append(_container(cluster, "proxy", "registry.example.com/mesh/proxy", settings=1, port=15090))
    volumes = [_config_volume(f"{app}-config")]
    return _pod(cluster, app, "ReplicaSet", containers, number, volumes=volumes)


def _service(cluster: Values, number: int) -> Json:
    app = f"{_WORDS[(number + 5) % len(_WORDS)]}-api"
    image = f"registry.example.com/shop/{app}"
    containers = [_container(cluster, "api", image, settings=2, port=9000, probes=1)]
    migration = _container(cluster, "migrate", image, settings=0, command=True)
    volumes = [_secret_volume(f"{app}-tls")]
    return _pod(cluster, app, "ReplicaSet", containers, number, volumes=volumes, init_containers=[migration])


def _database(cluster: Values, number: int) -> Json:
    app = f"{_WORDS[(number + 9) % len(_WORDS)]}-db"
    image = "registry.example.com/data/postgres"
    containers = [_container(cluster, "postgres", image, settings=2, port=5432, probes=1)]
    claim: Json = {"name": "data", "persistentVolumeClaim": {"claimName": f"data-{app}-{number // len(_WORDS)}"}}
    volumes = [claim, _secret_volume(f"{app}-users")]
    return _pod(cluster, app, "StatefulSet", containers, number, volumes=volumes)


def _agent(cluster: Values, number: int) -> Json:
    app = ("log-agent", "node-metrics", "mesh-cni")[number % 3]
    containers = [_container(cluster, "agent", f"registry.example.com/ops/{app}", settings=1, port=9100, probes=1)]
    volumes: list[Json] = [
        {"name": name, "hostPath": {"path": path, "type": ""}}
        for name, path in (("logs", "/var/log"), ("pods", "/var/lib/kubelet/pods"))
    ]
    return _pod(cluster, app, "DaemonSet", containers, number, volumes=volumes)


def _job(cluster: Values, number: int) -> Json:
    app = f"{_WORDS[(number + 2) % len(_WORDS)]}-report"
    containers = [_container(cluster, "report", f"registry.example.com/jobs/{app}", settings=2, command=True)]
    volumes = [_scratch_volume("work")]
    return _pod(cluster, app, "Job", containers, number, volumes=volumes)


def _container(
    cluster: Values,
    name: str,
    image: str,
    *,
    settings: int,
    port: int | None = None,
    probes: int = 0,
    command: bool = False,
) -> Json:
    """Give a container of a spec; its volume mounts come with the pod's volumes."""
    container: Json = {
        "name": name,
        "image": f"{image}:{cluster.random.randint(1, 9)}.{cluster.random.randint(0, 40)}.0",
    }
    if command:
        container["command"] = ["/bin/sh", "-c"]
        container["args"] = [f"exec /app/{name} --batch={cluster.random.randint(10, 900)} --run-id={cluster.suffix(8)}"]
    if port is not None:
        container["ports"] = [{"name": f"{name}-port"[:15], "containerPort": port, "protocol": "TCP"}]
    environment: list[Json] = [
        {"name": setting, "value": f"{setting.lower().replace('_', '-')}.{name}.{cluster.suffix(6)}"}
        for setting in cluster.random.sample(_SETTINGS, settings)
    ]
    if port is not None:
        address: Json = {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}
        environment.append({"name": "POD_IP", "valueFrom": address})
    if environment:
        container["env"] = environment
    cpu, memory = cluster.random.choice((50, 100, 250)), cluster.random.choice((64, 128, 512))
    container["resources"] = {
        "limits": {"memory": f"{2 * memory}Mi"},
        "requests": {"cpu": f"{cpu}m", "memory": f"{memory}Mi"},
    }
    for probe in ("livenessProbe", "readinessProbe", "startupProbe")[:probes]:
        container[probe] = {
            "httpGet": {"path": f"/{probe[:5]}z", "port": port, "scheme": "HTTP"},
            "initialDelaySeconds": cluster.random.randint(1, 20),
            "timeoutSeconds": 1,
            "periodSeconds": 10,
            "successThreshold": 1,
            "failureThreshold": 3,
        }
    return {
        **container,
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {"capabilities": {"drop": ["ALL"]}, "allowPrivilegeEscalation": False},
    }


def _config_volume(name: str) -> Json:
    return {"name": "config", "configMap": {"name": name, "defaultMode": 420}}


def _secret_volume(name: str) -> Json:
    return {"name": "secret", "secret": {"secretName": name, "defaultMode": 288}}


def _scratch_volume(name: str) -> Json:
    return {"name": name, "emptyDir": {"sizeLimit": "256Mi"}}


def _token_volume(name: str) -> Json:
    """Give the volume that admission adds to every pod."""
    return {
        "name": name,
        "projected": {
            "sources": [
                {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                {
                    "downwardAPI": {
                        "items": [
                            {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
                        ]
                    }
                },
            ],
            "defaultMode": 420,
        },
    }


def _pod(
    cluster: Values,
    app: str,
    owner_kind: str,
    containers: list[Json],
    number: int,
    *,
    volumes: list[Json],
    init_containers: list[Json] | None = None,
) -> Json:
    created = cluster.moment()
    node = f"node-{cluster.random.randint(1, 60):02}.eu-central.example.com"
    mounts = [{"name": volume["name"], "mountPath": f"/mnt/{volume['name']}"} for volume in volumes]
    written = {"volumes": volumes, "initContainers": init_containers or [], "containers": containers}
    for container in [*written["initContainers"], *containers]:
        container["volumeMounts"] = list(mounts)
    # What the owner's controller writes, managedFields own; the rest is admission's and the scheduler's.
    metadata = _metadata(cluster, app, owner_kind, created, number)
    spec = _spec(app, owner_kind, {key: value for key, value in written.items() if value})
    status = _status(cluster, owner_kind, [*written["initContainers"]], containers, created)
    metadata["managedFields"] = managed_fields(metadata, spec, status, created)
    token = f"kube-api-access-{cluster.suffix(5)}"
    spec["volumes"] = [*volumes, _token_volume(token)]
    for container in [*written["initContainers"], *containers]:
        place = "/var/run/secrets/kubernetes.io/serviceaccount"
        container["volumeMounts"] = [*mounts, {"name": token, "readOnly": True, "mountPath": place}]
    spec.update(_added(cluster, app, owner_kind, node))
    return {"metadata": metadata, "spec": spec, "status": status}


def _metadata(cluster: Values, app: str, owner_kind: str, created: datetime, number: int) -> Json:
    digest = cluster.suffix(10)
    owner = {"ReplicaSet": f"{app}-{digest}", "Job": f"{app}-{29_000_000 + number}"}.get(owner_kind, app)
    name = f"{owner}-{number // len(_WORDS)}" if owner_kind == "StatefulSet" else f"{owner}-{cluster.suffix(5)}"
    labels = {
        "app.kubernetes.io/name": app,
        "app.kubernetes.io/part-of": "shop",
        "app.kubernetes.io/version": f"{cluster.random.randint(1, 9)}.{cluster.random.randint(0, 40)}.0",
        {"Job": "batch.kubernetes.io/job-name", "ReplicaSet": "pod-template-hash"}.get(
            owner_kind, "controller-revision-hash"
        ): digest,
    }
    return {
        "name": name,
        **({} if owner_kind == "StatefulSet" else {"generateName": f"{owner}-"}),
        "namespace": f"{_TEAMS[number % len(_TEAMS)]}-{'prod' if number % 2 else 'stage'}",
        "uid": cluster.uid(),
        "resourceVersion": cluster.next_version(),
        "generation": 1,
        "creationTimestamp": time_text(created),
        "labels": labels,
        "annotations": {
            "checksum/config": cluster.hexadecimal(64),
            "prometheus.io/scrape": "true",
            "kubectl.kubernetes.io/restartedAt": time_text(created - timedelta(seconds=3)),
        },
        "ownerReferences": [
            {
                "apiVersion": "batch/v1" if owner_kind == "Job" else "apps/v1",
                "kind": owner_kind,
                "name": owner,
                "uid": cluster.uid(),
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ],
    }


def _spec(app: str, owner_kind: str, written: Json) -> Json:
    return {
        **written,
        "restartPolicy": "Never" if owner_kind == "Job" else "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "serviceAccountName": app,
        "serviceAccount": app,
        "securityContext": {"runAsUser": 10001, "runAsNonRoot": True, "fsGroup": 10001},
        "schedulerName": "default-scheduler",
    }


def _added(cluster: Values, app: str, owner_kind: str, node: str) -> Json:
    """Give the parts of a spec that admission and the scheduler add."""
    tolerations: list[Json] = [
        {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
        for key in ("not-ready", "unreachable")
    ]
    added: Json = {}
    if owner_kind == "DaemonSet":
        for toleration in tolerations:
            del toleration["tolerationSeconds"]
        tolerations += [
            {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoSchedule"}
            for key in ("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")
        ]
        term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
        required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
        added["affinity"] = {"nodeAffinity": required}
    elif owner_kind == "StatefulSet":
        added["topologySpreadConstraints"] = [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"app.kubernetes.io/name": app}},
            }
        ]
    return {
        "nodeName": node,
        **added,
        "tolerations": tolerations,
        "priority": cluster.random.choice((0, 1000)),
        "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
    }


def _status(
    cluster: Values, owner_kind: str, init_containers: list[Json], containers: list[Json], created: datetime
) -> Json:
    started = created + timedelta(seconds=cluster.random.randint(2, 30))
    is_done = owner_kind == "Job"
    not_ready = {"status": "False", "reason": "PodCompleted"}
    conditions = [
        {
            "type": type_,
            "observedGeneration": 1,
            "status": "True",
            "lastProbeTime": None,
            "lastTransitionTime": time_text(started),
            **(not_ready if is_done and "Ready" in type_ else {}),
        }
        for type_ in ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    ]
    address, host = cluster.address("10.244"), cluster.address("10.10")
    status: Json = {
        "observedGeneration": 1,
        "phase": "Succeeded" if is_done else "Running",
        "conditions": conditions,
        "hostIP": host,
        "hostIPs": [{"ip": host}],
        "podIP": address,
        "podIPs": [{"ip": address}, {"ip": f"fd00:10:244::{cluster.hexadecimal(4)}"}],
        "startTime": time_text(created),
    }
    if init_containers:
        status["initContainerStatuses"] = [_container_status(cluster, part, started, True) for part in init_containers]
    status["containerStatuses"] = [_container_status(cluster, part, started, is_done) for part in containers]
    status["qosClass"] = "Burstable"
    return status


def _container_status(cluster: Values, container: Json, started: datetime, is_done: bool) -> Json:
    identifier = f"containerd://{cluster.hexadecimal(64)}"
    state: Json = {"running": {"startedAt": time_text(started)}}
    if is_done:
        finished = time_text(started + timedelta(seconds=cluster.random.randint(1, 900)))
        ended = {"exitCode": 0, "reason": "Completed", "startedAt": time_text(started), "finishedAt": finished}
        state = {"terminated": {**ended, "containerID": identifier}}
    return {
        "name": container["name"],
        "state": state,
        "lastState": {},
        "ready": True,
        "restartCount": cluster.random.choice((0, 0, 0, 1, 4)),
        "image": container["image"],
        "imageID": f"{container['image'].partition(':')[0]}@sha256:{cluster.hexadecimal(64)}",
        "containerID": identifier,
        "started": not is_done,
        "allocatedResources": container["resources"]["requests"],
        "resources": container["resources"],
    }


def time_text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
