"""Patches and their owners against the cluster: the same requests, the same objects, the same words."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import currently_in_test_context, given
from hypothesis import event as hypothesis_event
from hypothesis import strategies as st

from kubex.core._json_value import is_array, is_object
from kubex.core.merge_patch import apply_merge_patch
from kubex.testing.patching.apply import apply
from kubex.testing.patching.field_filters import custom_resource_filter, field_filter
from kubex.testing.patching.last_applied import LAST_APPLIED
from kubex.testing.patching.object_type import ObjectType
from kubex.testing.patching.rejection import Rejection
from kubex.testing.patching.strategic_merge import apply_strategic_merge
from kubex.testing.patching.tracking import times_kept, track_update
from kubex.testing.schema.custom_resource import read_structural_schema
from kubex.testing.schema.openapi_document import OpenApiDocument, load_document
from kubex.testing.schema.openapi_v2 import OpenApiSchemas
from kubex.testing.schema.served_resources import served_resources
from kubex.testing.schema.zero_values import decoded
from tests.e2e.custom_kind import CUSTOM_GROUP, CUSTOM_RESOURCE_DEFINITION, CUSTOM_SCHEMA
from tests.e2e.patched_objects import KINDS, Kind, Step, steps
from tests.e2e.real_server import Answer, RealServer, real_server
from tests.e2e.strategic_patches import strategic_patches

Object = dict[str, Any]

# What the server fills in where an applied object or a patch leaves it out, in items and objects that it makes anew.
FILLED_IN = frozenset(
    {
        "clusterIP", "clusterIPs", "defaultMode", "dnsPolicy", "imagePullPolicy", "internalTrafficPolicy", "ipFamilies",
        "ipFamilyPolicy", "progressDeadlineSeconds", "protocol", "replicas", "requests", "resources", "restartPolicy",
        "revisionHistoryLimit", "rollingUpdate", "schedulerName", "securityContext", "sessionAffinity", "strategy",
        "terminationGracePeriodSeconds", "terminationMessagePath", "terminationMessagePolicy", "type",
    }
)  # fmt: skip
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
OF_THE_SERVER = frozenset({"uid", "resourceVersion", "generation", "creationTimestamp", "namespace"})


class Cluster:
    """The server, a namespace on it, and what kubex knows of its kinds; those of a subresource as `Service/status`."""

    def __init__(
        self, server: RealServer, namespace: str, schemas: OpenApiSchemas, types: Mapping[str, ObjectType]
    ) -> None:
        self.server = server
        self.namespace = namespace
        self.schemas = schemas
        self.types = types


@pytest.fixture(autouse=True)
def leave_nothing_open() -> None:
    """These tests share one connection: what one of them leaves open is the next one's."""


@pytest.fixture(scope="module")
def cluster(kubeconfig: Path) -> Iterator[Cluster]:
    with real_server(kubeconfig) as server:
        version = server.get("/version").content
        document = load_document(f"{version['major']}.{version['minor']}")
        schemas = OpenApiSchemas(document)
        name = f"kubex-{uuid.uuid4().hex[:12]}"
        assert server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}}).succeeded
        try:
            server.request("POST", DEFINITIONS, CUSTOM_RESOURCE_DEFINITION)
            backups = f"/apis/{CUSTOM_GROUP}/v1/backups"
            served = (server.get(backups).succeeded for _ in range(2000))
            assert any(served), "the custom resource is not served"
            types = {kind.name: _type(kind, document, schemas) for kind in KINDS.values()}
            types |= {f"{kind.name}/status": _type(kind, document, schemas, "status") for kind in KINDS.values()}
            yield Cluster(server, name, schemas, types)
        finally:
            server.request("DELETE", f"{DEFINITIONS}/backups.{CUSTOM_GROUP}")
            server.request("DELETE", f"/api/v1/namespaces/{name}", {"propagationPolicy": "Background"})


