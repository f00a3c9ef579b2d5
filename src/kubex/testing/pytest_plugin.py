"""The pytest plugin: a cluster for each test, and a client of it.

pytest finds it by itself where kubex is installed. Nothing is imported before a test asks for a fixture.

```python
@pytest.mark.anyio
async def test_scales_up(kube_api_server: ApiServer, kube_client: BaseClient, kube_namespace: str) -> None:
    kube_api_server.faults.watch(gone_after=3)
    await Api(Deployment, kube_client, namespace=kube_namespace).create(...)
```

`--kube-real` runs the same tests on the cluster of KUBECONFIG, each in a new namespace. `--kube-version` (or
`kube_version` in the configuration file) is the version of the server in memory; the marker `kube_api_server` gives its
other arguments: `@pytest.mark.kube_api_server(authorization="RBAC")`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from kubex.client import BaseClient
    from kubex.testing.server import ApiServer

__all__ = [
    "kube_api_server",
    "kube_client",
    "kube_namespace",
    "pytest_addoption",
    "pytest_configure",
    "pytest_report_header",
]

_VERSION: Final = "1.35"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("kubex", "Kubernetes API servers for tests")
    group.addoption(
        "--kube-real",
        action="store_true",
        help="run the tests of kube_api_server on the cluster of KUBECONFIG, each in a namespace of its own",
    )
    group.addoption("--kube-version", metavar="VERSION", help="Kubernetes version of the API server in memory")
    parser.addini("kube_version", "Kubernetes version of the API server in memory", default=_VERSION)


def pytest_configure(config: pytest.Config) -> None:
    """Check the options, and bring the client of pytest-asyncio's tests where there is that plugin."""
    config.addinivalue_line("markers", "kube_api_server(**arguments): arguments of the test's ApiServer")
    if config.getoption("kube_real"):
        _kubeconfig()
    if config.getoption("kube_version") or config.getini("kube_version") != _VERSION:
        _check_version(_version(config))
    if config.pluginmanager.has_plugin("asyncio"):
        from kubex.testing import _pytest_asyncio

        config.pluginmanager.register(_pytest_asyncio, "kubex-asyncio")


def _version(config: pytest.Config) -> str:
    return str(config.getoption("kube_version") or config.getini("kube_version"))


def _check_version(version: str) -> None:
    from kubex.testing.schema.openapi_document import kept_versions

    if version not in kept_versions():
        known = ", ".join(kept_versions())
        raise pytest.UsageError(f"kube_version: the server in memory has no Kubernetes {version!r}, but {known}")


def _kubeconfig() -> str:
    """Give the one file that KUBECONFIG names: tests hand it on to programs."""
    files = [path for path in os.environ.get("KUBECONFIG", "").split(os.pathsep) if path]
    if not files:
        raise pytest.UsageError("--kube-real needs a cluster: KUBECONFIG must name its file, and is not set")
    found = [path for path in files if os.path.exists(path)] or files[:1]
    if len(found) > 1:
        many = f"--kube-real needs one file, and KUBECONFIG lists {len(found)}"
        raise pytest.UsageError(f"{many}: make one of them with `kubectl config view --flatten`")
    return found[0]


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say where the tests run, unless it is in memory."""
    return f"kubex: on the cluster of {_kubeconfig()}" if config.getoption("kube_real") else None


@pytest.fixture(scope="session")
def _kube_servers_in_memory(request: pytest.FixtureRequest) -> Iterator[Callable[[dict[str, Any]], ApiServer]]:
    """Gives the server with some arguments: one for the whole run."""
    from kubex.testing.server import ApiServer

    servers: list[tuple[dict[str, Any], ApiServer]] = []
    with ExitStack() as stack:

        def server(arguments: dict[str, Any]) -> ApiServer:
            for given, running in servers:
                if given == arguments:
                    return running
            servers.append((arguments, stack.enter_context(ApiServer(**arguments))))
            return servers[-1][1]

        yield server


@pytest.fixture
def kube_api_server(request: pytest.FixtureRequest) -> Iterator[ApiServer]:
    """An API server with a cluster that no other test has seen.

    It is the server in memory, one for the whole run, with an empty cluster for each test. With `--kube-real` it is
    the cluster of KUBECONFIG, in which the test has a namespace: `url`, `configuration` and `kubeconfig` are the
    cluster's, `configuration_for` impersonates, and at anything else (`faults`, `requests`, `compact`, …) the test is
    skipped. A `VirtualClock` stands at its start when a test begins.
    """
    marker = request.node.get_closest_marker("kube_api_server")
    if marker is not None and marker.args:
        given = ", ".join(map(repr, marker.args))
        raise pytest.UsageError(f'the marker kube_api_server({given}) takes names alone, like authorization="RBAC"')
    if request.config.getoption("kube_real"):
        from kubex.testing.existing_cluster import in_new_namespace

        with in_new_namespace(_kubeconfig()) as cluster:
            yield cluster
    else:
        arguments: dict[str, Any] = {
            "version": _version(request.config),
            **(marker.kwargs if marker is not None else {}),
        }
        server: ApiServer = request.getfixturevalue("_kube_servers_in_memory")(arguments)
        server.reset()
        yield server


@pytest.fixture
def kube_namespace(kube_api_server: ApiServer) -> str:
    """Name of the test's namespace: `default` in memory, and with `--kube-real` a new one, deleted after the test."""
    return kube_api_server.configuration.namespace or "default"


@pytest.fixture
def kube_client(request: pytest.FixtureRequest, kube_api_server: ApiServer) -> BaseClient:
    """A client of `kube_api_server`, closed after the test.

    It belongs to the test's event loop: that of anyio's plugin (asyncio or trio) or of pytest-asyncio. A test that is
    not async, and starts a loop itself, has to close it there: `async with kube_client: ...`.
    """
    client: BaseClient = request.getfixturevalue(_fixture_of_loop(request))
    return client


def _fixture_of_loop(request: pytest.FixtureRequest) -> str:
    if "anyio_backend" in request.fixturenames:
        return "_kube_client_of_anyio"
    marker = request.node.get_closest_marker("asyncio")
    if marker is not None and request.config.pluginmanager.has_plugin("asyncio"):
        scope = marker.kwargs.get("loop_scope") or request.config.getini("asyncio_default_test_loop_scope")
        return f"_kube_client_of_asyncio_{scope}"
    return "_kube_client_of_no_loop"


@pytest.fixture
async def _kube_client_of_anyio(kube_api_server: ApiServer) -> AsyncIterator[BaseClient]:
    from kubex.client import create_client

    async with await create_client(kube_api_server.configuration) as client:
        yield client


@pytest.fixture
def _kube_client_of_no_loop(kube_api_server: ApiServer) -> BaseClient:
    import anyio

    from kubex.client import create_client

    # A client has nothing open, and belongs to no loop, before it is used.
    return anyio.run(create_client, kube_api_server.configuration)
