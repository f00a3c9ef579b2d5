"""The pytest plugin, in test runs of its own: by pytest's `pytester`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kubex.testing import ApiServer, existing_cluster
from kubex.testing.certificates import Authority

pytest_plugins = ["pytester"]
# pytester forgets what is imported in its runs, and cryptography can't be imported twice: it has to be there before.
assert callable(Authority)

ARGUMENTS = ("-p", "no:cacheprovider", "-W", "error", "-p", "no:asyncio")
WITH_ASYNCIO = (*ARGUMENTS[:-2], "-o", "asyncio_default_fixture_loop_scope=function")

IMPORTS = """
import anyio
import pytest
from kubex.api import Api
from kubex.core.exceptions import Gone
from kubex.k8s.v1_35.core.v1 import ConfigMap, Pod
from kubex_core.models.metadata import ObjectMetadata

def config_map(name):
    return ConfigMap(metadata=ObjectMetadata(name=name))
"""


def test_the_program_that_users_write(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_scales_up(kube_api_server, kube_client):
            kube_api_server.faults.watch(gone_after=3)

        def test_is_not_async_and_starts_a_loop(kube_client):
            import anyio
            from kubex.api import Api
            from kubex.k8s.v1_35.core.v1 import Namespace

            async def use():
                async with kube_client:
                    assert (await Api(Namespace, kube_client).get("default")).metadata.name == "default"

            anyio.run(use)
        """
    )
    pytester.runpytest(*ARGUMENTS).assert_outcomes(passed=2)


def test_each_test_has_an_empty_cluster_and_a_client_in_its_loop(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        IMPORTS
        + """
pytestmark = pytest.mark.anyio

@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param

@pytest.fixture
async def existing(kube_client, kube_namespace):
    api = Api(ConfigMap, kube_client, namespace=kube_namespace)
    await api.create(config_map("existing"))
    yield api
    await api.delete("existing")  # its client is still open

@pytest.mark.parametrize("turn", [1, 2])
async def test_alone(existing, kube_api_server, kube_namespace, turn):
    assert [item.metadata.name for item in (await existing.list(namespace=None)).items] == ["existing"]
    assert kube_namespace == "default"
    assert [request.verb for request in kube_api_server.requests] == ["create", "list"]
    kube_api_server.faults.watch(gone_after=1)
    with pytest.raises(Gone):
        async for event in existing.watch():
            pass
    kube_api_server.faults.latency(60)  # the next test does not wait
    with anyio.move_on_after(0.01):
        await existing.get("existing")
    kube_api_server.faults.clear()
"""
    )
    pytester.runpytest(*ARGUMENTS).assert_outcomes(passed=4)


@pytest.mark.parametrize("mode", ["strict", "auto"])
@pytest.mark.parametrize("loop_scope", ["function", "module", "session"])
def test_with_pytest_asyncio(pytester: pytest.Pytester, mode: str, loop_scope: str) -> None:
    pytester.makepyfile(
        IMPORTS
        + f"""
@pytest.mark.asyncio(loop_scope={loop_scope!r})
@pytest.mark.parametrize("turn", [1, 2])
async def test_alone(kube_client, turn):
    api = Api(ConfigMap, kube_client, namespace="default")
    assert (await api.list()).items == []
    await api.create(config_map("a"))
"""
    )
    pytester.runpytest(*WITH_ASYNCIO, f"--asyncio-mode={mode}").assert_outcomes(passed=2)


