"""ExecCredential: what a plugin is told, and what of its answers is taken."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.configuration.auth._exec_credential import ExecCluster, exec_info, parse_exec_credential
from kubex.configuration.auth.source import ClientCertificate
from kubex.core.exceptions import ConfigurationError

V1 = "client.authentication.k8s.io/v1"


def answer(status: object, **others: object) -> bytes:
    return json.dumps({"kind": "ExecCredential", "apiVersion": V1, "status": status, **others}).encode()


def test_without_a_cluster() -> None:
    assert json.loads(exec_info(V1, interactive=True, cluster=None)) == {
        "kind": "ExecCredential",
        "apiVersion": V1,
        "spec": {"interactive": True},
    }


def test_with_a_cluster() -> None:
    cluster = ExecCluster(
        "https://example.com",
        tls_server_name="api",
        ca_data=b"PEM",
        proxy_url="http://proxy:3128",
        disable_compression=True,
        config={"audience": "x"},
    )
    assert json.loads(exec_info(V1, interactive=False, cluster=cluster))["spec"] == {
        "interactive": False,
        "cluster": {
            "server": "https://example.com",
            "tls-server-name": "api",
            "certificate-authority-data": base64.b64encode(b"PEM").decode(),
            "proxy-url": "http://proxy:3128",
            "disable-compression": True,
            "config": {"audience": "x"},
        },
    }


def test_a_token() -> None:
    found = parse_exec_credential(answer({"token": "t", "expirationTimestamp": "2026-01-01T00:00:00Z"}), V1, "P")
    assert found.headers == {"Authorization": "Bearer t"}
    assert found.expires_at == 1767225600
    assert found.certificate is None


def test_a_certificate() -> None:
    found = parse_exec_credential(answer({"clientCertificateData": "C", "clientKeyData": "K"}), V1, "P")
    assert found.headers == {}
    assert found.expires_at is None
    assert found.certificate == ClientCertificate(b"C", b"K")
    assert "K" not in repr(found).replace("ClientCertificate", "")


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        (b"", "printed no ExecCredential: JSON"),
        (b"hunter2", "printed no ExecCredential: JSON"),
        (b"[" * 100_000, "printed no ExecCredential: JSON"),
        (b'["hunter2"]', "printed no ExecCredential: JSON"),
        (answer({"token": "hunter2"}, kind="Pod"), "its kind is another"),
        (answer({"token": "hunter2"}, apiVersion=V1 + "beta1"), "of another version than client.auth"),
        (answer(None), "without a status"),
        (answer(["hunter2"]), "without a status"),
        (answer({}), "neither a token nor a client certificate"),
        (answer({"token": ""}), "neither a token"),
        (answer({"token": 2}), "whose token is no text"),
        (answer({"token": "hunter2\n hunter2"}), "the token of P has characters that no token has"),
        (answer({"clientCertificateData": "hunter2"}), "lacks clientKeyData"),
        (answer({"clientKeyData": "hunter2"}), "lacks clientCertificateData"),
        (answer({"token": "hunter2", "expirationTimestamp": "hunter2"}), "expirationTimestamp is no RFC 3339 time"),
    ],
)
def test_what_is_refused(output: bytes, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as raised:
        parse_exec_credential(output, V1, "P")
    assert "hunter2" not in str(raised.value)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["token", "clientKeyData", "clientCertificateData", "expirationTimestamp", "status"]), inner
        )
    ),
    max_leaves=6,
)


@given(
    st.binary(max_size=20) | json_values.map(lambda value: answer(value)) | json_values.map(json.dumps).map(str.encode)
)
def test_any_output_is_credentials_or_an_error_of_ours(output: bytes) -> None:
    try:
        found = parse_exec_credential(output, V1, "P")
    except ConfigurationError:
        return
    assert found.headers or found.certificate
