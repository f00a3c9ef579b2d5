"""A sample of every kind that can be created, written by its model, is what the server takes, strictly read."""

from __future__ import annotations

import json
from collections.abc import Callable
from operator import eq
from typing import Any

import pytest

from kubex.core._json_value import is_array, is_object
from kubex.core.codec import codec_for, encode
from kubex.core.exceptions import InvalidArgument
from kubex.core.quantity import Quantity
from tests.e2e.real_server import RealServer
from tests.matrix.kinds import definitions, served
from tests.matrix.samples import NAMESPACE, NOT_CREATED, sample_for
from tests.unit.k8s.version import Version


@pytest.fixture(scope="module", autouse=True)
def home(server: RealServer) -> None:
    """The namespace, and the account that pods run as: there are no controllers to make it."""
    server.request("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    server.request("POST", f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts", {"metadata": {"name": "default"}})


def test_a_sample_of_every_kind_is_taken(server: RealServer, generated: Version) -> None:
    kinds = [each for each in served(server) if "create" in each.verbs]
    assert len(kinds) > 50
    known = definitions(generated)
    wrong: list[str] = []
    for kind in kinds:
        definition = known[kind.api_version, kind.kind]
        class_ = generated.classes[definition]
        sent = json.loads(encode(class_.model_validate(sample_for(generated, kind, definition))))
        answer = server.request("POST", kind.collection(NAMESPACE), sent, dryRun="All", fieldValidation="Strict")
        shown = f"{kind.api_version} {kind.kind}"
        refusal = NOT_CREATED.get((kind.api_version, kind.kind))
        if refusal is not None:
            assert refusal in answer.message, f"{shown} is in the list of what can't be tried without need"
        elif not answer.succeeded:
            wrong.append(f"{shown}: {answer.message}")
        elif kind.is_question:
            wrong += [f"{shown}: {why}" for why in unkept(class_, answer.content)]
        else:
            wrong += [f"{shown}: {why}" for why in lost(class_, sent, answer.content)]
    assert wrong == []


def lost(class_: type[Any], sent: Any, answer: Any) -> list[str]:
    """Tell what the server did not give back of what it was sent, and what the model does not keep of its answer."""
    found = [f"the server gave back another {path}" for path in differences(sent, answer, same=_same_amount)]
    return found + unkept(class_, answer)


def unkept(class_: type[Any], answer: Any) -> list[str]:
    """Tell what a model does not keep of an answer."""
    read = json.loads(encode(codec_for(class_).decode(json.dumps(answer).encode())))
    return [f"the model does not keep {path}" for path in differences(answer, read)]


def differences(expected: Any, given: Any, path: str = "", *, same: Callable[[Any, Any], bool] = eq) -> list[str]:
    """Give the paths of what is expected, and is missing or other; to Go what is empty or 0 is as good as nothing."""
    if not given and not expected:
        return []
    found: list[str] = []
    if is_object(expected) and is_object(given):
        for name, value in expected.items():
            found += differences(value, given.get(name), f"{path}.{name}", same=same)
        return found
    if is_array(expected) and is_array(given) and len(expected) == len(given):
        for at, (one, other) in enumerate(zip(expected, given, strict=True)):
            found += differences(one, other, f"{path}[{at}]", same=same)
        return found
    return [] if same(expected, given) else [f"{path}: {given!r} for {expected!r}"]


def _same_amount(expected: Any, given: Any) -> bool:
    """Whether two values are the same, or one quantity: the server writes each in its shortest form."""
    try:
        return expected == given or bool(Quantity(expected) == Quantity(given))
    except (InvalidArgument, TypeError, ValueError):
        return False
