"""The pod's service account."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from kubex.configuration import incluster_config
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.configuration.incluster_config import configure_from_pod_env
from kubex.core.exceptions import ConfigurationError

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pod's service account, with its environment."""
    folder: Path = incluster_config.SERVICE_ACCOUNT_FOLDER
    folder.mkdir()
    (folder / "token").write_text("hunter2")
    (folder / "ca.crt").write_text("ca")
    (folder / "namespace").write_text("shop\n")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    return folder


def test_signature_that_users_rely_on() -> None:
    parameters = inspect.signature(configure_from_pod_env).parameters
    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "token_filename": None,
        "cert_filename": None,
        "kubernetes_service_host": None,
        "kubernetes_service_port": None,
        "try_refresh_token": True,
    }


async def test_all_of_it(folder: Path) -> None:
    configuration = await configure_from_pod_env()
    assert configuration == ClientConfiguration(
        "https://10.96.0.1:443",
        server_ca_file=str(folder / "ca.crt"),
        token_file=str(folder / "token"),
        namespace="shop",
        try_refresh_token=True,
    )
    source = configuration.credential_source()
    assert await source.headers() == {"Authorization": "Bearer hunter2"}
    (folder / "token").write_text("rotated")
    assert await source.refresh() is True


@pytest.mark.parametrize(
    ("arguments", "url"),
    [
        ({"kubernetes_service_host": "fd00::1"}, "https://[fd00::1]:443"),
        ({"kubernetes_service_host": "[fd00::1]"}, "https://[fd00::1]:443"),
        (
            {"kubernetes_service_host": "kubernetes.default.svc", "kubernetes_service_port": 6443},
            "https://kubernetes.default.svc:6443",
        ),
        ({"kubernetes_service_port": "6443"}, "https://10.96.0.1:6443"),
    ],
)
async def test_address(arguments: dict[str, Any], url: str, folder: Path) -> None:
    assert (await configure_from_pod_env(**arguments)).base_url == url


async def test_ipv6_of_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
    assert (await configure_from_pod_env()).base_url == "https://[fd00::1]:443"


async def test_other_files(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "jwt").write_text("t")
    (other / "ca").write_text("ca")
    configuration = await configure_from_pod_env(other / "jwt", str(other / "ca"), try_refresh_token=False)
    assert configuration.token_file == str(other / "jwt")
    assert configuration.server_ca_file == str(other / "ca")
    assert configuration.namespace is None, "there is no file of it beside the token"
    assert not configuration.try_refresh_token


@pytest.mark.parametrize("content", [None, "", "\n"])
async def test_no_namespace(content: str | None, folder: Path) -> None:
    (folder / "namespace").unlink()
    if content is not None:
        (folder / "namespace").write_text(content)
    assert (await configure_from_pod_env()).namespace is None


@pytest.mark.parametrize("name", ["token", "ca.crt"])
async def test_missing_files(name: str, folder: Path) -> None:
    (folder / name).unlink()
    what = {"token": "the service account's token", "ca.crt": "the cluster's certificate authority"}[name]
    with pytest.raises(ConfigurationError, match=f"{what} {folder / name} does not exist"):
        await configure_from_pod_env()


@pytest.mark.parametrize("variable", ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"])
async def test_not_in_a_pod(variable: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(variable)
    with pytest.raises(ConfigurationError, match=f"^{variable} is not set: the program does not run in a pod$"):
        await configure_from_pod_env()


@pytest.mark.parametrize("port", ["x", "0", "70000", "443/x?y"])
async def test_wrong_port(port: str, folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="url"):
        await configure_from_pod_env(kubernetes_service_port=port)
