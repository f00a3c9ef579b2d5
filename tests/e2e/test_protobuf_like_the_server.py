"""Protobuf against the real API server: its bytes are read and written here as there, and refused alike."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from kubex.testing.protobuf.message_types import load_message_types
from kubex.testing.registry import Resource, builtin_resources
from kubex.testing.schema.openapi_document import load_document
from kubex.testing.schema.zero_values import decoded
from kubex.testing.server import ApiServer
from tests.e2e.protobuf_objects import DEFINITION, OBJECTS
from tests.e2e.raw_server import CODEC, JSON, PROTOBUF, RawAnswer, RawServer, raw_server
from tests.unit.testing.protobuf.generated_messages import messages

RESOURCES = builtin_resources(load_document("1.35"))
META = "v=v1;g=meta.k8s.io"
PARTIAL = f"{PROTOBUF};as=PartialObjectMetadata;{META}"
VOLATILE = frozenset({"uid", "creationTimestamp", "time", "resourceVersion", "clusterIP", "clusterIPs"})
WORDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(autouse=True)
def leave_nothing_open() -> None:
    """The connections of this module are closed by its fixtures."""


@pytest.fixture(scope="module")
def real(kubeconfig: Path) -> Iterator[RawServer]:
    async def configuration() -> ClientConfiguration:
        return await configure_from_kubeconfig(path=kubeconfig)

    with raw_server(anyio.run(configuration)) as server:
        yield server


@pytest.fixture(scope="module")
def memory() -> Iterator[RawServer]:
    with ApiServer() as server, raw_server(server.configuration) as connected:
        yield connected


@pytest.fixture(scope="module")
def servers(real: RawServer, memory: RawServer) -> tuple[RawServer, RawServer]:
    return real, memory


@pytest.fixture(scope="module")
def namespace(servers: tuple[RawServer, RawServer]) -> Iterator[str]:
    name = f"kubex-{uuid.uuid4().hex[:12]}"
    for server in servers:
        object_ = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        assert server.send("POST", "/api/v1/namespaces", object_, PROTOBUF).code == 201
    yield name
    for server in servers:
        server.ask("DELETE", f"/api/v1/namespaces/{name}")


def path_of(resource: Resource, namespace: str = "") -> str:
    group = resource.name.group
    base = f"/apis/{group}/{resource.version}" if group else f"/api/{resource.version}"
    middle = f"/namespaces/{namespace}" if namespace and resource.namespaced else ""
    return f"{base}{middle}/{resource.name.plural}"


def comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "*" if key in VOLATILE else comparable(each) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [comparable(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return WORDS.sub("*", value) if isinstance(value, str) else value


def told(answer: RawAnswer) -> tuple[int, Any]:
    content = comparable(answer.object)
    if answer.code == 422:  # the server finds causes in an order of its own
        causes = content.get("details", {}).pop("causes", [])
        return answer.code, (content["reason"], sorted(str(each) for each in causes))
    return answer.code, content


LISTED = [each for each in RESOURCES if "list" in each.verbs and each.name.plural != "componentstatuses"]


@pytest.mark.parametrize("resource", LISTED, ids=lambda each: each.name.qualified)
def test_all_that_the_cluster_has(real: RawServer, resource: Resource) -> None:
    path = path_of(resource)
    while True:  # until nothing changes between the two
        shown, content = real.ask("GET", path).object, real.ask("GET", path, accept=PROTOBUF).content
        read = CODEC.read(CODEC.open(content))
        if read["metadata"]["resourceVersion"] == shown["metadata"]["resourceVersion"]:
            break
    assert [decoded(item, resource.schema) for item in read.get("items", [])] == shown["items"]
    assert CODEC.encode(shown) == content


@pytest.mark.parametrize("object_", OBJECTS, ids=lambda each: each["kind"])
def test_an_object_in_protobuf_is_the_same_object_in_json(
    servers: tuple[RawServer, RawServer], namespace: str, object_: dict[str, Any]
) -> None:
    group, _, version = object_["apiVersion"].rpartition("/")
    (resource,) = (
        each for each in RESOURCES if (each.name.group, each.version, each.kind) == (group, version, object_["kind"])
    )
    path = f"{path_of(resource, namespace)}?dryRun=All&fieldValidation=Strict"
    for server in servers:
        plain = server.send("POST", path, object_)
        assert plain.code == 201, plain.content
        assert told(server.send("POST", path, object_, PROTOBUF)) == told(plain)
        answer = server.send("POST", path, object_, JSON, PROTOBUF)
        read = decoded(answer.object, resource.schema)
        assert comparable(read) == comparable(plain.object)
        written = {"kind": plain.object["kind"], "apiVersion": plain.object["apiVersion"], **read}
        assert CODEC.encode(written) == answer.content


CREATED = [each for each in RESOURCES if "create" in each.verbs and "list" in each.verbs]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_random_objects_are_taken_and_refused_alike(real: RawServer, namespace: str, data: st.DataObject) -> None:
    types = load_message_types("1.35")
    resource = data.draw(st.sampled_from(CREATED))
    name = types.of_kind(resource.api_version, resource.kind)
    assert name is not None
    value = data.draw(messages(types, name))
    value["metadata"] = {"name": "random", "labels": value["metadata"].get("labels", {})}
    object_ = {"kind": resource.kind, "apiVersion": resource.api_version, **value}
    path = f"{path_of(resource, namespace)}?dryRun=All"
    assert told(real.send("POST", path, object_, PROTOBUF)) == told(real.send("POST", path, object_))


BODIES = [
    b"",
    b"{}",
    b"k8s\0",
    b"k8s\0\x0a\xff",
    b"k8s\0\x0f",
    b"k8s\0\x0c",
    b"k8s\0\x00\x01",
    b"k8s\0\x12\x00",
    b"k8s\0\x12\x02\x0a\xff",
    b"k8s\0\x12\x02\x08\x01",
    b"k8s\0\x12\x04\x0a\x02\x08\x01",
    b"k8s\0\x12\x01\x0c",
    b"k8s\0\x12\x02\x00\x01",
    b"k8s\0\x12\x02\x7e\x01",
    b"k8s\0\x12\x0c\x0a" + b"\xff" * 10 + b"\x01",
    b"k8s\0\x12\x0b\x0a" + b"\xff" * 9 + b"\x01",
    b"k8s\0\x12\x0a\x0a\x03\x0a\x01z\x12\x03\x0a\x05x",
    b"k8s\0\x12\x0d\x0a\x03\x0a\x01v\x12\x06\x0a\x01a\x12\x01\xff",
    b"k8s\0\x0a\x05\x12\x03Foo",
    b"k8s\0\x0a\x08\x12\x06Secret",
    b"k8s\0\x0a\x0f\x0a\x02v1\x12\x09ConfigMap\x12\x05\x0a\x03\x0a\x01y",
]


@pytest.mark.parametrize("body", BODIES, ids=repr)
def test_bodies_are_read_and_refused_alike(servers: tuple[RawServer, RawServer], namespace: str, body: bytes) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    expected, found = (told(server.ask("POST", f"{path}?dryRun=All", body, PROTOBUF)) for server in servers)
    assert found == expected
    expected, found = (told(server.ask("DELETE", f"{path}/nobody", body, PROTOBUF)) for server in servers)
    assert found == expected


ACCEPTED = [
    PROTOBUF,
    f"{PROTOBUF},application/json",
    f"{PROTOBUF};as=Table;{META}",
    f"{PROTOBUF};as=Table;{META},{PROTOBUF}",
    f"{PROTOBUF};as=Table;{META},{PROTOBUF},application/*",
    f"{PARTIAL}",
    PARTIAL.replace("Metadata", "MetadataList"),
    PARTIAL.replace("v1", "v1beta1"),
    PARTIAL.replace("v1", "v9"),
    f"application/json;q=0.1,{PROTOBUF}",
    f"application/yaml;stream=watch,{PROTOBUF}",
    f"application/yaml,{PROTOBUF}",
    f"{PROTOBUF};stream=other",
    "application/*",
    "text/html",
    "text/html,*/*",
]


@pytest.fixture(scope="module")
def custom(servers: tuple[RawServer, RawServer], namespace: str) -> Iterator[str]:
    """Path of a custom resource's objects, one of them named `one`."""
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    group = f"{namespace}.example.com"
    definition = {**DEFINITION, "metadata": {"name": f"things.{group}"}, "spec": {**DEFINITION["spec"], "group": group}}
    path = f"/apis/{group}/v1/namespaces/{namespace}/things"
    one = {"apiVersion": f"{group}/v1", "kind": "Thing", "metadata": {"name": "one"}, "spec": {"n": 1, "size": "small"}}
    for server in servers:
        assert server.send("POST", definitions, definition, PROTOBUF).code == 201
        assert any(server.send("POST", path, one).code == 201 for _ in range(1000))  # it takes some tenths of a second
    yield path
    for server in servers:
        server.ask("DELETE", f"{definitions}/things.{group}")


