"""Objects of any kind as the JSON they are: nothing is lost, and both forms of the metadata are one."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any, ClassVar, Self

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kubex.core.codec import codec_for, encode
from kubex.core.exceptions import InvalidArgument, InvalidObject, InvalidResponse
from kubex.core.patch import ApplyPatch, MergePatch
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.metadata import ObjectMetadata, OwnerReference
from kubex_core.models.resource_config import ResourceConfig, Scope
from tests.unit.api.resources import Backup, BackupSpec

WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "creationTimestamp": None, "ofTomorrow": {"a": [1]}, "labels": {"app": "web"}},
    "spec": {"replicas": 2, "nothing": None},
}

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def web() -> DynamicObject:
    return DynamicObject(copy.deepcopy(WEB))


def test_it_is_a_mapping_with_the_names_of_every_object() -> None:
    found = web()
    assert (found.api_version, found.kind, found.metadata.name) == ("apps/v1", "Deployment", "web")
    assert found["spec"]["replicas"] == 2
    assert list(found) == ["apiVersion", "kind", "metadata", "spec"]
    assert found == WEB
    assert found.get("status") is None
    assert repr(found) == "<DynamicObject apps/v1 Deployment 'web'>"


def test_an_empty_one_has_empty_names() -> None:
    empty = DynamicObject()
    assert (empty.api_version, empty.kind, empty.metadata) == ("", "", ObjectMetadata())
    assert encode(empty) == b"{}"
    empty.metadata.name = "x"
    empty.api_version, empty.kind = "v1", "Pod"
    assert empty == {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}


def test_what_is_not_a_mapping_is_refused() -> None:
    with pytest.raises(TypeError, match="a DynamicObject of a list"):
        DynamicObject([])  # type: ignore[arg-type]


@pytest.mark.parametrize(("metadata", "problem"), [(5, "Expected `object`, got `int`"), ({"name": 5}, r"\$\.name")])
def test_metadata_that_are_none_are_refused_when_they_are_asked_for(metadata: Any, problem: str) -> None:
    found = DynamicObject({"apiVersion": "v1", "kind": "A", "metadata": metadata})
    with pytest.raises(InvalidObject, match=f"ObjectMetadata: .*{problem}"):
        _ = found.metadata
    assert found["metadata"] == metadata


def test_a_change_of_the_metadata_keeps_what_it_has_no_field_for() -> None:
    found = web()
    found.metadata.labels = {"app": "api"}
    found.metadata.owner_references = [OwnerReference(api_version="v1", kind="Pod", name="a", uid="1")]
    assert found["metadata"] == {
        **WEB["metadata"],  # type: ignore[dict-item]
        "labels": {"app": "api"},
        "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "1"}],
    }
    found.metadata.labels = None
    assert "labels" not in found["metadata"]


def test_both_forms_of_the_metadata_stay_one() -> None:
    found = web()
    typed, plain = found.metadata, found["metadata"]
    plain["name"] = "api"
    assert found.metadata is typed
    assert typed.name == "api"
    assert typed.labels is not None
    typed.labels["tier"] = "front"
    assert json.loads(encode(found))["metadata"]["labels"] == {"app": "web", "tier": "front"}
    plain["labels"]["tier"] = "back"
    assert found.metadata.labels == {"app": "web", "tier": "back"}
    found["metadata"] = {"name": "other"}
    assert typed.name == "other"
    assert found.metadata.labels is None
    found["metadata"] = ObjectMetadata(name="third")
    assert found.metadata.name == "third"
    found.metadata = ObjectMetadata(name="fourth")
    assert encode(found).startswith(b'{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"fourth"}')
    del found["metadata"]
    assert found.metadata.name is None


def test_copies_share_no_metadata() -> None:
    found = web()
    copied = copy.copy(found)
    copied.metadata.name = "api"
    copied["spec"] = {}
    assert (found.metadata.name, found["spec"]["replicas"]) == ("web", 2)
    deep = found.model_copy(deep=True, update={"kind": "Other"})
    deep["spec"]["replicas"] = 3
    assert (found["spec"]["replicas"], found.kind, deep.kind) == (2, "Deployment", "Other")
    assert pickle.loads(pickle.dumps(found)) == found


def test_it_speaks_the_words_of_models() -> None:
    found = web()
    assert DynamicObject.model_validate(found) is found
    assert DynamicObject.model_validate_json(json.dumps(WEB)) == WEB
    assert found.model_dump() == WEB
    assert json.loads(found.model_dump_json(indent=2, by_alias=True, exclude_none=True)) == WEB
    config_map = ConfigMap(metadata=ObjectMetadata(name="a"), data={"b": "c"})
    assert DynamicObject.model_validate(config_map)["data"] == {"b": "c"}
    backup = Backup(metadata=ObjectMetadata(name="a"), spec=BackupSpec(schedule="daily"))
    assert DynamicObject.model_validate(backup)["spec"] == {"schedule": "daily"}
    with pytest.raises(msgspec.DecodeError):
        DynamicObject.model_validate_json("[]")


def test_an_object_of_another_kind_is_none_of_a_resource_s_class() -> None:
    class Gadget(DynamicObject):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
            group="example.com", version="v1", kind="Gadget", plural="gadgets", scope=Scope.NAMESPACE
        )

    assert Gadget.model_validate({"metadata": {}}).kind == "Gadget"
    with pytest.raises(InvalidObject, match="Gadget: kind 'Pod' of apiVersion 'v1' is another"):
        Gadget.model_validate({"apiVersion": "v1", "kind": "Pod"})
    with pytest.raises(InvalidObject, match="Gadget: kind 'Pod' of apiVersion 'v1' is another"):
        Gadget.model_validate_json(b'{"apiVersion":"v1","kind":"Pod"}')
    with pytest.raises(InvalidObject, match="Gadget: "):
        Gadget.model_validate_json(b"[]")
    assert DynamicObject.model_validate({"apiVersion": "v1", "kind": "Pod"}).kind == "Pod"


def test_it_is_the_body_of_patches() -> None:
    assert json.loads(MergePatch(DynamicObject({"spec": {"a": None}})).encode()) == {"spec": {"a": None}}
    found = web()
    found.metadata.name = "api"
    assert json.loads(ApplyPatch(found).encode())["metadata"]["name"] == "api"


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="can't be written as JSON"):
        encode(DynamicObject({"spec": object()}))


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"a": 1}', b"null"])
def test_the_codec_refuses_what_is_no_object(body: bytes) -> None:
    with pytest.raises(InvalidResponse):
        codec_for(DynamicObject).decode(body)


@given(st.dictionaries(st.text(), json_values, max_size=4), st.dictionaries(st.text(), json_values, max_size=4))
def test_nothing_is_lost_on_the_way_through(content: dict[str, Any], metadata: dict[str, Any]) -> None:
    whole = {"apiVersion": "v1", "kind": "X", **content, "metadata": {**metadata, "name": "a"}}
    found = codec_for(DynamicObject).decode(json.dumps(whole).encode())
    found.metadata.name = "b"
    assert json.loads(encode(found)) == {**whole, "metadata": {**metadata, "name": "b"}}
    assert codec_for(dict).decode(json.dumps(whole).encode()) == whole


class MetadataInBothForms(RuleBasedStateMachine):
    """Labels written in either form, read in either, as a plain dict would have them."""

    def __init__(self) -> None:
        super().__init__()
        self.object = DynamicObject({"metadata": {"labels": {}, "unknown": 1}})
        self.labels: dict[str, str] = {}

    @rule(key=st.sampled_from("abc"), value=st.sampled_from("xyz"))
    def write_typed(self, key: str, value: str) -> None:
        labels = self.object.metadata.labels
        assert labels is not None
        labels[key] = value
        self.labels[key] = value

    @rule(key=st.sampled_from("abc"), value=st.sampled_from("xyz"))
    def write_plain(self, key: str, value: str) -> None:
        self.object["metadata"]["labels"][key] = value
        self.labels[key] = value

    @rule()
    def replace_typed(self) -> None:
        self.object.metadata = self.object.metadata.model_copy(deep=True)

    @rule()
    def replace_plain(self) -> None:
        self.object["metadata"] = {**self.object["metadata"]}

    @rule()
    def copy(self) -> None:
        self.object = copy.deepcopy(self.object)

    @invariant()
    def written(self) -> None:
        assert json.loads(encode(self.object)) == {"metadata": {"labels": self.labels, "unknown": 1}}


TestMetadataInBothForms = MetadataInBothForms.TestCase
