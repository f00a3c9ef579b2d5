"""What the kubex that is installed here can do: prints for each feature `works`, or the error's class and text.

KUBECONFIG leads to a server with a pod `web-0` that answers commands, SOCKS_PROXY to a proxy.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio

import kubex
from kubex.k8s.v1_35.core.v1 import Namespace, Pod

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: backups.example.com}
spec:
  group: example.com
  names: {kind: Backup, plural: backups}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {target: {type: string, pattern: "^[a-z]+$"}}}}
---
apiVersion: example.com/v1
kind: Backup
metadata: {name: nightly}
spec: {target: disk}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: "backup:1"}]}}}}
"""


def run(work: Callable[[kubex.BaseClient], Awaitable[Any]], library: str, **options: Any) -> None:
    """Do something with a client."""

    async def main() -> None:
        settings = kubex.ClientOptions(**options)
        async with await kubex.create_client(client_class=kubex.ClientChoice(library), options=settings) as client:
            await work(client)

    anyio.run(main)


async def list_namespaces(client: kubex.BaseClient) -> None:
    assert (await kubex.Api(Namespace, client).list()).items


async def run_command(client: kubex.BaseClient) -> None:
    pods = kubex.Api(Pod, client, namespace="default")
    assert (await pods.exec.run("web-0", command=["uptime"])).stdout == b"up\n"


def client(library: str) -> None:
    run(list_namespaces, library)


def command(library: str) -> None:
    run(run_command, library)


def socks(library: str) -> None:
    run(list_namespaces, library, proxy=os.environ["SOCKS_PROXY"])


def blocking() -> None:
    import kubex.sync

    with kubex.sync.create_client() as found:
        assert kubex.sync.Api(Namespace, found).list().items


def opentelemetry() -> None:
    from kubex.telemetry.opentelemetry import OpenTelemetryHooks

    OpenTelemetryHooks()


def prometheus() -> None:
    from kubex.telemetry.prometheus import PrometheusHooks

    PrometheusHooks()


def server(**arguments: Any) -> None:
    from kubex.testing import ApiServer

    manifests = Path("nightly.yaml")
    manifests.write_text(DEFINITION)
    with ApiServer(workloads=True, **arguments) as started:
        assert started.load_manifests(manifests) == 3


def rules_in_cel() -> None:
    from kubex.testing import ApiServer

    rule = {"rule": "self.min <= self.max"}
    numbers = {name: {"type": "integer"} for name in ("min", "max")}
    ruled = {"type": "object", "properties": numbers, "x-kubernetes-validations": [rule]}
    schema = {"type": "object", "properties": {"spec": ruled}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "Range", "plural": "ranges"}
    spec = {"group": "example.com", "names": names, "scope": "Namespaced", "versions": [version]}
    body = json.dumps({"metadata": {"name": "ranges.example.com"}, "spec": spec}).encode()
    with ApiServer() as started:
        url = f"{started.url}/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            if answer.headers["Warning"]:
                raise RuntimeError(answer.headers["Warning"])


def kubex_command() -> None:
    done = subprocess.run([script("kubex"), "version"], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    assert "Kubernetes v1.35" in done.stdout


def served(*command: str) -> None:
    """Start a server from a shell, wait until it serves, and end it."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        if any(line.startswith("export KUBECONFIG=") for line in iter(process.stdout.readline, "")):
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
        else:
            errors = process.stderr.read()
    if process.returncode:
        raise RuntimeError(errors.strip())


def script(name: str) -> str:
    return os.path.join(sysconfig.get_path("scripts"), name)


FEATURES: dict[str, Callable[[], None]] = {
    "client": lambda: client("auto"),
    "client over aiohttp": lambda: client("aiohttp"),
    "client over httpx": lambda: client("httpx"),
    "blocking client": blocking,
    "exec over aiohttp": lambda: command("aiohttp"),
    "exec over httpx": lambda: command("httpx"),
    "SOCKS over aiohttp": lambda: socks("aiohttp"),
    "SOCKS over httpx": lambda: socks("httpx"),
    "OpenTelemetry": opentelemetry,
    "Prometheus": prometheus,
    "server": server,
    "server with TLS": lambda: server(tls=True),
    "server with users": lambda: server(authorization="RBAC"),
    "rules in CEL": rules_in_cel,
    "kubex version": kubex_command,
    "kubex serve": lambda: served(script("kubex"), "serve"),
    "python -m kubex.testing": lambda: served(sys.executable, "-m", "kubex.testing"),
}


def outcome(feature: Callable[[], None]) -> str:
    try:
        feature()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "works"


if __name__ == "__main__":
    print(json.dumps({name: outcome(feature) for name, feature in FEATURES.items()}))
