"""Random policies on the server in memory and on a real one: who may do what, and who may give it to others."""

from __future__ import annotations

import json
import uuid
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio import run
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from kubex.client._tls import tls_context
from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from kubex.testing import ApiServer

Object = dict[str, Any]

RBAC = "/apis/rbac.authorization.k8s.io/v1"
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
GROUP = "rbac.authorization.k8s.io"
NAMES = ("a", "b")
ACCOUNT = "account"


@pytest.fixture(autouse=True)
def leave_nothing_open() -> None:
    """These tests share their connections."""


def some(values: list[str], *, least: int = 1) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=3, unique=True)


def resource_rules() -> st.SearchStrategy[Object]:
    return st.fixed_dictionaries(
        {
            "apiGroups": some(["", "apps", "*"]),
            "resources": some(["pods", "pods/log", "*/scale", "deployments", "deployments/scale", "*"]),
            "verbs": some(["get", "list", "create", "*"]),
        },
        optional={"resourceNames": some(list(NAMES))},
    )


def path_rules() -> st.SearchStrategy[Object]:
    return st.fixed_dictionaries(
        {"nonResourceURLs": some(["/x", "/x/*", "/x*", "*"]), "verbs": some(["get", "post", "*"])}
    )


def subjects() -> st.SearchStrategy[Object]:
    people = [{"kind": kind, "name": name} for kind in ("User", "Group") for name in NAMES]
    accounts: list[Object] = [{"kind": "ServiceAccount", "name": ACCOUNT}]
    return st.sampled_from([*people, *accounts])


@st.composite
def policies(draw: st.DrawFn) -> list[tuple[str, list[Object], list[Object], bool]]:
    """Roles: their kind, their rules, to whom they are bound, and whether in the whole cluster."""
    policy: list[tuple[str, list[Object], list[Object], bool]] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["Role", "ClusterRole"]))
        rules = st.one_of(resource_rules(), path_rules()) if kind == "ClusterRole" else resource_rules()
        everywhere = kind == "ClusterRole" and draw(st.booleans())
        bound = draw(st.lists(subjects(), min_size=1, max_size=2, unique_by=json.dumps))
        policy.append((kind, draw(st.lists(rules, min_size=1, max_size=2)), bound, everywhere))
    return policy


def questions() -> st.SearchStrategy[Object]:
    resources = st.fixed_dictionaries(
        {
            "verb": st.sampled_from(["get", "list", "create", "delete"]),
            "group": st.sampled_from(["", "apps"]),
            "resource": st.sampled_from(["pods", "deployments"]),
        },
        optional={
            "subresource": st.sampled_from(["log", "scale"]),
            "name": st.sampled_from([*NAMES, "c"]),
            "namespace": st.sampled_from(["HERE", "default"]),
        },
    )
    paths = st.fixed_dictionaries(
        {"verb": st.sampled_from(["get", "post"]), "path": st.sampled_from(["/x", "/x/y", "/xy", "/", "/healthz"])}
    )
    who = st.fixed_dictionaries(
        {"user": st.sampled_from([*NAMES, "ACCOUNT", "nobody"])}, optional={"groups": some(list(NAMES), least=0)}
    )
    asked: st.SearchStrategy[Object] = st.one_of(
        st.fixed_dictionaries({"resourceAttributes": resources}),
        st.fixed_dictionaries({"nonResourceAttributes": paths}),
    )
    return st.builds(_joined, who, asked)


def _joined(person: Object, asked: Object) -> Object:
    return {**person, **asked}


