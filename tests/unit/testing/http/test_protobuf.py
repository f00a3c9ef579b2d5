"""Protobuf in and out; codes and words are those of kube-apiserver 1.35.4."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubex.testing import ApiServer
from kubex.testing.protobuf.codec import ProtobufCodec
from kubex.testing.protobuf.message_types import load_message_types
from kubex.testing.registry import builtin_resources
from kubex.testing.schema.openapi_document import load_document
from tests.unit.testing.http.conftest import Answer, RawClient
from tests.unit.testing.protobuf.generated_messages import messages

CODEC = ProtobufCodec("1.35")
PROTOBUF = "application/vnd.kubernetes.protobuf"
ACCEPTED = f"application/json, application/yaml, {PROTOBUF}"
UID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
VOLATILE = frozenset({"uid", "creationTimestamp", "time"})
META = "v=v1;g=meta.k8s.io"
PARTIAL = f"{PROTOBUF};as=PartialObjectMetadata;{META}"
PARTIAL_LIST = f"{PROTOBUF};as=PartialObjectMetadataList;{META}"
TABLE = f"{PROTOBUF};as=Table;{META}"
MAPS = "/api/v1/namespaces/default/configmaps"
CRONTABS = "/apis/stable.example.com/v1/namespaces/default/crontabs"
ONE = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "one"}, "data": {"a": "1"}}
DELETE = {"kind": "DeleteOptions", "apiVersion": "apps/v1", "dryRun": ["All"]}
CRONTAB = {"kind": "CronTab", "apiVersion": "stable.example.com/v1", "metadata": {"name": "a"}, "spec": {"replicas": 1}}
DEFINITION = {
    "kind": "CustomResourceDefinition",
    "apiVersion": "apiextensions.k8s.io/v1",
    "metadata": {"name": "crontabs.stable.example.com"},
    "spec": {
        "group": "stable.example.com",
        "scope": "Namespaced",
        "names": {"plural": "crontabs", "kind": "CronTab"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {"replicas": {"type": "integer", "default": 1, "maximum": 10}},
                            }
                        },
                    }
                },
                "subresources": {"scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.r"}},
            }
        ],
    },
}


def ask(raw: RawClient, method: str, path: str, object_: dict[str, Any] | bytes, **headers: str) -> Answer:
    content = object_ if isinstance(object_, bytes) else CODEC.encode(object_)
    return raw.ask(method, path, content, Content_Type=PROTOBUF, **headers)


def read(answer: Answer) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == PROTOBUF
    return CODEC.read(CODEC.open(answer.content))


def said(answer: Answer) -> str:
    """The message of a Status, in whichever form."""
    status = read(answer) if answer.headers["Content-Type"] == PROTOBUF else answer.json
    assert (status["kind"], status["code"]) == ("Status", answer.code)
    message: str = status["message"]
    return message


@pytest.fixture
def crontabs(raw: RawClient) -> RawClient:
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert ask(raw, "POST", path, DEFINITION).code == 201
    assert raw.ask("POST", CRONTABS, CRONTAB).code == 201
    return raw


def test_an_object_in_protobuf_is_the_same_object_in_json(raw: RawClient) -> None:
    created = ask(raw, "POST", f"{MAPS}?fieldValidation=Strict", ONE, Accept=f"{PROTOBUF},application/json")
    assert created.code == 201
    assert read(created)["data"] == {"a": "1"}
    plain = raw.get(f"{MAPS}/one")
    assert plain.json["data"] == {"a": "1"}
    assert sorted(plain.json["metadata"]) == [
        "creationTimestamp",
        "managedFields",
        "name",
        "namespace",
        "resourceVersion",
        "uid",
    ]
    assert raw.get(f"{MAPS}/one", Accept=PROTOBUF).content == CODEC.encode(plain.json)
    changed = {**plain.json, "data": {"a": "2"}}
    assert read(ask(raw, "PUT", f"{MAPS}/one", changed, Accept=PROTOBUF))["data"] == {"a": "2"}
    listed = read(raw.get(MAPS, Accept=PROTOBUF))
    assert (listed["kind"], [item["data"] for item in listed["items"]]) == ("ConfigMapList", [{"a": "2"}])


def test_a_kind_and_a_version_that_are_not_said_are_those_of_the_path(raw: RawClient) -> None:
    bare = b"k8s\0\x12\x05\x0a\x03\x0a\x01y\x1a\x00\x22\x00"
    assert ask(raw, "POST", MAPS, bare).json["metadata"]["name"] == "y"


def test_subresources(raw: RawClient) -> None:
    deployments = "/apis/apps/v1/namespaces/default/deployments"
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "b"}]}}
    web = {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
    assert ask(raw, "POST", deployments, web).json["spec"]["replicas"] == 1
    scale = read(raw.get(f"{deployments}/web/scale", Accept=PROTOBUF))
    assert (scale["kind"], scale["spec"]) == ("Scale", {"replicas": 1})
    scale["spec"]["replicas"] = 3
    assert read(ask(raw, "PUT", f"{deployments}/web/scale", scale, Accept=PROTOBUF))["spec"] == {"replicas": 3}
    assert raw.get(f"{deployments}/web").json["spec"]["replicas"] == 3


def test_delete_options(raw: RawClient) -> None:
    ask(raw, "POST", MAPS, ONE)
    dry = read(ask(raw, "DELETE", f"{MAPS}/one", DELETE, Accept=PROTOBUF))
    assert (dry["kind"], dry["status"]) == ("Status", "Success")
    assert ask(raw, "DELETE", f"{MAPS}/one", {**DELETE, "apiVersion": ""}).code == 200
    assert raw.get(f"{MAPS}/one").code == 200
    refused = ask(raw, "DELETE", f"{MAPS}/one", b"k8s\0\x0a\xff")
    assert (refused.code, said(refused)) == (400, "unexpected EOF")
    another = ask(raw, "DELETE", f"{MAPS}/one", ONE)
    where = 'version "v1" in scheme "pkg/runtime/scheme.go:111"'
    assert (another.code, said(another)) == (400, f'no kind "ConfigMap" is registered for {where}')
    assert read(raw.ask("DELETE", f"{MAPS}/one", Accept=PROTOBUF))["status"] == "Success"


PREFIX = "expected prefix [107 56 115 0]"
UNRECOGNIZED = "the object provided is unrecognized (must be of type ConfigMap): "
CANNOT = 'ConfigMap in version "v1" cannot be handled as a ConfigMap: '


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{}", f"{UNRECOGNIZED}provided data does not appear to be a protobuf message, {PREFIX} ({{}})"),
        (b"k8s\0", f"{UNRECOGNIZED}empty body (6b387300)"),
        (b"k8s\0\x0a\xff", f"{UNRECOGNIZED}unexpected EOF (6b3873000aff)"),
        (b"k8s\0\x12\x02\x0a\xff", f"{CANNOT}unexpected EOF"),
        (b"k8s\0\x12\x02\x08\x01", f"{CANNOT}proto: wrong wireType = 0 for field ObjectMeta"),
        (
            b"k8s\0\x0a\x05\x12\x03Foo",
            'Foo in version "v1" cannot be handled as a ConfigMap: no kind "Foo" is registered for version "v1" in '
            'scheme "pkg/runtime/scheme.go:111"',
        ),
        (
            b"k8s\0\x0a\x08\x12\x06Secret",
            'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): '
            "unknown conversion",
        ),
    ],
)
def test_bodies_that_are_no_objects(raw: RawClient, body: bytes, message: str) -> None:
    answer = ask(raw, "POST", MAPS, body, Accept=PROTOBUF)
    assert (answer.code, said(answer)) == (400, message)


def test_bodies_of_unknown_types(raw: RawClient) -> None:
    answer = raw.ask("POST", MAPS, b"{}", Content_Type="text/plain")
    message = f"the body of the request was in an unknown format - accepted media types include: {ACCEPTED}"
    assert (answer.code, said(answer)) == (415, message)
    assert ask(raw, "PATCH", f"{MAPS}/one", ONE).code == 415


@pytest.mark.parametrize(
    ("accept", "media_type", "kind"),
    [
        (PROTOBUF, PROTOBUF, "ConfigMap"),
        (f"{TABLE},{PROTOBUF}", PROTOBUF, "ConfigMap"),
        (f"application/json;q=0.1,{PROTOBUF}", PROTOBUF, "ConfigMap"),
        (f"{PROTOBUF};stream=other,application/json", "application/json", "ConfigMap"),
        (f"application/yaml;stream=watch,{PROTOBUF}", PROTOBUF, "ConfigMap"),
        (PARTIAL, PROTOBUF, "PartialObjectMetadata"),
        (PARTIAL.replace("v1", "v1beta1"), PROTOBUF, "PartialObjectMetadata"),
    ],
)
def test_forms_of_an_answer(raw: RawClient, accept: str, media_type: str, kind: str) -> None:
    ask(raw, "POST", MAPS, ONE)
    answer = raw.get(f"{MAPS}/one", Accept=accept)
    assert answer.headers["Content-Type"] == media_type
    assert (read(answer) if media_type == PROTOBUF else answer.json)["kind"] == kind


def test_there_are_no_tables_in_protobuf(raw: RawClient) -> None:
    answer = raw.get(MAPS, Accept=TABLE)
    assert (answer.code, answer.headers["Content-Type"]) == (406, "application/json")
    assert said(answer) == f"only the following media types are accepted: {ACCEPTED}"


@pytest.mark.parametrize(
    ("accept", "message"),
    [
        ("application/yaml,application/json", "only the following media types are accepted: "),
        ("application/*", f"406: Not Acceptable\n\nAvailable representations: {ACCEPTED}, "),
    ],
)
def test_watches_are_offered_in_json_and_protobuf(raw: RawClient, accept: str, message: str) -> None:
    answer = raw.get(f"{MAPS}?watch=true", Accept=accept)
    streams = f"application/json;stream=watch, {PROTOBUF};stream=watch"
    assert (answer.code, yaml.safe_load(answer.content)["message"]) == (406, f"{message}{streams}")


def test_failures_are_told_in_protobuf_to_those_who_asked_for_it_plainly(raw: RawClient) -> None:
    answer = raw.get(f"{MAPS}/nobody", Accept=f"{PROTOBUF},application/json")
    assert (answer.code, read(answer)["reason"]) == (404, "NotFound")
    assert raw.get(f"{MAPS}/nobody", Accept=PARTIAL).json["reason"] == "NotFound"
    assert read(raw.get("/api/v1/foos", Accept=PROTOBUF))["code"] == 404
    assert read(raw.get("/version", Accept=PROTOBUF))["code"] == 406


def frames(content: bytes) -> list[bytes]:
    found: list[bytes] = []
    while content:
        length = int.from_bytes(content[:4], "big")
        found.append(content[4 : 4 + length])
        content = content[4 + length :]
    return found


@pytest.mark.parametrize(
    ("accept", "kind"), [(PROTOBUF, "ConfigMap"), (f"{PROTOBUF};stream=watch", "ConfigMap"), (PARTIAL, "Partial")]
)
def test_watches(raw: RawClient, accept: str, kind: str) -> None:
    ask(raw, "POST", MAPS, ONE)
    ask(raw, "POST", MAPS, {**ONE, "metadata": {"name": "two"}})
    answer = raw.get(f"{MAPS}?watch=1&timeoutSeconds=1", Accept=accept)
    assert answer.headers["Content-Type"] == f"{PROTOBUF};stream=watch"
    events = frames(answer.content)
    assert [event[:8] for event in events] == [b"\x0a\x05ADDED\x12"] * 2
    objects = [CODEC.read(CODEC.open(event[event.index(b"k8s\0") :])) for event in events]
    assert [each["metadata"]["name"] for each in objects] == ["one", "two"]
    assert all(each["kind"].startswith(kind) for each in objects)


def test_a_watch_that_fails_tells_so_in_a_frame(raw: RawClient, server: ApiServer) -> None:
    ask(raw, "POST", MAPS, ONE)
    server.compact()
    (event,) = frames(raw.get(f"{MAPS}?watch=1&resourceVersion=1", Accept=PROTOBUF).content)
    assert event.startswith(b"\x0a\x05ERROR")
    status = CODEC.read(CODEC.open(event[event.index(b"k8s\0") :]))
    assert (status["kind"], status["code"]) == ("Status", 410)


def test_custom_resources_have_no_protobuf(crontabs: RawClient) -> None:
    for path in (CRONTABS, f"{CRONTABS}/a", f"{CRONTABS}/a/scale", f"{CRONTABS}?watch=1"):
        answer = crontabs.get(path, Accept=PROTOBUF)
        assert (answer.code, said(answer)[:40]) == (406, "only the following media types are accep")
    body = ONE | {"kind": "CronTab", "apiVersion": "stable.example.com/v1"}
    content = CODEC.encode(ONE).replace(b"\x02v1\x12\x09ConfigMap", b"\x02v2\x12\x09CronTab42")
    answer = ask(crontabs, "POST", CRONTABS, content)
    what = 'CronTab42 in version "v2" cannot be handled as a CronTab'
    assert (answer.code, said(answer)) == (400, f"{what}: Object 'Kind' is missing in 'object has no kind field '")
    unread = ask(crontabs, "POST", CRONTABS, json.dumps(body).encode())
    assert said(unread).startswith("the object provided is unrecognized (must be of type CronTab): provided data does")


def test_what_custom_resources_have_in_protobuf_nevertheless(crontabs: RawClient) -> None:
    assert crontabs.get(f"{CRONTABS}/a", Accept=f"{PROTOBUF},application/json").json["kind"] == "CronTab"
    assert read(crontabs.get(f"{CRONTABS}/a", Accept=PARTIAL))["metadata"]["name"] == "a"
    assert [each["metadata"]["name"] for each in read(crontabs.get(CRONTABS, Accept=PARTIAL_LIST))["items"]] == ["a"]
    missing = crontabs.get(f"{CRONTABS}/b", Accept=f"{PROTOBUF},application/json")
    assert read(missing)["message"] == 'crontabs.stable.example.com "b" not found'
    scale = {**crontabs.get(f"{CRONTABS}/a/scale").json, "spec": {"replicas": 4}}
    assert ask(crontabs, "PUT", f"{CRONTABS}/a/scale", scale).json["spec"] == {"replicas": 4}
    assert ask(crontabs, "DELETE", f"{CRONTABS}/a", DELETE).code == 200


@pytest.mark.parametrize("path", ["/api", "/apis", "/apis/apps", "/api/v1", "/apis/apps/v1"])
def test_discovery(raw: RawClient, path: str) -> None:
    assert raw.get(path, Accept=PROTOBUF).content == CODEC.encode(raw.get(path).json)


CREATED = [each for each in builtin_resources(load_document("1.35")) if {"create", "list"} <= each.verbs]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_random_objects_are_taken_and_refused_as_in_json(raw: RawClient, data: st.DataObject) -> None:
    types = load_message_types("1.35")
    resource = data.draw(st.sampled_from(CREATED))
    message = types.of_kind(resource.api_version, resource.kind)
    assert message is not None
    value = {**data.draw(messages(types, message)), "metadata": {"name": "random"}}
    object_ = {"kind": resource.kind, "apiVersion": resource.api_version, **value}
    group = resource.name.group
    base = f"/apis/{group}/{resource.version}" if group else f"/api/{resource.version}"
    place = f"{base}/namespaces/default" if resource.namespaced else base
    path = f"{place}/{resource.name.plural}?dryRun=All"
    plain, packed = raw.ask("POST", path, object_), ask(raw, "POST", path, object_)
    assert (packed.code, without_volatile(packed.json)) == (plain.code, without_volatile(plain.json))
    assert b"the server in memory failed" not in plain.content


def without_volatile(value: Any) -> Any:
    if isinstance(value, str):  # a Job's selector has its uid, and refusals show it
        return UID.sub("UID", value)
    if isinstance(value, dict):
        return {key: without_volatile(each) for key, each in value.items() if key not in VOLATILE}  # pyright: ignore[reportUnknownVariableType]
    return [without_volatile(each) for each in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]
