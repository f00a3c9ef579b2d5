"""Objects that hypothesis makes, through model, JSON and the real server, come back as they were."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubex.core._json_value import is_array, is_object
from kubex.core.codec import encode
from tests.e2e.real_server import RealServer
from tests.matrix.kinds import Served, definitions, served
from tests.matrix.samples import NAMESPACE
from tests.matrix.strategies import TAKEN
from tests.matrix.test_samples import home, lost, unkept
from tests.unit.k8s.strategies import objects
from tests.unit.k8s.version import Version
from tools.codegen.document import Document

__all__ = ("home",)

pytestmark = pytest.mark.timeout(600)  # a busy machine takes a while for hundreds of requests

# What the server says of objects that it can't read; those that it can are mostly invalid, and it says so otherwise.
NOT_READ = ("strict decoding error", "cannot unmarshal", "cannot be handled as", "unable to decode")


@pytest.mark.parametrize("definition", TAKEN)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_what_is_taken_comes_back(server: RealServer, generated: Version, definition: str, data: st.DataObject) -> None:
    path, strategy = TAKEN[definition]
    class_ = generated.classes[definition]
    sent = json.loads(encode(class_.model_validate(data.draw(strategy))))
    path = path.format(namespace=NAMESPACE)
    answer = server.request("POST", path, sent, dryRun="All", fieldValidation="Strict")
    assert answer.succeeded, answer.message
    assert lost(class_, sent, answer.content) == []


@pytest.fixture(scope="module")
def creatable(server: RealServer) -> list[Served]:
    return [each for each in served(server) if "create" in each.verbs]


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_object_of_any_kind_can_be_read(
    server: RealServer, generated: Version, creatable: list[Served], data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(creatable))
    definition = definitions(generated)[kind.api_version, kind.kind]
    made = json.loads(encode(data.draw(objects(generated, definition))))
    sent = readable(generated.document, {"$ref": f"#/definitions/{definition}"}, made)
    sent |= {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": "sample"}}
    answer = server.request("POST", kind.collection(NAMESPACE), sent, dryRun="All", fieldValidation="Strict")
    if answer.succeeded:
        assert unkept(generated.classes[definition], answer.content) == []
    else:
        is_read = not any(text in answer.message for text in NOT_READ)
        assert is_read, f"{kind.api_version} {kind.kind}: {answer.message}"


def readable(document: Document, schema: dict[str, Any], value: Any) -> Any:
    """Make a value one that Go can read: numbers have sizes, quantities a form, what looks free a type."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/definitions/")
        if name.endswith(".api.resource.Quantity"):
            return value or "1"
        return readable(document, document["definitions"][name], value)
    if is_object(value):
        properties, inner = schema.get("properties"), schema.get("additionalProperties", {})
        if properties is None:
            return {name: readable(document, inner, item) for name, item in value.items()}
        known = {name: item for name, item in value.items() if not is_free(document, properties[name])}
        return {name: readable(document, properties[name], item) for name, item in known.items()}
    if is_array(value):
        return [readable(document, schema["items"], item) for item in value]
    return value % 2**31 if schema.get("format") == "int32" else value


def is_free(document: Document, schema: dict[str, Any]) -> bool:
    """Whether values are JSON of any form: Go's types for it have forms of their own."""
    if "$ref" in schema:
        return is_free(document, document["definitions"][schema["$ref"].removeprefix("#/definitions/")])
    inner = schema.get("items") or schema.get("additionalProperties")
    if is_object(inner):
        return is_free(document, inner)
    return "properties" not in schema and schema.get("type", "object") == "object"
