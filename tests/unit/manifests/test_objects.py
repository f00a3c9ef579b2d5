"""Objects out of manifests, typed where there is a class, and back."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import kubex.k8s.v1_32
import kubex.k8s.v1_35
from kubex.core.exceptions import InvalidArgument
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.core.v1 import ConfigMap, Pod
from kubex.k8s.v1_35.networking.v1 import NetworkPolicy
from kubex.manifests import Manifest, ManifestError, dump_manifests, load_manifests, parse_manifests
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.entity import Entity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.struct_entity import StructEntity
from tests.unit.api.resources import Backup, Widget

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, resources: {limits: {cpu: 1}}}]"


def test_objects_are_of_the_classes_that_are_given() -> None:
    text = """
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {b: c}}
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}}}
- {apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 1}}
- {apiVersion: example.com/v1beta1, kind: Backup, metadata: {name: a}, spec: {schedule: daily}}
- {apiVersion: example.com/v1, kind: Backup, metadata: {name: a}, spec: {schedule: daily}}
- {apiVersion: apps/v9, kind: Deployment, metadata: {name: a}}
- {apiVersion: core/v1, kind: ConfigMap, metadata: {name: a}}
"""
    found = parse_manifests(text, models=[kubex.k8s.v1_35, Widget, Backup])
    assert [type(each) for each in found] == [
        ConfigMap,
        NetworkPolicy,
        Widget,
        Backup,
        DynamicObject,
        DynamicObject,
        DynamicObject,
    ]
    assert {type(each) for each in parse_manifests(text)} == {DynamicObject}
    assert isinstance(parse_manifests(POD + "}", models=kubex.k8s.v1_35)[0], Pod)


def test_a_class_that_is_no_resource() -> None:
    with pytest.raises(InvalidArgument, match=r"StructEntity.* is no resource class"):
        parse_manifests("", models=[StructEntity])


def test_an_object_with_a_field_that_its_class_lacks_loses_nothing() -> None:
    text = POD + ", hostnameOverride: b}"
    (older,) = parse_manifests(text, models=kubex.k8s.v1_32)
    assert isinstance(older, DynamicObject)
    assert older["spec"]["hostnameOverride"] == "b"
    (newer,) = parse_manifests(text, models=[kubex.k8s.v1_35])
    assert not isinstance(newer, DynamicObject)


def test_a_value_of_another_type_is_an_error_with_its_place() -> None:
    with pytest.raises(ManifestError, match=r'the manifest \(ConfigMap "a"\): .*\$\.data'):
        parse_manifests(
            "---\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {on: yes}", models=ConfigMap
        )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", True),
        ("'on'", "on"),
        ("010", 8),
        ("0o17", 15),
        ("1e3", 1000.0),
        ("-.5", -0.5),
        ("1:30", "1:30"),
        ("2020-01-01", "2020-01-01"),
        ("y", True),
        ("N", False),
        ("~", None),
        ("{2: a, true: b, 1.5: c}", {"2": "a", "true": "b", "1.5": "c"}),
    ],
)
def test_values_are_read_as_kubectl_reads_them(text: str, value: Any) -> None:
    (found,) = parse_manifests(f"apiVersion: v1\nkind: X\nmetadata: {{name: a}}\nv: {text}\n")
    assert isinstance(found, DynamicObject)
    assert found["v"] == value
    assert type(found["v"]) is type(value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", r"the manifest is not YAML \(line 2, column 1\)"),
        ("a: !!python/name:os.system x", r"the manifest has a YAML tag \(line 1, column 4\)"),
        ("a: b", "the manifest is not a Kubernetes object: it has no apiVersion"),
        ("{~: a}", "the manifest has a mapping with an empty key"),
        (
            "a: &x [1]\nb: &y [" + "*x," * 99 + "]\nc: &z [" + "*y," * 99 + "]\nd: [" + "*z," * 99 + "]\ne: [*z]",
            "values",
        ),
    ],
)
def test_what_is_no_manifest_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ManifestError, match=problem):
        parse_manifests(text)


def test_ten_megabytes_of_yaml(tmp_path: Path) -> None:
    lines = "".join(f"    line {number}: of some text that a program reads\n" for number in range(18_000))
    document = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: large-{}}}\ndata:\n  text: |\n" + lines
    file = tmp_path / "large.yaml"
    file.write_text("---\n".join(document.format(number) for number in range(12)))
    assert file.stat().st_size > 10_000_000
    found = load_manifests(file, models=kubex.k8s.v1_35)
    assert [each.metadata.name for each in found] == [f"large-{number}" for number in range(12)]
    assert all(isinstance(each, ConfigMap) for each in found)
    file.write_text(file.read_text() + "---\na: [")
    with pytest.raises(ManifestError, match=r"large\.yaml is not YAML \(line 216\d\d\d, column 1\)"):
        load_manifests(file)


def test_files_folders_and_open_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: X\nmetadata: {name: a}\n")
    (tmp_path / "b.json").write_text('{"apiVersion": "v1", "kind": "X", "metadata": {"name": "b"}}')
    assert [each.metadata.name for each in load_manifests(tmp_path)] == ["a", "b"]
    assert [each.metadata.name for each in load_manifests(str(tmp_path / "a.yaml"))] == ["a"]
    with (tmp_path / "b.json").open() as text, (tmp_path / "a.yaml").open("rb") as binary:
        assert load_manifests(text)[0].metadata.name == "b"
        assert load_manifests(binary)[0].metadata.name == "a"
    with pytest.raises(ManifestError, match="the manifest is not YAML"):
        load_manifests(io.StringIO("a: ["))
    with pytest.raises(ManifestError, match=r"nothing\.yaml does not exist"):
        load_manifests(tmp_path / "nothing.yaml")


def test_written_and_read_again() -> None:
    given: list[Entity | Manifest] = [
        ConfigMap(metadata=ObjectMetadata(name="a"), data={"on": "1e3", "text": "a\nb\n"}),
        DynamicObject({"apiVersion": "v1", "kind": "X", "metadata": {"name": "b"}, "none": None}),
        Manifest({"apiVersion": "v1", "kind": "Y", "metadata": {"name": "c"}}, "f"),
    ]
    text = dump_manifests(given)
    assert text.count("---\n") == 2
    assert "  text: |\n    a\n    b\n" in text
    assert "'on': '1e3'" in text
    assert "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n" in text
    first, second, third = parse_manifests(text, models=ConfigMap)
    assert first == given[0]
    assert second == given[1]
    assert third.metadata.name == "c"
    listed = json.loads(dump_manifests(given, form="json"))
    assert (listed["kind"], len(listed["items"])) == ("List", 3)
    assert json.loads(dump_manifests(given[:1], form="json"))["kind"] == "ConfigMap"
    with pytest.raises(InvalidArgument):
        dump_manifests([{"a": object()}])


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.text(alphabet="0123456789.eExXoObB_+-:~=<yYnN \n#'\"|>", max_size=8)
    | st.sampled_from(["on", "Off", "YES", "null", "0o17", "1e3", "1_0", "0x1F", ".inf", "<<", "2020-01-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_json)
@example("\x85")
@example({"a\u2028": "b\u2029\nc\n"})
def test_everything_written_is_read_as_it_was(value: Any) -> None:
    whole = {"apiVersion": "v1", "kind": "X", "metadata": {"name": "a"}, "value": value}
    for text in (dump_manifests([whole]), dump_manifests([whole], form="json")):
        (found,) = parse_manifests(text)
        assert isinstance(found, DynamicObject)
        assert found.content == whole


def test_deployments_keep_their_order_and_form() -> None:
    (web,) = parse_manifests(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"
        "spec: {selector: {}, template: {spec: {containers: []}}}",
        models=Deployment,
    )
    assert isinstance(web, Deployment)
    assert web.spec is not None
    assert web.spec.selector is not None
