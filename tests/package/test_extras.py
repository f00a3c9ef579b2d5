"""The wheel in environments of its own, with each extra alone: what works, and which extra an error names."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubex.testing import ApiServer
from tests.package.conftest import Distribution
from tests.package.environments import ROOT, new_environment, run
from tests.unit.client.socks_proxy import socks_proxy
from tests.unit.testing.http.pods import make_pod
from tools.interpreters import Interpreter, find_interpreters, supported_versions

pytestmark = pytest.mark.timeout(900)

PROGRAMS = Path(__file__).parent / "programs"

AIOHTTP = {"client", "blocking client", "client over aiohttp", "exec over aiohttp"}
HTTPX = {"client", "blocking client", "client over httpx"}
SERVER = {*AIOHTTP, "server", "python -m kubex.testing"}
PROVIDES: dict[str, set[str]] = {
    "": set(),
    "aiohttp": AIOHTTP,
    "aiohttp-socks": {*AIOHTTP, "SOCKS over aiohttp"},
    "cli": {*AIOHTTP, "kubex version"},
    "httpx": HTTPX,
    "httpx-socks": {*HTTPX, "SOCKS over httpx"},
    "httpx-ws": {*HTTPX, "exec over httpx"},
    "otel": {"OpenTelemetry"},
    "prometheus": {"Prometheus"},
    "testing": SERVER,
    "testing-auth": {*SERVER, "server with TLS", "server with users"},
    "testing-cel": {*SERVER, "rules in CEL"},
    "testing-tls": {*SERVER, "server with TLS"},
}
"""What works with each extra alone."""

NAMES: dict[str, list[tuple[str, str]]] = {
    "client": [("client", "aiohttp")],
    "client over aiohttp": [("client over aiohttp", "aiohttp")],
    "client over httpx": [("client over httpx", "httpx")],
    "blocking client": [("client", "aiohttp")],
    "exec over aiohttp": [("client over aiohttp", "aiohttp")],
    "exec over httpx": [("client over httpx", "httpx"), ("exec over httpx", "httpx-ws")],
    "SOCKS over aiohttp": [("client over aiohttp", "aiohttp"), ("SOCKS over aiohttp", "aiohttp-socks")],
    "SOCKS over httpx": [("client over httpx", "httpx"), ("SOCKS over httpx", "httpx-socks")],
    "OpenTelemetry": [("OpenTelemetry", "otel")],
    "Prometheus": [("Prometheus", "prometheus")],
    "server": [("server", "testing")],
    "server with TLS": [("server with TLS", "testing-tls")],
    "server with users": [("server with users", "testing-auth")],
    "rules in CEL": [("server", "testing"), ("rules in CEL", "testing-cel")],
    "kubex version": [("kubex version", "cli")],
    "kubex serve": [("kubex version", "cli"), ("server", "testing")],
    "python -m kubex.testing": [("server", "testing")],
}
"""Of each feature, what it takes, one after the other: the first that is missing is named, by its extra."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[dict[str, str]]:
    """The variables that lead programs to a cluster, and to a proxy."""
    with ApiServer() as server, socks_proxy() as proxy:
        make_pod(server)
        server.pods.on_exec(lambda command, stdin: "up\n", program="uptime")
        yield {"KUBECONFIG": str(server.kubeconfig), "SOCKS_PROXY": f"socks5://{proxy.address}"}


def outcomes(python: Path, folder: Path, cluster: dict[str, str]) -> dict[str, str]:
    """Tell what works in an environment, and how the rest fails."""
    ended = run([python, "-W", "error", PROGRAMS / "features.py"], folder, cluster)
    assert ended.code == 0, ended.errors
    found: dict[str, str] = json.loads(ended.output)
    assert set(found) == set(NAMES)
    return found


def named(feature: str, provided: set[str]) -> str:
    """Name the extra that the error of a feature has to name."""
    return next(extra for needed, extra in NAMES[feature] if needed not in provided)


def check_demo(python: Path, folder: Path, cluster: dict[str, str], extra: str) -> None:
    """Run the demonstration on the cluster, in another process than the server's."""
    shutil.copy(ROOT / "examples" / "demo.py", folder)
    ended = run([python, "-W", "error", folder / "demo.py"], folder, cluster)
    if "client" in PROVIDES[extra]:
        assert (ended.code, ended.errors) == (0, "")
        assert ended.last_words == "Done."
        library = "AioHttpClient" if "client over aiohttp" in PROVIDES[extra] else "HttpxClient"
        assert ended.output.startswith(library)
    else:
        assert ended.code == 1
        assert (
            ended.last_words == "ImportError: kubex needs an HTTP library: pip install kubex[aiohttp], or kubex[httpx]"
        )


def test_every_extra_is_tried() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(PROVIDES) == {"", *extras}


@pytest.mark.parametrize("oldest", [False, True], ids=["pinned", "oldest"])
@pytest.mark.parametrize("extra", PROVIDES, ids=lambda extra: extra or "none")
def test_with_one_extra(
    distribution: Distribution,
    newest_python: Interpreter,
    cluster: dict[str, str],
    tmp_path: Path,
    extra: str,
    oldest: bool,
) -> None:
    python = new_environment(
        tmp_path / "environment", distribution.wheel, extra, interpreter=newest_python, oldest=oldest
    )
    provided = PROVIDES[extra]
    found = outcomes(python, tmp_path, cluster)
    assert {feature for feature, outcome in found.items() if outcome == "works"} == provided
    for feature, outcome in found.items():
        if feature not in provided:
            assert f"kubex[{named(feature, provided)}]" in outcome, feature
            assert len(outcome.splitlines()) == 1, "a traceback is no error for users"
            assert not outcome.startswith("ModuleNotFoundError"), feature
    check_demo(python, tmp_path, cluster, extra)
    if "server" in provided:
        check_demo(python, tmp_path, {}, extra)  # on a server of its own


@pytest.mark.parametrize("version", supported_versions())
def test_with_every_extra_on_every_python(
    distribution: Distribution, cluster: dict[str, str], tmp_path: Path, version: str
) -> None:
    interpreter = next((each for each in find_interpreters() if each.minor == version), None)
    assert interpreter is not None, f"Python {version} is not on this machine"
    every = ",".join(extra for extra in PROVIDES if extra)
    python = new_environment(tmp_path / "environment", distribution.wheel, every, interpreter=interpreter)
    found = outcomes(python, tmp_path, cluster)
    assert {feature: outcome for feature, outcome in found.items() if outcome != "works"} == {}
    check_demo(python, tmp_path, cluster, "aiohttp")


@pytest.mark.parametrize("extra", ["", "testing"], ids=["none", "testing"])
def test_pytest_with_the_plugin(
    distribution: Distribution, newest_python: Interpreter, tmp_path: Path, extra: str
) -> None:
    """The plugin disturbs no test that does not ask for it, and says what is missing to one that does."""
    python = new_environment(
        tmp_path / "environment", distribution.wheel, extra, interpreter=newest_python, more=["pytest"]
    )
    (tmp_path / "test_any.py").write_text(
        "def test_without():\n    pass\n\n\ndef test_with(kube_api_server):\n    assert kube_api_server.url\n"
    )
    ended = run([python, "-m", "pytest", "-W", "error", "-p", "no:cacheprovider", "test_any.py"], tmp_path)
    if extra:
        assert ended.code == 0, ended.output
    else:
        assert re.search(r"1 passed, 1 error", ended.output), ended.output
        assert "install kubex[testing]" in ended.output