def _type(kind: Kind, document: OpenApiDocument, schemas: OpenApiSchemas, subresource: str = "") -> ObjectType:
    if kind.group == CUSTOM_GROUP:
        schema = read_structural_schema(CUSTOM_SCHEMA, kind.name, schemas.object_meta)
        tracked = custom_resource_filter(subresource, has_status=True)
        return ObjectType(kind.api_version, kind.name, schema, subresource, tracked)
    named = {(each.group, each.plural, each.version): each for each in served_resources(document)}
    resource = named[kind.group, kind.plural, "v1"]
    has_status = any(each.name == "status" for each in resource.subresources)
    schema = schemas.of_kind(kind.group, "v1", kind.name)
    tracked = field_filter(kind.plural, subresource, has_status=has_status)
    return ObjectType(kind.api_version, kind.name, schema, subresource, tracked)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_requests_leave_the_same_object_and_the_same_owners(kind: str, data: st.DataObject, cluster: Cluster) -> None:
    trial = Trial(cluster, KINDS[kind], f"x{uuid.uuid4().hex[:12]}")
    try:
        for step in data.draw(steps(KINDS[kind])):
            trial.take(step)
    finally:
        cluster.server.remove(trial.path)


def test_kubectl_takes_over_what_its_client_side_apply_left(cluster: Cluster) -> None:
    trial = Trial(cluster, KINDS["ConfigMap"], "last-applied")
    last = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "last-applied"}, "data": {"a": "1", "b": "1"}}
    annotations = {"x": "y", LAST_APPLIED: json.dumps(last)}
    try:
        created = {"metadata": {"annotations": annotations}, "data": {"a": "1", "b": "9"}}
        trial.take(Step("replace", "kubectl-client-side-apply", False, created))
        for content in (
            {"metadata": {"annotations": {"x": "y"}}, "data": {"a": "2"}},
            {"data": {"a": "2", "b": "2"}},
            {"metadata": {"annotations": {LAST_APPLIED: "mine"}}, "data": {"a": "3"}},
            {"metadata": {"annotations": {"x": "z"}}, "data": {"a": "<3>"}},
        ):
            trial.take(Step("apply", "kubectl", False, content))
        assert trial.live is not None
        assert trial.live["data"] == {"a": "<3>", "b": "9"}
    finally:
        cluster.server.remove(trial.path)