@pytest.fixture(scope="module")
def built_in(servers: tuple[RawServer, RawServer], namespace: str) -> str:
    """Path of config maps, one of them named `one`."""
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    for server in servers:
        object_ = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}, "data": {"a": "b"}}
        assert server.send("POST", path, object_, PROTOBUF).code == 201
    return path


def form(answer: RawAnswer) -> tuple[Any, ...]:
    """What is to be alike: code, type, and of an object its kind, of a Status what it says."""
    if not answer.content or answer.media_type not in (JSON, PROTOBUF):
        return answer.code, answer.media_type
    object_ = answer.object
    return answer.code, answer.media_type, object_["kind"], object_.get("message", "")


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("place", ["", "/one", "/nobody", "/one/scale"])
@pytest.mark.parametrize("which", ["built_in", "custom"])
def test_forms_are_negotiated_alike(
    servers: tuple[RawServer, RawServer], request: pytest.FixtureRequest, which: str, place: str, accept: str
) -> None:
    path: str = request.getfixturevalue(which)
    expected, found = (form(server.ask("GET", f"{path}{place}", accept=accept)) for server in servers)
    assert found == expected


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("which", ["built_in", "custom"])
def test_watches_are_negotiated_alike(
    servers: tuple[RawServer, RawServer], request: pytest.FixtureRequest, which: str, accept: str
) -> None:
    path: str = request.getfixturevalue(which)
    query = "watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Done"
    answers = [server.ask("GET", f"{path}?{query}", accept=accept) for server in servers]
    expected, found = (form(answer) if answer.code != 200 else (200, answer.media_type) for answer in answers)
    assert found == expected
    # The real one ends a watch of lists of metadata at its first event, without a word.
    if expected[1] == f"{PROTOBUF};stream=watch" and "List" not in accept:
        assert [answer.content[4:12] for answer in answers] == [b"\x0a\x05ADDED\x12"] * 2


