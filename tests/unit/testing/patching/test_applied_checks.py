from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from kubex.testing.patching.applied_checks import applied_faults
from tests.unit.testing.patching.objects import pods
from tests.unit.testing.schemas import schema_of


def in_container(**members: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "b", **members}]}}}}


PLACE = '.spec.template.spec.containers[name="b"]'

# As Kubernetes 1.35.4 answers.
DEPLOYMENTS = [
    ({"metadata": 5}, ".metadata: expected map, got &{5}"),
    ({"bogus": 1}, ".bogus: field not declared in schema"),
    ({"bogus": 1, "spec": 5}, ".bogus: field not declared in schema"),
    (
        in_container(resources={"limits": [{"cpu": True}]}),
        f"{PLACE}.resources.limits: expected map, got &{{[map[cpu:true]]}}",
    ),
    (in_container(args={"a": 1}), f"{PLACE}.args: expected list, got &{{map[a:1]}}"),
    (
        in_container(
            livenessProbe={"periodSeconds": "x", "httpGet": {"port": True}},
            securityContext={"privileged": "x"},
            stdin="no",
        ),
        f"""errors:
  {PLACE}.livenessProbe.periodSeconds: expected numeric (int or float), got string
  {PLACE}.securityContext.privileged: expected boolean, got &{{x}}
  {PLACE}.stdin: expected boolean, got &{{no}}""",
    ),
    (
        in_container(terminationMessagePath=1000000, args=[1000000]),
        f"""errors:
  {PLACE}.terminationMessagePath: expected string, got &value.valueUnstructured{{Value:1000000}}
  {PLACE}.args[0]: expected string, got &value.valueUnstructured{{Value:1000000}}""",
    ),
    (
        {"spec": {"template": {"spec": {"containers": [{"foo": "x"}]}}}},
        '.spec.template.spec.containers[name=""].foo: field not declared in schema',
    ),
    (
        {"spec": {"template": {"spec": {"containers": [{"name": "a"}, {"name": "a"}]}}}},
        '.spec.template.spec.containers: duplicate entries for key [name="a"]',
    ),
    (
        {"spec": {"template": {"spec": {"containers": [None]}}}},
        ".spec.template.spec.containers: element 0: associative list with keys may not have a null element",
    ),
    (
        {"spec": {"template": {"spec": {"containers": ["a"]}}}},
        ".spec.template.spec.containers: element 0: associative list with keys may not have non-map elements",
    ),
    (
        {"spec": {"template": {"spec": {"containers": [{"name": 5}]}}}},
        ".spec.template.spec.containers[name=5].name: expected string, got &value.valueUnstructured{Value:5}",
    ),
    ({"metadata": {"finalizers": ["a.b/c", "a.b/c"]}}, '.metadata.finalizers: duplicate entries for key [="a.b/c"]'),
    (in_container(resources={"limits": {"cpu": True, "memory": 1}}), ""),
    (
        in_container(resources={"limits": {"cpu": [1]}}),
        f"{PLACE}.resources.limits.cpu: expected any scalar, got &{{[1]}}",
    ),
    (in_container(name=None, image=None, args=[None]), ""),
]
CONFIG_MAPS = [
    ({"data": "foo"}, ".data: expected map, got &{foo}"),
    ({"data": [1]}, ".data: expected map, got &{[1]}"),
    ({"data": {"x": 1}}, ".data.x: expected string, got &value.valueUnstructured{Value:1}"),
    (
        {"data": {"x": {"a": 1}}},
        '.data.x: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"a":1}}',
    ),
    ({"data": {"x": [1]}}, ".data.x: expected string, got &value.valueUnstructured{Value:[]interface {}{1}}"),
    ({"data": {"x": None}}, ""),
]


@pytest.mark.parametrize(("object_", "faults"), DEPLOYMENTS)
def test_a_deployment_that_does_not_fit(object_: dict[str, Any], faults: str) -> None:
    assert applied_faults(object_, schema_of("Deployment")) == faults


@pytest.mark.parametrize(("object_", "faults"), CONFIG_MAPS)
def test_a_config_map_that_does_not_fit(object_: dict[str, Any], faults: str) -> None:
    assert applied_faults(object_, schema_of("ConfigMap")) == faults


@given(pods())
def test_an_object_that_fits(pod: dict[str, Any]) -> None:
    assert applied_faults(pod, schema_of("Pod")) == ""