class Trial:
    """One object on the server, and the same requests on a copy of it."""

    def __init__(self, cluster: Cluster, kind: Kind, name: str) -> None:
        self.server = cluster.server
        self.kind = kind
        self.name = name
        self.collection = kind.path(cluster.namespace)
        self.path = f"{self.collection}/{name}"
        self.types = {"": cluster.types[kind.name], "status": cluster.types[f"{kind.name}/status"]}
        self.type = self.types[""]
        self.live: Object | None = None

    def take(self, step: Step) -> None:
        """Send a request, and check the answer."""
        if self.live is None and (step.subresource or step.operation not in ("apply", "replace")):
            return
        answer = self._sent(step)
        now = max(
            (entry.get("time", "") for entry in answer.content.get("metadata", {}).get("managedFields", [])), default=""
        )
        mine = outcome(lambda: self._own(step, now or "2000-01-01T00:00:00Z"))
        if isinstance(mine, Rejection):
            event(f"{step.operation} refused: {mine.code}")
            assert told(answer) == told_of(mine)
            return
        if answer.code == 422 and answer.content["details"].get("kind") == self.kind.name:
            event(f"{step.operation} invalid")  # of which this knows nothing: the object stays
            return
        assert answer.succeeded, answer.content
        event(f"{step.operation} done")
        real = answer.content
        assert mine["metadata"].get("managedFields") == real["metadata"].get("managedFields")
        if step.subresource:
            assert mine.get("status") == real.get("status")
        else:
            assert different(mine, real) == ""
        self.live = real

    def _sent(self, step: Step) -> Answer:
        """Send a request until no one else has changed the object meanwhile."""
        while True:
            answer = self._send(step)
            if answer.code != 409 or "the object has been modified" not in answer.message:
                return answer
            self.live = self.server.get(self.path).content

    def _send(self, step: Step) -> Answer:
        manager = {"fieldManager": step.manager}
        if step.operation == "apply":
            force = str(step.force).lower()
            return self.server.patch("apply", self._path(step), self._applied(step), force=force, **manager)
        if self.live is None:
            return self.server.request("POST", self.collection, self._whole(step), **manager)
        if step.operation == "replace":
            return self.server.request("PUT", self.path, self._whole(step), **manager)
        return self.server.patch(step.operation, self._path(step), self._patch(step), **manager)

    def _path(self, step: Step) -> str:
        return f"{self.path}/{step.subresource}" if step.subresource else self.path

    def _own(self, step: Step, now: str) -> Object:
        """Give the object as kubex leaves it."""
        type_ = self.types[step.subresource]
        if step.operation == "apply":
            applied = apply(type_, self.live, self._applied(step), manager=step.manager, force=step.force, now=now)
            new = self._held(applied)
        else:
            new = self._held(self._changed(step))
            new = track_update(type_, self.live, new, manager=step.manager, now=now)
        return new if self.live is None else times_kept(self.live, new)

    def _held(self, object_: Object) -> Object:
        """Give an object as the server holds it: a custom resource as it is, but for what all objects have."""
        if self.kind.group != CUSTOM_GROUP:
            held: Object = decoded(object_, self.type.schema)
            return held
        meta = self.type.schema.fields["metadata"].schema
        return {**object_, "metadata": decoded(object_["metadata"], meta)}

    def _changed(self, step: Step) -> Object:
        if step.operation == "replace" or self.live is None:
            return self._whole(step)
        if step.operation == "merge":
            merged: Object = apply_merge_patch(self.live, self._patch(step))
            return merged
        return apply_strategic_merge(self.live, self._patch(step), self.type.schema)

    def _identity(self) -> Object:
        live: Object = {} if self.live is None else self.live["metadata"]
        return {"name": self.name, **({"resourceVersion": live["resourceVersion"]} if live else {})}

    def _applied(self, step: Step) -> Object:
        metadata = {**step.content.get("metadata", {}), **self._identity()}
        return {"apiVersion": self.type.api_version, "kind": self.kind.name, **step.content, "metadata": metadata}

    def _whole(self, step: Step) -> Object:
        object_ = self._applied(step)
        if self.live is not None:
            kept = {name: self.live["metadata"][name] for name in OF_THE_SERVER if name in self.live["metadata"]}
            object_["metadata"] = {**kept, **object_["metadata"]}
            object_ = {**{name: self.live[name] for name in ("status",) if name in self.live}, **object_}
            if self.kind.name == "Service":
                given_by_server = {name: value for name, value in self.live["spec"].items() if name in FILLED_IN}
                object_["spec"] = {**given_by_server, **object_["spec"]}
        return object_

    def _patch(self, step: Step) -> Object:
        return {**step.content, "metadata": {**step.content.get("metadata", {}), **self._identity()}}


def event(text: str) -> None:
    """Count what happened, in tests that have examples to count it in."""
    if currently_in_test_context():
        hypothesis_event(text)


def outcome(change: Callable[[], Object]) -> Object | Rejection:
    """Give the object as kubex leaves it, or why it refuses to."""
    try:
        return change()
    except Rejection as rejection:
        return rejection


def told(answer: Answer) -> tuple[Any, ...]:
    return answer.code, answer.reason, answer.message, answer.causes


def told_of(rejection: Rejection) -> tuple[Any, ...]:
    causes = sorted((cause.reason, cause.message, cause.field) for cause in rejection.causes)
    return rejection.code, rejection.reason, rejection.message, causes


