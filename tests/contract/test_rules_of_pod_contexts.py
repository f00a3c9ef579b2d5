"""What servers refuse in pods that use claims of devices, set parameters of the kernel, or tell Windows something."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, causes
from tests.contract.test_pod_spec_rules import container, create, in_context, pod, windows

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

SOURCES = "`resourceClaimName`, `resourceClaimTemplateName`"
USES = "containers[0].resources.claims"
UNKNOWN = "must be one of the names in pod.spec.resourceClaims"
NO_ESCALATION = "cannot set `allowPrivilegeEscalation` to false and"
LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
NOT_OF_USERS = r"""runAsUserName's User cannot contain the following characters: "/\:;|=,+*?<>@[]"""
WINDOWS_OF_POD, WINDOWS_OF_CONTAINER = (f"{each}securityContext.windowsOptions" for each in ("", "containers[0]."))


def claim(name: str = "a", **more: str) -> Part:
    return {"name": name, **(more or {"resourceClaimName": "b"})}


def using(*uses: Part) -> Part:
    return container(resources={"claims": list(uses)})


async def refused(client: BaseClient, namespace: str, body: Part) -> list[str]:
    """Say what is wrong with a pod, from its spec on."""
    return [each.removeprefix("spec.") for each in causes(await create(client, namespace, body, dryRun="All"))]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ([claim(), claim("b", resourceClaimTemplateName="b")], []),
        ([claim(), claim()], ['resourceClaims[1].name: Duplicate value: "a"']),
        ([claim("A")], [f'resourceClaims[0].name: Invalid value: "A": {LABEL}']),
        ([claim("")], ["resourceClaims[0].name: Required value"]),
        (
            [claim(resourceClaimName="A", resourceClaimTemplateName="b")],
            [
                'resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":"A","ResourceClaimTemplateName":"b"}'
                ": at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
                f'resourceClaims[0].resourceClaimName: Invalid value: "A": {SUBDOMAIN}',
            ],
        ),
        (
            [{"name": "a"}],
            [
                'resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":null,"ResourceClaimTemplateName":'
                f"null}}: must specify one of: {SOURCES}"
            ],
        ),
    ],
)
async def test_claims_of_pods(client: BaseClient, namespace: str, claims: list[Part], expected: list[str]) -> None:
    assert await refused(client, namespace, pod(resourceClaims=claims)) == expected


@pytest.mark.parametrize(
    ("uses", "claims", "expected"),
    [
        ([{"name": "a"}, {"name": "b", "request": "c"}, {"name": "b", "request": "d"}], "ab", []),
        ([{"name": "a"}], "", [f'{USES}[0]: Not found: "a": {UNKNOWN} which is empty']),
        ([{"name": "a"}], "cb", [f'{USES}[0]: Not found: "a": {UNKNOWN}: b, c']),
        ([{"name": ""}], "a", [f"{USES}[0]: Required value"]),
        ([{"name": "a"}, {"name": "a", "request": "B"}], "a", [f'{USES}[1]: Duplicate value: "a"']),
        (
            [{"name": "a", "request": "b"}, {"name": "a", "request": "b"}],
            "a",
            [f'{USES}[1]: Duplicate value: "a/b"'],
        ),
        (
            [{"name": "a", "request": "b"}, {"name": "a", "request": "c"}, {"name": "a"}],
            "a",
            [f'{USES}[2]: Duplicate value: "a"'] * 2,
        ),
        ([{"name": "a", "request": "B"}], "a", [f'{USES}[0].request: Invalid value: "B": {LABEL}']),
    ],
)
async def test_uses_of_claims(
    client: BaseClient, namespace: str, uses: list[Part], claims: str, expected: list[str]
) -> None:
    body = pod(using(*uses), resourceClaims=[claim(each) for each in claims])
    assert await refused(client, namespace, body) == expected


async def test_uses_of_claims_elsewhere(client: BaseClient, namespace: str) -> None:
    whole = {"claims": [{"name": "a"}]}
    unknown = f'claims[0]: Not found: "a": {UNKNOWN} which is empty'
    assert await refused(
        client, namespace, pod(initContainers=[using({"name": "a"}) | {"name": "b"}], resources=whole)
    ) == [
        f"initContainers[0].resources.{unknown}",
        "resources.claims: Forbidden: claims may not be set for Resources at pod-level",
        f"resources.{unknown}",
    ]
    await create(client, namespace, pod())
    debug = {"spec": {"ephemeralContainers": [using({"name": "a"}) | {"name": "b"}]}}
    path = f"/api/v1/namespaces/{namespace}/pods/a/ephemeralcontainers"
    assert causes(await ask(client, "PATCH", path, debug, MERGE, dryRun="All")) == [
        f"spec.ephemeralContainers[0].resources.{unknown}",
        "spec.ephemeralContainers[0].resources: Forbidden: cannot be set for an Ephemeral Container",
    ]


@pytest.mark.parametrize(
    ("names", "shared", "wrong"),
    [
        (["net.a", "kernel.sem", "fs.mqueue.a"], "", []),
        (["net.a", "net/ipv4/a.b", "nets.a", "a.net.b", "kernel.sem"], "hostNetwork", [0, 1]),
        (["kernel.sem", "kernel/shmall", "fs.mqueue.a", "kernel.shm_a", "fs.a", "net.a"], "hostIPC", [0, 1, 2]),
    ],
)
async def test_parameters_of_the_kernel(
    client: BaseClient, namespace: str, names: list[str], shared: str, wrong: list[int]
) -> None:
    context = {"sysctls": [{"name": each, "value": "1"} for each in names]}
    body = pod(securityContext=context)
    body["spec"] |= {shared: True} if shared else {}
    assert await refused(client, namespace, body) == [
        f'securityContext.sysctls[{index}].name: Invalid value: "{names[index]}": '
        f"may not be specified when '{shared}' is true"
        for index in wrong
    ]