def test_workers_of_xdist_have_a_server_each(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import json, urllib.request, pytest

        @pytest.mark.parametrize("turn", range(4))
        def test_alone(kube_api_server, turn):
            body, place = json.dumps({"metadata": {"name": "a"}}).encode(), f"{kube_api_server.url}/api/v1/namespaces"
            new = urllib.request.Request(place, body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(new, timeout=20) as answer:  # refused where it is there already
                assert answer.status == 201
        """
    )
    # In a process of its own, as its workers are: they inherit nothing of this one.
    pytester.runpytest_subprocess(*ARGUMENTS, "--numprocesses=2").assert_outcomes(passed=4)


def test_the_loop_that_pytest_asyncio_is_configured_with(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_test_loop_scope = session\n")
    pytester.makepyfile(
        IMPORTS
        + """
async def test_alone(kube_client):
    assert (await Api(ConfigMap, kube_client, namespace="default").list()).items == []
"""
    )
    pytester.runpytest(*WITH_ASYNCIO).assert_outcomes(passed=1)


@pytest.mark.parametrize(("arguments", "minor"), [((), "34"), (("--kube-version", "1.37"), "37")])
def test_the_version(pytester: pytest.Pytester, arguments: tuple[str, ...], minor: str) -> None:
    pytester.makeini("[pytest]\nkube_version = 1.34\n")
    pytester.makepyfile(
        f"""
        import json, urllib.request

        def test_version(kube_api_server):
            with urllib.request.urlopen(f"{{kube_api_server.url}}/version", timeout=5) as answer:
                assert json.load(answer)["minor"] == {minor!r}
        """
    )
    pytester.runpytest(*ARGUMENTS, *arguments).assert_outcomes(passed=1)


def test_other_arguments_come_by_a_marker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        IMPORTS
        + """
from kubex.client import create_client
from kubex.core.exceptions import Forbidden

pytestmark = [pytest.mark.anyio, pytest.mark.kube_api_server(authorization="RBAC")]

@pytest.mark.parametrize("turn", [1, 2])
async def test_of_users(kube_api_server, kube_client, turn):
    await Api(ConfigMap, kube_client).list(namespace=None)
    async with await create_client(kube_api_server.configuration_for("jane")) as jane:
        with pytest.raises(Forbidden):
            await Api(ConfigMap, jane).list(namespace=None)
    assert [request.user.name for request in kube_api_server.requests] == ["admin", "jane"]
"""
    )
    pytester.runpytest(*ARGUMENTS, "--strict-markers").assert_outcomes(passed=4)


def test_each_test_begins_at_the_start_of_the_clock(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
import datetime
import pytest
from kubex.testing import VirtualClock

START = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)

@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.kube_api_server(clock=VirtualClock(START), workloads=True)
def test_alone(kube_api_server, turn):
    assert kube_api_server.clock.now() == START
    kube_api_server.clock.advance(3600)
    assert kube_api_server.clock.now() == START + datetime.timedelta(hours=1)
"""
    )
    pytester.runpytest(*ARGUMENTS).assert_outcomes(passed=2)


def test_arguments_of_the_marker_without_names_are_wrong_usage(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
import pytest

@pytest.mark.kube_api_server("RBAC")
def test_any(kube_api_server): pass
"""
    )
    result = pytester.runpytest(*ARGUMENTS)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the marker kube_api_server('RBAC') takes names alone*"])


def test_a_version_that_is_not_there_is_wrong_usage(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_any(kube_api_server): pass")
    result = pytester.runpytest(*ARGUMENTS, "--kube-version", "1.20")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*kube_version: the server in memory has no Kubernetes '1.20'*"])


REAL = (
    IMPORTS
    + """
pytestmark = pytest.mark.anyio

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.mark.parametrize("turn", [1, 2])
async def test_alone(kube_api_server, kube_client, kube_namespace, turn):
    assert kube_namespace.startswith("kubex-test-")
    assert kube_client.configuration.namespace == kube_namespace
    assert kube_api_server.url == kube_client.configuration.base_url
    assert kube_api_server.kubeconfig.is_file()
    api = Api(ConfigMap, kube_client, namespace=kube_namespace)
    assert [item.metadata.name for item in (await api.list()).items if item.metadata.name == "a"] == []
    await api.create(config_map("a"))

async def test_faults(kube_api_server):
    kube_api_server.faults.status(503)

def test_requests(kube_api_server):
    assert kube_api_server.requests == []

def test_compaction(kube_api_server):
    kube_api_server.compact()
"""
)


def test_the_cluster_of_kubeconfig(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    with ApiServer() as server:  # any cluster; that it is in memory too is nothing the plugin knows
        kubeconfig = server.kubeconfig
        monkeypatch.setattr(existing_cluster, "_ACCOUNT_SECONDS", 0.0)
        monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
        pytester.makepyfile(REAL)
        result = pytester.runpytest(*ARGUMENTS, "--kube-real", "-ra")
        result.assert_outcomes(passed=2, skipped=3)
        result.stdout.fnmatch_lines(
            [f"kubex: on the cluster of {kubeconfig}", "*only the server in memory has faults*"]
        )
        namespaces = [(each.verb, each.name) for each in server.requests if each.resource == "namespaces"]
    made = [name for verb, name in namespaces if verb == "delete"]
    assert len(made) == len(set(made)) == 5
    assert [verb for verb, _ in namespaces] == ["create", "delete"] * 5


def test_without_kubeconfig_nothing_runs(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    pytester.makepyfile("def test_any(kube_api_server): pass")
    result = pytester.runpytest(*ARGUMENTS, "--kube-real")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--kube-real needs a cluster: KUBECONFIG*"])


def test_a_list_of_kubeconfigs(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(existing_cluster, "_ACCOUNT_SECONDS", 0.0)
    pytester.makepyfile("def test_any(kube_api_server): assert kube_api_server.kubeconfig.is_file()")
    with ApiServer() as server:
        monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'missing'}{os.pathsep}{server.kubeconfig}")
        pytester.runpytest(*ARGUMENTS, "--kube-real").assert_outcomes(passed=1)
        (tmp_path / "missing").touch()
        result = pytester.runpytest(*ARGUMENTS, "--kube-real")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*needs one file, and KUBECONFIG lists 2*"])


def test_a_run_that_asks_for_no_server_pays_for_none() -> None:
    """What every pytest run in an environment with kubex loads because of it."""
    code = (
        "import sys, pytest; before = set(sys.modules)\n"
        "import kubex.testing.pytest_plugin, pytest_asyncio\n"
        "before.update(name for name in sys.modules if not name.startswith('kubex'))\n"
        "import kubex.testing._pytest_asyncio; print(*sorted(set(sys.modules) - before))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = {name for name in answer.stdout.split() if name.partition(".")[0] not in sys.stdlib_module_names}
    assert loaded == {
        "kubex",
        "kubex._version",
        "kubex.testing",
        "kubex.testing._pytest_asyncio",
        "kubex.testing.pytest_plugin",
        "kubex_core",
        "kubex_core.models",
        "kubex_core.models._lazy_exports",
    }


def test_a_new_cluster_takes_milliseconds() -> None:
    with ApiServer() as server:
        taken: list[float] = []
        for _ in range(20):
            started = time.perf_counter()
            server.reset()
            taken.append(time.perf_counter() - started)
    assert min(taken) <= 0.005
