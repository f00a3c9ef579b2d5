"""What servers refuse in pods that share their node's users, its name or its system, and in their own resources."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, Answer, ask, ask_warned, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

OWN_USERS = "Forbidden: when `hostUsers` is false"
WINDOWS = "Forbidden: cannot be set for a windows pod"
NO_WINDOWS = "Forbidden: windows options cannot be set for a linux pod"
SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_OF = "container.seccomp.security.alpha.kubernetes.io/"
APP_ARMOR_OF = "container.apparmor.security.beta.kubernetes.io/"
MIRROR = "kubernetes.io/config.mirror"
TYPES = "securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match"
ONLY_LOCAL = "can only be set when seccomp type is Localhost"
NEEDS_NETWORK = "hostNetwork must be true if pod contains any hostProcess containers"
MISMATCH = "pod hostProcess value must be identical if both are specified, was true"
LINUX_ONLY: Part = {
    "securityContext": {
        "appArmorProfile": {"type": "Unconfined"},
        "seLinuxOptions": {"level": "a"},
        "seccompProfile": {"type": "Unconfined"},
        "fsGroup": 1,
        "fsGroupChangePolicy": "Always",
        "sysctls": [{"name": "a", "value": "b"}],
        "runAsUser": 1,
        "runAsGroup": 1,
        "supplementalGroups": [1],
        "supplementalGroupsPolicy": "Merge",
        "seLinuxChangePolicy": "Recursive",
    },
    "hostUsers": True,
    "hostPID": True,
    "hostIPC": True,
    "shareProcessNamespace": False,
}
LINUX_ONLY_OF_CONTAINERS: Part = {
    "appArmorProfile": {"type": "Unconfined"},
    "seLinuxOptions": {"level": "a"},
    "seccompProfile": {"type": "Unconfined"},
    "capabilities": {"add": ["a"]},
    "readOnlyRootFilesystem": False,
    "privileged": False,
    "allowPrivilegeEscalation": True,
    "procMount": "Default",
    "runAsUser": 1,
    "runAsGroup": 1,
}


def container(name: str = "a", **more: Any) -> Part:
    return {"name": name, "image": "example.com/none:1", **more}


def in_context(**context: Any) -> Part:
    return container(securityContext=context)


def windows(**options: Any) -> Part:
    return {"securityContext": {"windowsOptions": options}}


def limited(name: str = "a", **limits: str) -> Part:
    return container(name, resources={"limits": {key.replace("_", "-"): value for key, value in limits.items()}})


def pod(*containers: Part, annotations: dict[str, str] | None = None, **spec: Any) -> Part:
    spec = {"schedulerName": "nobody", "containers": list(containers) or [container()], **spec}
    return {"metadata": {"name": "a", "annotations": annotations or {}}, "spec": spec}


async def create(client: BaseClient, namespace: str, body: Part, **query: str) -> Answer:
    return (await ask_warned(client, "POST", f"/api/v1/namespaces/{namespace}/pods", body, **query))[0]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (pod(hostUsers=False, hostPID=True), [f"HostPID: {OWN_USERS}"]),
        (
            pod(hostUsers=False, hostNetwork=True, hostIPC=True),
            [f"hostNetwork: {OWN_USERS}", f"HostIPC: {OWN_USERS}"],
        ),
        (pod(hostUsers=True, hostPID=True), []),
        (
            pod(
                container(volumeDevices=[{"name": "v", "devicePath": "/v"}]),
                hostUsers=False,
                volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "v"}}],
            ),
            [f"containers[0].volumeDevices: {OWN_USERS}"],
        ),
        (
            pod(in_context(procMount="Unmasked")),
            [
                'containers[0].securityContext.procMount: Invalid value: "Unmasked": '
                "`hostUsers` must be false to use `Unmasked`"
            ],
        ),
        (pod(in_context(procMount="Unmasked"), hostUsers=False), []),
        (pod(hostnameOverride="a.b"), []),
        (
            pod(hostnameOverride="a", setHostnameAsFQDN=True, hostNetwork=True),
            [
                "hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true",
                "hostnameOverride: Forbidden: may not be specified when hostNetwork is true",
            ],
        ),
        (pod(hostnameOverride="a" * 65), ["hostnameOverride: Too long: may not be more than 64 bytes"]),
        (pod(os={}), ["os.name: Required value"]),
        (pod(os={"name": "x"}), ['os: Unsupported value: "x": supported values: "linux", "windows"']),
        (
            pod({**container(), **windows()}, os={"name": "linux"}, **windows()),
            [
                f"securityContext.windowsOptions: {NO_WINDOWS}",
                f"containers[0].securityContext.windowsOptions: {NO_WINDOWS}",
            ],
        ),
        (
            pod(os={"name": "windows"}, **LINUX_ONLY),
            [
                f"{each}: {WINDOWS}"
                for each in (
                    "securityContext.appArmorProfile",
                    "securityContext.seLinuxOptions",
                    "hostUsers",
                    "hostPID",
                    "hostIPC",
                    "securityContext.seccompProfile",
                    "securityContext.fsGroup",
                    "securityContext.fsGroupChangePolicy",
                    "securityContext.sysctls",
                    "shareProcessNamespace",
                    "securityContext.runAsUser",
                    "securityContext.runAsGroup",
                    "securityContext.supplementalGroups",
                    "securityContext.supplementalGroupsPolicy",
                    "securityContext.seLinuxChangePolicy",
                )
            ],
        ),
        (
            pod(in_context(**LINUX_ONLY_OF_CONTAINERS), os={"name": "windows"}),
            [f"containers[0].securityContext.{each}: {WINDOWS}" for each in LINUX_ONLY_OF_CONTAINERS],
        ),
        (
            pod(resources={"limits": {"cpu": "1"}}, os={"name": "windows"}),
            ["resources: Forbidden: may not be set for a windows pod"],
        ),
        (
            pod({**container(), **windows(hostProcess=False)}, hostNetwork=True, **windows(hostProcess=True)),
            [f"containers[0].securityContext.windowsOptions.hostProcess: Invalid value: false: {MISMATCH}"],
        ),
        (
            pod(container(), {**container("b"), **windows(hostProcess=True)}),
            [
                ': Invalid value: "": '
                "If pod contains any hostProcess containers then all containers must be HostProcess containers",
                f"hostNetwork: Invalid value: false: {NEEDS_NETWORK}",
            ],
        ),
        (
            pod(securityContext={"supplementalGroupsPolicy": "x", "seLinuxChangePolicy": "y"}),
            [
                'securityContext.supplementalGroupsPolicy: Unsupported value: "x": supported values: "Merge", "Strict"',
                'securityContext.seLinuxChangePolicy: Unsupported value: "y": supported values: "Recursive"',
            ],
        ),
        (
            pod(securityContext={"seccompProfile": {"localhostProfile": "p"}}),
            [
                "securityContext.seccompProfile.type: Required value: type is required when seccompProfile is set",
                "securityContext.seccompProfile.localhostProfile: "
                f'Invalid value: {{"Type":"","LocalhostProfile":"p"}}: {ONLY_LOCAL}',
            ],
        ),
        (
            pod(in_context(seccompProfile={"type": "Localhost", "localhostProfile": "/p/.."})),
            [
                f'containers[0].securityContext.seccompProfile.localhostProfile: Invalid value: "/p/..": {why}'
                for why in ("must be a relative path", "must not contain '..'")
            ],
        ),
    ],
)
async def test_specs_of_pods(client: BaseClient, namespace: str, body: Part, refused: list[str]) -> None:
    found = causes(await create(client, namespace, body, dryRun="All"))
    assert found == [f"spec{'' if each.startswith(':') else '.'}{each}" for each in refused]


async def test_the_order_of_causes(client: BaseClient, namespace: str) -> None:
    body = pod(
        limited(foo="1"),
        resources={"requests": {"bar": "1"}},
        os={"name": "x"},
        hostUsers=False,
        hostPID=True,
        hostnameOverride="X",
        serviceAccountName="default",
        hostname="X",
        activeDeadlineSeconds=-1,
        restartPolicy="x",
    )
    places = list(
        dict.fromkeys(each.partition(": ")[0] for each in causes(await create(client, namespace, body, dryRun="All")))
    )
    assert places == [
        "spec.containers[0].resources.limits[foo]",
        "spec.containers[0].resources.requests[foo]",
        "spec.resources.requests[bar]",
        "spec.restartPolicy",
        "spec.HostPID",
        "spec.hostnameOverride",
        "spec.activeDeadlineSeconds",
        "spec.hostname",
        "spec.os",
    ]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (
            pod(
                annotations={SECCOMP: "runtime/default", f"{SECCOMP_OF}a": "localhost/p"},
                securityContext={"seccompProfile": {"type": "Unconfined"}},
            ),
            [f"spec.{TYPES}"],
        ),
        (
            pod(
                in_context(seccompProfile={"type": "Localhost", "localhostProfile": "q"}),
                annotations={f"{SECCOMP_OF}a": "localhost/p"},
            ),
            [
                "spec.containers[0].securityContext.seccompProfile.localhostProfile: Forbidden: "
                "seccomp profile in annotation and field must match"
            ],
        ),
        (
            pod(
                in_context(seccompProfile={"type": "RuntimeDefault"}),
                annotations={f"{SECCOMP_OF}a": "docker/default"},
                securityContext={"seccompProfile": {"type": "RuntimeDefault"}},
            ),
            [],
        ),
    ],
)
async def test_seccomp_annotations_beside_fields(
    client: BaseClient, namespace: str, body: Part, refused: list[str]
) -> None:
    assert causes(await create(client, namespace, body, dryRun="All")) == refused
    template = {**body, "metadata": {**body["metadata"], "labels": {"a": "b"}}}
    whole = {"metadata": {"name": "a"}, "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    answer, _ = await ask_warned(client, "POST", path, whole, dryRun="All")
    assert causes(answer) == [f"spec.template.{each}" for each in refused]


async def test_annotations_that_stay(client: BaseClient, namespace: str) -> None:
    key = f"{APP_ARMOR_OF}a"
    body = pod(annotations={key: "unconfined", "a": "b"})
    assert (await create(client, namespace, body)).code == 201
    path = f"/api/v1/namespaces/{namespace}/pods/a"

    async def changed(annotations: Part, part: str = "") -> list[str]:
        patch = {"metadata": {"annotations": annotations}}
        return causes((await ask_warned(client, "PATCH", f"{path}{part}", patch, MERGE, dryRun="All"))[0])

    kept = "may not remove or update AppArmor annotations"
    for part in ("", "/status"):
        assert await changed({"a": "c"}, part) == []
        assert await changed({key: None}, part) == [f"metadata.annotations[{key}]: Forbidden: {kept}"]
        assert await changed({key: "runtime/default"}, part) == [f"metadata.annotations[{key}]: Forbidden: {kept}"]
    other = f"metadata.annotations[{APP_ARMOR_OF}b]"
    none, added = f'{other}: Invalid value: "b": container not found', "may not add AppArmor annotations"
    one = {f"{APP_ARMOR_OF}b": "unconfined"}
    assert await changed(one) == [none, f"{other}: Forbidden: {added}", none]
    assert await changed(one, "/status") == [f"{other}: Forbidden: {added}", none]
    mirror = f"metadata.annotations[{MIRROR}]"
    unset = f'{mirror}: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set'
    forbidden = f"{mirror}: Forbidden: may not add mirror pod annotation"
    assert await changed({MIRROR: "x"}) == [unset, forbidden, unset]


async def test_what_pods_with_resources_of_their_own_and_for_windows_refuse(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    whole = "resize of pods with pod-level resources is forbidden when InPlacePodLevelResourcesVerticalScalingEnabled"
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("w", {"os": {"name": "windows"}}, "windows pods cannot be resized"),
        ("r", {"resources": {"requests": {"cpu": "1"}}}, f"{whole} feature gate is disabled"),
    ]
    for name, more, why in cases:
        body = pod(container(resources={"requests": {"cpu": "100m"}}), **more)
        body["metadata"]["name"] = name
        assert (await create(client, namespace, body)).code == 201
        changed = {"spec": {"containers": [container(resources={"requests": {"cpu": "200m"}})]}}
        answer = await ask(client, "PATCH", f"{path}/{name}/resize", changed, MERGE, dryRun="All")
        assert causes(answer) == [f"[]: Forbidden: {why}"]


async def test_ephemeral_containers_in_templates_and_new_pods(client: BaseClient, namespace: str) -> None:
    temporary = {"name": "b", "image": "example.com/none:1"}
    body = pod(ephemeralContainers=[temporary])
    why = "spec.ephemeralContainers: Forbidden: cannot be set on create"
    assert causes(await create(client, namespace, body, dryRun="All")) == [why]
    template = {"metadata": {"name": "a"}, "template": body}
    answer = await ask(client, "POST", f"/api/v1/namespaces/{namespace}/podtemplates", template, dryRun="All")
    why = "template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template"
    assert causes(answer) == [why]


async def test_pods_that_mirror_those_of_a_node(client: BaseClient, namespace: str) -> None:
    body = pod(container(), annotations={MIRROR: "x"}, nodeName=namespace)
    assert (await create(client, namespace, body)).code == 201
    for part, change, why in (
        ("resize", {"containers": [container()]}, "static pods cannot be resized"),
        (
            "ephemeralcontainers",
            {"ephemeralContainers": [container("b")]},
            "static pods do not support ephemeral containers",
        ),
    ):
        path = f"/api/v1/namespaces/{namespace}/pods/a/{part}"
        answer = await ask(client, "PATCH", path, {"spec": change}, MERGE, dryRun="All")
        assert causes(answer) == [f"[]: Forbidden: {why}"]
