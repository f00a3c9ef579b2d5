"""Any structural schema gives a module that keeps what the server says, and a definition that gives it again."""

from __future__ import annotations

import ast
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kubex
from kubex.core.codec import codec_for, encode
from kubex.generate import Form, generate
from tests.unit.generate.modules import FORMS, executed
from tests.unit.generate.schemas import schemas, values_of
from tests.unit.generate.test_generator import definition


@pytest.mark.parametrize("form", FORMS)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_objects_are_read_and_written_as_they_are(form: Form, data: st.DataObject) -> None:
    properties = {"first": data.draw(schemas), "second": data.draw(schemas)}
    whole = definition(properties)
    text = generate(whole, form=form)
    assert generate(whole, form=form) == text
    assert all(len(line) < 200 for line in text.splitlines() if '"' not in line)
    ast.parse(text)
    module = executed(text)
    spec = data.draw(values_of({"type": "object", "properties": properties}))
    content: dict[str, Any] = {
        "apiVersion": "example.com/v1",
        "kind": "Backup",
        "metadata": {"name": "nightly"},
        "spec": spec,
    }
    codec = codec_for(module.Backup)
    backup: Any = codec.decode(msgspec.json.encode(content))
    assert msgspec.json.decode(encode(backup)) == content
    assert msgspec.json.decode(encode(module.Backup.model_validate(content))) == content


@pytest.mark.parametrize("form", FORMS)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(first=schemas, second=schemas)
def test_class_to_definition_to_class_gives_the_class_again(
    form: Form, first: dict[str, Any], second: dict[str, Any]
) -> None:
    text = generate(definition({"first": first, "second": second}), form=form)
    assert generate(kubex.crd_for(executed(text).Backup), form=form) == text
