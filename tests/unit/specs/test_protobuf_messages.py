from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tools.specs.go_types import GoTypes
from tools.specs.protobuf_messages import message_tables

CORE = "io.k8s.api.core.v1"
META = "io.k8s.apimachinery.pkg.apis.meta.v1"
GO = """\
type Thing struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1,opt,name=metadata"`
	Source   `json:",inline" protobuf:"bytes,2,opt,name=source"`
	Labels   map[string]string `json:"labels,omitempty" patchStrategy:"merge" protobuf:"bytes,3,rep,name=labels"`
	Ports    []int32           `json:"ports" protobuf:"varint,4,rep,name=ports"`
	Replicas *int32            `json:"replicas,omitempty" protobuf:"varint,5,opt,name=replicas"`
	PodIP    string            `json:"podIP" protobuf:"bytes,6,opt,name=podIP"`
	Schema   *Other            `json:"$schema" protobuf:"bytes,7,opt,name=schema"`
	Data     []byte            `json:"data,omitempty" protobuf:"bytes,8,opt,name=data"`
	When     metav1.Time       `json:"when,omitempty" protobuf:"bytes,9,opt,name=when"`
	Extra    Verbs             `json:"extra,omitempty" protobuf:"bytes,10,opt,name=extra"`
	Host     string            `json:"host,omitempty" protobuf:"bytes,11,opt,name=host"`
	Since    metav1.MicroTime  `json:"since,omitempty,omitzero" protobuf:"bytes,12,opt,name=since"`
	Local    string            `json:"local"`
}
type Source struct {
	Secret *Empty `json:"secret,omitempty" protobuf:"bytes,1,opt,name=secret"`
}
type Empty struct{}
type Verbs []string
type Other v2.Other
"""
PROTO = """\
package k8s.io.api.core.v1;

// Thing is one.
message Thing {
  // optional string name = 9;
  optional .k8s.io.apimachinery.pkg.apis.meta.v1.ObjectMeta metadata = 1;

  optional Source source = 2;

  map<string, string> labels = 3;

  repeated int32 ports = 4;

  optional int32 replicas = 5;

  optional string podIP = 6;

  optional Other schema = 7;

  optional bytes data = 8;

  optional .k8s.io.apimachinery.pkg.apis.meta.v1.Time when = 9;

  optional Verbs extra = 10;

  optional string host = 11;

  optional .k8s.io.apimachinery.pkg.apis.meta.v1.MicroTime since = 12;
}

message Source {
  optional Empty secret = 1;
}

message Empty {
}

message Verbs {
  repeated string items = 1;
}

message Other {
  optional bool last = 2;
}

message NoKind {
  optional string lost = 1;
}
"""
OTHER_GO = """\
type Other struct {
	Last bool `json:"last" protobuf:"varint,2,opt,name=last"`
}
"""
NAMES = ["Status", "DeleteOptions", "WatchEvent", "PartialObjectMetadata", "PartialObjectMetadataList"]
META_PROTO = "package k8s.io.apimachinery.pkg.apis.meta.v1;\n\nmessage ObjectMeta {\n}\n" + "".join(
    f"message {name} {{\n}}\n" for name in [*NAMES, "APIGroup", "APIGroupList", "APIResourceList", "APIVersions"]
)
DOCUMENT: dict[str, Any] = {
    "definitions": {
        f"{CORE}.Thing": {"x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Thing"}]},
        f"{CORE}.NoKind": {},
    }
}


def tables(folder: Path, proto: str = PROTO) -> dict[str, Any]:
    sources = {CORE: GO, "io.k8s.api.core.v2": OTHER_GO, META: ""}
    packages = {name: folder / name for name in sources}
    for name, path in packages.items():
        path.mkdir()
        (path / "types.go").write_text(sources[name])
    files = [folder / "core.proto", folder / "meta.proto"]
    for file, text in zip(files, (proto, META_PROTO), strict=True):
        file.write_text(text)
    return message_tables(DOCUMENT, files, GoTypes(packages))


def test_messages_as_their_files_and_their_structs_have_them(tmp_path: Path) -> None:
    found = tables(tmp_path)
    assert found["packages"] == {"v1": f"{CORE}.", "meta.k8s.io/v1": f"{META}."}
    messages = found["messages"]
    assert {name for name in messages if name.startswith(CORE)} == {
        f"{CORE}.{name}" for name in ("Thing", "Source", "Empty", "Other")
    }
    assert messages[f"{CORE}.Thing"] == [
        [1, "metadata", f"{META}.ObjectMeta", "always", "ObjectMeta"],
        [2, "", f"{CORE}.Source", "always", "Source"],
        [3, "labels", "string", "map"],
        [4, "ports", "int32", "repeated"],
        [5, "replicas", "int32", "optional"],
        [6, "podIP", "string", "always"],
        [7, "$schema", f"{CORE}.Other", "optional", "Schema"],
        [8, "data", "bytes", "optional"],
        [9, "when", "time", "always"],
        [10, "extra", "strings", "optional"],
        [11, "host", "string", "nonzero"],
        [12, "since", "micro-time", "nonzero"],
    ]
    assert messages[f"{CORE}.Source"] == [[1, "secret", f"{CORE}.Empty", "optional"]]
    assert messages[f"{CORE}.Empty"] == []
    assert messages[f"{CORE}.Other"] == [[2, "last", "bool", "always"]]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("podIP = 6", "podIP = 16", "no field of the number 16 in the struct of io.k8s.api.core.v1.Thing"),
        ("repeated string items", "repeated int32 items", "no struct of the message io.k8s.api.core.v1.Verbs"),
    ],
)
def test_files_that_no_struct_fits_are_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        tables(tmp_path, PROTO.replace(old, new))
