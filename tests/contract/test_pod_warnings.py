"""What servers warn about in pods, templates, claims, services and network policies that they take."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask_warned

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
NOTHING = "a null labelSelector results in matching no pod"
FIRST = "spec.containers[0]"
OLD_ZONE, ZONE = "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"
OLD_ARMOR = "container.apparmor.security.beta.kubernetes.io/a"
ARMOR = 'deprecated since v1.30; use the "appArmorProfile" field instead'


def container(**more: Any) -> Part:
    return {"name": "a", "image": "example.com/none:1", **more}


def pod(*containers: Part, annotations: dict[str, str] | None = None, **spec: Any) -> Part:
    spec = {"schedulerName": "nobody", "containers": list(containers) or [container()], **spec}
    return {"metadata": {"name": "a", "annotations": annotations or {}}, "spec": spec}


def variables(*given: tuple[str, Any]) -> Part:
    env: list[Part] = [
        {"name": name, "valueFrom" if isinstance(value, dict) else "value": value} for name, value in given
    ]
    return pod(container(env=env))


def ports(*given: Part, **more: Any) -> Part:
    return container(ports=list(given), **more)


def hides(index: int) -> str:
    return f'{FIRST}.env[{index}]: hides previous definition of "X", which may be dropped when using apply'


def fraction(field: str, amount: str = "128m") -> str:
    return f'{field}: fractional byte value "{amount}" is invalid, must be an integer'


def near(kind: str, term: Part) -> Part:
    weighted = {"weight": 1, "podAffinityTerm": term}
    return pod(affinity={kind: {REQUIRED: [term], PREFERRED: [weighted]}})


def projected(*sources: Part) -> Part:
    return pod(volumes=[{"name": "v", "projected": {"sources": list(sources)}}])


def items(*paths: str) -> list[Part]:
    return [{"key": str(index), "path": path} for index, path in enumerate(paths)]


async def warned(client: BaseClient, path: str, body: Part) -> list[str]:
    answer, told = await ask_warned(client, "POST", path, body, dryRun="All")
    assert answer.code == 201, answer
    return told


TOLD: list[tuple[Part, list[str]]] = [
    (variables(("X", "a"), ("X", "$(X)b"), ("Y", "$(X)")), []),
    (variables(("X", "a"), ("X", "$(X)")), [hides(1)]),
    (variables(("X", "a"), ("X", "$(Y)b"), ("X", {"fieldRef": {"fieldPath": "metadata.name"}})), [hides(1), hides(2)]),
    (
        pod(
            ports({"containerPort": 80, "name": "web"}),
            ports({"containerPort": 80}, {"containerPort": 80, "protocol": "UDP", "name": "web"}, name="b"),
        ),
        [
            "spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]",
            'spec.containers[1].ports[1]: duplicate port name "web" with spec.containers[0].ports[0], '
            "services and probes that select ports by name will use spec.containers[0].ports[0]",
        ],
    ),
    (
        pod(
            ports(
                {"containerPort": 80, "hostPort": 81},
                {"containerPort": 80, "hostPort": 81, "hostIP": "10.0.0.1"},
                {"containerPort": 80, "hostPort": 82},
            )
        ),
        [f"{FIRST}.ports[1]: dangerously ambiguous port definition with {FIRST}.ports[0]"],
    ),
    (
        pod(ports({"containerPort": 80, "hostPort": 81}, {"containerPort": 80, "hostIP": "10.0.0.1"})),
        [
            f"{FIRST}.ports[1]: hostIP set without hostPort: "
            "{Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:10.0.0.1}",
            f"{FIRST}.ports[1]: overlapping port definition with {FIRST}.ports[0]",
        ],
    ),
    (
        pod(
            container(
                resources={"limits": {"memory": "128m"}, "requests": {"memory": "128m", "ephemeral-storage": "1500m"}}
            )
        ),
        [
            fraction(f"{FIRST}.resources.limits[memory]"),
            fraction(f"{FIRST}.resources.requests[memory]"),
            fraction(f"{FIRST}.resources.requests[ephemeral-storage]", "1500m"),
        ],
    ),
    (pod(container(resources={"requests": {"memory": "1000m", "cpu": "128m"}})), []),
    (
        pod(
            nodeSelector={"beta.kubernetes.io/os": "linux"},
            affinity={
                "nodeAffinity": {
                    REQUIRED: {"nodeSelectorTerms": [{"matchExpressions": [{"key": OLD_ZONE, "operator": "Exists"}]}]},
                    PREFERRED: [
                        {
                            "weight": 1,
                            "preference": {"matchExpressions": [{"key": OLD_ZONE, "operator": "Exists"}]},
                        }
                    ],
                }
            },
            topologySpreadConstraints=[
                {"maxSkew": 1, "topologyKey": OLD_ZONE, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
            ],
        ),
        [
            'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
            *[
                f'{field}: {OLD_ZONE} is deprecated since v1.17; use "{ZONE}" instead'
                for field in (
                    f"spec.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[0].matchExpressions[0].key",
                    f"spec.affinity.nodeAffinity.{PREFERRED}[0].preference.matchExpressions[0].key",
                    "spec.topologySpreadConstraints[0].topologyKey",
                )
            ],
        ],
    ),
    (
        near("podAntiAffinity", {"topologyKey": "a"}),
        [
            f"spec.affinity.podAntiAffinity.{REQUIRED}[0].labelSelector: {NOTHING}",
            f"spec.affinity.podAntiAffinity.{PREFERRED}[0].podAffinityTerm.labelSelector: {NOTHING}",
        ],
    ),
    (near("podAffinity", {"topologyKey": "a", "labelSelector": {}}), []),
    (
        pod(
            hostAliases=[{"ip": "10.0.0.1"}, {"ip": "10.0.0.1"}, {"ip": "FE80::1"}],
            imagePullSecrets=[{"name": "a"}, {"name": "b"}, {"name": ""}],
        ),
        [
            'spec.hostAliases[1].ip: duplicate ip "10.0.0.1"',
            'spec.imagePullSecrets[2].name: invalid empty name ""',
            'spec.hostAliases[2].ip: IPv6 address "FE80::1" should be in RFC 5952 canonical format ("fe80::1")',
        ],
    ),
    (
        pod(
            annotations={
                "security.alpha.kubernetes.io/sysctls": "",
                "seccomp.security.alpha.kubernetes.io/pod": "runtime/default",
            }
        ),
        [
            "metadata.annotations[security.alpha.kubernetes.io/sysctls]: "
            'non-functional in v1.11+; use the "sysctls" field instead',
            "metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: "
            'non-functional in v1.27+; use the "seccompProfile" field instead',
        ],
    ),
    (
        pod(
            volumes=[
                {"name": "a", "gitRepo": {"repository": "a"}},
                {"name": "b", "rbd": {"monitors": ["a"], "image": "a"}},
                {
                    "name": "c",
                    "ephemeral": {
                        "volumeClaimTemplate": {
                            "spec": {
                                "accessModes": ["ReadWriteOnce"],
                                "resources": {"requests": {"storage": "1500m"}},
                            }
                        }
                    },
                },
            ]
        ),
        [
            "spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+",
            "spec.volumes[1].rbd: deprecated in v1.28, non-functional in v1.31+",
            fraction("spec.volumes[2].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]", "1500m"),
        ],
    ),
    (
        pod(volumes=[{"name": "v", "configMap": {"name": "c", "items": items("a", "b", "a/", "b/c", "bc")}}]),
        [
            f'volume "v" (ConfigMap "c"): overlapping paths: {one} with {two}'
            for one, two in (('"a"', '"a"'), ('"b/c"', '"b"'))
        ],
    ),
    (
        projected(
            {"secret": {"name": "s", "items": items("a")}},
            {"serviceAccountToken": {"path": "a"}},
            {},
        ),
        [
            'volume "v" (Projected): overlapping paths: "a" (ServiceAccountToken) with "a" (Secret "s")',
            'volume "v" (Projected) has no sources provided',
        ],
    ),
]


@pytest.mark.parametrize(("body", "told"), TOLD)
async def test_warnings_of_pods(client: BaseClient, namespace: str, body: Part, told: list[str]) -> None:
    found = await warned(client, f"/api/v1/namespaces/{namespace}/pods", body)
    assert found == told


async def test_warnings_of_templates(client: BaseClient, namespace: str) -> None:
    path, labels = f"/apis/apps/v1/namespaces/{namespace}/deployments", {"a": "b"}
    inner = pod(container(resources={"limits": {"memory": "128m"}}), terminationGracePeriodSeconds=-1)
    template = {**inner, "metadata": {"labels": labels, "annotations": {OLD_ARMOR: "runtime/default"}}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    assert await warned(client, path, {"metadata": {"name": "a"}, "spec": spec}) == [
        f"spec.template.metadata.annotations[{OLD_ARMOR}]: {ARMOR}",
        fraction("spec.template.spec.containers[0].resources.limits[memory]"),
        "spec.template.spec.terminationGracePeriodSeconds: "
        "must be >= 0; negative values are invalid and will be treated as 1",
    ]


async def test_changes_of_pods_are_not_warned_of(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    body = variables(("X", "a"), ("X", "b"))
    assert (await ask_warned(client, "POST", path, body))[1] == [hides(1)]
    changed = {"spec": {"activeDeadlineSeconds": 9}}
    answer, told = await ask_warned(client, "PATCH", f"{path}/a", changed, MERGE)
    assert (answer.code, told) == (200, [])


NONE: Part = {"clusterIP": "None"}
PORTS: Part = {"ports": [{"port": 80}]}
NAME: Part = {"type": "ExternalName", "externalName": "a.b"}
BALANCED: Part = {**PORTS, "type": "LoadBalancer", "loadBalancerClass": "example.com/none"}
CANONICAL = "should be in RFC 5952 canonical format"
NON_STANDARD = "will be considered invalid in a future Kubernetes release"


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({**NONE, **PORTS}, []),
        (
            {**NONE, **PORTS, "externalIPs": ["10.0.0.1"], "loadBalancerIP": "10.0.0.1", "sessionAffinity": "ClientIP"},
            [
                "spec.loadBalancerIP is ignored for headless services",
                "spec.externalIPs is ignored for headless services",
                "spec.SessionAffinity is ignored for headless services",
            ],
        ),
        (
            {**NAME, "externalIPs": ["10.0.0.01"]},
            [
                f'spec.externalIPs[0]: non-standard IP address "10.0.0.01" {NON_STANDARD}: use "10.0.0.1"',
                'spec.externalIPs is ignored when spec.type is "ExternalName"',
            ],
        ),
        (
            {**BALANCED, "loadBalancerIP": "::ffff:10.0.0.1"},
            [f'spec.loadBalancerIP: non-standard IP address "::ffff:10.0.0.1" {NON_STANDARD}: use "10.0.0.1"'],
        ),
        (
            {**BALANCED, "loadBalancerSourceRanges": ["10.1.0.0/8", "10.0.0.0/08", "FD00::/64", " 10.1.0.0/8"]},
            [
                'spec.loadBalancerSourceRanges[0]: CIDR value "10.1.0.0/8" is ambiguous in this context '
                '(should be "10.0.0.0/8" or "10.1.0.0/32"?)',
                f'spec.loadBalancerSourceRanges[1]: non-standard CIDR value "10.0.0.0/08" {NON_STANDARD}: '
                'use "10.0.0.0/8"',
                f'spec.loadBalancerSourceRanges[2]: IPv6 CIDR value "FD00::/64" {CANONICAL} ("fd00::/64")',
            ],
        ),
        (
            {**PORTS, "externalName": "a.b"},
            ['spec.externalName is ignored when spec.type is not "ExternalName"'],
        ),
    ],
)
async def test_warnings_of_services(client: BaseClient, namespace: str, spec: Part, told: list[str]) -> None:
    path = f"/api/v1/namespaces/{namespace}/services"
    assert await warned(client, path, {"metadata": {"name": "a"}, "spec": spec}) == told


async def test_warnings_of_what_has_another_name(client: BaseClient, namespace: str) -> None:
    hints, old = "service.kubernetes.io/topology-aware-hints", "volume.beta.kubernetes.io/storage-class"
    body = {"metadata": {"name": "a", "annotations": {hints: "Auto"}}, "spec": PORTS}
    why = "is deprecated, please use service.kubernetes.io/topology-mode instead"
    assert await warned(client, f"/api/v1/namespaces/{namespace}/services", body) == [f"annotation {hints} {why}"]
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1500m"}}}
    body = {"metadata": {"name": "a", "annotations": {old: "none"}}, "spec": spec}
    assert await warned(client, f"/api/v1/namespaces/{namespace}/persistentvolumeclaims", body) == [
        f'metadata.annotations[{old}]: deprecated since v1.8; use "storageClassName" attribute instead',
        fraction("spec.resources.requests[storage]", "1500m"),
    ]


async def test_warnings_of_network_policies(client: BaseClient, namespace: str) -> None:
    block = {"cidr": "10.0.0.0/8", "except": ["10.1.1.0/16"]}
    body: Part = {"metadata": {"name": "a"}, "spec": {"podSelector": {}, "egress": [{"to": [{"ipBlock": block}]}]}}
    assert await warned(client, f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies", body) == [
        'spec.egress[0].to[0].ipBlock.except[0]: CIDR value "10.1.1.0/16" is ambiguous in this context '
        '(should be "10.1.0.0/16" or "10.1.1.0/32"?)'
    ]


async def test_addresses_in_the_status_of_a_pod(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    await ask_warned(client, "POST", path, pod())
    status = {"podIPs": [{"ip": "010.0.0.01"}], "hostIP": "10.0.0.2", "hostIPs": [{"ip": "10.0.0.2"}]}
    answer, warned = await ask_warned(client, "PATCH", f"{path}/a/status", {"status": status}, MERGE)
    what = 'non-standard IP address "010.0.0.01" will be considered invalid in a future Kubernetes release'
    assert (answer.code, warned) == (200, [f'status.podIPs[0].ip: {what}: use "10.0.0.1"'])


async def test_old_sorts_of_volumes(client: BaseClient, namespace: str) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "persistentVolumeReclaimPolicy": "Retain"}
    body = {"metadata": {"name": namespace}, "spec": {**spec, "storageos": {"volumeName": "a"}}}
    _, warned = await ask_warned(client, "POST", "/api/v1/persistentvolumes", body, dryRun="All")
    assert warned == ["spec.storageOS: deprecated in v1.22, non-functional in v1.25+"]