class Policy:
    """One policy on one server, in names that no other one has."""

    def __init__(self, client: httpx.Client, mark: str) -> None:
        self._client = client
        self._mark = mark
        self._made: list[str] = []

    def send(self, method: str, path: str, body: Any = None, headers: Any = None) -> Any:
        response = self._client.request(method, path, json=body, headers=headers)
        return {**response.json(), "code": response.status_code}

    def make(self, path: str, body: Object) -> None:
        answer = self.send("POST", path, body)
        assert answer["code"] == 201, answer
        if path.rpartition("/")[0] in ("/api/v1", RBAC):
            self._made.append(f"{path}/{body['metadata']['name']}")

    def begin(self, policy: list[tuple[str, list[Object], list[Object], bool]]) -> None:
        """Write it, and wait until the server goes by it."""
        self.make("/api/v1/namespaces", {"metadata": {"name": self._mark}})
        seen = {"apiGroups": ["example.com"], "resources": ["marks"], "verbs": ["get"]}
        # What has a kind of its own has a watch of its own: the last ones tell when all before them are known.
        marker = [{"kind": "User", "name": "marker"}]
        last = [("Role", [seen], marker, False), ("ClusterRole", [seen], marker, True)]
        for index, (kind, rules, bound, everywhere) in enumerate([*policy, *last]):
            name = f"{self._mark}-{index}"
            metadata = {"name": name}
            here = f"{RBAC}/namespaces/{self._mark}"
            roles = f"{here}/roles" if kind == "Role" else f"{RBAC}/clusterroles"
            self.make(roles, {"metadata": metadata, "rules": rules})
            reference = {"apiGroup": GROUP, "kind": kind, "name": name}
            body = {"metadata": metadata, "roleRef": reference, "subjects": [self._named(each) for each in bound]}
            self.make(f"{RBAC}/clusterrolebindings" if everywhere else f"{here}/rolebindings", body)
        marks: Object = {"verb": "get", "group": "example.com", "resource": "marks"}
        for namespace in (self._mark, ""):
            asked = {"user": "marker", "resourceAttributes": {**marks, "namespace": namespace}}
            assert any(self.allows(asked) for _ in range(2000)), "the policy does not come to the server"

    def allows(self, asked: Object) -> bool:
        spec = json.loads(json.dumps(asked).replace("HERE", self._mark))
        user = spec["user"]
        spec["user"] = f"system:serviceaccount:{self._mark}:{ACCOUNT}" if user == "ACCOUNT" else self._name(user)
        spec["groups"] = [self._name(each) for each in spec.get("groups", [])] or ["nobodies"]
        allowed: bool = self.send("POST", REVIEWS, {"spec": spec})["status"]["allowed"]
        return allowed

    def grant(self, user: str, groups: list[str], rules: list[Object]) -> tuple[int, str]:
        """Have a user create a role with these rules; gives the code and what the server says."""
        path = f"{RBAC}/namespaces/{self._mark}/roles"
        headers = [("Impersonate-User", self._name(user))]
        headers += [("Impersonate-Group", self._name(group)) for group in groups]
        answer = self.send("POST", path, {"metadata": {"name": "granted"}, "rules": rules}, headers)
        if answer["code"] == 201:
            self.send("DELETE", f"{path}/granted")
        return answer["code"], str(answer.get("message", ""))

    def end(self) -> None:
        """Delete what belongs to no namespace, and the namespace."""
        for path in reversed(self._made):
            self.send("DELETE", path)

    def _name(self, name: str) -> str:
        return f"{self._mark}-{name}"

    def _named(self, subject: Object) -> Object:
        if subject["kind"] == "ServiceAccount":
            return {**subject, "namespace": self._mark}
        return {**subject, "apiGroup": GROUP, "name": self._name(subject["name"])}


@pytest.fixture(scope="module")
def servers(kubeconfig: Path) -> Generator[tuple[httpx.Client, httpx.Client]]:
    async def configured() -> ClientConfiguration:
        return await configure_from_kubeconfig(path=kubeconfig)

    real = run(configured)
    with ApiServer(tls=False, authorization="RBAC") as server:
        context = tls_context(real)
        verify = True if context is None else context
        bearer = {"Authorization": f"Bearer {server.configuration.token}"}
        own = {"Authorization": f"Bearer {real.token}"} if real.token else {}
        with (
            httpx.Client(base_url=real.base_url, verify=verify, headers=own, timeout=30, trust_env=False) as first,
            httpx.Client(base_url=server.url, headers=bearer, timeout=30, trust_env=False) as second,
        ):
            yield first, second


# Not made shorter when it fails: each attempt is dozens of requests to both servers.
@settings(phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    policy=policies(),
    asked=st.lists(questions(), min_size=5, max_size=10),
    granted=st.lists(resource_rules(), min_size=1, max_size=2),
)
def test_random_policies_allow_the_same(
    servers: tuple[httpx.Client, httpx.Client],
    policy: list[tuple[str, list[Object], list[Object], bool]],
    asked: list[Object],
    granted: list[Object],
) -> None:
    mark = f"kubex-{uuid.uuid4().hex[:12]}"
    writer: Object = {"apiGroups": [GROUP], "resources": ["roles"], "verbs": ["create"]}
    everyone = [{"kind": "User", "name": "a"}, {"kind": "User", "name": "b"}]
    real, mine = (Policy(client, mark) for client in servers)
    try:
        for each in (real, mine):
            each.begin([*policy, ("Role", [writer], everyone, False)])
        for question in asked:
            allowed = real.allows(question)
            event(f"allowed: {allowed}")
            assert mine.allows(question) is allowed, question
        for user in NAMES:
            expected = real.grant(user, ["b"], granted)
            event(f"granted: {expected[0]}")
            assert mine.grant(user, ["b"], granted) == expected
    finally:
        real.end()
        mine.end()


def test_the_default_policy_is_the_same(servers: tuple[httpx.Client, httpx.Client]) -> None:
    first, second = servers
    for place in ("clusterroles", "clusterrolebindings", "roles", "rolebindings"):
        found = [
            {
                (item["metadata"].get("namespace"), item["metadata"]["name"]): (
                    item.get("rules"),
                    item.get("subjects"),
                    item.get("roleRef"),
                    item.get("aggregationRule"),
                    item["metadata"].get("labels"),
                    item["metadata"].get("annotations"),
                )
                for item in client.get(f"{RBAC}/{place}").json()["items"]
                if "kubernetes.io/bootstrapping" in item["metadata"].get("labels", {})
            }
            for client in (first, second)
        ]
        assert found[0] == found[1], place
