"""What servers refuse in pods and templates: ports of nodes, places to run, probes, names and volumes in use."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask_warned

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

IMAGE = "example.com/none:1"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
SPREAD: Part = {"maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
SOFT: Part = {**SPREAD, "whenUnsatisfiable": "ScheduleAnyway"}
VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
HEADER = (
    "a valid HTTP header must consist of alphanumeric characters or '-' "
    "(e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
)
MANY = json.dumps(["a"] * 33, separators=(",", ":"))
VOLUMES: list[Part] = [
    {"name": "block", "persistentVolumeClaim": {"claimName": "a"}},
    {"name": "plain", "emptyDir": {}},
]


def container(**more: Any) -> Part:
    return {"name": "a", "image": IMAGE, **more}


def pod(*containers: Part, **more: Any) -> Part:
    return {"schedulerName": "nobody", "containers": list(containers) or [container()], **more}


def ports(*given: Part) -> Part:
    return container(ports=list(given))


def probing(kind: str = "livenessProbe", headers: tuple[Part, ...] = (), **more: Any) -> Part:
    return pod(container(**{kind: {"httpGet": {"path": "/", "port": 80, "httpHeaders": list(headers)}, **more}}))


def near(required: Part | None = None, preferred: Part | None = None) -> Part:
    terms: Part = {REQUIRED: {"nodeSelectorTerms": [required]}} if required else {}
    if preferred:
        terms[PREFERRED] = [{"weight": 1, "preference": preferred}]
    return pod(affinity={"nodeAffinity": terms})


def using(mounts: list[Part] | None = None, devices: list[Part] | None = None, **more: Any) -> Part:
    return pod(container(volumeMounts=mounts or [], volumeDevices=devices or [], **more), volumes=VOLUMES)


def mount(**more: Any) -> Part:
    return {"name": "plain", "mountPath": "/a", **more}


def in_field(kind: str, values: list[str], key: str = "metadata.name") -> Part:
    return near({"matchFields": [{"key": key, "operator": kind, "values": values}]})


async def wrong(client: BaseClient, namespace: str, spec: Part, kind: str = "pods") -> list[str]:
    """Say what is wrong with the spec of a pod; nothing where it is taken."""
    group, body = "/api/v1", {"metadata": {"name": "a"}, "spec": spec}
    if kind == "deployments":
        labels = {"a": "b"}
        template = {"metadata": {"labels": labels}, "spec": spec}
        group = "/apis/apps/v1"
        body["spec"] = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    answer, _ = await ask_warned(client, "POST", f"{group}/namespaces/{namespace}/{kind}", body, dryRun="All")
    if answer.code == 201:
        return []
    assert answer.code == 422, answer
    return [f"{cause['field']}: {cause['message']}" for cause in answer.body["details"]["causes"]]


TERM = f"spec.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[0]"
CONSTRAINT = "spec.topologySpreadConstraints[0]"
MOUNTS, DEVICES = "spec.containers[0].volumeMounts", "spec.containers[0].volumeDevices"
LIVENESS = "spec.containers[0].livenessProbe"
UNLIKE = "must match `containerPort` when `hostNetwork` is true"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            pod(ports({"containerPort": 80, "hostPort": 81}), hostNetwork=True),
            [f"spec.containers[0].ports[0].hostPort: Invalid value: 81: {UNLIKE}"],
        ),
        (pod(ports({"containerPort": 80}), hostNetwork=True), []),
        (
            pod(
                ports({"containerPort": 80, "hostPort": 80}),
                {**ports({"containerPort": 81, "hostPort": 80}), "name": "b"},
            ),
            ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"'],
        ),
        (
            pod(
                ports(
                    {"containerPort": 80, "hostPort": 80},
                    {"containerPort": 80, "hostPort": 80, "protocol": "UDP"},
                    {"containerPort": 80, "hostPort": 80, "hostIP": "127.0.0.1"},
                ),
                initContainers=[{**ports({"containerPort": 80, "hostPort": 80}), "name": "i"}],
            ),
            [],
        ),
        (
            pod(
                initContainers=[
                    {**ports({"containerPort": 80}), "name": "i"},
                    {
                        **ports({"containerPort": 80, "hostPort": 8}, {"containerPort": 81, "hostPort": 8}),
                        "name": "j",
                    },
                ]
            ),
            ['spec.initContainers[0].ports[1].hostPort: Duplicate value: "TCP//8"'],
        ),
        (
            pod(nodeName="no-node", schedulingGates=[{"name": "a"}]),
            ["spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"],
        ),
        (
            pod(hostPID=True, shareProcessNamespace=True),
            [
                "spec.securityContext.shareProcessNamespace: Invalid value: true: "
                "ShareProcessNamespace and HostPID cannot both be enabled"
            ],
        ),
        (pod(hostPID=True, shareProcessNamespace=False), []),
    ],
)
async def test_what_belongs_to_the_node(client: BaseClient, namespace: str, spec: Part, why: list[str]) -> None:
    assert await wrong(client, namespace, spec) == why


async def test_templates_need_not_name_the_ports_of_nodes(client: BaseClient, namespace: str) -> None:
    own = {"containerPort": 80}
    spec = pod(ports(own, {"containerPort": 81, "hostPort": 82}), hostNetwork=True)
    where = "spec.template.spec.containers[0].ports[1].hostPort"
    assert await wrong(client, namespace, spec, "deployments") == [f"{where}: Invalid value: 82: {UNLIKE}"]
    assert not await wrong(client, namespace, pod(ports(own), hostNetwork=True), "deployments")


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            pod(topologySpreadConstraints=[SPREAD, SOFT, SPREAD]),
            [f'{CONSTRAINT}.{{topologyKey, whenUnsatisfiable}}: Duplicate value: "{{a, DoNotSchedule}}"'],
        ),
        (pod(topologySpreadConstraints=[{**SPREAD, "minDomains": 1, "nodeTaintsPolicy": "Honor"}, SOFT]), []),
        (
            pod(topologySpreadConstraints=[{**SOFT, "minDomains": 0}]),
            [
                f"{CONSTRAINT}.minDomains: Invalid value: 0: must be greater than zero",
                f"{CONSTRAINT}.minDomains: Invalid value: 0: "
                "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway",
            ],
        ),
        (
            pod(topologySpreadConstraints=[{**SPREAD, "nodeAffinityPolicy": "a", "nodeTaintsPolicy": "b"}]),
            [
                f'{CONSTRAINT}.{name}: Unsupported value: "{value}": supported values: "Honor", "Ignore"'
                for name, value in (("nodeAffinityPolicy", "a"), ("nodeTaintsPolicy", "b"))
            ],
        ),
        (
            pod(topologySpreadConstraints=[{**SPREAD, "labelSelector": None, "matchLabelKeys": ["x"]}]),
            [f"{CONSTRAINT}.matchLabelKeys: Forbidden: must not be specified when labelSelector is not set"],
        ),
        (pod(topologySpreadConstraints=[{**SPREAD, "matchLabelKeys": ["x"]}]), []),
        (
            near({"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", "-"]}]}),
            [f'{TERM}.matchExpressions[0].values[1]: Invalid value: "-": {VALUE}'],
        ),
        (near(preferred={"matchExpressions": [{"key": "a", "operator": "In", "values": ["-"]}]}), []),
        (in_field("In", ["a"]), []),
        (
            in_field("In", ["a", "b"]),
            [
                f"{TERM}.matchFields[0].values: Required value: "
                "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
            ],
        ),
        (
            in_field("Exists", [], key="metadata.uid"),
            [
                f'{TERM}.matchFields[0].operator: Invalid value: "Exists": not a valid selector operator',
                f'{TERM}.matchFields[0].key: Invalid value: "metadata.uid": not a valid field selector key',
            ],
        ),
    ],
)
async def test_where_pods_may_run(client: BaseClient, namespace: str, spec: Part, why: list[str]) -> None:
    assert await wrong(client, namespace, spec) == why


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            probing(terminationGracePeriodSeconds=0),
            [f"{LIVENESS}.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0"],
        ),
        (probing(terminationGracePeriodSeconds=1), []),
        (
            probing("readinessProbe", terminationGracePeriodSeconds=1),
            [
                "spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: "
                "must not be set for readinessProbes"
            ],
        ),
        (
            probing(headers=({"name": "X-A", "value": "b"}, {"name": "X A", "value": ""})),
            [f'{LIVENESS}.httpGet.httpHeaders: Invalid value: "X A": {HEADER}'],
        ),
        (
            pod(dnsConfig={"nameservers": ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]}),
            [
                'spec.dnsConfig.nameservers: Invalid value: ["10.0.0.1","10.0.0.2","10.0.0.3","10.0.0.4"]: '
                "must not have more than 3 nameservers"
            ],
        ),
        (pod(dnsConfig={"nameservers": ["010.000.0.1", "::ffff:10.0.0.1"], "searches": ["a"] * 32}), []),
        (
            pod(dnsConfig={"searches": ["a"] * 33}),
            [f"spec.dnsConfig.searches: Invalid value: {MANY}: must not have more than 32 search paths"],
        ),
    ],
)
async def test_probes_and_names(client: BaseClient, namespace: str, spec: Part, why: list[str]) -> None:
    assert await wrong(client, namespace, spec) == why


async def test_searches_are_of_a_length(client: BaseClient, namespace: str) -> None:
    searches = [".".join(["a" * 60] * 4)] * 9
    (why,) = await wrong(client, namespace, pod(dnsConfig={"searches": searches}))
    assert why.endswith("]: must not have more than 2048 characters (including spaces) in the search list")
    assert not await wrong(client, namespace, pod(dnsConfig={"searches": searches[:8]}))


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            using([mount(subPath="b", subPathExpr="/c")]),
            [
                f'{MOUNTS}[0].subPathExpr: Invalid value: "/c": subPathExpr and subPath are mutually exclusive',
                f'{MOUNTS}.subPathExpr: Invalid value: "/c": must be a relative path',
            ],
        ),
        (using([mount(mountPropagation="HostToContainer")], [{"name": "block", "devicePath": "/b"}]), []),
        (
            using([mount(mountPropagation="a")]),
            [
                f'{MOUNTS}.mountPropagation: Unsupported value: "a": '
                'supported values: "Bidirectional", "HostToContainer", "None"'
            ],
        ),
        (
            using([mount(mountPropagation="Bidirectional")]),
            [
                f"{MOUNTS}.mountPropagation: Forbidden: "
                "Bidirectional mount propagation is available only to privileged containers"
            ],
        ),
        (using([mount(mountPropagation="Bidirectional")], securityContext={"privileged": True}), []),
        (
            using([mount(recursiveReadOnly="Enabled", mountPropagation="HostToContainer")]),
            [
                f"{MOUNTS}.recursiveReadOnly: Forbidden: may only be specified when {why}"
                for why in ("readOnly is true", "mountPropagation is None or not specified")
            ],
        ),
        (
            using([{"name": "block", "mountPath": "/a"}], [{"name": "block", "devicePath": "/a"}]),
            [
                f'{MOUNTS}[0].name: Invalid value: "block": must not already exist in volumeDevices',
                f'{MOUNTS}[0].mountPath: Invalid value: "/a": must not already exist as a path in volumeDevices',
                f'{DEVICES}[0].name: Invalid value: "block": must not already exist in volumeMounts',
                f'{DEVICES}[0].devicePath: Invalid value: "/a": must not already exist as a path in volumeMounts',
            ],
        ),
        (
            using(devices=[{"name": "plain", "devicePath": "/a/../b"}, {"name": "c", "devicePath": "/b"}]),
            [
                f'{DEVICES}[0].name: Invalid value: "plain": '
                "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode",
                f"{DEVICES}[0].devicePath: Invalid value: \"/a/../b\": can not contain backsteps ('..')",
                f'{DEVICES}[1].name: Not found: "c"',
            ],
        ),
        (
            using(devices=[{"name": "block", "devicePath": "/b"}] * 2),
            [
                f'{DEVICES}[1].name: Invalid value: "block": must be unique',
                f'{DEVICES}[1].devicePath: Invalid value: "/b": must be unique',
            ],
        ),
    ],
)
async def test_volumes_in_use(client: BaseClient, namespace: str, spec: Part, why: list[str]) -> None:
    assert await wrong(client, namespace, spec) == why
