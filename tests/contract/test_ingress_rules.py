"""What servers refuse and warn about in ingresses, and in secrets, of which ingresses name some."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, ask_warned

pytestmark = pytest.mark.anyio

Spec = dict[str, Any]

CLASS = "kubernetes.io/ingress.class"
DEPRECATED = f"annotation \"{CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"
BACKEND: Spec = {"defaultBackend": {"service": {"name": "a", "port": {"number": 80}}}}
SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
WILDCARD = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', "
    "regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


def ingresses(namespace: str) -> str:
    return f"/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses"


def ingress(spec: Spec, annotation: str | None = None) -> dict[str, Any]:
    annotations = {} if annotation is None else {CLASS: annotation}
    return {"metadata": {"name": "a", "annotations": annotations}, "spec": {**BACKEND, **spec}}


async def test_the_class_of_an_annotation(client: BaseClient, namespace: str) -> None:
    path = ingresses(namespace)
    refused, warned = await ask_warned(client, "POST", path, ingress({"ingressClassName": "x"}, "y"))
    why = 'Invalid value: "y": must match `ingressClassName` when both are specified'
    assert refused.message == f'Ingress.networking.k8s.io "a" is invalid: annotations.{CLASS}: {why}'
    assert (refused.code, warned) == (422, [])
    made, warned = await ask_warned(client, "POST", path, ingress({"ingressClassName": "y"}, "y"))
    assert (made.code, warned) == (201, [])
    changed, warned = await ask_warned(client, "PATCH", f"{path}/a", {"spec": {"ingressClassName": "x"}}, MERGE)
    assert (changed.code, warned) == (200, [])


async def test_an_annotation_alone_is_warned_of(client: BaseClient, namespace: str) -> None:
    path = ingresses(namespace)
    made, warned = await ask_warned(client, "POST", path, ingress({}, "y"))
    assert (made.code, warned) == (201, [DEPRECATED])
    changed, warned = await ask_warned(client, "PATCH", f"{path}/a", {"metadata": {"labels": {"a": "b"}}}, MERGE)
    assert (changed.code, warned) == (200, [])


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"tls": [{"secretName": "A"}]}, f'spec.tls[0].secretName: Invalid value: "A": {SUBDOMAIN}'),
        ({"tls": [{"secretName": ""}, {"hosts": ["a.*"]}]}, f'spec.tls[1].hosts[0]: Invalid value: "a.*": {WILDCARD}'),
        ({"rules": [{"host": "*.A"}]}, f'spec.rules[0].host: Invalid value: "*.A": {WILDCARD}'),
        (
            {"rules": [{"host": "fd00::1"}]},
            '[spec.rules[0].host: Invalid value: "fd00::1": must be a DNS name, not an IP address, '
            f'spec.rules[0].host: Invalid value: "fd00::1": {SUBDOMAIN}]',
        ),
    ],
)
async def test_names_that_an_ingress_can_not_have(client: BaseClient, namespace: str, spec: Spec, why: str) -> None:
    refused = await ask(client, "POST", ingresses(namespace), ingress(spec))
    assert (refused.code, refused.message.partition(" is invalid: ")[2]) == (422, why)


CONFIGURATION, OLD_CONFIGURATION = "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"
IN_GO = "into Go value of type map[string]interface {}"


@pytest.mark.parametrize(
    ("type_", "key", "text", "why"),
    [
        (CONFIGURATION, ".dockerconfigjson", "{", "unexpected end of JSON input"),
        (CONFIGURATION, ".dockerconfigjson", "", "unexpected end of JSON input"),
        (CONFIGURATION, ".dockerconfigjson", "[]", f"json: cannot unmarshal array {IN_GO}"),
        (CONFIGURATION, ".dockerconfigjson", "1", f"json: cannot unmarshal number {IN_GO}"),
        (OLD_CONFIGURATION, ".dockercfg", "x", "invalid character 'x' looking for beginning of value"),
        (OLD_CONFIGURATION, ".dockercfg", ' "a"', f"json: cannot unmarshal string {IN_GO}"),
        (OLD_CONFIGURATION, ".dockercfg", "true", f"json: cannot unmarshal bool {IN_GO}"),
        (OLD_CONFIGURATION, ".dockercfg", "null", ""),
        (OLD_CONFIGURATION, ".dockercfg", '{"a": []}', ""),
    ],
)
async def test_secrets_that_are_json(
    client: BaseClient, namespace: str, type_: str, key: str, text: str, why: str
) -> None:
    data = {key: base64.b64encode(text.encode()).decode()}
    path = f"/api/v1/namespaces/{namespace}/secrets"
    answer = await ask(client, "POST", path, {"metadata": {"name": "a"}, "type": type_, "data": data})
    if not why:
        assert answer.code == 201
        return
    shown = f'data[{key}]: Invalid value: "<secret contents redacted>": {why}'
    assert (answer.code, answer.message) == (422, f'Secret "a" is invalid: {shown}')


async def test_a_key_for_ssh_is_not_empty(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/secrets"
    for data in ({}, {"ssh-privatekey": ""}):
        secret = {"metadata": {"name": "a"}, "type": "kubernetes.io/ssh-auth", "stringData": data}
        refused = await ask(client, "POST", path, secret)
        assert refused.message == 'Secret "a" is invalid: data[ssh-privatekey]: Required value'
