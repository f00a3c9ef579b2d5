"""Who may write admission policies and bindings with params: who may read those."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.cluster import Transport
from tests.contract.answers import MERGE, ask, causes
from tests.contract.test_admission_policies import BINDINGS, POLICIES
from tests.contract.users import RBAC, Users, until

pytestmark = pytest.mark.anyio

MAPS = {"apiVersion": "v1", "kind": "ConfigMap"}
UNKNOWN = {"apiVersion": "unheard.example.com/v1", "kind": "Thing"}
WRITE = {
    "apiGroups": ["admissionregistration.k8s.io"],
    "resources": ["validatingadmissionpolicies", "validatingadmissionpolicybindings"],
    "verbs": ["create", "patch"],
}
READ_MAPS = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}


@pytest.fixture(scope="module")
def kubeconfig(guarded_kubeconfig: Path) -> Path:
    """Of a cluster that looks at roles."""
    return guarded_kubeconfig


@pytest.fixture
def users(client: BaseClient, transport: Transport) -> Users:
    return Users(client, transport)


@pytest.fixture
async def writer(users: Users, namespace: str) -> AsyncIterator[str]:
    """Name of a user who may write policies and bindings, and of the cluster role that says so."""
    name = f"jane-{namespace}"
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name}
    subject = {"kind": "User", "name": name, "apiGroup": "rbac.authorization.k8s.io"}
    try:
        await users.make(f"{RBAC}/clusterroles", {"metadata": {"name": name}, "rules": [WRITE]})
        bound = {"metadata": {"name": name}, "roleRef": reference, "subjects": [subject]}
        await users.make(f"{RBAC}/clusterrolebindings", bound)
        yield name
    finally:
        for path in (POLICIES, BINDINGS, f"{RBAC}/clusterrolebindings", f"{RBAC}/clusterroles"):
            await ask(users.administrator, "DELETE", f"{path}/{name}")


def policy(name: str, kind: dict[str, str] | None) -> dict[str, Any]:
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
    spec = {"matchConstraints": {"resourceRules": [rule]}, "validations": [{"expression": "true"}]}
    return {"metadata": {"name": name}, "spec": spec if kind is None else {**spec, "paramKind": kind}}


def binding(name: str, policy_name: str, /, **reference: Any) -> dict[str, Any]:
    found = {"parameterNotFoundAction": "Allow", **reference}
    spec = {"policyName": policy_name, "validationActions": ["Deny"], "paramRef": found}
    return {"metadata": {"name": name}, "spec": spec}


async def test_policies_take_the_right_to_read_params(users: Users, writer: str) -> None:
    who = f"user &{{{writer}  [dev system:authenticated] map[scopes:[a b]]}}"
    must = f'spec.paramKind: Forbidden: {who} must have "get" permission on all objects of the referenced paramKind'
    async with users.acting(writer, ["dev"], extra={"scopes": ["a", "b"]}) as jane:
        path = f"{POLICIES}?dryRun=All"
        await until(jane, 201, "POST", path, policy(writer, None))
        for kind in (MAPS, UNKNOWN):
            told = f"{must} (kind={kind['kind']}, apiVersion={kind['apiVersion']})"
            assert causes(await ask(jane, "POST", POLICIES, policy(writer, kind), dryRun="All")) == [told]
        wrong = policy(writer, MAPS)
        wrong["spec"]["validations"] = []
        assert not any("paramKind" in each for each in causes(await ask(jane, "POST", POLICIES, wrong, dryRun="All")))

        await users.make(POLICIES, policy(writer, MAPS))
        labels = {"metadata": {"labels": {"a": "b"}}}
        kept = await ask(jane, "PATCH", f"{POLICIES}/{writer}", {**labels, "spec": {"paramKind": MAPS}}, MERGE)
        assert kept.code == 200
        other = await ask(jane, "PATCH", f"{POLICIES}/{writer}", {"spec": {"paramKind": UNKNOWN}}, MERGE, dryRun="All")
        assert causes(other) == [f"{must} (kind=Thing, apiVersion=unheard.example.com/v1)"]

        await ask(users.administrator, "PATCH", f"{RBAC}/clusterroles/{writer}", {"rules": [WRITE, READ_MAPS]}, MERGE)
        await until(jane, 201, "POST", path, policy(f"{writer}-b", MAPS))


async def test_bindings_take_the_right_to_read_their_params(users: Users, namespace: str, writer: str) -> None:
    who, selector = f"user &{{{writer}  [system:authenticated] map[]}}", {"matchLabels": {"a": "b"}}
    least = f"to determine minimum required permissions and {who} does not have"
    everything = "permission for all groups, versions and resources"
    read = {**READ_MAPS, "resourceNames": ["a"]}
    named = {"name": "a", "namespace": namespace}
    await users.role(namespace, f"{writer}-a", read)
    async with users.acting(writer) as jane:

        async def told(**reference: Any) -> list[str]:
            return causes(await ask(jane, "POST", BINDINGS, binding(writer, writer, **reference), dryRun="All"))

        await until(jane, 422, "POST", f"{BINDINGS}?dryRun=All", binding(writer, writer, **named))
        missing = f"spec.paramRef: Forbidden: unable to get policy {writer} {least}"
        assert await told(**named) == [f'{missing} "get" {everything}']
        assert await told(selector=selector) == [f'{missing} "list" {everything}']

        await users.make(POLICIES, policy(writer, UNKNOWN))
        shown = "&{unheard.example.com/v1 Thing}"
        unknown = f"spec.paramRef: Forbidden: unable to resolve paramKind {shown} {least}"
        assert await told(**named) == [f'{unknown} "get" {everything}']

        without = {"spec": {"paramKind": None}}
        assert (await ask(users.administrator, "PATCH", f"{POLICIES}/{writer}", without, MERGE)).code == 200
        refused = f"spec.paramRef: Forbidden: {who} does not have"
        assert await told(**named) == [f'{refused} "get" permission on the object referenced by paramRef']

        maps = {"spec": {"paramKind": MAPS}}
        assert (await ask(users.administrator, "PATCH", f"{POLICIES}/{writer}", maps, MERGE)).code == 200
        assert await told(**named) == [f'{refused} "get" permission on the object referenced by paramRef']
        assert await told(selector=selector) == [f'{refused} "list" permission on the object referenced by paramRef']

        # Whatever is changed of it: the server holds that its params have been, too.
        await users.make(BINDINGS, binding(writer, writer, **named))
        labels = {"metadata": {"labels": {"a": "b"}}}
        changed = await ask(jane, "PATCH", f"{BINDINGS}/{writer}", labels, MERGE)
        assert causes(changed) == [f'{refused} "get" permission on the object referenced by paramRef']

        role = {"kind": "Role", "name": f"{writer}-a"}
        subject = {"kind": "User", "name": writer, "apiGroup": "rbac.authorization.k8s.io"}
        await users.bind(namespace, "reads", role, subject)
        await until(jane, 201, "POST", f"{BINDINGS}?dryRun=All", binding(f"{writer}-b", writer, **named))
        assert await told(name="b", namespace=namespace) != []
        assert await told(name="a") != [], "which may be one of any namespace"
        assert (await ask(jane, "PATCH", f"{BINDINGS}/{writer}", labels, MERGE)).code == 200