def shown_context(**given: str) -> str:
    members = (
        "Capabilities", "Privileged", "SELinuxOptions", "WindowsOptions", "RunAsUser", "RunAsGroup", "RunAsNonRoot",
        "ReadOnlyRootFilesystem", "AllowPrivilegeEscalation", "ProcMount", "SeccompProfile", "AppArmorProfile",
    )  # fmt: skip
    shown = ",".join(f'"{each}":{given.get(each, "null")}' for each in members)
    return f"{{{shown}}}"


@pytest.mark.parametrize(
    ("context", "shown", "problems"),
    [
        ({"capabilities": {"add": ["SYS_ADMIN"]}}, {}, []),
        (
            {"capabilities": {"add": ["CAP_SYS_ADMIN"]}},
            {"Capabilities": '{"Add":["CAP_SYS_ADMIN"],"Drop":null}'},
            ["`capabilities.Add` CAP_SYS_ADMIN"],
        ),
        (
            {
                "capabilities": {"add": ["CAP_SYS_ADMIN"], "drop": ["A", "B"]},
                "privileged": True,
                "seLinuxOptions": {"level": "a"},
                "windowsOptions": {"hostProcess": False},
                "seccompProfile": {"type": "Unconfined"},
                "appArmorProfile": {"type": "Localhost", "localhostProfile": "a"},
                "runAsUser": 1,
            },
            {
                "Capabilities": '{"Add":["CAP_SYS_ADMIN"],"Drop":["A","B"]}',
                "Privileged": "true",
                "SELinuxOptions": '{"User":"","Role":"","Type":"","Level":"a"}',
                "WindowsOptions": '{"GMSACredentialSpecName":null,"GMSACredentialSpec":null,"RunAsUserName":null,'
                '"HostProcess":false}',
                "SeccompProfile": '{"Type":"Unconfined","LocalhostProfile":null}',
                "AppArmorProfile": '{"Type":"Localhost","LocalhostProfile":"a"}',
                "RunAsUser": "1",
            },
            ["`privileged` to true", "`capabilities.Add` CAP_SYS_ADMIN"],
        ),
    ],
)
async def test_escalation(
    client: BaseClient, namespace: str, context: Part, shown: dict[str, str], problems: list[str]
) -> None:
    body = pod(in_context(allowPrivilegeEscalation=False, **context))
    value = shown_context(AllowPrivilegeEscalation="false", **shown)
    first = f"containers[0].securityContext: Invalid value: {value}: {NO_ESCALATION}"
    assert await refused(client, namespace, body) == [f"{first} {each}" for each in problems]


@pytest.mark.parametrize(
    ("name", "value", "problems"),
    [
        ("gmsaCredentialSpecName", "a.b", []),
        ("gmsaCredentialSpecName", "A", [SUBDOMAIN]),
        ("gmsaCredentialSpec", "a" * 64 * 1024, []),
        ("gmsaCredentialSpec", "", ["gmsaCredentialSpec cannot be an empty string"]),
        ("gmsaCredentialSpec", "a" * (64 * 1024 + 1), ["gmsaCredentialSpec size must be under 64 KiB"]),
        ("runAsUserName", "Container User", []),
        ("runAsUserName", "NT AUTHORITY\\system", []),
        ("runAsUserName", "a_.b\\c", []),
        ("runAsUserName", "", ["runAsUserName cannot be an empty string"]),
        ("runAsUserName", "a\tb\\", ["runAsUserName cannot contain control characters"]),
        ("runAsUserName", "a\\b\\c", ["runAsUserName cannot contain more than one backslash"]),
        (
            "runAsUserName",
            "?" * 256 + "\\",
            [
                "runAsUserName's Domain length must be under 256 characters",
                "runAsUserName's Domain doesn't match the NetBios nor the DNS format",
                "runAsUserName's User cannot be empty",
            ],
        ),
        ("runAsUserName", "\\a", ["runAsUserName's Domain doesn't match the NetBios nor the DNS format"]),
        ("runAsUserName", "a" * 105, ["runAsUserName's User length must not be longer than 104 characters"]),
        ("runAsUserName", ". .", ["runAsUserName's User cannot contain only periods or spaces"]),
        (
            "runAsUserName",
            "a@b",
            [r"""runAsUserName's User cannot contain the following characters: "/\:;|=,+*?<>@[]"""],
        ),
    ],
)
async def test_windows_options(client: BaseClient, namespace: str, name: str, value: str, problems: list[str]) -> None:
    whole, own = windows(**{name: value}), {**container(), **windows(**{name: value})}
    shown = json.dumps(value)
    assert await refused(client, namespace, pod(own, **whole)) == [
        f"{place}.{name}: Invalid value: {shown}: {why}"
        for place in (WINDOWS_OF_CONTAINER, WINDOWS_OF_POD)
        for why in problems
    ]


async def test_windows_options_in_templates(client: BaseClient, namespace: str) -> None:
    spec = {"containers": [container()], **windows(runAsUserName="a<b")}
    path = f"/api/v1/namespaces/{namespace}/podtemplates"
    answer = await ask(client, "POST", path, {"metadata": {"name": "a"}, "template": {"spec": spec}}, dryRun="All")
    shown = r'"a\u003cb"'  # as pointers to texts are
    assert causes(answer) == [f"template.spec.{WINDOWS_OF_POD}.runAsUserName: Invalid value: {shown}: {NOT_OF_USERS}"]
