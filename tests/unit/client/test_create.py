"""`create_client`: which library is taken, and what is said where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import kubex.client
from kubex.client import ClientChoice, ClientChoise, ClientOptions, create_client
from kubex.client.aiohttp import AioHttpClient
from kubex.client.httpx import HttpxClient
from kubex.configuration import KubeConfig, configure_from_kubeconfig
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError, InvalidType

CONFIGURATION = ClientConfiguration(url="http://127.0.0.1:1")


def test_the_choice_has_two_spellings() -> None:
    assert ClientChoice is ClientChoise
    assert [choice.value for choice in ClientChoice] == ["auto", "aiohttp", "httpx"]


@pytest.mark.anyio
class TestOnAsyncio:
    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    async def test_auto_is_aiohttp(self) -> None:
        options = ClientOptions(timeout=3)
        async with await create_client(CONFIGURATION, options=options) as client:
            assert isinstance(client, AioHttpClient)
            assert client.configuration is CONFIGURATION
            assert client.options is options

    @pytest.mark.parametrize("choice", [ClientChoice.AIOHTTP, ClientChoice.HTTPX])
    @pytest.mark.parametrize("given", ["~/.kube/config", {"url": "http://127.0.0.1"}, KubeConfig()])
    async def test_what_is_no_configuration(self, choice: ClientChoice, given: Any) -> None:
        needed = f"configuration: a ClientConfiguration, as .*is needed, and not a {type(given).__name__}"
        with pytest.raises(InvalidType, match=needed) as caught:
            await create_client(given, choice)
        assert isinstance(caught.value, TypeError)
        assert "127" not in str(caught.value)

    async def test_what_are_no_options(self) -> None:
        options: Any = {"timeout": 3}
        with pytest.raises(InvalidType, match="options: a ClientOptions is needed, and not a dict"):
            await create_client(CONFIGURATION, options=options)

    async def test_what_is_no_kubeconfig(self) -> None:
        path: Any = "~/.kube/config"
        with pytest.raises(
            InvalidType, match=r"config: a KubeConfig \(a file is named with path=\) is needed, and not a str"
        ):
            await configure_from_kubeconfig(path)

    async def test_httpx(self) -> None:
        async with await create_client(CONFIGURATION, ClientChoice.HTTPX) as client:
            assert isinstance(client, HttpxClient)

    async def test_by_value(self) -> None:
        async with await create_client(CONFIGURATION, "httpx") as client:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
            assert isinstance(client, HttpxClient)

    async def test_auto_without_aiohttp_is_httpx(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "aiohttp", None)
        async with await create_client(CONFIGURATION) as client:
            assert isinstance(client, HttpxClient)

    async def test_without_either(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "aiohttp", None)
        monkeypatch.setitem(sys.modules, "httpx", None)
        with pytest.raises(ImportError, match=r"kubex\[aiohttp\].*kubex\[httpx\]"):
            await create_client(CONFIGURATION)

    @pytest.mark.parametrize("choice", [ClientChoice.AIOHTTP, ClientChoice.HTTPX])
    async def test_without_the_one_asked_for(self, monkeypatch: pytest.MonkeyPatch, choice: ClientChoice) -> None:
        monkeypatch.setitem(sys.modules, choice.value, None)
        with pytest.raises(ImportError, match=rf"kubex\[{choice.value}\]"):
            await create_client(CONFIGURATION, choice)

    async def test_the_configuration_of_a_kubeconfig(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        config = tmp_path / "config"
        config.write_text(
            "current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\n"
            "clusters: [{name: k, cluster: {server: 'http://127.0.0.1:7'}}]\n"
        )
        monkeypatch.setenv("KUBECONFIG", str(config))
        async with await create_client() as client:
            assert client.configuration.base_url == "http://127.0.0.1:7"


@pytest.mark.anyio
class TestOnTrio:
    @pytest.fixture
    def anyio_backend(self) -> str:
        return "trio"

    async def test_auto_is_httpx(self) -> None:
        async with await create_client(CONFIGURATION) as client:
            assert isinstance(client, HttpxClient)

    async def test_aiohttp_is_refused(self) -> None:
        with pytest.raises(ConfigurationError, match="aiohttp runs on asyncio only"):
            await create_client(CONFIGURATION, ClientChoice.AIOHTTP)

    async def test_without_httpx(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "httpx", None)
        with pytest.raises(ImportError, match=r"trio.*kubex\[httpx\]"):
            await create_client(CONFIGURATION)


def test_importing_the_package_imports_no_library() -> None:
    check = (
        "import sys, kubex.client, kubex.client.base, kubex.client.options\n"
        "assert not {'aiohttp', 'httpx', 'httpx_ws', 'trio', 'yarl'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", check], check=True, env={**os.environ, "PYTHONWARNINGS": ""})


def test_the_httpx_client_needs_no_httpx_ws() -> None:
    check = (
        "import sys; sys.modules['httpx_ws'] = None\n"
        "import kubex.client.httpx as module\n"
        "try: module.HttpxWebSocketConnection\n"
        "except ImportError: pass\n"
        "else: raise AssertionError"
    )
    subprocess.run([sys.executable, "-c", check], check=True)


def test_what_is_exported() -> None:
    for name in kubex.client.__all__:
        assert getattr(kubex.client, name) is not None
    from kubex.client import httpx

    for name in httpx.__all__:
        assert getattr(httpx, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        getattr(httpx, "nonsense")  # noqa: B009
