"""`ClientConfiguration`: addresses, contradictions, the one credential source, and a repr without secrets."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from kubex.configuration.auth.basic import BasicAuth
from kubex.configuration.auth.exec import ExecAuthProvider
from kubex.configuration.auth.no_credentials import NoCredentials
from kubex.configuration.auth.oidc import OidcConfig, OidcTokens
from kubex.configuration.auth.refreshable_token import RefreshableToken
from kubex.configuration.auth.static_token import StaticToken
from kubex.configuration.auth.token_file import TokenFile
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.configuration.configuration import ExecConfig
from kubex.core.exceptions import ConfigurationError, InvalidType

pytestmark = pytest.mark.anyio


PLUGIN = ExecConfig(command="login", api_version="client.authentication.k8s.io/v1")
LOGIN = OidcConfig(issuer_url="https://login.example.com", client_id="kubex", refresh_token="hunter2")


async def fetch() -> str:
    return "fetched"


def test_signature_that_users_rely_on() -> None:
    parameters = inspect.signature(ClientConfiguration).parameters
    assert list(parameters)[:10] == [
        "url",
        "server_ca_file",
        "insecure_skip_tls_verify",
        "client_cert_file",
        "client_key_file",
        "token_file",
        "token",
        "namespace",
        "try_refresh_token",
        "refreshable_token",
    ]
    assert {name: p.default for name, p in parameters.items() if p.default is not None} == {
        "try_refresh_token": False,
        "strict_x509": True,
        "disable_compression": False,
    }


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"token": 5}, "token: a str is needed, and not an int"),
        ({"token": b"hunter2"}, "token: a str is needed, and not a bytes"),
        ({"url": b"https://hunter2"}, "url: a str is needed"),
        ({"username": 5}, "username: a str"),
        ({"password": b"hunter2"}, "password: a str"),
        ({"namespace": 5}, "namespace: a str"),
        ({"proxy_url": 5}, "proxy_url: a str"),
        ({"tls_server_name": 5}, "tls_server_name: a str"),
        ({"token_file": 5}, "token_file: a path, as a str or a Path, is needed, and not an int"),
        ({"server_ca_file": b"ca.crt"}, "server_ca_file: a path"),
        ({"server_ca_data": "hunter2"}, r"server_ca_data: bytes are needed, and not a str: give what its encode\(\)"),
        ({"client_cert_data": "hunter2", "client_key_data": b"k"}, "client_cert_data: bytes are needed"),
        ({"client_cert_data": b"c", "client_key_data": "hunter2"}, "client_key_data: bytes are needed"),
    ],
)
def test_wrong_types(arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidType, match=problem) as caught:
        ClientConfiguration(**arguments)
    assert "hunter2" not in str(caught.value)


def test_base_url() -> None:
    assert ClientConfiguration("https://example.com/prefix/").base_url == "https://example.com/prefix"


def test_no_address_is_an_error_where_one_is_needed() -> None:
    configuration = ClientConfiguration()
    with pytest.raises(ConfigurationError, match="no address of a server: give url"):
        _ = configuration.base_url


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"url": "example.com"}, "url .* needs a scheme"),
        ({"proxy_url": "proxy:3128"}, "proxy_url .* needs a scheme"),
        ({"server_ca_file": "a", "server_ca_data": b"b"}, "server_ca_file or server_ca_data, not both"),
        ({"client_cert_file": "a", "client_cert_data": b"b"}, "client_cert_file or client_cert_data, not both"),
        ({"client_key_file": "a", "client_key_data": b"b"}, "client_key_file or client_key_data, not both"),
        ({"client_cert_file": "a"}, "client_cert needs client_key_file or client_key_data"),
        ({"client_key_data": b"a"}, "client_key needs client_cert_file or client_cert_data"),
        ({"insecure_skip_tls_verify": True, "server_ca_file": "a"}, "would ignore the certificate authority"),
        ({"insecure_skip_tls_verify": True, "server_ca_data": b"a"}, "would ignore the certificate authority"),
        ({"token": "hunter2", "username": "u"}, "one kind of credentials"),
        ({"token_file": "f", "password": "hunter2"}, "one kind of credentials"),
        ({"token": "hunter2", "refreshable_token": fetch}, "one kind of credentials"),
        ({"username": "u", "refreshable_token": fetch}, "one kind of credentials"),
        ({"refreshable_token": "hunter2"}, "an async function"),
        ({"token": "hunter2\r\nX: y"}, "characters that no token has"),
        ({"token": "hünter2"}, "characters that no token has"),
        ({"token": "  "}, "the token is empty"),
        ({"username": "a:b", "password": "hunter2"}, "colon"),
        ({"token": "hunter2", "exec": PLUGIN}, "one kind of credentials"),
        ({"exec": PLUGIN, "client_cert_file": "a", "client_key_file": "a"}, "exec can't have one beside it"),
        ({"exec": ExecConfig(command="login")}, "apiVersion"),
    ],
)
def test_contradictions(arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as raised:
        ClientConfiguration(**arguments)
    assert "hunter2" not in str(raised.value)
    assert "hünter2" not in str(raised.value)


def test_files_are_not_looked_at() -> None:
    ClientConfiguration(
        "https://example.com",
        server_ca_file=Path("/nowhere/ca"),
        client_cert_file="/nowhere/cert",
        client_key_file="/nowhere/key",
        token_file="/nowhere/token",
    )


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({}, NoCredentials),
        ({"token": "", "username": "", "token_file": ""}, NoCredentials),
        ({"client_cert_file": "a", "client_key_file": "a"}, NoCredentials),
        ({"token": "t"}, StaticToken),
        ({"token_file": "f"}, TokenFile),
        ({"token": "t", "token_file": "f"}, TokenFile),
        ({"username": "u"}, BasicAuth),
        ({"password": "p"}, BasicAuth),
        ({"refreshable_token": fetch}, RefreshableToken),
        ({"exec": PLUGIN}, ExecAuthProvider),
        ({"oidc": LOGIN}, OidcTokens),
    ],
)
def test_there_is_one_credential_source(arguments: dict[str, Any], kind: type) -> None:
    configuration = ClientConfiguration(**arguments)
    source = configuration.credential_source()
    assert type(source) is kind
    assert configuration.credential_source() is source


def test_a_source_of_ones_own() -> None:
    source = NoCredentials()
    assert ClientConfiguration(refreshable_token=source).credential_source() is source


async def test_a_replaced_configuration_has_a_source_of_its_own() -> None:
    first = ClientConfiguration(token="one")
    second = dataclasses.replace(first, token="two", namespace="shop")
    assert await first.credential_source().headers() == {"Authorization": "Bearer one"}
    assert await second.credential_source().headers() == {"Authorization": "Bearer two"}


async def test_try_refresh_token(tmp_path: Path) -> None:
    file = tmp_path / "token"
    for try_refresh_token in (True, False):
        file.write_text("one")
        source = ClientConfiguration(token_file=file, try_refresh_token=try_refresh_token).credential_source()
        rejected = await source.headers()
        file.write_text("two")
        assert await source.refresh(rejected) is try_refresh_token


def test_repr_shows_no_secret() -> None:
    configuration = ClientConfiguration(
        "https://example.com",
        client_cert_data=b"certificate hunter2",
        client_key_data=b"key hunter2",
        server_ca_data=b"hunter2",
        token="hunter2",
        token_file="/var/token",
        proxy_url="http://user:hunter2@proxy:3128",
        namespace="shop",
        try_refresh_token=True,
    )
    assert repr(configuration) == (
        "ClientConfiguration(url='https://example.com', token_file='/var/token', token=***, namespace='shop', "
        "try_refresh_token=True, proxy_url='http://***@proxy:3128', server_ca_data=<7 bytes>, client_cert_data=***, "
        "client_key_data=***)"
    )
    assert "hunter2" not in f"{configuration}{configuration.credential_source()!r}"
    assert "hunter2" not in repr(ClientConfiguration(username="u", password="hunter2"))
    assert "hunter2" not in repr(ClientConfiguration(oidc=LOGIN, exec_cluster_config={"secret": "hunter2"}))


def test_it_is_a_value() -> None:
    configuration = ClientConfiguration("https://example.com", token="t")
    assert configuration == ClientConfiguration("https://example.com", token="t")
    assert configuration != ClientConfiguration("https://example.com", token="u")
    with pytest.raises(dataclasses.FrozenInstanceError):
        configuration.token = "u"  # type: ignore[misc]


def unpickled(configuration: ClientConfiguration) -> ClientConfiguration:
    return cast("ClientConfiguration", pickle.loads(pickle.dumps(configuration)))


DUPLICATES: list[Callable[[ClientConfiguration], ClientConfiguration]] = [copy.copy, copy.deepcopy, unpickled]


@pytest.mark.parametrize("duplicate", DUPLICATES)
def test_a_copy_has_a_source_of_its_own(duplicate: Callable[[ClientConfiguration], ClientConfiguration]) -> None:
    configuration = ClientConfiguration("https://example.com/", token_file="/nowhere/token")
    same = duplicate(configuration)
    assert same == configuration
    assert same.base_url == "https://example.com"
    assert same.credential_source() is not configuration.credential_source()
