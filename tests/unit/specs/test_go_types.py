from __future__ import annotations

from pathlib import Path

import pytest

from tools.specs.go_types import GoField, GoTypes

SOURCE = """\
package v1

// Pod is one.
type Pod struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1,opt,name=metadata"`

	Spec     PodSpec           `json:"spec,omitempty" protobuf:"bytes,2,opt,name=spec"`
	Names    []string          `json:"names"`
	Limits   map[Name]Quantity `json:"limits,omitempty"`
	Replicas *int32            `json:"replicas,omitempty"`
	When     Time              `json:"when,omitempty,omitzero"`
	Hidden   string            `json:"-"`
	Common   `json:",inline"`
}

type Common struct {
	Image string `json:"image,omitempty"`
}

type Name string
"""
META = """\
package v1

type TypeMeta struct {
	Kind string `json:"kind,omitempty"`
}
"""


@pytest.fixture
def types(tmp_path: Path) -> GoTypes:
    packages = {"io.k8s.api.core.v1": tmp_path / "core", "io.k8s.apimachinery.pkg.apis.meta.v1": tmp_path / "meta"}
    for folder, source in zip(packages.values(), (SOURCE, META), strict=True):
        folder.mkdir()
        (folder / "types.go").write_text(source)
        (folder / "types_test.go").write_text('type Pod struct {\n\tOther string `json:"other"`\n}\n')
    return GoTypes(packages)


def test_the_fields_of_a_struct_with_those_of_the_structs_in_it(types: GoTypes) -> None:
    assert types.fields("io.k8s.api.core.v1.Pod") == {
        "kind": GoField("string", omits_empty=True, omits_zero=False),
        "metadata": GoField("metav1.ObjectMeta", omits_empty=True, omits_zero=False),
        "spec": GoField("PodSpec", omits_empty=True, omits_zero=False),
        "names": GoField("[]string", omits_empty=False, omits_zero=False),
        "limits": GoField("map[Name]Quantity", omits_empty=True, omits_zero=False),
        "replicas": GoField("*int32", omits_empty=True, omits_zero=False),
        "when": GoField("Time", omits_empty=True, omits_zero=True),
        "image": GoField("string", omits_empty=True, omits_zero=False),
    }


@pytest.mark.parametrize("name", ["io.k8s.api.core.v1.Name", "io.k8s.api.core.v1.Bogus", "io.k8s.api.apps.v1.Pod"])
def test_what_is_no_struct_has_no_fields(types: GoTypes, name: str) -> None:
    assert types.fields(name) is None


def test_pointers_and_containers_are_told_by_their_type(types: GoTypes) -> None:
    fields = types.fields("io.k8s.api.core.v1.Pod") or {}
    assert {name for name, field in fields.items() if field.is_pointer} == {"replicas"}
    assert {name for name, field in fields.items() if field.is_container} == {"names", "limits"}