def different(mine: Any, real: Any, place: str = "") -> str:
    """Say where an object differs from the server's, but for what the server fills in."""
    if is_object(mine) and is_object(real):
        ignored = OF_THE_SERVER | {"managedFields", "status"} if place in ("", ".metadata") else frozenset[str]()
        for name in (mine.keys() | real.keys()) - ignored:
            if name not in real:
                return f"{place}.{name} is in mine alone: {mine[name]}"
            if name not in mine:
                if name not in FILLED_IN:
                    return f"{place}.{name} is not in mine: {real[name]}"
            elif found := different(mine[name], real[name], f"{place}.{name}"):
                return found
        return ""
    if is_array(mine) and is_array(real) and len(mine) == len(real):
        in_items = (different(item, real[index], f"{place}[{index}]") for index, item in enumerate(mine))
        return next(filter(None, in_items), "")
    return "" if mine == real else f"{place}: {mine!r} and {real!r}"


SPEC: Object = {
    "containers": [
        {
            "name": name,
            "image": "x:1",
            "args": ["1"],
            "env": [{"name": each, "value": "1"} for each in "ab"],
            "ports": [{"containerPort": 80}, {"containerPort": 81, "protocol": "UDP"}],
        }
        for name in "ab"
    ],
    "nodeSelector": {"a": "1"},
    "tolerations": [{"key": "b", "operator": "Exists"}],
}
TEMPLATE: Object = {"metadata": {"labels": {"selected": "yes"}}, "spec": SPEC}
PATCHED: dict[str, tuple[str, str, tuple[str, ...], Object]] = {
    "Pod": ("/api/v1", "pods", ("spec",), {"spec": {**SPEC, "schedulerName": "nobody"}}),
    "PodTemplate": ("/api/v1", "podtemplates", ("template", "spec"), {"template": TEMPLATE}),
    "Deployment": (
        "/apis/apps/v1",
        "deployments",
        ("spec", "template", "spec"),
        {"spec": {"replicas": 0, "selector": {"matchLabels": {"selected": "yes"}}, "template": TEMPLATE}},
    ),
}


@pytest.fixture(scope="module", params=PATCHED)
def patched_object(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[tuple[str, str, Object]]:
    """Kind, path and state of an object that patches are tried on, and not kept."""
    kind: str = request.param
    prefix, plural, _, content = PATCHED[kind]
    collection = f"{prefix}/namespaces/{cluster.namespace}/{plural}"
    # Pods want an account, which a controller makes if no one else has.
    accounts = f"/api/v1/namespaces/{cluster.namespace}/serviceaccounts"
    assert cluster.server.request("POST", accounts, {"metadata": {"name": "default"}}).code in (201, 409)
    metadata = {"name": "patched", "annotations": {"deployment.kubernetes.io/revision": "1"}}
    created = cluster.server.request("POST", collection, {"metadata": metadata, **content})
    assert created.succeeded, created.content
    yield kind, f"{collection}/patched", created.content
    cluster.server.remove(f"{collection}/patched")


@given(patch=strategic_patches())
def test_strategic_merge_patches_leave_the_same_spec(
    patch: Object, patched_object: tuple[str, str, Object], cluster: Cluster
) -> None:
    kind, path, live = patched_object
    _, _, names, _ = PATCHED[kind]
    whole: Object = patch
    for name in reversed(names):
        whole = {name: whole}
    schema = cluster.schemas.of_kind("apps" if kind == "Deployment" else "", "v1", kind)
    answer = cluster.server.patch("strategic", path, whole, dryRun="All")
    mine = outcome(lambda: decoded(apply_strategic_merge(live, whole, schema), schema))
    if isinstance(mine, Rejection):
        event(f"refused: {mine.code}")
        # Of two faults the server may tell of either: it goes through a patch in no order.
        for _ in range(20):
            if answer.message == mine.message:
                break
            answer = cluster.server.patch("strategic", path, whole, dryRun="All")
        assert told(answer) == told_of(mine)
        return
    if answer.code == 422:
        event("invalid")
        assert (
            answer.content["details"].get("kind") == kind or answer.content["details"]["causes"][0]["field"] == "patch"
        )
        return
    event("done")
    assert answer.succeeded, answer.content
    for name in names:
        mine, answer = mine[name], Answer(answer.code, answer.content[name])
    assert different(mine, answer.content) == ""
