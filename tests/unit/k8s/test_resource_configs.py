"""Addresses, scopes and markers of resources are what the document's paths say, looked up there one by one."""

from __future__ import annotations

from typing import Any

import pytest

from kubex_core.models import interfaces
from kubex_core.models.interfaces import ClusterScopedEntity, NamespaceScopedEntity
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.resource_config import Scope
from kubex_core.models.struct_entity import StructEntity
from tests.unit.k8s.samples import sample_of
from tests.unit.k8s.version import Version

SUBRESOURCES = {
    "log": interfaces.HasLogs,
    "scale": interfaces.HasScaleSubresource,
    "status": interfaces.HasStatusSubresource,
    "eviction": interfaces.Evictable,
    "ephemeralcontainers": interfaces.HasEphemeralContainers,
    "resize": interfaces.HasResize,
    "exec": interfaces.HasExec,
    "attach": interfaces.HasAttach,
    "portforward": interfaces.HasPortForward,
    "token": interfaces.HasTokenRequest,
    "binding": interfaces.HasBinding,
    "approval": interfaces.HasApproval,
    "finalize": interfaces.HasFinalize,
}


def _resources(generated: Version) -> dict[str, type[Any]]:
    return {
        name: class_
        for name, class_ in generated.classes.items()
        if class_.__module__.startswith("kubex.k8s") and issubclass(class_, StructEntity)
    }


def _collection(class_: type[Any]) -> str:
    config = class_.__RESOURCE_CONFIG__
    root = f"/apis/{config.group}" if config.group else "/api"
    namespace = "/namespaces/{namespace}" if config.scope is Scope.NAMESPACE else ""
    return f"{root}/{config.version}{namespace}/{config.plural}"


def test_every_resource_has_its_path(generated: Version) -> None:
    paths = generated.document["paths"]
    for name, class_ in _resources(generated).items():
        config = class_.__RESOURCE_CONFIG__
        path = _collection(class_)
        assert path in paths or f"{path}/{{name}}" in paths, name
        built = class_.model_validate(
            {key: value for key, value in _least(generated, name).items() if key not in ("apiVersion", "kind")}
        )
        assert config.kind == class_.__name__ == built.kind, name
        assert config.api_version == built.api_version, name


def _least(generated: Version, name: str) -> dict[str, Any]:
    """Give the least that an object of a definition can be made of."""
    least: dict[str, Any] = sample_of(generated.document, name, -1)
    return least


def test_every_path_has_its_resource(generated: Version) -> None:
    collections = {_collection(class_) for class_ in _resources(generated).values()}
    for path, _operations in generated.paths():
        head, _, _ = path.partition("/{name}")
        # A list over all namespaces is the namespaced resource's.
        start, _, plural = head.rpartition("/")
        assert head in collections or f"{start}/namespaces/{{namespace}}/{plural}" in collections, path


def test_scope_markers(generated: Version) -> None:
    for name, class_ in _resources(generated).items():
        namespaced = class_.__RESOURCE_CONFIG__.scope is Scope.NAMESPACE
        assert issubclass(class_, NamespaceScopedEntity) is namespaced, name
        assert issubclass(class_, ClusterScopedEntity) is not namespaced, name


@pytest.mark.parametrize("subresource", SUBRESOURCES)
def test_subresource_markers(generated: Version, subresource: str) -> None:
    paths = generated.document["paths"]
    marker = SUBRESOURCES[subresource]
    found = 0
    for name, class_ in _resources(generated).items():
        served = f"{_collection(class_)}/{{name}}/{subresource}" in paths
        assert issubclass(class_, marker) is served, name
        found += served
    assert found


def test_lists(generated: Version) -> None:
    listed = 0
    for name, class_ in _resources(generated).items():
        model: type[Any] = class_.__RESOURCE_CONFIG__.list_model
        assert ListEntity in model.__mro__, name
        assert model().kind == f"{class_.__name__}List", name
        assert model().api_version == class_.__RESOURCE_CONFIG__.api_version, name
        item = _least(generated, name)
        read = model.model_validate_json(model.model_validate({"items": [item]}).model_dump_json(by_alias=True))
        assert type(read.items[0]) is class_, name
        if f"{name}List" in generated.classes:
            assert model is generated.classes[f"{name}List"], name
            listed += 1
    assert listed > 60


def test_a_pod(generated: Version) -> None:
    pod = generated.classes["io.k8s.api.core.v1.Pod"]
    config = pod.__RESOURCE_CONFIG__
    assert (config.group, config.version, config.kind, config.plural) == ("", "v1", "Pod", "pods")
    assert pod.__module__ == f"{generated.package}.core.v1.pod"
    read = config.list_model.model_validate_json('{"items":[{"metadata":{"name":"a"},"status":{"podIP":"10.0.0.1"}}]}')
    assert type(read.items[0]) is pod
    assert read.items[0].status.pod_ip == "10.0.0.1"