def test_a_frame_is_the_real_one(real: RawServer, built_in: str) -> None:
    watched = real.ask("GET", f"{built_in}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Done", accept=PROTOBUF)
    assert CODEC.encode_event("ADDED", real.ask("GET", f"{built_in}/one").object) == watched.content


@pytest.mark.parametrize("place", ["", "/one", "/one/status"])
def test_custom_resources_are_refused_alike(servers: tuple[RawServer, RawServer], custom: str, place: str) -> None:
    # With warnings of unknown fields, which is the default, the real one breaks off the connection.
    method = "PUT" if place else "POST"
    for body in BODIES:
        path = f"{custom}{place}?dryRun=All&fieldValidation=Ignore"
        expected, found = (told(server.ask(method, path, body, PROTOBUF)) for server in servers)
        assert found == expected


@pytest.mark.parametrize("path", ["/api", "/apis", "/api/v1", "/apis/apps", "/apis/apps/v1", "/version", "/healthz"])
def test_discovery_is_written_alike(servers: tuple[RawServer, RawServer], path: str) -> None:
    real, memory = servers
    assert memory.ask("GET", path, accept=PROTOBUF)[:2] == real.ask("GET", path, accept=PROTOBUF)[:2]
    if path not in ("/version", "/healthz"):
        assert CODEC.encode(real.ask("GET", path).object) == real.ask("GET", path, accept=PROTOBUF).content
