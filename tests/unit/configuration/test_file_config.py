"""From a kubeconfig's context to a client's configuration."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from kubex.configuration.auth.impersonation import Impersonation
from kubex.configuration.auth.oidc import OidcConfig
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.configuration.configuration import (
    AuthInfo,
    Cluster,
    Context,
    ExecConfig,
    KubeConfig,
    NamedAuthInfo,
    NamedCluster,
    NamedContext,
)
from kubex.configuration.file_config import configure_from_kubeconfig
from kubex.core.exceptions import ConfigurationError, InvalidArgument
from tests.unit.configuration.documents import b64, document, write

pytestmark = pytest.mark.anyio

URL = "https://example.com:6443"


@pytest.fixture
def file(home: Path) -> Path:
    """The default kubeconfig; "ca", "cert", "key" and "token" are beside it."""
    for name in ("ca", "cert", "key", "token"):
        write(home / ".kube" / name, f"{name} hunter2")
    return write(home / ".kube" / "config", document())


EXEC = {"command": "/bin/aws", "apiVersion": "client.authentication.k8s.io/v1", "args": ["hunter2"]}
OIDC: dict[str, Any] = {
    "name": "oidc",
    "config": {"idp-issuer-url": "https://login.example", "client-id": "kubex", "refresh-token": "hunter2"},
}


def changed(provider: dict[str, Any], key: str, value: str) -> dict[str, Any]:
    return {**provider, "config": {**provider["config"], key: value}}


USABLE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "bare": ({}, {}),
    "certificate files": (
        {
            "cluster": {"certificate-authority": "ca"},
            "user": {"client-certificate": "cert", "client-key": "key"},
        },
        {
            "server_ca_file": "HOME/.kube/ca",
            "client_cert_file": "HOME/.kube/cert",
            "client_key_file": "HOME/.kube/key",
        },
    ),
    "certificate data": (
        {
            "cluster": {"certificate-authority-data": b64(b"ca")},
            "user": {"client-certificate-data": b64(b"cert"), "client-key-data": b64(b"key")},
        },
        {"server_ca_data": b"ca", "client_cert_data": b"cert", "client_key_data": b"key"},
    ),
    "data over several lines": (
        {"cluster": {"certificate-authority-data": "\n  ".join(b64(b"certificate")) + "\n"}},
        {"server_ca_data": b"certificate"},
    ),
    "certificate file, key data": (
        {"user": {"client-certificate": "cert", "client-key-data": b64(b"key")}},
        {"client_cert_file": "HOME/.kube/cert", "client_key_data": b"key"},
    ),
    "a key alone is not looked at": ({"user": {"client-key": "nowhere", "token": "t"}}, {"token": "t"}),
    "token": ({"user": {"token": "t"}}, {"token": "t"}),
    "token file": (
        {"user": {"tokenFile": "token"}},
        {"token_file": "HOME/.kube/token", "try_refresh_token": True},
    ),
    "token until there is a token file": (
        {"user": {"tokenFile": "nowhere", "token": "t"}},
        {"token_file": "HOME/.kube/nowhere", "token": "t", "try_refresh_token": True},
    ),
    "token and certificate": (
        {"user": {"token": "t", "client-certificate": "cert", "client-key": "key"}},
        {"token": "t", "client_cert_file": "HOME/.kube/cert", "client_key_file": "HOME/.kube/key"},
    ),
    "basic": ({"user": {"username": "u", "password": "p"}}, {"username": "u", "password": "p"}),
    "of the cluster": (
        {
            "cluster": {
                "server": "https://10.0.0.1/prefix/",
                "tls-server-name": "kubernetes",
                "proxy-url": "socks5://proxy:1080",
                "insecure-skip-tls-verify": True,
                "disable-compression": True,
            }
        },
        {
            "url": "https://10.0.0.1/prefix",
            "tls_server_name": "kubernetes",
            "proxy_url": "socks5://proxy:1080",
            "insecure_skip_tls_verify": True,
            "disable_compression": True,
        },
    ),
    "empty values": (
        {
            "cluster": {"certificate-authority": "", "tls-server-name": "", "proxy-url": ""},
            "user": {"token": "", "tokenFile": "", "username": "", "as": "", "as-groups": [], "exec": None},
        },
        {},
    ),
    "namespace": (
        {"contexts": [{"name": "dev", "context": {"cluster": "c", "user": "u", "namespace": "shop"}}]},
        {"namespace": "shop"},
    ),
    "anonymous": ({"user": {"token": "t"}, "contexts": [{"name": "dev", "context": {"cluster": "c"}}]}, {}),
    "a program": (
        {
            "cluster": {"extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}]},
            "user": {"exec": EXEC},
        },
        {"exec": ExecConfig.model_validate(EXEC), "exec_cluster_config": {"audience": "x"}},
    ),
    "a token goes before a program": ({"user": {"token": "t", "exec": EXEC}}, {"token": "t"}),
    "OIDC": (
        {"user": {"auth-provider": OIDC}},
        {
            "oidc": OidcConfig(
                issuer_url="https://login.example",
                client_id="kubex",
                refresh_token="hunter2",
                kubeconfig=("HOME/.kube/config", "u"),
            )
        },
    ),
    "somebody else": (
        {"user": {"token": "t", "as": "jane", "as-uid": "7", "as-groups": ["a", "b"], "as-user-extra": {"x": ["y"]}}},
        {"token": "t", "impersonation": Impersonation(user="jane", uid="7", groups=("a", "b"), extra={"x": ["y"]})},
    ),
    "somebody else in plain HTTP": (
        {"cluster": {"server": "http://localhost:8001"}, "user": {"token": "t", "as": "jane"}},
        {"url": "http://localhost:8001", "impersonation": Impersonation(user="jane")},
    ),
    "no credential in plain HTTP": (
        {
            "cluster": {"server": "http://localhost:8001"},
            "user": {"token": "t", "client-certificate": "nowhere", "client-key": "nowhere"},
        },
        {"url": "http://localhost:8001"},
    ),
}


@pytest.mark.parametrize(("parts", "expected"), USABLE.values(), ids=USABLE.keys())
async def test_usable(parts: dict[str, Any], expected: dict[str, Any], file: Path, home: Path) -> None:
    write(file, document(**parts))
    arguments: dict[str, Any] = {"url": URL} | {
        name: value.replace("HOME", str(home)) if isinstance(value, str) else value for name, value in expected.items()
    }
    if "oidc" in arguments:
        arguments["oidc"] = dataclasses.replace(arguments["oidc"], kubeconfig=(f"{home}/.kube/config", "u"))
    assert await configure_from_kubeconfig() == ClientConfiguration(**arguments)


CONTEXTS = document(
    clusters=[{"name": "c", "cluster": {"server": URL}}, {"name": "bare"}],
    contexts=[
        {"name": "dev", "context": {"cluster": "c", "user": "u"}},
        {"name": "staging", "context": {"cluster": "c", "user": "u", "namespace": "staging"}},
        {"name": "no-cluster", "context": {"user": "u"}},
        {"name": "other-cluster", "context": {"cluster": "d", "user": "u"}},
        {"name": "other-user", "context": {"cluster": "c", "user": "v"}},
        {"name": "no-server", "context": {"cluster": "bare"}},
    ],
)
NAMES = "dev, staging, no-cluster, other-cluster, other-user, no-server"


async def test_use_context(file: Path) -> None:
    write(file, CONTEXTS)
    assert (await configure_from_kubeconfig()).namespace is None
    assert (await configure_from_kubeconfig(use_context="staging")).namespace == "staging"


@pytest.mark.parametrize(
    ("context", "problem"),
    [
        ("prod", f'context "prod" is not in ~/.kube/config (it has: {NAMES})'),
        ("no-cluster", 'context "no-cluster" in ~/.kube/config names no cluster'),
        ("other-cluster", 'cluster "d" of context "other-cluster" is not in ~/.kube/config (it has: c, bare)'),
        ("other-user", 'user "v" of context "other-user" is not in ~/.kube/config (it has: u)'),
        ("no-server", 'cluster "bare" in ~/.kube/config has no server'),
    ],
)
async def test_what_a_context_names_has_to_be_there(context: str, problem: str, file: Path) -> None:
    write(file, CONTEXTS)
    with pytest.raises(ConfigurationError) as raised:
        await configure_from_kubeconfig(use_context=context)
    assert str(raised.value) == problem


@pytest.mark.parametrize("current", ["", None])
async def test_no_current_context(current: str | None, file: Path) -> None:
    write(file, CONTEXTS | {"current-context": current})
    with pytest.raises(ConfigurationError) as raised:
        await configure_from_kubeconfig()
    assert str(raised.value) == (
        f"~/.kube/config has no current-context: choose one with use_context (it has: {NAMES})"
    )


async def test_an_empty_file_has_no_context(file: Path) -> None:
    write(file, "")
    with pytest.raises(ConfigurationError, match=r"~/.kube/config has no current-context: .* \(it has: none\)"):
        await configure_from_kubeconfig()
    with pytest.raises(ConfigurationError, match=r'context "x" is not in ~/.kube/config \(it has: none\)'):
        await configure_from_kubeconfig(use_context="x")


async def test_of_many_contexts_some_are_named(file: Path) -> None:
    write(file, document(contexts=[{"name": f"c{number}"} for number in range(30)]))
    with pytest.raises(ConfigurationError, match=r"\(it has: c0, c1, .*, c19 and 10 more\)$"):
        await configure_from_kubeconfig(use_context="x")


UNUSABLE: list[tuple[dict[str, Any], str]] = [
    ({"cluster": {"server": "example.com"}}, "C: server 'example.com' is no address: it needs a scheme"),
    ({"cluster": {"server": "https://hunter2@example.com"}}, r"C: server https://\*\*\*@example.com holds a user name"),
    ({"cluster": {"proxy-url": "proxy:hunter2@x"}}, r"C: proxy-url '\*\*\*@x' is no address: it needs a scheme"),
    ({"cluster": {"certificate-authority": "nowhere"}}, "C: certificate-authority ~/.kube/nowhere does not exist"),
    ({"cluster": {"certificate-authority": "."}}, "C: certificate-authority ~/.kube is not an ordinary file"),
    ({"cluster": {"certificate-authority-data": "hunter2!"}}, "C: certificate-authority-data is not base64"),
    ({"cluster": {"certificate-authority-data": "YW!Jj"}}, "C: certificate-authority-data is not base64"),
    ({"cluster": {"certificate-authority-data": "hunter2"}}, "C: certificate-authority-data is not base64"),
    ({"cluster": {"certificate-authority-data": "hünter2="}}, "C: certificate-authority-data is not base64"),
    (
        {"cluster": {"certificate-authority": "ca", "certificate-authority-data": b64(b"hunter2")}},
        "C has both certificate-authority and certificate-authority-data",
    ),
    (
        {"cluster": {"certificate-authority": "ca", "insecure-skip-tls-verify": True}},
        "C: insecure-skip-tls-verify would ignore its certificate-authority",
    ),
    (
        {"user": {"client-certificate": "nowhere", "client-key": "key"}},
        "U: client-certificate ~/.kube/nowhere does not",
    ),
    ({"user": {"client-certificate": "cert", "client-key": "nowhere"}}, "U: client-key ~/.kube/nowhere does not exist"),
    ({"user": {"client-certificate": "cert"}}, "U has a client-certificate but no client-key"),
    (
        {"user": {"client-certificate": "cert", "client-key-data": "hunter2"}},
        "U: client-key-data is not base64",
    ),
    (
        {"user": {"client-certificate": "cert", "client-key": "key", "client-key-data": b64(b"hunter2")}},
        "U has both client-key and client-key-data",
    ),
    ({"user": {"tokenFile": "nowhere"}}, "U: tokenFile ~/.kube/nowhere does not exist"),
    ({"user": {"token": "hunter2", "username": "jane"}}, "U has both a token and a username"),
    ({"user": {"tokenFile": "token", "password": "hunter2"}}, "U has both a token and a username"),
    ({"user": {"token": "hunter2\nx"}}, "U: the token has characters that no token has"),
    ({"user": {"username": "a:b", "password": "hunter2"}}, "U: a user name of basic authentication can't have a colon"),
    (
        {"user": {"exec": {"command": "aws", "args": ["hunter2"]}}},
        r"U: the credential plugin aws is configured with apiVersion \(none\): kubex speaks client.auth",
    ),
    (
        {"user": {"exec": {"command": "aws", "apiVersion": "client.authentication.k8s.io/v1alpha1"}}},
        "U: the credential plugin aws is configured with apiVersion client.authentication.k8s.io/v1alpha1",
    ),
    ({"user": {"exec": EXEC, "auth-provider": OIDC}}, "U has both exec and an auth-provider"),
    ({"user": {"auth-provider": {"name": "gcp"}}}, "U gets its credentials from the auth-provider gcp, which kubectl"),
    ({"user": {"auth-provider": {"name": "oidc"}}}, "U: OIDC needs the client's id"),
    ({"user": {"auth-provider": changed(OIDC, "refresh-token", "")}}, "U: OIDC needs an id token or a refresh token"),
    ({"user": {"auth-provider": changed(OIDC, "idp-issuer-url", "http://hunter2")}}, "U: the OIDC issuer has to have"),
    (
        {"user": {"auth-provider": changed(OIDC, "idp-certificate-authority-data", "hunter2!")}},
        "U: idp-certificate-authority-data is not base64",
    ),
    ({"user": {"as-groups": ["admins"]}}, "U: impersonation needs a user"),
    ({"user": {"as": "jane\nX: hunter2"}}, "U: impersonation: the value of Impersonate-User has white space"),
]


@pytest.mark.parametrize(("parts", "problem"), UNUSABLE)
async def test_unusable(parts: dict[str, Any], problem: str, file: Path) -> None:
    write(file, document(**parts))
    problem = problem.replace("C", 'cluster "c" in ~/.kube/config', 1) if problem[0] == "C" else problem
    problem = problem.replace("U", 'user "u" in ~/.kube/config', 1) if problem[0] == "U" else problem
    with pytest.raises(ConfigurationError, match=f"^{problem}") as raised:
        await configure_from_kubeconfig()
    error: BaseException | None = raised.value
    while error is not None:
        assert "hunter2" not in str(error)
        error = error.__cause__ or error.__context__


async def test_path(file: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", document(cluster={"server": "https://other"}))
    assert (await configure_from_kubeconfig(path=other)).url == "https://other"
    assert (await configure_from_kubeconfig(path=str(other))).url == "https://other"


async def test_a_path_that_was_named_has_to_exist(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"kubeconfig .*/nowhere does not exist"):
        await configure_from_kubeconfig(path=tmp_path / "nowhere")


async def test_nothing_to_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"^there is no kubeconfig; tried ~/.kube/config$"):
        await configure_from_kubeconfig()
    monkeypatch.setenv("KUBECONFIG", f"{home}/a:{home}/b")
    with pytest.raises(ConfigurationError, match=r"^there is no kubeconfig; tried ~/a, ~/b$"):
        await configure_from_kubeconfig()


async def test_merged_files(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home / "one" / "config", {"contexts": [{"name": "dev", "context": {"cluster": "c", "user": "u"}}]})
    write(home / "one" / "ca", "")
    write(home / "two" / "config", document(cluster={"certificate-authority": "ca"}, user={"token": "t"}))
    write(home / "two" / "ca", "")
    monkeypatch.setenv("KUBECONFIG", f"{home}/one/config:{home}/missing:{home}/two/config")
    configuration = await configure_from_kubeconfig()
    assert configuration.server_ca_file == f"{home}/two/ca"
    with pytest.raises(ConfigurationError, match=r'"x" is not in ~/one/config, ~/two/config \(it has: dev\)'):
        await configure_from_kubeconfig(use_context="x")


async def test_a_kubeconfig_made_in_code(file: Path) -> None:
    config = KubeConfig(
        clusters=[NamedCluster(name="c", cluster=Cluster(server=URL))],
        users=[NamedAuthInfo(name="u", user=AuthInfo(token="t"))],
        contexts=[NamedContext(name="x", context=Context(cluster="c", user="u", namespace="shop"))],
    )
    expected = ClientConfiguration(URL, token="t", namespace="shop")
    assert await configure_from_kubeconfig(config, "x") == expected
    with pytest.raises(ConfigurationError, match=r"^the kubeconfig has no current-context: .* \(it has: x\)$"):
        await configure_from_kubeconfig(config)
    config.clusters[0].cluster.server = "x"
    with pytest.raises(ConfigurationError, match=r'^cluster "c": server'):
        await configure_from_kubeconfig(config, "x")


async def test_config_and_path(file: Path) -> None:
    with pytest.raises(InvalidArgument, match="config or path, not both"):
        await configure_from_kubeconfig(KubeConfig(), path=file)
