"""Which cluster a program without `await` talks to; and that it has all that is awaited elsewhere."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from types import ModuleType

import anyio
import pytest

import kubex
import kubex.configuration
import kubex.sync
from kubex.core.exceptions import ConfigurationError
from kubex.k8s.v1_35.core.v1 import Namespace
from kubex.sync import Api, configure_from_kubeconfig, configure_from_pod_env, create_client
from kubex.testing import ApiServer


def kubeconfig(folder: Path, **addresses: str) -> Path:
    """Write one with a context for each address."""
    path = folder / "kubeconfig"
    contexts = [{"name": name, "context": {"cluster": name, "user": "", "namespace": name}} for name in addresses]
    clusters = [{"name": name, "cluster": {"server": url}} for name, url in addresses.items()]
    content = {"contexts": contexts, "clusters": clusters, "users": [], "current-context": next(iter(addresses))}
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", **content}))
    return path


def test_another_context_of_a_file(tmp_path: Path) -> None:
    with ApiServer() as server:
        path = kubeconfig(tmp_path, production="https://127.0.0.1:1", staging=server.url)
        assert configure_from_kubeconfig(path=path).namespace == "production"
        with create_client(configure_from_kubeconfig(use_context="staging", path=path)) as client:
            assert client.configuration.namespace == "staging"
            assert Api(Namespace, client).get("default").metadata.name == "default"


def test_a_context_that_is_not_there(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path, production="https://127.0.0.1:1")
    with pytest.raises(ConfigurationError, match="production"):
        configure_from_kubeconfig(use_context="staging", path=path)


def test_inside_of_a_running_event_loop(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path, production="https://127.0.0.1:1")

    async def cell() -> str | None:
        return configure_from_kubeconfig(path=path).namespace

    assert anyio.run(cell) == "production"


def test_the_service_account_of_a_pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("not-a-real-token")
    (tmp_path / "namespace").write_text("shop")
    (tmp_path / "ca.crt").write_text("")
    found = configure_from_pod_env(tmp_path / "token", tmp_path / "ca.crt", "10.0.0.1", 6443)
    assert (found.base_url, found.namespace) == ("https://10.0.0.1:6443", "shop")
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(ConfigurationError, match="KUBERNETES_SERVICE_HOST"):
        configure_from_pod_env()


@pytest.mark.parametrize("module", [kubex, kubex.configuration], ids=lambda module: module.__name__)
def test_every_function_that_is_awaited_has_its_twin(module: ModuleType) -> None:
    names: list[str] = vars(module)["__all__"]
    awaited = [name for name in names if inspect.iscoroutinefunction(getattr(module, name))]
    assert len(awaited) >= 2
    assert [name for name in awaited if name not in kubex.sync.__all__] == []
